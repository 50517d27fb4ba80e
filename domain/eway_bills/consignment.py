"""The goods of a document as an e-way bill tells of them: their lines in rupees, and what the consignment is worth.

Source: CGST Rules 2017, rule 138(1), explanation 2: the value is that of the document, with the tax charged in it and
without exempt goods. Services travel not: what they cost is part of the document's total alone.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.documents.challans import is_charged, tells_of_no_supply
from domain.documents.document import Document, Line, Paper
from domain.documents.rupees import in_rupees, taxes_in_rupees
from domain.errors import Failed
from domain.gst.hsn import is_service
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.units import NOT_APPLICABLE, OTHERS
from domain.money import ZERO, round_paise
from domain.values import Struct

MOST_LINES = 250
"""So many lines the portal takes; more are added up by code, unit and rates."""

_HEADS = ("cgst_amount", "sgst_amount", "igst_amount", "cess_amount")
_NONE = Decimal(0)


class Goods(Struct, frozen=True, kw_only=True):
    """A line of goods, or several of one kind: rupees, and per cent of each tax.

    ``cess`` is what is reckoned in per cent, ``cess_of_units`` what is reckoned by quantity.
    """

    name: str
    description: str | None
    hsn: str
    quantity: Decimal
    unit_code: str
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    cess_of_units: Decimal
    cgst_percent: Decimal
    sgst_percent: Decimal
    igst_percent: Decimal
    cess_percent: Decimal
    is_exempt: bool

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return self.cgst + self.sgst + self.igst + self.cess + self.cess_of_units


class Consignment(Struct, frozen=True, kw_only=True):
    """The goods of a document; ``total`` is what the document comes to, services and rounding with it."""

    goods: Sequence[Goods]
    total: Decimal

    @property
    def taxable(self) -> Decimal:
        """What the goods are worth before tax."""
        return sum((each.taxable for each in self.goods), ZERO)

    @property
    def value(self) -> Decimal:
        """What counts against the limit: the goods with their tax, without exempt ones."""
        return sum((each.taxable + each.tax for each in self.goods if not each.is_exempt), ZERO)

    @property
    def other(self) -> Decimal:
        """What the total holds beside the goods and their tax: services, charges and rounding."""
        return self.total - self.taxable - sum((each.tax for each in self.goods), ZERO)


def consignment_of(paper: Paper, our_gst_no: str | None = None) -> Consignment:
    """Return the goods of a document. A line that names no code counts as goods, as its place of supply does.

    By ``our_gst_no`` it is known what goes to another place of the same registration.

    Raises Failed for goods without an HSN code, and where there are more kinds of goods than the portal takes.
    """
    is_taxed = is_charged(paper.head, our_gst_no)
    travelling = [(index, line) for index, line in enumerate(paper.lines) if not _is_service(line)]
    lines = [_goods(paper.head, index, line, is_taxed=is_taxed) for index, line in travelling]
    goods = lines if len(lines) <= MOST_LINES else _added_up(lines)
    if len(goods) > MOST_LINES:
        raise Failed(f"These are {len(goods)} kinds of goods; an e-way bill takes {MOST_LINES}. Part the document.")
    return Consignment(goods=goods, total=_total(paper.head, our_gst_no))


def worth(paper: Paper, our_gst_no: str | None) -> Decimal:
    """What counts against the limit, also of a document whose goods lack codes."""
    is_taxed = is_charged(paper.head, our_gst_no)
    lines = [line for line in paper.lines if not _is_service(line) and line.tax_category == TaxCategory.TAXABLE]
    return sum((_value(paper.head, line, is_taxed=is_taxed) for line in lines), ZERO)


def has_goods(paper: Paper) -> bool:
    """Whether anything of it travels."""
    return any(not _is_service(line) for line in paper.lines)


def _is_service(line: Line) -> bool:
    return is_service(line.hsn_or_sac, line.unit_code)


def _value(head: Document, line: Line, *, is_taxed: bool) -> Decimal:
    taxable = in_rupees(head, line.taxable_amount)
    return taxable + sum(_taxes(head, line, taxable, is_taxed=is_taxed).values(), ZERO)


def _taxes(head: Document, line: Line, taxable: Decimal, *, is_taxed: bool) -> dict[str, Decimal]:
    """The tax that the document charges."""
    if not is_taxed:
        return dict.fromkeys(_HEADS, ZERO)
    return taxes_in_rupees(head, line, _HEADS, taxable)


def _total(head: Document, our_gst_no: str | None) -> Decimal:
    """What the document comes to, with the tax of an export that is claimed back and so is not owed by the buyer."""
    if tells_of_no_supply(head, our_gst_no):
        return in_rupees(head, head.taxable_total + head.untaxed_charges)
    claimed = head.tax_total if head.is_export_tax_claimed else ZERO
    return in_rupees(head, head.total + claimed)


def _goods(head: Document, index: int, line: Line, *, is_taxed: bool) -> Goods:
    if not line.hsn_or_sac:
        raise Failed(
            f"'{line.name}' has no HSN code; an e-way bill tells that of all goods.",
            field=f"line_items[{index}].hsn_or_sac",
        )
    taxable = in_rupees(head, line.taxable_amount)
    taxes = _taxes(head, line, taxable, is_taxed=is_taxed)
    of_units = round_paise(line.quantity * line.cess_per_unit) if taxes["cess_amount"] else ZERO
    within = head.supply_type == "INTRA_STATE"
    half = line.tax_percentage / 2
    return Goods(
        name=line.name,
        description=line.description,
        hsn=line.hsn_or_sac,
        quantity=line.quantity,
        unit_code=line.unit_code if line.unit_code and line.unit_code != NOT_APPLICABLE else OTHERS,
        taxable=taxable,
        cgst=taxes["cgst_amount"],
        sgst=taxes["sgst_amount"],
        igst=taxes["igst_amount"],
        cess=taxes["cess_amount"] - of_units,
        cess_of_units=of_units,
        cgst_percent=half if within else _NONE,
        sgst_percent=half if within else _NONE,
        igst_percent=_NONE if within else line.tax_percentage,
        cess_percent=line.cess_percentage,
        is_exempt=line.tax_category != TaxCategory.TAXABLE,
    )


def _added_up(lines: Iterable[Goods]) -> list[Goods]:
    """Lines of the same code, unit and rates as one, under the name of the first."""
    by_kind: dict[tuple[object, ...], Goods] = {}
    for line in lines:
        rates = (line.cgst_percent, line.igst_percent, line.cess_percent)
        kind = (line.hsn, line.unit_code, *rates, line.is_exempt)
        before = by_kind.get(kind)
        by_kind[kind] = line if before is None else _together(before, line)
    return list(by_kind.values())


def _together(one: Goods, other: Goods) -> Goods:
    return Goods(
        name=one.name,
        description=None,
        hsn=one.hsn,
        quantity=one.quantity + other.quantity,
        unit_code=one.unit_code,
        taxable=one.taxable + other.taxable,
        cgst=one.cgst + other.cgst,
        sgst=one.sgst + other.sgst,
        igst=one.igst + other.igst,
        cess=one.cess + other.cess,
        cess_of_units=one.cess_of_units + other.cess_of_units,
        cgst_percent=one.cgst_percent,
        sgst_percent=one.sgst_percent,
        igst_percent=one.igst_percent,
        cess_percent=one.cess_percent,
        is_exempt=one.is_exempt,
    )
