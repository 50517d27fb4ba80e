"""The sales and the purchase register as JSON and as sheets: one of papers, one of their lines."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.books import Books
from domain.documents.kinds import Side
from domain.reports.registers import Register, Registered, RegisteredLine, register, register_slice
from domain.reports.sheet import Form, Sheet, Value
from domain.reports.slices import Question, Slice, Wanted, cursor_after, wanted_in
from domain.values import Struct
from handlers.shapes.reports.listing import Cell, cell, money, paged, renamed, sheet, to_entity

_SUMS = {
    "value": "taxable_total",
    "cgst": "cgst_total",
    "sgst": "sgst_total",
    "igst": "igst_total",
    "cess": "cess_total",
    "tax": "tax_total",
}
_OF_SIDE = {
    Side.SALE: {"export_tax_claimed": "export_tax_claimed"},
    Side.PURCHASE: {
        "eligible_tax": "eligible_tax",
        "blocked_tax": "blocked_tax",
        "reverse_charge_tax": "reverse_charge_tax",
        "tds": "tds_amount",
    },
}
_ENDS = {"other_charges": "untaxed_charges", "round_off": "round_off", "total": "total"}
_HEAD = {
    "entity_type": "document_type",
    "id": "document_id",
    "number": "document_number",
    "reference_number": "reference_number",
    "booked_on": "date",
    "is_cancellation": "is_cancellation",
    "contact_id": "contact_id",
    "contact_name": "contact_name",
    "gst_no": "gst_no",
    "gst_treatment": "gst_treatment",
    "place_of_supply": "place_of_supply",
    "branch_id": "branch_id",
    "currency_code": "currency_code",
    "exchange_rate": "exchange_rate",
    "is_reverse_charge": "is_reverse_charge",
    "original_id": "original_id",
}
_LINE = {
    "id": "line_item_id",
    "item_id": "item_id",
    "account_id": "account_id",
    "description": "name",
    "hsn_or_sac": "hsn_or_sac",
    "quantity": "quantity",
    "unit_code": "unit_code",
    "rate": "rate",
    "tax_category": "tax_category",
    "tax_percentage": "tax_percentage",
    "cess_percentage": "cess_percentage",
    "cost_center_id": "cost_center_id",
    "value": "taxable_amount",
    "cgst": "cgst_amount",
    "sgst": "sgst_amount",
    "igst": "igst_amount",
    "cess": "cess_amount",
}
_LINE_OF_SIDE: Mapping[Side, dict[str, str]] = {Side.SALE: {}, Side.PURCHASE: {"itc_eligibility": "itc_eligibility"}}
_HEAD_OF_SIDE: Mapping[Side, dict[str, str]] = {Side.SALE: {}, Side.PURCHASE: {"assessable_total": "assessable_total"}}
_TITLES = {
    "taxable_total": "Taxable value",
    "cgst_total": "CGST",
    "sgst_total": "SGST",
    "igst_total": "IGST",
    "cess_total": "Cess",
    "tax_total": "Tax",
    "export_tax_claimed": "Tax claimed back",
    "eligible_tax": "Tax credited",
    "blocked_tax": "Tax not credited",
    "reverse_charge_tax": "Tax on reverse charge",
    "tds_amount": "TDS",
    "untaxed_charges": "Charges",
    "round_off": "Round off",
    "total": "Total",
}
_PAPER_CELLS = (
    cell("date", "Date", Form.DATE, "booked_on"),
    cell("document_type", "Type", Form.TEXT, "entity_type"),
    cell("document_number", "Number", Form.TEXT, "number"),
    cell("reference_number", "Reference", Form.TEXT),
    cell("contact_name", "Party", Form.TEXT),
    cell("gst_no", "GSTIN", Form.TEXT),
    cell("place_of_supply", "Place of supply", Form.TEXT),
)


class _PaperLine(Struct, frozen=True):
    """A line with its paper."""

    paper: Registered
    line: RegisteredLine


class Answer(Struct, frozen=True):
    """A slice of papers of a side, and how to go on."""

    side: Side
    found: Register
    next_cursor: str | None


async def answer(side: Side, books: Books, question: Question) -> Answer:
    """List a slice of papers. Raises Invalid for a cursor of another question."""
    wanted, asked = wanted_in(books, question, texts=2), _asked(question)
    found = await register(books, side, question.scope, wanted, **asked)
    return Answer(side, found, cursor_after(books, question, found.papers.next_place))


def show(given: Answer) -> dict[str, Any]:
    """Return the members of a register."""
    totals = given.found.totals
    return {
        **paged("documents", [_paper(given.side, row) for row in given.found.papers.rows], given.next_cursor),
        "totals": totals and {"document_count": totals.paper_count, **renamed(totals, _amounts(given.side))},
    }


def stream(side: Side, books: Books, question: Question) -> Sequence[Sheet]:
    """Return the sheet of all papers, and that of all their lines."""
    asked = _asked(question)

    async def read(wanted: Wanted) -> Slice[Registered]:
        return await register_slice(books, side, question.scope, wanted, **asked)

    async def read_lines(wanted: Wanted) -> Slice[_PaperLine]:
        papers = await read(wanted)
        lines = [_PaperLine(paper, line) for paper in papers.rows for line in paper.lines]
        return Slice(lines, papers.next_place)

    amounts = tuple(money(name, _TITLES[name], field) for field, name in _amounts(side).items())
    papers = (*_PAPER_CELLS, *amounts, cell("document_id", "Document ID", Form.TEXT, "id"))
    return (sheet(question.name, "Register", papers, read), sheet("lines", "Lines", _line_cells(side), read_lines))


def _asked(question: Question) -> dict[str, str | None]:
    return {"contact_id": question.contact_id, "item_id": question.item_id}


def _amounts(side: Side) -> dict[str, str]:
    return {**_SUMS, **_OF_SIDE[side], **_ENDS}


def _paper(side: Side, paper: Registered) -> dict[str, Any]:
    names = _LINE | _LINE_OF_SIDE[side]
    return {
        **renamed(paper, _HEAD | _HEAD_OF_SIDE[side] | _amounts(side)),
        "line_items": [renamed(line, names) for line in paper.lines],
        "drill_down": to_entity(paper.entity_type, paper.id),
    }


def _line_cells(side: Side) -> list[Cell[_PaperLine]]:
    of_paper = [Cell(each.column, _from_paper(each)) for each in _PAPER_CELLS]
    of_line = (
        cell("name", "Description", Form.TEXT, "description"),
        cell("hsn_or_sac", "HSN/SAC", Form.TEXT),
        cell("quantity", "Quantity", Form.QUANTITY),
        cell("unit_code", "Unit", Form.TEXT),
        cell("tax_percentage", "Tax %", Form.PERCENT),
        *(cell(name, "Credit", Form.TEXT) for name in _LINE_OF_SIDE[side]),
        money("taxable_amount", "Taxable value", "value"),
        money("cgst_amount", "CGST", "cgst"),
        money("sgst_amount", "SGST", "sgst"),
        money("igst_amount", "IGST", "igst"),
        money("cess_amount", "Cess", "cess"),
    )
    return [*of_paper, *(Cell(each.column, _from_line(each), each.is_summed) for each in of_line)]


def _from_paper(each: Cell[Registered]) -> Callable[[_PaperLine], Value]:
    return lambda row: each.value_of(row.paper)


def _from_line(each: Cell[RegisteredLine]) -> Callable[[_PaperLine], Value]:
    return lambda row: each.value_of(row.line)
