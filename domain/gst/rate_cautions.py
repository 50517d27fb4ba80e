"""The warning of a rate of tax that is not in force on the day of the supply."""

from collections.abc import Mapping
from datetime import date

from domain.books import Books
from domain.cautions import RATE_NOT_IN_FORCE, Caution
from domain.gst.tax_catalogue import TAXES


def warn_of_rates(books: Books, noun: str, tax_ids: Mapping[str, str | None], on: date) -> None:
    """Warn of each tax, by the path of its field, that is not in general force on the day of the paper, the ``noun``.

    It is taken: old stock, special schemes (bricks) and notes to old invoices may have it.
    """
    for field, tax_id in tax_ids.items():
        tax = TAXES.get(tax_id or "")
        if tax is None or tax.is_in_force(on):
            continue
        is_early = on < tax.effective_from
        known = f"is in force from {tax.effective_from} on" if is_early else f"was in force until {tax.effective_to}"
        books.warn(Caution(RATE_NOT_IN_FORCE, f"{tax.name} {known}; the {noun} is of {on}.", field))
