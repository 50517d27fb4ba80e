"""When recurring documents are due: by the calendar, from the first day, without drift."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.recurring.due_dates import LAST_DAY, Frequency, Plan, next_run_after, run_at


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("frequency", "every", "start", "expected"),
    [
        ("DAILY", 1, "2026-02-27", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        ("DAILY", 10, "2026-12-25", ["2026-12-25", "2027-01-04", "2027-01-14"]),
        ("WEEKLY", 1, "2026-12-28", ["2026-12-28", "2027-01-04", "2027-01-11"]),
        ("WEEKLY", 2, "2026-12-01", ["2026-12-01", "2026-12-15", "2026-12-29"]),
        ("MONTHLY", 1, "2026-01-31", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("MONTHLY", 1, "2027-12-31", ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        ("MONTHLY", 1, "2026-01-30", ["2026-01-30", "2026-02-28", "2026-03-30"]),
        ("MONTHLY", 5, "2026-08-31", ["2026-08-31", "2027-01-31", "2027-06-30", "2027-11-30", "2028-04-30"]),
        ("QUARTERLY", 1, "2025-11-30", ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"]),
        ("QUARTERLY", 2, "2026-03-31", ["2026-03-31", "2026-09-30", "2027-03-31"]),
        ("YEARLY", 1, "2024-02-29", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("YEARLY", 4, "2024-02-29", ["2024-02-29", "2028-02-29"]),
        ("YEARLY", 1, "2026-04-01", ["2026-04-01", "2027-04-01"]),
    ],
)
def test_due_dates_by_the_calendar(frequency: str, every: int, start: str, expected: list[str]) -> None:
    plan = Plan(Frequency(frequency), every, on(start))

    assert [plan.due_date(number).isoformat() for number in range(len(expected))] == expected


@pytest.mark.parametrize(
    ("not_before", "expected"),
    [
        ("2025-12-01", "2026-01-31"),
        ("2026-01-31", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-02-28", "2026-02-28"),
        ("2026-03-01", "2026-03-31"),
        ("2026-04-30", "2026-04-30"),
        ("2026-05-01", None),
    ],
)
def test_the_first_due_date_from_a_day_on(not_before: str, expected: str | None) -> None:
    """On the last of each month from January to April."""
    plan = Plan(Frequency.MONTHLY, 1, on("2026-01-31"), on("2026-05-30"))

    assert plan.first_due(on(not_before)) == (on(expected) if expected else None)


def test_the_last_day_itself_is_still_due() -> None:
    assert Plan(Frequency.DAILY, 1, on("2026-01-01"), on("2026-01-03")).first_due(on("2026-01-03")) == on("2026-01-03")


def test_nothing_is_due_beyond_the_dates_of_the_contract() -> None:
    plan = Plan(Frequency.YEARLY, 1, on("2099-06-01"))

    assert plan.first_due(on("2099-06-02")) is None
    assert plan.first_due(LAST_DAY + timedelta(days=400)) is None


days = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31))
plans = st.builds(Plan, st.sampled_from(Frequency), st.integers(1, 366), days)
PERIODS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "QUARTERLY": 91, "YEARLY": 365}


@given(plans, st.integers(0, 12))  # beyond, a plan of every 366 years leaves the calendar
def test_due_dates_rise_and_never_drift(plan: Plan, number: int) -> None:
    """No two are equal, and each lies where its number says: the clamped day of a month does not carry over."""
    here, after = plan.due_date(number), plan.due_date(number + 1)

    assert here < after
    about = plan.start_on + timedelta(days=number * plan.every * PERIODS[plan.frequency])
    assert abs((here - about).days) <= 2 + number * plan.every // 2
    if plan.frequency not in (Frequency.DAILY, Frequency.WEEKLY):
        is_last_of_month = (here + timedelta(days=1)).day == 1
        assert here.day == plan.start_on.day or (here.day < plan.start_on.day and is_last_of_month)


@given(plans, days)
def test_the_first_due_date_is_the_first(plan: Plan, day: date) -> None:
    found = plan.first_due(day)
    number = 0
    while plan.due_date(number) < day:
        number += 1

    assert found == (plan.due_date(number) if plan.due_date(number) <= LAST_DAY else None)


def test_documents_are_made_at_nine_in_india() -> None:
    assert run_at(on("2026-12-01")).astimezone(UTC) == datetime(2026, 12, 1, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01T03:29:59+00:00", "2026-12-01T03:30:00+00:00"),
        ("2026-12-01T03:30:00+00:00", "2026-12-02T03:30:00+00:00"),
        ("2026-12-01T18:29:00+00:00", "2026-12-02T03:30:00+00:00"),
        ("2026-12-01T18:31:00+00:00", "2026-12-02T03:30:00+00:00"),
    ],
)
def test_the_next_round_after_a_failure(now: str, expected: str) -> None:
    """Half past six in the evening, UTC, is midnight in India: the next nine o'clock is of the same Indian day."""
    assert next_run_after(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)
