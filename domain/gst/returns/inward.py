"""What was bought, and what became of the tax on it: one classified stream for GSTR-3B, table by table.

Each class of lines of a bill, expense, bill of entry or vendor's credit note (our debit note), and each adjustment of
credit, stands in the tables of the return with the rule that puts it there. Pure; ``purchases`` reads the papers.

Source: FORM GSTR-3B; Circular 170/02/2022-GST (table 4 gross, blocked credit in and out through 4(B)(1), what place of
supply and time bar in 4(D)(2) only, what is reclaimed in 4(A)(5) and again in 4(D)(1)).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.gst.itc import ItcEligibility
from domain.gst.itc_reversals import REVERSALS, ReversalReason
from domain.gst.returns.amounts import Tax, Taxed
from domain.gst.supply import SupplyType
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment
from domain.values import Struct


class InwardTable(StrEnum):
    """Where something bought stands in GSTR-3B."""

    REVERSE_CHARGE = "3.1(d)"
    IMPORT_OF_GOODS = "4(A)(1)"
    IMPORT_OF_SERVICES = "4(A)(2)"
    OTHER_REVERSE_CHARGE = "4(A)(3)"
    INPUT_SERVICE_DISTRIBUTOR = "4(A)(4)"
    OTHER_CREDIT = "4(A)(5)"
    REVERSED_FOR_GOOD = "4(B)(1)"
    REVERSED_FOR_A_TIME = "4(B)(2)"
    RECLAIMED = "4(D)(1)"
    NOT_AVAILABLE = "4(D)(2)"
    NO_TAX = "5(GST)"
    NON_GST = "5(NONGST)"


AVAILABLE = (
    InwardTable.IMPORT_OF_GOODS,
    InwardTable.IMPORT_OF_SERVICES,
    InwardTable.OTHER_REVERSE_CHARGE,
    InwardTable.INPUT_SERVICE_DISTRIBUTOR,
    InwardTable.OTHER_CREDIT,
)
"""The rows of table 4(A), in their order."""
REVERSED = (InwardTable.REVERSED_FOR_GOOD, InwardTable.REVERSED_FOR_A_TIME)
"""The rows of table 4(B)."""
ON_REVERSE_CHARGE = (InwardTable.IMPORT_OF_SERVICES, InwardTable.OTHER_REVERSE_CHARGE)
"""The rows of credit for tax that was paid on reverse charge."""


class Paper(Struct, frozen=True, kw_only=True):
    """What something bought rests on.

    ``kind`` is the type of the entity (``BILL``, ``DEBIT_NOTE``, ``EXPENSE``, ``BILL_OF_ENTRY``, ``ITC_ADJUSTMENT``),
    ``number`` the vendor's where he numbers it, else ours; ``self_invoice_number`` that of our own invoice.
    """

    kind: str
    document_id: str
    number: str | None
    self_invoice_number: str | None
    dated_on: date
    branch_id: str
    contact_id: str | None
    contact_name: str | None
    gst_no: str | None


class Bought(Paper, frozen=True, kw_only=True):
    """Lines of one paper alike in all that decides their place; amounts in rupees, below nought when taken back."""

    gst_treatment: str | None
    supply_type: str
    is_reverse_charge: bool
    is_isd_invoice: bool
    is_import: bool
    tax_category: str
    rate: Decimal
    itc_eligibility: str
    itc_blocked_reason: str | None
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal

    @property
    def worth(self) -> Taxed:
        """Value and tax."""
        tax = Tax(igst=self.igst, cgst=self.cgst, sgst=self.sgst, cess=self.cess)
        return Taxed(taxable=self.taxable, tax=tax)


class Adjusted(Paper, frozen=True, kw_only=True):
    """An adjustment of credit; ``gstr3b_table`` is where the law put it when it was entered."""

    movement: str
    reason: str
    gstr3b_table: str
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal

    @property
    def worth(self) -> Taxed:
        """The tax; it has no value of its own."""
        return Taxed(tax=Tax(igst=self.igst, cgst=self.cgst, sgst=self.sgst, cess=self.cess))


class Inward(Struct, frozen=True, kw_only=True):
    """One figure of one table: the paper behind it, value and tax in rupees, and the rule that puts it there.

    ``itc_eligibility`` is that of the lines; ``None`` of an adjustment of credit.
    """

    paper: Paper
    table: InwardTable
    is_interstate: bool
    rate: Decimal | None
    worth: Taxed
    why: str
    itc_eligibility: str | None = None


Placed = tuple[InwardTable, str]
"""A table, and why."""


def classified(bought: Iterable[Bought], adjusted: Iterable[Adjusted]) -> list[Inward]:
    """Return every figure that the papers put into the return, in the order of the papers."""
    of_papers = [_figure(each, *place) for each in bought for place in places_of(each)]
    return of_papers + [_adjustment(each, *place) for each in adjusted for place in places_of_adjustment(each)]


def places_of(bought: Bought) -> list[Placed]:
    """Return the tables in which lines of this class stand; none for what GSTR-3B does not ask for."""
    if bought.tax_category == TaxCategory.TAXABLE and (bought.worth.tax != Tax() or bought.is_reverse_charge):
        return [*_owed(bought), *_credited(bought)]
    return _untaxed(bought)


def places_of_adjustment(adjusted: Adjusted) -> list[Placed]:
    """Return the tables in which an adjustment stands: a reclaim in two, once to count and once to be told."""
    title = REVERSALS[ReversalReason(adjusted.reason)].title
    table = InwardTable(adjusted.gstr3b_table)
    if table is InwardTable.RECLAIMED:
        why = f"Reclaimed: {title}. It counts in 4(A)(5) and is told in 4(D)(1) (Circular 170/02/2022-GST)."
        return [(InwardTable.OTHER_CREDIT, why), (table, why)]
    return [(table, f"Reversed: {title}.")]


def _owed(bought: Bought) -> list[Placed]:
    if not bought.is_reverse_charge:
        return []
    if bought.gst_treatment == GstTreatment.OVERSEAS:
        why = "Services from abroad: the recipient pays the tax (IGST Act, section 5(3))."
    elif bought.self_invoice_number:
        why = "Reverse charge on a vendor without registration, with our own invoice (CGST Act, section 31(3)(f))."
    else:
        why = "Reverse charge: the recipient pays the tax (CGST Act, section 9(3) and (4))."
    return [(InwardTable.REVERSE_CHARGE, why)]


def _credited(bought: Bought) -> list[Placed]:
    eligibility = ItcEligibility(bought.itc_eligibility)
    if eligibility is ItcEligibility.ELIGIBLE:
        return [_gross(bought)]
    if eligibility is ItcEligibility.BLOCKED:
        clause = bought.itc_blocked_reason or "17(5)"
        why = f"Blocked by section {clause}: in 4(A) gross, and out again (Circular 170/02/2022-GST)."
        return [(_gross(bought)[0], why), (InwardTable.REVERSED_FOR_GOOD, why)]
    why_not = _NOT_AVAILABLE.get(eligibility)
    return [] if why_not is None else [(InwardTable.NOT_AVAILABLE, why_not)]


_NOT_AVAILABLE: Mapping[ItcEligibility, str] = MappingProxyType(
    {
        ItcEligibility.POS_RESTRICTED: (
            "The place of supply is in another state than the registration (Circular 170/02/2022-GST, 4.3(E))."
        ),
        ItcEligibility.TIME_BARRED: "30 November after the year of the invoice has passed (CGST Act, section 16(4)).",
    }
)


def _gross(bought: Bought) -> Placed:
    """The row of table 4(A), first match."""
    return next((table, why) for table, is_so, why in _GROSS if is_so(bought))


_GROSS: tuple[tuple[InwardTable, Callable[[Bought], bool], str], ...] = (
    (
        InwardTable.IMPORT_OF_GOODS,
        lambda bought: bought.is_import,
        "Tax paid to customs on a bill of entry (CGST Rules, rule 36(1)(d)).",
    ),
    (
        InwardTable.IMPORT_OF_SERVICES,
        lambda bought: bought.is_reverse_charge and bought.gst_treatment == GstTreatment.OVERSEAS,
        "Credit of the tax paid on services from abroad (CGST Act, section 16(1)).",
    ),
    (
        InwardTable.OTHER_REVERSE_CHARGE,
        lambda bought: bought.is_reverse_charge,
        "Credit of the tax paid on reverse charge (CGST Act, section 16(1)).",
    ),
    (
        InwardTable.INPUT_SERVICE_DISTRIBUTOR,
        lambda bought: bought.is_isd_invoice,
        "Credit distributed by an input service distributor (CGST Act, section 20).",
    ),
    (
        InwardTable.OTHER_CREDIT,
        lambda bought: True,
        "Tax that the vendor charged (CGST Act, section 16(1)).",
    ),
)


def _untaxed(bought: Bought) -> list[Placed]:
    """Table 5: nothing from abroad, and nothing that is taxable and was bought from somebody who is not registered."""
    if bought.is_import or bought.gst_treatment == GstTreatment.OVERSEAS:
        return []
    if bought.tax_category == TaxCategory.NON_GST:
        return [(InwardTable.NON_GST, "Outside GST (CGST Act, section 9(2), and Schedule III).")]
    if bought.gst_treatment == GstTreatment.COMPOSITION:
        return [(InwardTable.NO_TAX, "From a vendor under composition, who charges none (CGST Act, section 10(4)).")]
    why = _UNTAXED.get(bought.tax_category)
    return [] if why is None else [(InwardTable.NO_TAX, why)]


_UNTAXED: Mapping[str, str] = MappingProxyType(
    {
        TaxCategory.EXEMPT: "Exempt by notification (CGST Act, section 11).",
        TaxCategory.NIL_RATED: "Of a rate of nought (CGST Act, section 2(47)).",
    }
)


def _figure(bought: Bought, table: InwardTable, why: str) -> Inward:
    return Inward(
        paper=bought,
        table=table,
        is_interstate=bought.supply_type == SupplyType.INTER_STATE,
        rate=bought.rate,
        worth=bought.worth,
        why=why,
        itc_eligibility=bought.itc_eligibility,
    )


def _adjustment(adjusted: Adjusted, table: InwardTable, why: str) -> Inward:
    return Inward(paper=adjusted, table=table, is_interstate=False, rate=None, worth=adjusted.worth, why=why)
