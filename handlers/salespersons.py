"""Salespersons."""

from domain.salespersons import SALESPERSON_LISTING, SALESPERSONS
from handlers.registers import RegisterHandlers
from handlers.shapes.salespersons import SALESPERSON

_salespersons = RegisterHandlers(
    SALESPERSONS, SALESPERSON_LISTING, SALESPERSON, singular="salesperson", plural="salespersons"
)

list_salespersons = _salespersons.list
get_salesperson = _salespersons.get
create_salesperson = _salespersons.create
update_salesperson = _salespersons.update
archive_salesperson = _salespersons.archive
delete_salesperson = _salespersons.delete
