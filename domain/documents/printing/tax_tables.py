"""The tables of a printed document: its lines with the columns that it needs, and its tax by HSN and rate."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from domain.documents.document import Document, Line
from domain.documents.printing import figures
from domain.documents.printing.figures import Currency
from domain.documents.printing.nature import Nature
from domain.documents.printing.sheet import Cell, Column, Table
from domain.gst.states import PLACES_OF_SUPPLY
from domain.gst.supply import SupplyType
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.units import NOT_APPLICABLE
from domain.money import ZERO, round_paise
from domain.values import Struct

_HUNDREDTH = Decimal("0.01")
UNTAXED: Mapping[str, str] = MappingProxyType(
    {
        TaxCategory.EXEMPT.value: "exempt",
        TaxCategory.NIL_RATED.value: "nil-rated",
        TaxCategory.NON_GST.value: "outside GST",
    }
)
"""What is said of a line that bears no tax, by its category."""


class Head(Struct, frozen=True):
    """A head of tax: its title, and what part of the rate it is (of cess: a rate of its own)."""

    name: str
    title: str
    share: Decimal | None

    @property
    def total_field(self) -> str:
        """Its sum on a document."""
        return f"{self.name}_total"

    @property
    def line_field(self) -> str:
        """Its amount on a line, by the name of the field."""
        return f"{self.name}_amount"

    def of(self, line: object) -> Decimal:
        """Its amount on a line, of a document or of another paper."""
        amount: Decimal = getattr(line, self.line_field)
        return amount

    def rate_of(self, line: Line) -> str:
        """Its rate on a line, in words where the line bears no tax."""
        if self.share is None:
            return _cess_rate(line)
        if line.tax_category in UNTAXED:
            return UNTAXED[line.tax_category]
        return figures.percent(line.tax_percentage * self.share) if line.tax_percentage else ""


def heads_at(place_of_supply: str | None) -> tuple[Head, ...]:
    """All heads of tax; within a territory without a legislature SGST is called UTGST (UTGST Act, section 7)."""
    place = PLACES_OF_SUPPLY.get(place_of_supply or "")
    half = Decimal("0.5")
    return (
        Head("cgst", "CGST", half),
        Head("sgst", place.state_tax_name if place else "SGST", half),
        Head("igst", "IGST", Decimal(1)),
        Head("cess", "Cess", None),
    )


def heads_of(head: Document, lines: Sequence[Line], nature: Nature) -> tuple[Head, ...]:
    """Return the heads of tax that a document shows; none where it bears no tax at all, or tells of no supply.

    Those of its supply, and any that it has an amount of.
    """
    if nature.is_no_supply:
        return ()
    known = heads_at(head.place_of_supply)
    is_untaxed = nature.is_under_lut or nature.is_without_gst
    shows_rate = any(line.tax_percentage for line in lines) and not is_untaxed
    usual = ("cgst", "sgst") if head.supply_type == SupplyType.INTRA_STATE else ("igst",)
    return tuple(each for each in known if getattr(head, each.total_field) or (shows_rate and each.name in usual))


class Sheetful(Struct, frozen=True):
    """What the cells of a table are made of."""

    head: Document
    lines: Sequence[Line]
    heads: tuple[Head, ...]
    currency: Currency
    nature: Nature

    def total_of(self, line: Line) -> Decimal:
        """What a line comes to: with its tax, unless somebody else pays that."""
        if self.nature.leaves_tax_out:
            return line.taxable_amount
        return line.taxable_amount + sum([head.of(line) for head in self.heads], ZERO)


class _Made(Struct, frozen=True):
    """A column with what makes its cells: of a line (with its place), and of the foot."""

    column: Column
    cell: Callable[[int, Line], Cell]
    foot: str = ""


def lines_table(of: Sheetful) -> Table:
    """Return the lines of a document with the columns that it needs."""
    columns = [column for column in _columns(of) if column is not None]
    return Table(
        columns=tuple(each.column for each in columns),
        rows=tuple(tuple(each.cell(place, line) for each in columns) for place, line in enumerate(of.lines, 1)),
        foot=tuple(Cell(each.foot) for each in columns),
    )


def _columns(of: Sheetful) -> list[_Made | None]:
    figure, head = of.currency.figure, of.head
    lines = of.lines
    has_codes = any(line.hsn_or_sac for line in lines)
    foreign = "" if of.currency.is_indian else f" ({of.currency.code})"
    included = " (tax included)" if head.is_inclusive_tax else ""
    discounts = [discount_of(line) for line in lines]
    total = sum([of.total_of(line) for line in lines], ZERO)
    return [
        _Made(Column("serial", "#", "right"), lambda place, _: Cell(str(place))),
        _Made(Column("item", "Item"), lambda _, line: Cell(line.name, line.description or ""), "Total"),
        _Made(Column("code", "HSN/SAC"), lambda _, line: Cell(line.hsn_or_sac or "")) if has_codes else None,
        None if head.is_isd_invoice else _Made(Column("quantity", "Quantity", "right"), _quantity, _one_unit(lines)),
        None
        if head.is_isd_invoice
        else _Made(Column("rate", f"Rate{included}", "right"), lambda _, line: Cell(of.currency.price(line.rate))),
        _Made(Column("discount", "Discount", "right"), _discount_cell(figure), figure(sum(discounts, ZERO)))
        if any(discounts)
        else None,
        _Made(
            Column("taxable", "Taxable value", "right"),
            lambda _, line: Cell(figure(line.taxable_amount)),
            figure(head.taxable_total),
        )
        if of.heads and not head.is_isd_invoice
        else None,
        *[_tax_column(of, each) for each in of.heads],
        _Made(
            Column("amount", f"Amount{foreign}", "right"),
            lambda _, line: Cell(figure(of.total_of(line))),
            figure(total),
        ),
    ]


def _tax_column(of: Sheetful, head: Head) -> _Made:
    figure = of.currency.figure
    return _Made(
        Column(head.name, head.title, "right"),
        lambda _, line: Cell(figure(head.of(line)), head.rate_of(line)),
        figure(getattr(of.head, head.total_field)),
    )


def _quantity(_: int, line: Line) -> Cell:
    return Cell(figures.quantity(line.quantity), unit_of(line))


def unit_of(line: Line) -> str:
    """The unit of a line: the code that returns know, with the unit in words where that says something else."""
    code = line.unit_code if line.unit_code != NOT_APPLICABLE else None
    if code is None or not line.unit:
        return line.unit or code or ""
    return code if line.unit.casefold() == code.casefold() else f"{line.unit} ({code})"


def _one_unit(lines: Sequence[Line]) -> str:
    """The sum of the quantities, where all are of one unit."""
    units = {(line.unit, line.unit_code) for line in lines}
    is_one = len(units) == 1 and len(lines) > 1
    return figures.quantity(sum([line.quantity for line in lines], ZERO)) if is_one else ""


def _discount_cell(figure: Callable[[Decimal], str]) -> Callable[[int, Line], Cell]:
    def cell(_: int, line: Line) -> Cell:
        discount = discount_of(line)
        rate = figures.percent(line.discount_percent) if line.discount_percent else ""
        return Cell(figure(discount), rate) if discount else Cell()

    return cell


def discount_of(line: Line) -> Decimal:
    """The discount on a line: its own, and its share of that on the whole document."""
    return own_discount(line) + line.item_total - line.taxable_amount


def own_discount(line: Line) -> Decimal:
    """The discount that a line has of its own."""
    if line.discount is not None:
        return line.discount
    gross = round_paise(line.quantity * line.rate)
    return round_paise(gross * (line.discount_percent or ZERO) * _HUNDREDTH)


class _Group(Struct, frozen=True):
    """What lines are added up by: code, rate or why there is none, cess."""

    code: str
    rate: str
    cess: str


def tax_table(of: Sheetful) -> Table | None:
    """Return the tax by HSN/SAC and rate; nothing for a document without tax."""
    if not of.heads:
        return None
    figure, head = of.currency.figure, of.head
    groups: dict[_Group, list[Line]] = {}
    for line in of.lines:
        group = _Group(line.hsn_or_sac or "", rate_in_words(line), _cess_rate(line))
        groups.setdefault(group, []).append(line)
    columns = (
        Column("code", "HSN/SAC"),
        Column("rate", "Rate", "right"),
        Column("taxable", "Taxable value", "right"),
        *(Column(each.name, each.title, "right") for each in of.heads),
        Column("tax", "Total tax", "right"),
    )
    rows = tuple(
        (
            Cell(group.code),
            Cell(group.rate, f"cess {group.cess}" if group.cess else ""),
            Cell(figure(sum([line.taxable_amount for line in lines], ZERO))),
            *(Cell(figure(sum(map(each.of, lines), ZERO))) for each in of.heads),
            Cell(figure(sum([each.of(line) for line in lines for each in of.heads], ZERO))),
        )
        for group, lines in groups.items()
    )
    sums = (head.taxable_total, *(getattr(head, each.total_field) for each in of.heads), head.tax_total)
    return Table(
        heading="Tax by HSN/SAC and rate",
        columns=columns,
        rows=rows,
        foot=(Cell("Total"), Cell(), *(Cell(figure(each)) for each in sums)),
    )


def rate_in_words(line: Line) -> str:
    """The whole rate of a line, or why it bears none."""
    if line.tax_category in UNTAXED:
        return UNTAXED[line.tax_category]
    return figures.percent(line.tax_percentage) if line.tax_percentage else ""


def _cess_rate(line: Line) -> str:
    percent = figures.percent(line.cess_percentage) if line.cess_percentage else ""
    per_unit = f"{figures.RUPEES.price(line.cess_per_unit)} a unit" if line.cess_per_unit else ""
    return " + ".join(part for part in (percent, per_unit) if part)
