"""The year turns on 1 April."""

from datetime import date

import pytest

from domain.financial_year import FinancialYear, financial_year_of, return_period


@pytest.mark.parametrize(
    ("on", "label", "short"),
    [
        (date(2026, 3, 31), "2025-26", "25-26"),
        (date(2026, 4, 1), "2026-27", "26-27"),
        (date(2099, 12, 31), "2099-00", "99-00"),
    ],
)
def test_a_day_belongs_to_the_year_that_began_on_its_first_of_april(on: date, label: str, short: str) -> None:
    year = financial_year_of(on)
    assert (year.label, year.short) == (label, short)


def test_a_year_runs_from_april_to_march() -> None:
    year = FinancialYear(2026)
    assert (year.first_day, year.last_day) == (date(2026, 4, 1), date(2027, 3, 31))


def test_a_return_period_is_month_then_year() -> None:
    assert return_period(date(2026, 4, 30)) == "042026"
