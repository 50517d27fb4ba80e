"""Items (goods and services that documents sell and buy) and the catalogue of taxes that they bear."""

from decimal import Decimal

from sqlalchemy import ColumnElement, bindparam, func, select

from domain.books import Books
from domain.errors import Duplicate, Failed, NotFound
from domain.gst.hsn import is_service_code, parse_hsn
from domain.gst.units import unit_code
from domain.ledger.account_types import AccountType
from domain.lookups import Lookup
from domain.pages import Listing, equal_to, mentions, modified_after
from domain.registers import Register, VersionedRow
from domain.statements import Statement, of_tenant, readable, tenant_select
from domain.values import replace
from models.documents import document_lines
from models.masters import items, taxes

_THE_DAY = bindparam("effective_on", type_=taxes.c.effective_from.type)

TAXES = Lookup(
    noun="Tax",
    table=taxes,
    key=taxes.c.id,
    filters={
        "shape": taxes.c.shape == bindparam("shape"),
        "effective_on": _THE_DAY.between(taxes.c.effective_from, func.coalesce(taxes.c.effective_to, _THE_DAY)),
    },
    order=(taxes.c.shape, taxes.c.tax_percentage, taxes.c.cess, taxes.c.effective_from, taxes.c.igst),
)

_SOLD_FROM = frozenset((AccountType.SALES, AccountType.INCOME, AccountType.OTHER_INCOME))
BOUGHT_INTO = frozenset(
    (
        AccountType.EXPENSE,
        AccountType.OTHER_EXPENSE,
        AccountType.COST_OF_GOODS_SOLD,
        AccountType.STOCK,
        AccountType.OTHER_CURRENT_ASSET,
        AccountType.TDS_ASSET,
        AccountType.FIXED_ASSET,
        AccountType.OTHER_ASSET,
    )
)
"""The types of accounts for what is bought: an expense, goods for sale, stock, or something that is kept.

Tax collected at source by the vendor is one more line of his bill, and counts against the income tax.
"""


class Item(VersionedRow, frozen=True):
    """Goods or a service. Both rates and ``cess_per_unit`` in rupees a unit; no account means the usual one."""

    item_name: str
    sku: str | None = None
    item_type: str = "GOODS"
    hsn_or_sac: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    rate: Decimal = Decimal("0")
    purchase_rate: Decimal = Decimal("0")
    tax_id: str | None = None
    cess_per_unit: Decimal | None = None
    account_id: str | None = None
    purchase_account_id: str | None = None
    description: str | None = None
    status: str = "ACTIVE"


async def _known_to_gst(books: Books, item: Item) -> Item:
    """Check that goods have an HSN and a service a SAC, and find GSTN's code of the unit."""
    is_service = item.item_type == "SERVICE"
    code = None if item.hsn_or_sac is None else parse_hsn(item.hsn_or_sac, field="hsn_or_sac")
    if code is not None and is_service_code(code) != is_service:
        wrong = f"{code} is the HSN of goods, not the SAC of a service."
        if not is_service:
            wrong = f"{code} is the SAC of a service, not the HSN of goods."
        raise Failed(wrong, field="hsn_or_sac")
    return replace(item, hsn_or_sac=code, unit_code=unit_code(item.unit, is_service=is_service))


_REFERENCES = Statement(
    """
select (select true
          from taxes
         where id = %(tax_id)s) as tax_id,
       (select account_type
          from accounts
         where organization_id = %(organization_id)s
           and id = %(account_id)s) as account_id,
       (select account_type
          from accounts
         where organization_id = %(organization_id)s
           and id = %(purchase_account_id)s) as purchase_account_id
"""
)


async def _with_known_references(books: Books, item: Item) -> Item:
    """Check the tax and the accounts. Raises: NotFound, Failed for an account of a type that does not fit."""
    wanted = {
        "tax_id": item.tax_id,
        "account_id": item.account_id,
        "purchase_account_id": item.purchase_account_id,
    }
    if not any(wanted.values()):
        return item
    present = await books.row(_REFERENCES, **wanted) or {}
    for name, key in wanted.items():
        if key is not None and present[name] is None:
            raise NotFound("Tax" if name == "tax_id" else "Account", key, field=name)
    if item.account_id is not None and present["account_id"] not in _SOLD_FROM:
        raise Failed(f"Sales cannot go to an account of type {present['account_id']}.", field="account_id")
    if item.purchase_account_id is not None and present["purchase_account_id"] not in BOUGHT_INTO:
        raise Failed(
            f"Purchases cannot go to an account of type {present['purchase_account_id']}.", field="purchase_account_id"
        )
    return item


_TWIN = Statement(
    tenant_select(items, items.c.item_name).where(items.c.sku == bindparam("sku"), items.c.id != bindparam("id"))
)


async def _with_a_sku_of_its_own(books: Books, item: Item) -> Item:
    twin = None if item.sku is None else await books.value(_TWIN, sku=item.sku, id=item.id)
    if twin is not None:
        raise Duplicate(f"The item '{twin}' has the SKU {item.sku} already.", field="sku")
    return item


ITEMS = Register(
    noun="Item",
    entity_type="ITEM",
    prefix="it",
    table=items,
    row=Item,
    title="item_name",
    rules=(_known_to_gst, _with_known_references, _with_a_sku_of_its_own),
    in_use=(
        Statement(
            select(document_lines.c.id)
            .where(of_tenant(document_lines), document_lines.c.item_id == bindparam("id"))
            .limit(1)
        ),
    ),
)


def tax_percentage() -> ColumnElement[Decimal]:
    """The whole rate of each item's tax, in percent; absent without a tax: a column for a selection of items."""
    return (
        select(readable(taxes.c.tax_percentage)).where(taxes.c.id == items.c.tax_id).correlate(items).scalar_subquery()
    )


_SEARCHED = (items.c.item_name, items.c.sku, items.c.hsn_or_sac)

ITEM_LISTING = Listing(
    name="items",
    table=items,
    filters={
        **equal_to(items, "item_type", "status"),
        "search": mentions(*_SEARCHED),
        **modified_after(items),
    },
    orders={"created_time": items.c.id},
)
