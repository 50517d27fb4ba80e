"""Compensation cess in rupees a unit: the notified entries with their dates, and the cess of lines with a quantity.

Cess in per cent stands in the catalogue of taxes. Cess of both measures is the sum of both; where "whichever is higher"
holds, the caller chooses. Source: GST (Compensation to States) Act 2017, section 8; the notifications named below, all
of them Compensation Cess (Rate). Ended by notification 2/2025 (all but tobacco and pan masala, from 22-09-2025) and
3/2025 of 31-12-2025 (these, from 01-02-2026).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import Failed, Required
from domain.gst.rates import GST_BEGAN_ON
from domain.gst.tax_catalogue import CatalogueTax, TaxCategory
from domain.money import ZERO
from domain.values import Struct


class Measure(Struct, frozen=True):
    """What an amount is charged on, and how many of it a unit of each unit quantity code holds."""

    noun: str
    units: Mapping[str, Decimal]


_ONE, _THOUSANDTH = Decimal(1), Decimal("0.001")
TONNE = Measure("tonne", {"MTS": _ONE, "TON": _ONE, "QTL": Decimal("0.1"), "KGS": _THOUSANDTH})
THOUSAND = Measure("thousand", {"THD": _ONE, "NOS": _THOUSANDTH, "PCS": _THOUSANDTH, "UNT": _THOUSANDTH})


class NotifiedCess(Struct, frozen=True):
    """An entry: goods by the beginning of their HSN code, rupees for one ``measure``, and the days it was in force.

    Without an amount it is a share of the retail price that the package declares.
    """

    codes: tuple[str, ...]
    amount: Decimal | None
    measure: Measure | None
    since: date
    until: date
    source: str

    def is_in_force(self, on: date) -> bool:
        """Whether it was in force on the day."""
        return self.since <= on <= self.until

    def covers(self, code: str) -> bool:
        """Whether goods of an HSN code, which may be a shorter one, may be among its goods."""
        return any(code.startswith(own) or own.startswith(code) for own in self.codes)

    def per_unit(self, unit_code: str | None) -> Decimal | None:
        """Its rupees on a unit of this code; ``None`` where that cannot be told."""
        held = self.measure.units.get(unit_code or "") if self.measure else None
        return None if held is None or self.amount is None else self.amount * held


_ENDED, _TOBACCO_ENDED = date(2025, 9, 21), date(2026, 1, 31)
_RAISED = date(2017, 7, 18)
_BEFORE_RAISED = date(2017, 7, 17)
_FIRST, _RAISING, _BY_PRICE = "1/2017, 28-06-2017", "3/2017, 18-07-2017", "2/2023, 31-03-2023"


def _cigarettes(code: str, at_first: str, raised: str) -> tuple[NotifiedCess, NotifiedCess]:
    return (
        NotifiedCess((code,), Decimal(at_first), THOUSAND, GST_BEGAN_ON, _BEFORE_RAISED, _FIRST),
        NotifiedCess((code,), Decimal(raised), THOUSAND, _RAISED, _TOBACCO_ENDED, _RAISING),
    )


NOTIFIED = (
    # Coal, lignite, peat: entries 39 to 41.
    NotifiedCess(("2701", "2702", "2703"), Decimal(400), TONNE, GST_BEGAN_ON, _ENDED, _FIRST),
    # Cigars, cheroots and cigarillos, where 21 % is less: entries 8 and 9.
    NotifiedCess(("240210",), Decimal(4170), THOUSAND, GST_BEGAN_ON, _TOBACCO_ENDED, _FIRST),
    # Cigarettes by length, beside 5 % (others 36 %): entries 10 to 15.
    *_cigarettes("24022010", "1591", "2076"),
    *_cigarettes("24022020", "2876", "3668"),
    *_cigarettes("24022030", "1591", "2076"),
    *_cigarettes("24022040", "2126", "2747"),
    *_cigarettes("24022050", "2876", "3668"),
    NotifiedCess(("24022090",), Decimal(4170), THOUSAND, GST_BEGAN_ON, _TOBACCO_ENDED, _FIRST),
    # Cigarettes of substitutes; cigarillos of them and others, where 12.5 % is less: entries 16 to 18.
    NotifiedCess(("240290",), Decimal(4006), THOUSAND, GST_BEGAN_ON, _TOBACCO_ENDED, _FIRST),
    # Pan masala and tobacco with a declared retail price, of which so much a package.
    NotifiedCess(("21069020", "2401", "2403", "2404"), None, None, date(2023, 4, 1), _TOBACCO_ENDED, _BY_PRICE),
)
"""Every entry with rupees a unit, or a share of the retail price, which comes to rupees a unit."""


OF_UNITS = "round(coalesce(line.quantity, 0) * line.cess_per_unit, 2)"
"""SQL for the cess of a ``line`` in rupees a unit, which stands beside that in per cent."""


def specific_cess(line: Mapping[str, Any], tax: CatalogueTax | None, *, path: str) -> Decimal:
    """The cess in rupees, unrounded, of a line that says ``cess_per_unit`` and the ``quantity`` that bears it.

    Raises Required without a quantity, Failed on a line that bears no GST.
    """
    per_unit: Decimal = line["cess_per_unit"] or ZERO
    if not per_unit:
        return ZERO
    if tax is None or tax.category is not TaxCategory.TAXABLE:
        raise Failed("Cess is borne only by what bears GST; the line bears none.", field=f"{path}cess_per_unit")
    if line["quantity"] is None:
        raise Required("Say of how many units the cess is.", field=f"{path}quantity")
    return per_unit * Decimal(line["quantity"])


def odd_about(per_unit: Decimal, code: str | None, unit_code: str | None, on: date) -> str | None:
    """What is odd about a cess in rupees a unit on goods of an HSN code on a day; ``None`` where it is as notified.

    Nothing is said where the code is not known, nor of an amount whose unit does not tell how much of the goods it is.
    """
    if not per_unit or code is None:
        return None
    entries = [entry for entry in NOTIFIED if entry.covers(code)]
    if not entries:
        return f"No cess in rupees a unit was ever notified for {code}"
    current = [entry for entry in entries if entry.is_in_force(on)]
    if not current:
        return _when(code, entries, on)
    amounts = [entry.per_unit(unit_code) for entry in current]
    if None in amounts or per_unit in amounts:
        return None
    notified = " or ".join(
        dict.fromkeys(f"{entry.amount} a {entry.measure.noun}" for entry in current if entry.measure is not None)
    )
    return f"The cess on {code} is notified as {notified} (notification {current[0].source})"


def _when(code: str, entries: list[NotifiedCess], on: date) -> str:
    first, last = min(entry.since for entry in entries), max(entry.until for entry in entries)
    known = f"is in force from {first} on" if on < first else f"was in force until {last}"
    return f"The cess in rupees a unit on {code} {known}"
