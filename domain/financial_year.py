"""The Indian financial year, 1 April to 31 March, and the month for which a GST return is filed."""

from datetime import date

from domain.values import Struct


class FinancialYear(Struct, frozen=True, order=True):
    """A financial year, named by the calendar year in which it begins."""

    starts_in: int

    @property
    def label(self) -> str:
        """The year as it is written in returns: ``2025-26``."""
        return f"{self.starts_in}-{(self.starts_in + 1) % 100:02}"

    @property
    def short(self) -> str:
        """The year as document numbers have room for it: ``25-26``."""
        return self.label[2:]

    @property
    def first_day(self) -> date:
        """1 April."""
        return date(self.starts_in, 4, 1)

    @property
    def last_day(self) -> date:
        """31 March."""
        return date(self.starts_in + 1, 3, 31)


def financial_year_of(on: date) -> FinancialYear:
    """Return the financial year that the day falls in."""
    return FinancialYear(on.year if on.month >= 4 else on.year - 1)


def return_period(on: date) -> str:
    """Return the calendar month of the day as GST returns write it, ``MMYYYY``: April 2026 is ``042026``."""
    return f"{on.month:02}{on.year:04}"
