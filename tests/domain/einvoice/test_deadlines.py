"""Thirty days to register, twenty-four hours to cancel."""

from datetime import UTC, date, datetime

import pytest

from domain.einvoice.deadlines import cancellable_until, is_late, is_nearly_late, last_day
from domain.einvoice.obligation import CRORE

DATED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("crore", "today", "expected"),
    [
        (100, date(2023, 10, 31), None),
        (100, date(2023, 11, 1), date(2026, 11, 30)),
        (99, date(2025, 3, 31), None),
        (10, date(2025, 4, 1), date(2026, 11, 30)),
        (9, date(2026, 11, 30), None),
    ],
)
def test_age_matters_from_a_turnover_and_day_on(crore: int, today: date, expected: date | None) -> None:
    """The GSTN's own example: what is dated 1 November is registered until 30 November."""
    assert last_day(DATED, turnover=crore * CRORE, today=today) == expected


def test_it_is_warned_of_from_the_25th_day_and_too_late_from_the_31st() -> None:
    said = {"turnover": 10 * CRORE}
    days = [24, 25, 30]
    assert [is_nearly_late(DATED, **said, today=date(2026, 11, day)) for day in days] == [False, True, True]
    assert not is_late(DATED, **said, today=date(2026, 11, 30))
    assert is_late(DATED, **said, today=date(2026, 12, 1))
    assert not is_nearly_late(DATED, **said, today=date(2026, 12, 1))


def test_without_a_turnover_nothing_is_too_late() -> None:
    assert not is_late(date(2020, 1, 1), turnover=None, today=date(2026, 11, 30))


def test_a_registration_can_be_cancelled_for_a_day() -> None:
    at = datetime(2026, 11, 29, 10, 30, tzinfo=UTC)
    assert cancellable_until(at) == datetime(2026, 11, 30, 10, 30, tzinfo=UTC)
