"""Which table of GSTR-1 a supply belongs in: the rules in their order, of which the first that fits decides.

Source: CGST Rules 2017, rule 59(4) and FORM GSTR-1; IGST Act 2017, section 16; CGST Act 2017, sections 9(5), 34, 52.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from domain.gst.ecommerce import EcommerceSection
from domain.gst.rates import GST_BEGAN_ON
from domain.gst.states import OVERSEAS
from domain.gst.supply import SupplyType
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment
from domain.values import Struct

LARGE_SINCE = ((date(2024, 8, 1), Decimal(100_000)), (GST_BEGAN_ON, Decimal(250_000)))
"""The value (rupees) above which an invoice between states to a buyer without a number is told by itself, and since
when, the latest first. Strictly above. Source: rule 59(4)(a)(ii); Notification 12/2024-CT, in force 01-08-2024."""
_EVERY_CIRCUMSTANCE = 4096


class Section(StrEnum):
    """A table of GSTR-1, by its name in the portal's file."""

    B2B = "b2b"
    B2CL = "b2cl"
    B2CS = "b2cs"
    CDNR = "cdnr"
    CDNUR = "cdnur"
    EXP = "exp"
    NIL = "nil"
    SUPECO = "supeco"
    ECOM = "ecom"


class Circumstances(Struct, frozen=True):
    """What the table of a supply depends on.

    ``is_large``: the invoice, of a note the original one, is worth more than ``limit`` (rupees). ``is_operator``: we
    are the operator of electronic commerce through whom somebody else supplied.
    """

    is_note: bool
    gst_treatment: str
    place_of_supply: str
    supply_type: str
    tax_category: str
    is_with_payment: bool = False
    is_large: bool = False
    limit: Decimal = LARGE_SINCE[0][1]
    ecommerce_section: str | None = None
    is_operator: bool = False

    @property
    def is_export(self) -> bool:
        """To a buyer abroad, and supplied there; a buyer from abroad who takes delivery here is an ordinary one."""
        return self.gst_treatment == GstTreatment.OVERSEAS and self.place_of_supply == OVERSEAS

    @property
    def is_zero_rated(self) -> bool:
        """An export or a supply to a special economic zone (IGST Act, section 16(1))."""
        return self.is_export or self.gst_treatment == GstTreatment.SEZ

    @property
    def is_to_registered(self) -> bool:
        """Whether the buyer has a number under GST."""
        return GstTreatment(self.gst_treatment).is_registered

    @property
    def is_untaxed(self) -> bool:
        """Nil rated or exempt, where it is not zero-rated; or outside GST altogether."""
        if self.tax_category == TaxCategory.NON_GST:
            return True
        return self.tax_category in (TaxCategory.NIL_RATED, TaxCategory.EXEMPT) and not self.is_zero_rated

    @property
    def is_large_between_states(self) -> bool:
        """Whether the invoice is told by itself although the buyer is not registered."""
        return self.is_large and self.supply_type == SupplyType.INTER_STATE


class Verdict(Struct, frozen=True):
    """The table of a supply, its kind within the table, its half of the HSN summary, and why, in a sentence."""

    section: Section
    table_type: str | None
    is_to_registered: bool
    why: str


class SectionRule(Struct, frozen=True):
    """A table, which supplies belong in it, and the sentence that says so; ``{limit}`` is in it where it decides."""

    section: Section
    fits: Callable[[Circumstances], bool]
    why: str


SECTION_RULES: tuple[SectionRule, ...] = (
    SectionRule(
        Section.ECOM,
        lambda supply: supply.ecommerce_section == EcommerceSection.PAID_BY_OPERATOR and supply.is_operator,
        "Supplied through us as the operator of electronic commerce, who pays the tax under section 9(5): table 15.",
    ),
    SectionRule(
        Section.SUPECO,
        lambda supply: supply.ecommerce_section == EcommerceSection.PAID_BY_OPERATOR,
        "Supplied through an operator of electronic commerce, who pays the tax under section 9(5): table 14(b) only.",
    ),
    SectionRule(
        Section.NIL,
        lambda supply: supply.is_untaxed,
        "Nil rated, exempt or outside GST, and not zero-rated: table 8.",
    ),
    SectionRule(
        Section.EXP,
        lambda supply: supply.is_export and not supply.is_note,
        "To a buyer abroad with its place of supply outside India: an export, table 6A.",
    ),
    SectionRule(
        Section.CDNUR,
        lambda supply: supply.is_export,
        "A note to an export: table 9B, unregistered.",
    ),
    SectionRule(
        Section.B2B,
        lambda supply: supply.is_to_registered and not supply.is_note,
        "The buyer has a number under GST: table 4, to an SEZ 6B, as a deemed export 6C.",
    ),
    SectionRule(
        Section.CDNR,
        lambda supply: supply.is_to_registered,
        "A note to a buyer with a number under GST: table 9B, registered.",
    ),
    SectionRule(
        Section.B2CL,
        lambda supply: supply.is_large_between_states and not supply.is_note,
        "Between states, to a buyer without a number, and worth more than {limit} rupees: table 5.",
    ),
    SectionRule(
        Section.CDNUR,
        lambda supply: supply.is_large_between_states,
        "A note to an invoice between states, to a buyer without a number, worth more than {limit} rupees: table 9B.",
    ),
    SectionRule(
        Section.B2CS,
        lambda supply: True,
        "To a buyer without a number, within the state or worth not more than {limit} rupees: table 7.",
    ),
)
"""The first rule that fits decides; the last one always does."""


@lru_cache(_EVERY_CIRCUMSTANCE)
def classified(supply: Circumstances) -> Verdict:
    """Return the table in which a supply belongs."""
    rule = next(rule for rule in SECTION_RULES if rule.fits(supply))
    return Verdict(
        rule.section,
        _TABLE_TYPES.get(rule.section, _none)(supply),
        supply.is_to_registered,
        rule.why.format(limit=f"{supply.limit:,}"),
    )


def _invoice_type(supply: Circumstances) -> str:
    """As ``inv_typ``: regular, to an SEZ with or without payment of tax, deemed export."""
    if supply.gst_treatment == GstTreatment.SEZ:
        return "SEWP" if supply.is_with_payment else "SEWOP"
    return "DE" if supply.gst_treatment == GstTreatment.DEEMED_EXPORT else "R"


def _type_through_us(supply: Circumstances) -> str | None:
    """As ``inv_typ`` of what others supplied through us, which only documents to registered buyers say."""
    return _invoice_type(supply) if supply.is_to_registered else None


def _export_type(supply: Circumstances) -> str:
    return "WPAY" if supply.is_with_payment else "WOPAY"


def _note_type(supply: Circumstances) -> str:
    """As ``typ`` of a note to a buyer without a number."""
    if not supply.is_export:
        return "B2CL"
    return "EXPWP" if supply.is_with_payment else "EXPWOP"


def _none(_: Circumstances) -> None:
    return None


_TABLE_TYPES: Mapping[Section, Callable[[Circumstances], str | None]] = MappingProxyType(
    {
        Section.B2B: _invoice_type,
        Section.CDNR: _invoice_type,
        Section.EXP: _export_type,
        Section.CDNUR: _note_type,
        Section.ECOM: _type_through_us,
    }
)
