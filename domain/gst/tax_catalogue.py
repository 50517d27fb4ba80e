"""The taxes that every organization finds seeded: each rate in each shape, with the days it is in force."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.gst.rates import GST_BEGAN_ON, RATES, Rate
from domain.ids import fixed_id
from domain.money import trimmed
from domain.values import Struct

_NOTHING = Decimal("0")


class TaxShape(StrEnum):
    """What a tax of the catalogue is made of."""

    INTRA_STATE = "INTRA_STATE"
    INTER_STATE = "INTER_STATE"
    RCM = "RCM"
    EXEMPT = "EXEMPT"
    NIL_RATED = "NIL_RATED"
    NON_GST = "NON_GST"


class TaxCategory(StrEnum):
    """Why a line bears tax or not; only taxable lines do."""

    TAXABLE = "TAXABLE"
    NIL_RATED = "NIL_RATED"
    EXEMPT = "EXEMPT"
    NON_GST = "NON_GST"


_CATEGORY_OF: Mapping[TaxShape, TaxCategory] = {
    TaxShape.INTRA_STATE: TaxCategory.TAXABLE,
    TaxShape.INTER_STATE: TaxCategory.TAXABLE,
    TaxShape.RCM: TaxCategory.TAXABLE,
    TaxShape.EXEMPT: TaxCategory.EXEMPT,
    TaxShape.NIL_RATED: TaxCategory.NIL_RATED,
    TaxShape.NON_GST: TaxCategory.NON_GST,
}


class CatalogueTax(Struct, frozen=True):
    """A row of the catalogue, all rates in percent; ``effective_to`` (the last day) is None while it is in force.

    Specific cess, such as 400 rupees a tonne of coal, is no percentage and stands on the line.
    """

    id: str
    name: str
    shape: TaxShape
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    effective_from: date
    effective_to: date | None

    @property
    def percent(self) -> Decimal:
        """The whole rate without cess."""
        return trimmed(self.igst or self.cgst + self.sgst)

    @property
    def category(self) -> TaxCategory:
        """The category that lines with this tax have."""
        return _CATEGORY_OF[self.shape]

    def is_in_force(self, on: date) -> bool:
        """Whether it is in general force on the day; one that is not deserves a warning."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def is_interstate(self) -> bool:
        """Whether it is IGST; False also for what bears no tax."""
        return bool(self.igst)


class _Cess(Struct, frozen=True):
    percent: Decimal
    since: date
    until: date


_CESS_ENDED_ON = date(2025, 9, 21)
_TOBACCO_CESS_ENDED_ON = date(2026, 1, 31)
# Ad valorem compensation cess on goods at 28 %: motor vehicles and aerated drinks, then cigarettes, other tobacco and
# pan masala (notification 1/2017-Compensation Cess (Rate); nil by 3/2025 from 01-02-2026).
_CESSES_AT_28 = (
    _Cess(Decimal("1"), GST_BEGAN_ON, _CESS_ENDED_ON),
    _Cess(Decimal("3"), GST_BEGAN_ON, _CESS_ENDED_ON),
    _Cess(Decimal("12"), GST_BEGAN_ON, _CESS_ENDED_ON),
    _Cess(Decimal("15"), GST_BEGAN_ON, _CESS_ENDED_ON),
    _Cess(Decimal("17"), date(2017, 9, 11), _CESS_ENDED_ON),
    _Cess(Decimal("20"), date(2017, 9, 11), _CESS_ENDED_ON),
    _Cess(Decimal("22"), date(2017, 9, 11), _CESS_ENDED_ON),
    _Cess(Decimal("5"), GST_BEGAN_ON, _TOBACCO_CESS_ENDED_ON),
    _Cess(Decimal("36"), GST_BEGAN_ON, _TOBACCO_CESS_ENDED_ON),
    *(
        _Cess(Decimal(percent), GST_BEGAN_ON, _TOBACCO_CESS_ENDED_ON)
        for percent in ("11", "12.5", "21", "60", "61", "65", "71", "72", "89", "96", "142", "160", "204", "290")
    ),
)


def counterpart(tax: CatalogueTax, *, is_interstate: bool) -> CatalogueTax:
    """Return the tax of the same rate and cess within a state or between states; the same one if it bears no tax.

    A reverse-charge tax stays one.
    """
    if tax.category is not TaxCategory.TAXABLE:
        return tax
    return _TAXABLE[_side(tax, is_interstate=is_interstate)]


def in_shape(tax: CatalogueTax, *, is_interstate: bool, is_reverse_charge: bool) -> CatalogueTax:
    """Return the tax of the same rate and cess that a supply asks for; the same one if it bears no tax.

    With cess there is no tax of its own for reverse charge: the ordinary one stands for it.
    """
    if tax.category is not TaxCategory.TAXABLE:
        return tax
    ordinary = (False, tax.percent, tax.cess, is_interstate)
    return _TAXABLE.get((is_reverse_charge, *ordinary[1:])) or _TAXABLE[ordinary]


def reverse_charge_tax(percent: Decimal) -> CatalogueTax | None:
    """Return the tax of this rate within a state that the recipient pays, if there is such a rate."""
    return _TAXABLE.get((True, percent, _NOTHING, False))


def _side(tax: CatalogueTax, *, is_interstate: bool) -> tuple[bool, Decimal, Decimal, bool]:
    return (tax.shape is TaxShape.RCM, tax.percent, tax.cess, is_interstate)


def _catalogue() -> Iterator[CatalogueTax]:
    for shape, name in (
        (TaxShape.NIL_RATED, "Nil rated"),
        (TaxShape.EXEMPT, "Exempt"),
        (TaxShape.NON_GST, "Non-GST"),
    ):
        nothing = (_NOTHING, _NOTHING, _NOTHING, _NOTHING)
        yield CatalogueTax(fixed_id("tx", shape.value), name, shape, *nothing, GST_BEGAN_ON, None)
    for rate in RATES:
        if not rate.percent:
            continue
        yield _within_a_state(rate, TaxShape.INTRA_STATE, f"GST {rate.percent}%")
        yield _between_states(rate, TaxShape.INTER_STATE, f"IGST {rate.percent}%")
        yield _within_a_state(rate, TaxShape.RCM, f"GST {rate.percent}% reverse charge")
        yield _between_states(rate, TaxShape.RCM, f"IGST {rate.percent}% reverse charge")
    for cess in _CESSES_AT_28:
        rate = Rate(Decimal("28"), cess.since, cess.until, "with compensation cess")
        yield _within_a_state(rate, TaxShape.INTRA_STATE, f"GST 28% and cess {cess.percent}%", cess.percent)
        yield _between_states(rate, TaxShape.INTER_STATE, f"IGST 28% and cess {cess.percent}%", cess.percent)


def _within_a_state(rate: Rate, shape: TaxShape, name: str, cess: Decimal = _NOTHING) -> CatalogueTax:
    key = f"{shape}/{rate.percent}/{cess}/INTRA_STATE"
    half = rate.percent / 2
    return CatalogueTax(fixed_id("tx", key), name, shape, half, half, _NOTHING, cess, rate.since, rate.until)


def _between_states(rate: Rate, shape: TaxShape, name: str, cess: Decimal = _NOTHING) -> CatalogueTax:
    key = f"{shape}/{rate.percent}/{cess}/INTER_STATE"
    heads = (_NOTHING, _NOTHING, rate.percent, cess)
    return CatalogueTax(fixed_id("tx", key), name, shape, *heads, rate.since, rate.until)


CATALOGUE = tuple(_catalogue())
"""Every tax, in the order in which it is listed; the ids are the same on every installation."""

TAXES: Mapping[str, CatalogueTax] = MappingProxyType({tax.id: tax for tax in CATALOGUE})
"""Every tax by its id."""

_TAXABLE = {
    _side(tax, is_interstate=tax.is_interstate): tax for tax in CATALOGUE if tax.category is TaxCategory.TAXABLE
}
