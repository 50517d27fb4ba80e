"""The warnings of a rate of tax, or a cess, that is not in force on the day of the supply.

It is taken: old stock, special schemes (bricks) and notes to old invoices may have it.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.cautions import CESS_NOT_NOTIFIED, RATE_NOT_IN_FORCE, Caution
from domain.gst.cess import odd_about
from domain.gst.tax_catalogue import TAXES
from domain.values import Struct


class BorneCess(Struct, frozen=True):
    """The cess of a line in rupees a unit, its HSN code, and the unit quantity code (``None``: not known)."""

    per_unit: Decimal
    hsn_or_sac: str | None
    unit_code: str | None = None


def warn_of_rates(books: Books, noun: str, tax_ids: Mapping[str, str | None], on: date) -> None:
    """Warn of each tax, by the path of its field, that is not in general force on the day of the ``noun``."""
    for field, tax_id in tax_ids.items():
        tax = TAXES.get(tax_id or "")
        if tax is None or tax.is_in_force(on):
            continue
        is_early = on < tax.effective_from
        known = f"is in force from {tax.effective_from} on" if is_early else f"was in force until {tax.effective_to}"
        books.warn(Caution(RATE_NOT_IN_FORCE, f"{tax.name} {known}; the {noun} is of {on}.", field))


def warn_of_cess(books: Books, noun: str, borne: Mapping[str, BorneCess], on: date) -> None:
    """Warn of each cess in rupees a unit, by the path of its field, that is not as it was notified on that day."""
    for field, cess in borne.items():
        odd = odd_about(cess.per_unit, cess.hsn_or_sac, cess.unit_code, on)
        if odd is not None:
            books.warn(Caution(CESS_NOT_NOTIFIED, f"{odd}; the {noun} is of {on}.", field))
