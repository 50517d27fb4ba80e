"""Estimates: what is offered to a customer."""

from domain.documents.kinds import ESTIMATE
from handlers.documents import DocumentHandlers
from handlers.orders import OrderHandlers
from handlers.shapes.documents import CONVERTED, LINE, OPENED_FIELDS, SALE_FIELDS, DocumentShape

_estimates = DocumentHandlers(
    ESTIMATE,
    DocumentShape(ESTIMATE, SALE_FIELDS, OPENED_FIELDS, line=LINE.also(CONVERTED)),
)
_offers = OrderHandlers(ESTIMATE)

list_estimates = _estimates.list
get_estimate = _estimates.get
get_estimate_pdf = _estimates.pdf
create_estimate = _estimates.create
update_estimate = _estimates.update
send_estimate = _estimates.approve
accept_estimate = _offers.accept
decline_estimate = _offers.decline
convert_estimate = _offers.convert
void_estimate = _estimates.void
email_estimate = _estimates.email
delete_estimate = _estimates.delete
