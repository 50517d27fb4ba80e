"""How long an e-way bill is good: days by distance, midnights of India, and the hours around them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.books import INDIA
from domain.eway_bills import validity


@pytest.mark.parametrize(
    ("distance", "vehicle", "on", "days"),
    [
        (0, "REGULAR", date(2026, 11, 30), 1),
        (1, "REGULAR", date(2026, 11, 30), 1),
        (200, "REGULAR", date(2026, 11, 30), 1),
        (201, "REGULAR", date(2026, 11, 30), 2),
        (843, "REGULAR", date(2026, 11, 30), 5),
        (4000, "REGULAR", date(2026, 11, 30), 20),
        (200, "REGULAR", date(2020, 12, 31), 2),
        (201, "REGULAR", date(2021, 1, 1), 2),
        (20, "OVER_DIMENSIONAL", date(2026, 11, 30), 1),
        (21, "OVER_DIMENSIONAL", date(2026, 11, 30), 2),
        (843, "OVER_DIMENSIONAL", date(2026, 11, 30), 43),
    ],
)
def test_a_day_for_each_two_hundred_kilometres_or_part_of_them(
    distance: int, vehicle: str, on: date, days: int
) -> None:
    """Twenty for over-dimensional cargo; a hundred until 2020."""
    assert validity.days_of(distance, vehicle, on=on) == days


@pytest.mark.parametrize(
    ("began", "distance", "ends"),
    [
        (datetime(2026, 3, 14, 0, 4, tzinfo=INDIA), 150, datetime(2026, 3, 15, 23, 59, tzinfo=INDIA)),
        (datetime(2026, 3, 14, 23, 58, tzinfo=INDIA), 150, datetime(2026, 3, 15, 23, 59, tzinfo=INDIA)),
        (datetime(2026, 3, 14, 18, 31, tzinfo=UTC), 150, datetime(2026, 3, 16, 23, 59, tzinfo=INDIA)),
        (datetime(2026, 3, 14, 9, 0, tzinfo=INDIA), 843, datetime(2026, 3, 19, 23, 59, tzinfo=INDIA)),
        (datetime(2028, 2, 28, 9, 0, tzinfo=INDIA), 200, datetime(2028, 2, 29, 23, 59, tzinfo=INDIA)),
    ],
)
def test_the_first_day_ends_at_the_midnight_after_the_next(began: datetime, distance: int, ends: datetime) -> None:
    """One minute past midnight in India is still the evening before in UTC."""
    assert validity.valid_until(began, distance, "REGULAR") == ends


def test_it_is_extended_from_eight_hours_before_its_end_until_eight_after() -> None:
    """Rule 138(10), third proviso."""
    ends = datetime(2026, 3, 15, 23, 59, tzinfo=INDIA)

    assert validity.extension_window(ends) == (
        datetime(2026, 3, 15, 15, 59, tzinfo=INDIA),
        datetime(2026, 3, 16, 7, 59, tzinfo=INDIA),
    )


def test_it_is_cancelled_within_a_day() -> None:
    """Rule 138(9)."""
    made = datetime(2026, 3, 14, 9, 0, tzinfo=INDIA)

    assert validity.may_be_cancelled(made, made + timedelta(hours=24))
    assert not validity.may_be_cancelled(made, made + timedelta(hours=24, seconds=1))


@pytest.mark.parametrize(
    ("today", "oldest"),
    [(date(2024, 12, 31), None), (date(2025, 1, 1), date(2024, 7, 5)), (date(2026, 11, 30), date(2026, 6, 3))],
)
def test_documents_of_more_than_180_days_get_none_since_2025(today: date, oldest: date | None) -> None:
    """GSTN advisory of 17-12-2024; error 820."""
    assert validity.oldest_document_on(today) == oldest


@pytest.mark.parametrize(
    ("made", "last"),
    [
        (datetime(2026, 1, 1, 9, 0, tzinfo=INDIA), datetime(2026, 12, 27, 23, 59, tzinfo=INDIA)),
        (datetime(2023, 1, 1, 9, 0, tzinfo=INDIA), None),
    ],
)
def test_extensions_end_360_days_after_the_bill_was_made(made: datetime, last: datetime | None) -> None:
    """Error 821."""
    assert validity.last_extended_until(made) == last


def test_closing_waits_for_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Announced for 01-08-2026 and put off; a day after the end it is too late."""
    assert not validity.is_closed_voluntarily(date(2030, 1, 1))
    monkeypatch.setattr(validity, "CLOSURE_FROM", date(2027, 1, 1))

    assert [validity.is_closed_voluntarily(date(2026, 12, 31)), validity.is_closed_voluntarily(date(2027, 1, 1))] == [
        False,
        True,
    ]
    assert validity.closure_window(datetime(2027, 1, 2, 23, 59, tzinfo=INDIA)) == datetime(
        2027, 1, 3, 23, 59, tzinfo=INDIA
    )
