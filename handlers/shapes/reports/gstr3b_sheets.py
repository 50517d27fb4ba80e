"""GSTR-3B as sheets: the tables of the form, how it is paid, and the papers behind it."""

from collections.abc import Iterable, Sequence

from domain.gst.returns.amounts import HEADS, NO_TAX, Tax, Taxed
from domain.gst.returns.gstr3b import SupplyRow
from domain.gst.returns.gstr3b_report import Gstr3b
from domain.gst.states import PLACES_OF_SUPPLY
from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight
from handlers.shapes.reports.gstr3b import TITLES, details, payment_row, rows_of_supplies
from handlers.shapes.returns import HEAD_MEMBERS

_HEAD_COLUMNS = tuple(Column(HEAD_MEMBERS[head], head.upper(), Form.MONEY) for head in HEADS)
_TABLE_COLUMNS = (
    Column("table", "Table", Form.TEXT),
    Column("title", "Details", Form.TEXT),
    Column("taxable_value", "Taxable value", Form.MONEY),
    *_HEAD_COLUMNS,
)
_PAYMENT_COLUMNS = (
    Column("head", "Head", Form.TEXT),
    Column("payable", "Payable", Form.MONEY),
    *(Column(f"paid_through_{head}", f"Through {head.upper()}", Form.MONEY) for head in HEADS),
    Column("paid_in_cash", "In cash", Form.MONEY),
    Column("reverse_charge_in_cash", "Reverse charge", Form.MONEY),
    Column("credit_available", "Credit", Form.MONEY),
    Column("credit_left", "Credit left", Form.MONEY),
)
_DETAIL_COLUMNS = (
    Column("table", "Table", Form.TEXT),
    Column("document_type", "Kind", Form.TEXT),
    Column("document_number", "Number", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("contact_name", "Party", Form.TEXT),
    Column("gst_no", "GSTIN", Form.TEXT),
    Column("tax_percentage", "Rate", Form.PERCENT),
    Column("taxable_value", "Taxable value", Form.MONEY),
    *_HEAD_COLUMNS,
    Column("why", "Why", Form.TEXT),
    Column("document_id", "Document", Form.TEXT),
)


def sheets(answer: Gstr3b) -> Sequence[Sheet]:
    """Return the sheets, the tables of the form first; the papers behind them where they were asked for."""
    paid = [payment_row(answer.payment, head) for head in HEADS]
    all_sheets = [
        Sheet("gstr3b", "GSTR-3B", _TABLE_COLUMNS, list(_tables(answer))),
        Sheet("payment", "Payment of tax (6.1)", _PAYMENT_COLUMNS, [_line(_PAYMENT_COLUMNS, row) for row in paid]),
    ]
    if answer.question.is_detailed:
        behind = [_line(_DETAIL_COLUMNS, row) for row in details(answer.supplies, answer.inward)]
        all_sheets.append(Sheet("details", "Documents", _DETAIL_COLUMNS, behind))
    return all_sheets


def _tables(answer: Gstr3b) -> Iterable[Line]:
    tables = answer.tables
    yield _heading("3.1", "Outward supplies, and inward supplies liable to reverse charge")
    yield from (_row(row, worth) for row, worth in rows_of_supplies(answer))
    yield _heading("3.1.1", "Supplies under section 9(5)")
    yield from (_row(row, tables.supplies[row]) for row in (SupplyRow.AS_OPERATOR, SupplyRow.THROUGH_OPERATOR))
    yield _heading("3.2", "Of these, supplies between states")
    for each in tables.interstate:
        title = f"{each.recipients.value.capitalize()}, {PLACES_OF_SUPPLY[each.place_of_supply].name}"
        yield _amounts("3.2", title, Taxed(taxable=each.taxable, tax=Tax(igst=each.igst)))
    yield _heading("4", "Input tax credit")
    yield from (_row(table, Taxed(tax=tax)) for table, tax in tables.available.items())
    yield from (_row(table, Taxed(tax=tax)) for table, tax in tables.reversed.items())
    yield _amounts("4(C)", "Net ITC available", Taxed(tax=tables.net_credit), Weight.SUBTOTAL)
    yield from (_row(table, Taxed(tax=tax)) for table, tax in tables.told.items())
    yield _heading("5", "Exempt, nil rated and non-GST inward supplies")
    for table, untaxed in tables.untaxed.items():
        yield _amounts(table, f"{TITLES[table]}, between states", Taxed(taxable=untaxed.interstate))
        yield _amounts(table, f"{TITLES[table]}, within the state", Taxed(taxable=untaxed.intrastate))
    yield _heading("5.1", "Interest and late fee")
    yield _amounts("5.1", "Interest", Taxed(tax=answer.interest))
    yield _amounts("5.1", "Late fee", Taxed(tax=answer.late_fee))


def _row(table: str, worth: Taxed) -> Line:
    return _amounts(table, TITLES[table], worth)


def _amounts(table: str, title: str, worth: Taxed, weight: Weight = Weight.ROW) -> Line:
    value = worth.taxable if worth.taxable or worth.tax == NO_TAX else None
    return Line((table, title, value, *(getattr(worth.tax, head) for head in HEADS)), depth=1, weight=weight)


def _heading(table: str, title: str) -> Line:
    return Line((table, title, None, *(None for _ in HEADS)), weight=Weight.HEADING)


def _line(columns: Sequence[Column], row: dict[str, Value]) -> Line:
    return Line(tuple(row[column.key] for column in columns))
