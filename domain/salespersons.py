"""Salespersons: who makes the sales. Documents name them, and show the name that they now have."""

from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from domain.books import Books
from domain.errors import Duplicate
from domain.pages import Listing, equal_to, mentions, modified_after
from domain.registers import Register, VersionedRow
from domain.statements import Statement, of_tenant, tenant_select
from models.documents import documents
from models.masters import salespersons


class Salesperson(VersionedRow, frozen=True):
    """Who makes sales; ``salesperson_name`` is unique, whatever its case."""

    salesperson_name: str
    email: str | None = None
    phone: str | None = None
    status: str = "ACTIVE"


_TWIN = Statement(
    tenant_select(salespersons, salespersons.c.salesperson_name)
    .where(
        salespersons.c.id != bindparam("id"),
        func.lower(salespersons.c.salesperson_name) == func.lower(bindparam("name")),
    )
    .limit(1)
)


async def _with_a_name_of_its_own(books: Books, person: Salesperson) -> Salesperson:
    twin = await books.value(_TWIN, id=person.id, name=person.salesperson_name)
    if twin is not None:
        raise Duplicate(f"There is a salesperson '{twin}' already.", field="salesperson_name")
    return person


SALESPERSONS = Register(
    noun="Salesperson",
    entity_type="SALESPERSON",
    prefix="sp",
    table=salespersons,
    row=Salesperson,
    title="salesperson_name",
    rules=(_with_a_name_of_its_own,),
    in_use=(
        Statement(
            select(documents.c.id).where(of_tenant(documents), documents.c.salesperson_id == bindparam("id")).limit(1)
        ),
    ),
)

SALESPERSON_LISTING = Listing(
    name="salespersons",
    table=salespersons,
    filters={
        **equal_to(salespersons, "status"),
        "search": mentions(salespersons.c.salesperson_name, salespersons.c.email),
        **modified_after(salespersons),
    },
    orders={"created_time": salespersons.c.id},
)


def name_shown(table: FromClause) -> ColumnElement[str | None]:
    """The salesperson's name as it now is, else the name that a document has in words: a column for ``table``."""
    named = (
        select(salespersons.c.salesperson_name)
        .where(
            salespersons.c.organization_id == table.c.organization_id,
            salespersons.c.id == table.c.salesperson_id,
        )
        .correlate(table)
        .scalar_subquery()
    )
    return func.coalesce(named, table.c.salesperson_name)
