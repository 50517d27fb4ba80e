"""What was sold by customer and item and bought by vendor, as JSON and as sheets."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.books import Books
from domain.reports import purchases, sales
from domain.reports.parties import Trader, Traders
from domain.reports.sales import SoldItem, SoldItems
from domain.reports.sheet import Form, Sheet
from domain.reports.slices import Question, Slice, Wanted, cursor_after, wanted_in
from domain.values import Struct
from handlers.shapes.reports.drill_down import drill_down
from handlers.shapes.reports.listing import Cell, cell, money, paged, renamed, sheet, to_report

_SALES = {
    "document_count": "document_count",
    "value": "taxable_total",
    "tax": "tax_total",
    "export_tax_claimed": "export_tax_claimed",
    "other_charges": "other_charges",
    "total": "total",
    "previous_value": "previous_taxable_total",
    "previous_total": "previous_total",
}
_PURCHASES = {
    "document_count": "document_count",
    "value": "taxable_total",
    "eligible_tax": "eligible_tax",
    "blocked_tax": "blocked_tax",
    "reverse_charge_tax": "reverse_charge_tax",
    "other_charges": "other_charges",
    "total": "total",
    "previous_value": "previous_taxable_total",
    "previous_total": "previous_total",
}
_TITLES = {
    "taxable_total": "Value without tax",
    "tax_total": "Tax",
    "export_tax_claimed": "Tax claimed back",
    "eligible_tax": "Tax credited",
    "blocked_tax": "Tax not credited",
    "reverse_charge_tax": "Tax on reverse charge",
    "other_charges": "Charges and rounding",
    "total": "Total",
    "previous_taxable_total": "Value before",
    "previous_total": "Total before",
}
_ITEM = {
    "item_id": "item_id",
    "item_name": "item_name",
    "sku": "sku",
    "unit": "unit",
    "quantity": "quantity",
    "value": "taxable_total",
    "average_price": "average_price",
    "previous_quantity": "previous_quantity",
    "previous_value": "previous_taxable_total",
}
_ITEM_CELLS = (
    cell("item_name", "Item", Form.TEXT),
    cell("sku", "SKU", Form.TEXT),
    cell("unit", "Unit", Form.TEXT),
    cell("quantity", "Quantity", Form.QUANTITY),
    money("taxable_total", "Value without tax", "value"),
    cell("average_price", "Average price", Form.MONEY),
    cell("previous_quantity", "Quantity before", Form.QUANTITY),
    money("previous_taxable_total", "Value before", "previous_value"),
    cell("item_id", "Item ID", Form.TEXT),
)


class Parties(Struct, frozen=True):
    """A report by contact: its names of the amounts, what reads it, and how the papers of a contact are listed."""

    names: dict[str, str]
    read: Callable[[Books, Question, Wanted], Awaitable[Traders]]
    register: str
    contact_field: str


class PartiesAnswer(Struct, frozen=True):
    """What was asked, what was found, and how to go on."""

    question: Question
    found: Traders
    next_cursor: str | None


class ItemsAnswer(Struct, frozen=True):
    """What was asked, what was found, and how to go on."""

    question: Question
    found: SoldItems
    next_cursor: str | None


async def _of_customers(books: Books, question: Question, wanted: Wanted) -> Traders:
    return await sales.by_customer(books, question.scope, wanted, before=question.before)


async def _of_vendors(books: Books, question: Question, wanted: Wanted) -> Traders:
    return await purchases.by_vendor(books, question.scope, wanted, before=question.before)


async def _of_items(books: Books, question: Question, wanted: Wanted) -> SoldItems:
    before, contact_id = question.before, question.contact_id
    return await sales.by_item(books, question.scope, wanted, before=before, contact_id=contact_id)


CUSTOMERS = Parties(_SALES, _of_customers, "sales_register", "customer_id")
VENDORS = Parties(_PURCHASES, _of_vendors, "purchase_register", "vendor_id")


async def answer_parties(parties: Parties, books: Books, question: Question) -> PartiesAnswer:
    """Read a slice of contacts. Raises Invalid for a cursor of another question."""
    found = await parties.read(books, question, wanted_in(books, question, texts=1))
    return PartiesAnswer(question, found, cursor_after(books, question, found.contacts.next_place))


def show_parties(parties: Parties, given: PartiesAnswer) -> dict[str, Any]:
    """Return the members of a report by contact."""
    rows = [_party(parties, given.question, row) for row in given.found.contacts.rows]
    return {
        **paged("contacts", rows, given.next_cursor),
        "totals": renamed(given.found.totals, parties.names),
    }


def stream_parties(parties: Parties, books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all contacts."""

    async def read(wanted: Wanted) -> Slice[Trader]:
        return (await parties.read(books, question, wanted)).contacts

    amounts: list[Cell[Trader]] = [
        money(name, _TITLES[name], field) for field, name in parties.names.items() if name in _TITLES
    ]
    cells = [cell("contact_name", "Contact", Form.TEXT), cell("document_count", "Documents", Form.COUNT), *amounts]
    return (sheet(question.name, "Contacts", [*cells, cell("contact_id", "Contact ID", Form.TEXT)], read),)


def _party(parties: Parties, question: Question, row: Trader) -> dict[str, Any]:
    return {
        "contact_id": row.contact_id,
        "contact_name": row.contact_name,
        **renamed(row, parties.names),
        "drill_down": _papers(parties, question, row),
    }


def _papers(parties: Parties, question: Question, row: Trader) -> dict[str, Any]:
    if row.contact_id is not None:
        return to_report(parties.register, question, is_span=True, **{parties.contact_field: row.contact_id})
    period = question.scope.period
    of_branch = {"branch_id": question.scope.branch_id}
    return drill_down("list_expenses", "/expenses", date_from=period.first_on, date_to=period.last_on, **of_branch)


async def answer_items(books: Books, question: Question) -> ItemsAnswer:
    """Read a slice of items. Raises Invalid for a cursor of another question."""
    found = await _of_items(books, question, wanted_in(books, question, texts=1))
    return ItemsAnswer(question, found, cursor_after(books, question, found.items.next_place))


def show_items(given: ItemsAnswer) -> dict[str, Any]:
    """Return the members of a report by item."""
    totals = given.found.totals
    return {
        **paged("items", [_item(given.question, row) for row in given.found.items.rows], given.next_cursor),
        "totals": {"taxable_total": totals.value, "previous_taxable_total": totals.previous_value},
    }


def stream_items(books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all items."""

    async def read(wanted: Wanted) -> Slice[SoldItem]:
        return (await _of_items(books, question, wanted)).items

    return (sheet(question.name, "Items", _ITEM_CELLS, read),)


def _item(question: Question, row: SoldItem) -> dict[str, Any]:
    asked = {"item_id": row.item_id, "customer_id": question.contact_id}
    return {**renamed(row, _ITEM), "drill_down": to_report("sales_register", question, is_span=True, **asked)}
