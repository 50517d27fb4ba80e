"""GSTR-1 as sheets: the totals of the form first, then each kind of table, and the documents behind them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.gst.returns.amounts import HEADS
from domain.gst.returns.gstr1_report import Gstr1Report
from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from handlers.shapes.reports import gstr1
from handlers.shapes.returns import HEAD_MEMBERS

HEAD_COLUMNS = tuple(Column(HEAD_MEMBERS[head], head.upper(), Form.MONEY) for head in HEADS)
"""A column of each head of tax."""
AMOUNT_COLUMNS = (Column("taxable_value", "Taxable value", Form.MONEY), *HEAD_COLUMNS)
"""The value before them."""
_SECTION = Column("section", "Section", Form.TEXT)
_RATE = Column("tax_percentage", "Rate", Form.PERCENT)
_PLACE = (
    Column("place_of_supply", "Place of supply", Form.TEXT),
    Column("supply_type", "Supply", Form.TEXT),
    _RATE,
)

_TOTALS = (
    Column("table", "Table", Form.TEXT),
    Column("title", "Details", Form.TEXT),
    Column("document_count", "Documents", Form.COUNT),
    Column("value", "Value", Form.MONEY),
    *AMOUNT_COLUMNS,
)
_SUPPLIES = (
    _SECTION,
    Column("table_type", "Type", Form.TEXT),
    Column("note_type", "Note", Form.TEXT),
    Column("is_reverse_charge", "Reverse charge", Form.TEXT),
    *_PLACE,
    *AMOUNT_COLUMNS,
)
_PLACES = (_SECTION, *_PLACE, *AMOUNT_COLUMNS)
_NIL = (
    Column("is_to_registered", "To registered", Form.TEXT),
    Column("supply_type", "Supply", Form.TEXT),
    Column("nil_rated_value", "Nil rated", Form.MONEY),
    Column("exempt_value", "Exempt", Form.MONEY),
    Column("non_gst_value", "Non-GST", Form.MONEY),
)
CODE_COLUMNS = (
    Column("hsn_or_sac", "HSN or SAC", Form.TEXT),
    Column("unit_code", "Unit", Form.TEXT),
    _RATE,
    Column("quantity", "Quantity", Form.QUANTITY),
    *AMOUNT_COLUMNS,
)
"""The columns of a summary by codes."""
_ISSUED = (
    Column("nature", "No.", Form.COUNT),
    Column("title", "Documents", Form.TEXT),
    Column("from_number", "From", Form.TEXT),
    Column("to_number", "To", Form.TEXT),
    Column("document_count", "Total", Form.COUNT),
    Column("cancelled_count", "Cancelled", Form.COUNT),
    Column("net_count", "Net issued", Form.COUNT),
)
_OPERATORS = (
    Column("ecommerce_section", "Section", Form.TEXT),
    Column("ecommerce_operator_gst_no", "Operator", Form.TEXT),
    *AMOUNT_COLUMNS,
)
_DOCUMENTS = (
    _SECTION,
    Column("document_type", "Kind", Form.TEXT),
    Column("document_number", "Number", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("contact_name", "Customer", Form.TEXT),
    Column("gst_no", "GSTIN", Form.TEXT),
    Column("document_total", "Value", Form.MONEY),
    *_PLACE,
    Column("sign", "Sign", Form.COUNT),
    *AMOUNT_COLUMNS,
    Column("why", "Why", Form.TEXT),
    Column("document_id", "Document", Form.TEXT),
)
_ADVANCES = (
    _SECTION,
    Column("payment_number", "Voucher", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("contact_name", "Customer", Form.TEXT),
    *_PLACE,
    Column("sign", "Sign", Form.COUNT),
    *AMOUNT_COLUMNS,
    Column("settled_number", "Settled", Form.TEXT),
    Column("why", "Why", Form.TEXT),
    Column("payment_id", "Payment", Form.TEXT),
)


def sheets(answer: Gstr1Report) -> Sequence[Sheet]:
    """Return the sheets; those of documents and advances where they were asked for."""
    shown = gstr1.show(answer)
    supplies = [{"section": name, **row} for name in gstr1.BY_DOCUMENTS for row in shown[name]]
    places = [{"section": name, **row} for name in (*gstr1.BY_PLACES, "ecom") for row in shown[name]]
    codes = [{"section": name, **row} for name in gstr1.BY_CODES for row in shown[name]]
    made = [
        Sheet("gstr1", "GSTR-1", _TOTALS, _totals(shown)),
        _sheet("supplies", "Documents by type, place and rate", _SUPPLIES, supplies),
        _sheet("places", "Others and advances by place and rate", _PLACES, places),
        _sheet("nil", "Nil rated, exempt, non-GST (8)", _NIL, shown["nil"]),
        _sheet("hsn", "HSN summary (12)", (_SECTION, *CODE_COLUMNS), codes),
        _sheet("doc_issue", "Documents issued (13)", _ISSUED, shown["doc_issue"]),
        _sheet("supeco", "Through operators (14)", _OPERATORS, shown["supeco"]),
    ]
    if answer.question.is_detailed:
        made.append(_sheet("documents", "Documents", _DOCUMENTS, shown["documents"]))
        made.append(_sheet("advances", "Advances", _ADVANCES, shown["advances"]))
    return made


def _totals(shown: Mapping[str, Any]) -> list[Line]:
    """Each table, and the tax that all of them come to."""
    lines = [_line(_TOTALS, row) for row in shown["totals"]]
    owed = {"title": "Tax owed on supplies and advances", **shown["tax_owed"]}
    return [*lines, Line(tuple(owed.get(column.key) for column in _TOTALS), weight=Weight.TOTAL)]


def _sheet(name: str, title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Sheet:
    return Sheet(name, title, tuple(columns), [_line(columns, row) for row in rows])


def _line(columns: Sequence[Column], row: Mapping[str, Any]) -> Line:
    return Line(tuple(row[column.key] for column in columns))
