"""GSTR-3B: what was supplied and bought in a period, table by table. Pure: sums of the two classified streams.

Table 3.1 is made of the rows of which GSTR-1 is made, and of nothing else, so that both returns say the same, as the
portal wants it since 072025. Source: CGST Rules 2017, rule 61(5), FORM GSTR-3B; Circular 170/02/2022-GST.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.gst.returns.advances import Advance, AdvanceTable
from domain.gst.returns.amounts import NO_TAX, NOTHING, Tax, Taxed, tax_of, taxed_of
from domain.gst.returns.inward import AVAILABLE, REVERSED, Inward, InwardTable
from domain.gst.returns.sections import Section
from domain.gst.returns.supplies import Outward
from domain.gst.states import OVERSEAS
from domain.gst.supply import SupplyType
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment
from domain.money import ZERO
from domain.values import Struct


class SupplyRow(StrEnum):
    """A row of tables 3.1 and 3.1.1 for what we supply."""

    TAXABLE = "3.1(a)"
    ZERO_RATED = "3.1(b)"
    UNTAXED = "3.1(c)"
    NON_GST = "3.1(e)"
    AS_OPERATOR = "3.1.1(i)"
    THROUGH_OPERATOR = "3.1.1(ii)"


class Recipients(StrEnum):
    """A row of table 3.2: to whom supplies between states are told apart."""

    UNREGISTERED = "UNREGISTERED"
    COMPOSITION = "COMPOSITION"
    UIN = "UIN"


_RECIPIENTS: Mapping[str, Recipients] = MappingProxyType(
    {
        GstTreatment.UNREGISTERED: Recipients.UNREGISTERED,
        GstTreatment.CONSUMER: Recipients.UNREGISTERED,
        GstTreatment.OVERSEAS: Recipients.UNREGISTERED,
        GstTreatment.COMPOSITION: Recipients.COMPOSITION,
        GstTreatment.UIN: Recipients.UIN,
    }
)


class Supplied(Struct, frozen=True, kw_only=True):
    """One figure of tables 3.1 and 3.1.1 with what is behind it: a supply, or what moved of an advance.

    ``recipients`` is its row of table 3.2, ``None`` where it is not told there.
    """

    row: SupplyRow
    source: Outward | Advance
    worth: Taxed
    recipients: Recipients | None = None

    @property
    def dated_on(self) -> date:
        """The day by which the tax is due: of the document, or of what moved."""
        return self.source.dated_on if isinstance(self.source, Outward) else self.source.moved_on


class InterstateSupplies(Struct, frozen=True, kw_only=True):
    """A line of table 3.2: to whom, the place of supply, the value and the IGST on it."""

    recipients: Recipients
    place_of_supply: str
    taxable: Decimal
    igst: Decimal


class UntaxedInward(Struct, frozen=True):
    """A row of table 5: values between states and within the state."""

    interstate: Decimal = ZERO
    intrastate: Decimal = ZERO


class Tables(Struct, frozen=True, kw_only=True):
    """Tables 3.1 to 5, in rupees to the paisa. ``told`` are the two rows of 4(D), which count nowhere."""

    supplies: Mapping[SupplyRow, Taxed]
    reverse_charge: Taxed
    interstate: Sequence[InterstateSupplies]
    available: Mapping[InwardTable, Tax]
    reversed: Mapping[InwardTable, Tax]
    told: Mapping[InwardTable, Tax]
    untaxed: Mapping[InwardTable, UntaxedInward]

    @property
    def output_tax(self) -> Tax:
        """The tax of 3.1(a), 3.1(b) and 3.1.1(i), which credit may pay."""
        return tax_of(self.supplies[row].tax for row in _BEARING_TAX)

    @property
    def net_credit(self) -> Tax:
        """4(C): what is available less what is reversed; it goes to the electronic credit ledger."""
        return tax_of(self.available.values()) - tax_of(self.reversed.values())

    @property
    def is_nil(self) -> bool:
        """Whether the return tells nothing at all."""
        values = [*self.supplies.values(), self.reverse_charge]
        credit = [*self.available.values(), *self.reversed.values(), *self.told.values()]
        return (
            all(each == NOTHING for each in values)
            and all(each == NO_TAX for each in credit)
            and all(each == UntaxedInward() for each in self.untaxed.values())
        )


_BEARING_TAX = (SupplyRow.TAXABLE, SupplyRow.ZERO_RATED, SupplyRow.AS_OPERATOR)
_TOLD = (InwardTable.RECLAIMED, InwardTable.NOT_AVAILABLE)
_UNTAXED = (InwardTable.NO_TAX, InwardTable.NON_GST)


def supplied(outward: Iterable[Outward], advances: Iterable[Advance]) -> list[Supplied]:
    """Return every figure of tables 3.1 and 3.1.1, of documents first and then of advances."""
    return [_of_supply(each) for each in outward] + [_of_advance(each) for each in advances]


def row_of(supply: Outward) -> SupplyRow:
    """Return the row of table 3.1 or 3.1.1 in which a supply stands."""
    if supply.section in _ROW_OF_SECTION:
        return _ROW_OF_SECTION[supply.section]
    if supply.tax_category == TaxCategory.NON_GST:
        return SupplyRow.NON_GST
    if _is_zero_rated(supply):
        return SupplyRow.ZERO_RATED
    return SupplyRow.TAXABLE if supply.tax_category == TaxCategory.TAXABLE else SupplyRow.UNTAXED


def tables_of(supplies: Sequence[Supplied], inward: Sequence[Inward]) -> Tables:
    """Return the tables that these figures add up to; every row is there, also where nothing is in it."""
    return Tables(
        supplies={row: taxed_of(each.worth for each in supplies if each.row is row) for row in SupplyRow},
        reverse_charge=taxed_of(each.worth for each in inward if each.table is InwardTable.REVERSE_CHARGE),
        interstate=_interstate(supplies),
        available=_credit(inward, AVAILABLE),
        reversed=_credit(inward, REVERSED),
        told=_credit(inward, _TOLD),
        untaxed={table: _untaxed(inward, table) for table in _UNTAXED},
    )


_ROW_OF_SECTION = MappingProxyType({Section.ECOM: SupplyRow.AS_OPERATOR, Section.SUPECO: SupplyRow.THROUGH_OPERATOR})


def _is_zero_rated(supply: Outward) -> bool:
    """An export, or a supply to a special economic zone (IGST Act, section 16(1))."""
    is_export = supply.gst_treatment == GstTreatment.OVERSEAS and supply.place_of_supply == OVERSEAS
    return is_export or supply.gst_treatment == GstTreatment.SEZ


def _of_supply(supply: Outward) -> Supplied:
    row = row_of(supply)
    worth = Taxed(taxable=supply.sign * supply.taxable, tax=_tax(supply) if _bears_tax(supply, row) else NO_TAX)
    return Supplied(row=row, source=supply, worth=worth, recipients=_recipients(supply, row))


def _bears_tax(supply: Outward, row: SupplyRow) -> bool:
    """Whether the tax is ours to pay: not under reverse charge (value only), nor through an operator who pays it."""
    return row in _BEARING_TAX and not supply.is_reverse_charge


def _tax(supply: Outward) -> Tax:
    tax = Tax(igst=supply.igst, cgst=supply.cgst, sgst=supply.sgst, cess=supply.cess)
    return tax if supply.sign > 0 else -tax


def _recipients(supply: Outward, row: SupplyRow) -> Recipients | None:
    """Its row of 3.2: of 3.1(a) and 3.1.1(i), between states and not under reverse charge, else none."""
    is_told = row in (SupplyRow.TAXABLE, SupplyRow.AS_OPERATOR) and not supply.is_reverse_charge
    if not is_told or supply.supply_type != SupplyType.INTER_STATE:
        return None
    return _RECIPIENTS.get(supply.gst_treatment)


def _of_advance(advance: Advance) -> Supplied:
    """An advance stands in 3.1(a) net of its tax when it is received, and goes out when it is adjusted."""
    sign = advance.sign if advance.table is AdvanceTable.RECEIVED else -advance.sign
    tax = Tax(igst=advance.igst, cgst=advance.cgst, sgst=advance.sgst)
    worth = Taxed(taxable=sign * advance.taxable, tax=tax if sign > 0 else -tax)
    return Supplied(row=SupplyRow.TAXABLE, source=advance, worth=worth)


def _interstate(supplies: Iterable[Supplied]) -> list[InterstateSupplies]:
    sums: dict[tuple[Recipients, str], Taxed] = {}
    for each in supplies:
        if each.recipients is not None:
            place = (each.recipients, each.source.place_of_supply)
            sums[place] = sums.get(place, NOTHING) + each.worth
    return [
        InterstateSupplies(recipients=recipients, place_of_supply=place, taxable=worth.taxable, igst=worth.tax.igst)
        for recipients in Recipients
        for (row, place), worth in sorted(sums.items())
        if row is recipients and worth != NOTHING
    ]


def _credit(inward: Iterable[Inward], tables: Sequence[InwardTable]) -> dict[InwardTable, Tax]:
    sums = dict.fromkeys(tables, NO_TAX)
    for each in inward:
        if each.table in sums:
            sums[each.table] += each.worth.tax
    return sums


def _untaxed(inward: Iterable[Inward], table: InwardTable) -> UntaxedInward:
    here = [each for each in inward if each.table is table]
    return UntaxedInward(
        interstate=sum((each.worth.taxable for each in here if each.is_interstate), ZERO),
        intrastate=sum((each.worth.taxable for each in here if not each.is_interstate), ZERO),
    )
