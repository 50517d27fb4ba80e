"""Cost centres: departments and projects that lines of documents are assigned to."""

from sqlalchemy import Boolean, bindparam, func, or_

from domain.books import Books
from domain.errors import Duplicate
from domain.pages import Listing
from domain.registers import Register, VersionedRow
from domain.statements import Statement, tenant_select
from models.organization import cost_centers


class CostCenter(VersionedRow, frozen=True):
    """A department or project; ``code`` is its short name, if it has one."""

    name: str
    code: str | None = None
    is_active: bool = True


_TWIN = Statement(
    tenant_select(cost_centers, cost_centers.c.name, cost_centers.c.code)
    .where(
        cost_centers.c.id != bindparam("id"),
        or_(
            func.lower(cost_centers.c.name) == func.lower(bindparam("name")),
            cost_centers.c.code == bindparam("code", type_=cost_centers.c.code.type),
        ),
    )
    .limit(1)
)


async def _without_twin(books: Books, center: CostCenter) -> CostCenter:
    twin = await books.row(_TWIN, id=center.id, name=center.name, code=center.code)
    if twin is None:
        return center
    if center.code is not None and twin["code"] == center.code:
        raise Duplicate(f"The cost centre '{twin['name']}' has the code {center.code} already.", field="code")
    raise Duplicate(f"There is a cost centre '{twin['name']}' already.", field="name")


COST_CENTERS = Register(
    noun="Cost centre",
    entity_type="COST_CENTER",
    prefix="cc",
    table=cost_centers,
    row=CostCenter,
    title="name",
    rules=(_without_twin,),
)

COST_CENTER_LISTING = Listing(
    name="cost_centers",
    table=cost_centers,
    filters={"active_only": cost_centers.c.is_active | ~bindparam("active_only", type_=Boolean)},
    orders={"name": cost_centers.c.name},
    is_ascending=True,
)
