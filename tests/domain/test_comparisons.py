"""With which days a report compares: cases with ends of months and leap years."""

from datetime import date

import pytest

from domain.errors import Invalid
from domain.reports.balances import Cut, cut_at
from domain.reports.comparison import compared_with
from domain.reports.question import Period


def a_day(text: str) -> date:
    return date.fromisoformat(text)


def a_span(text: str) -> Period:
    first, last = text.split(" to ")
    return Period(a_day(last), a_day(first), is_span=True)


@pytest.mark.parametrize(
    ("asked", "period_before", "year_before"),
    [
        ("2026-04-01 to 2026-10-31", "2025-09-01 to 2026-03-31", "2025-04-01 to 2025-10-31"),
        ("2026-10-01 to 2026-10-31", "2026-09-01 to 2026-09-30", "2025-10-01 to 2025-10-31"),
        ("2026-03-01 to 2026-03-31", "2026-02-01 to 2026-02-28", "2025-03-01 to 2025-03-31"),
        ("2026-04-01 to 2026-10-15", "2025-09-15 to 2026-03-31", "2025-04-01 to 2025-10-15"),
        ("2026-10-15 to 2026-10-15", "2026-10-14 to 2026-10-14", "2025-10-15 to 2025-10-15"),
        ("2025-02-01 to 2025-02-28", "2025-01-01 to 2025-01-31", "2024-02-01 to 2024-02-29"),
        ("2024-02-01 to 2024-02-29", "2024-01-01 to 2024-01-31", "2023-02-01 to 2023-02-28"),
        ("2024-02-29 to 2024-03-10", "2024-02-18 to 2024-02-28", "2023-02-28 to 2023-03-10"),
        ("2024-04-01 to 2025-03-31", "2023-04-01 to 2024-03-31", "2023-04-01 to 2024-03-31"),
    ],
)
def test_a_span_is_compared_with_one_as_long(asked: str, period_before: str, year_before: str) -> None:
    assert compared_with(a_span(asked), "PREVIOUS_PERIOD") == a_span(period_before)
    assert compared_with(a_span(asked), "PREVIOUS_YEAR") == a_span(year_before)


@pytest.mark.parametrize(
    ("asked", "month_before", "year_before"),
    [
        ("2026-10-31", "2026-09-30", "2025-10-31"),
        ("2026-04-30", "2026-03-31", "2025-04-30"),
        ("2026-03-30", "2026-02-28", "2025-03-30"),
        ("2025-02-28", "2025-01-31", "2024-02-29"),
        ("2026-01-15", "2025-12-15", "2025-01-15"),
    ],
)
def test_a_day_is_compared_with_the_month_or_the_year_before(asked: str, month_before: str, year_before: str) -> None:
    assert compared_with(Period(a_day(asked)), "PREVIOUS_PERIOD") == Period(a_day(month_before))
    assert compared_with(Period(a_day(asked)), "PREVIOUS_YEAR") == Period(a_day(year_before))


def test_what_begins_with_the_books_has_a_year_before_and_no_period_before() -> None:
    whole = Period(a_day("2026-10-31"), None, is_span=True)

    assert compared_with(whole, "PREVIOUS_YEAR") == Period(a_day("2025-10-31"), None, is_span=True)
    with pytest.raises(Invalid):
        compared_with(whole, "PREVIOUS_PERIOD")


TODAY = a_day("2026-11-21")


@pytest.mark.parametrize(
    ("day", "cut"),
    [
        ("2026-10-31", Cut(a_day("2026-11-01"), a_day("2026-10-31"), a_day("2026-10-31"), 0)),
        ("2026-10-10", Cut(a_day("2026-10-11"), a_day("2026-10-10"), a_day("2026-10-10"), 0)),
        ("2026-10-20", Cut(a_day("2026-10-21"), a_day("2026-10-20"), a_day("2026-10-20"), 0)),
        ("2026-10-03", Cut(a_day("2026-10-01"), a_day("2026-10-01"), a_day("2026-10-03"), 1)),
        ("2026-10-05", Cut(a_day("2026-10-01"), a_day("2026-10-01"), a_day("2026-10-05"), 1)),
        ("2026-10-06", Cut(a_day("2026-10-11"), a_day("2026-10-07"), a_day("2026-10-10"), -1)),
        ("2026-10-25", Cut(a_day("2026-10-21"), a_day("2026-10-21"), a_day("2026-10-25"), 1)),
        ("2026-10-26", Cut(a_day("2026-11-01"), a_day("2026-10-27"), a_day("2026-10-31"), -1)),
        ("2026-02-24", Cut(a_day("2026-02-21"), a_day("2026-02-21"), a_day("2026-02-24"), 1)),
        ("2026-11-21", Cut(a_day("2026-12-01"), a_day("2026-11-22"), a_day("2026-11-30"), -1)),
        ("2026-11-22", Cut(a_day("2026-12-01"), a_day("2026-11-23"), a_day("2026-11-30"), -1)),
        ("2027-02-03", Cut(a_day("2027-02-11"), a_day("2027-02-04"), a_day("2027-02-10"), -1)),
    ],
)
def test_a_day_is_reached_from_the_nearer_end_of_its_third(day: str, cut: Cut) -> None:
    assert cut_at(a_day(day), today=TODAY) == cut
