"""References: things that a sheet calls by name, code or rate, and of which the body of a request has the id.

The names of all rows are looked up together, in one statement for each kind of thing.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from domain.books import Books
from domain.errors import Failed, Invalid, NotFound
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.imports.cells import read_number
from domain.statements import Statement
from domain.values import Struct

Found = Mapping[str, Sequence[str]]
"""Ids by what they were called, in small letters."""
Find = Callable[[Books, list[str]], Awaitable[Found]]


class Reference(Struct, frozen=True):
    """A column that names a thing: its header, the path to the member that takes the id, and how it is found.

    Where it ``is_optional``, a name that is not exactly one thing's is passed over.
    """

    name: str
    path: tuple[str, ...]
    noun: str
    find: Find
    is_optional: bool = False


Wanted = tuple[Reference, str]
"""A name, and the column that it stood in."""


async def found(books: Books, wanted: Iterable[Wanted]) -> dict[str, Found]:
    """Return what the names in a sheet stand for, by the header of their column."""
    names: dict[str, set[str]] = {}
    columns: dict[str, Reference] = {}
    for reference, name in wanted:
        columns[reference.name] = reference
        names.setdefault(reference.name, set()).add(name.lower())
    return {header: await columns[header].find(books, sorted(called)) for header, called in names.items()}


def the_one(reference: Reference, name: str, known: Mapping[str, Found], *, field: str) -> str | None:
    """Return the id of what is called so; ``None`` where it is not one thing's name and need not be.

    Raises: NotFound, Failed where several are called so.
    """
    ids = known[reference.name].get(name.lower(), ())
    if reference.is_optional and len(ids) != 1:
        return None
    if not ids:
        raise NotFound(reference.noun, name[:200], field=field)
    if len(ids) > 1:
        member = reference.path[-1]
        raise Failed(f"{len(ids)} are called '{name[:200]}'; say with {member} which one is meant.", field=field)
    return ids[0]


def _stored(table: str, column: str, condition: str = "true") -> Find:
    """Find rows of the organization by a column, whatever the case of its letters."""
    statement = Statement(
        f"""
select lower({column}) as name,
       array_agg(id order by id) as ids
  from {table}
 where organization_id = %(organization_id)s
   and lower({column}) = any(%(names)s::text[])
   and {condition}
 group by lower({column})
"""  # noqa: S608  # words of this module only
    )

    async def find(books: Books, names: list[str]) -> Found:
        return {row["name"]: row["ids"] for row in await books.rows(statement, names=names)}

    return find


def _catalogued(ids: Mapping[str, Sequence[str]], usual: Callable[[str], str]) -> Find:
    async def find(books: Books, names: list[str]) -> Found:
        return {name: ids.get(usual(name), ()) for name in names}

    return find


def _rate(name: str) -> str:
    try:
        return f"{read_number(name.removesuffix('%').rstrip()).normalize():f}"
    except Invalid:
        return ""


# The document turns the tax of a state into that between states, so the rate is enough.
_TAXES_BY_RATE = {
    f"{tax.percent.normalize():f}": (tax.id,)
    for tax in CATALOGUE
    if tax.shape is TaxShape.INTRA_STATE and tax.cess == Decimal(0)
}
_TAXES_BY_NAME = {tax.name.lower(): (tax.id,) for tax in CATALOGUE}

_ACTIVE = "status = 'ACTIVE'"
customers = _stored("contacts", "contact_name", f"{_ACTIVE} and contact_type in ('CUSTOMER', 'BOTH')")
vendors = _stored("contacts", "contact_name", f"{_ACTIVE} and contact_type in ('VENDOR', 'BOTH')")
contacts = _stored("contacts", "contact_name", _ACTIVE)
items_by_name = _stored("items", "item_name", _ACTIVE)
items_by_sku = _stored("items", "sku", _ACTIVE)
accounts_by_code = _stored("accounts", "code", "is_active")
accounts_by_name = _stored("accounts", "name", "is_active")
branches = _stored("branches", "branch_name")
salespersons = _stored("salespersons", "salesperson_name", _ACTIVE)
cost_centers_by_name = _stored("cost_centers", "name", "is_active")
cost_centers_by_code = _stored("cost_centers", "code", "is_active")
taxes_by_rate = _catalogued(_TAXES_BY_RATE, _rate)
taxes_by_name = _catalogued(_TAXES_BY_NAME, str)
invoices_by_number = _stored("documents", "number", "kind = 'INVOICE'")
# Two vendors may number alike, so what they numbered is named with the vendor: ``Konkan Steel KS/77``.
_OF_VENDOR = "contact_name || ' ' || coalesce(reference_number, number)"
bills_of_vendors = _stored("documents", _OF_VENDOR, "kind = 'BILL' and voided_at is null")
debit_notes_of_vendors = _stored("documents", _OF_VENDOR, "kind = 'DEBIT_NOTE' and voided_at is null")
credit_notes_by_number = _stored("documents", "number", "kind = 'CREDIT_NOTE'")
