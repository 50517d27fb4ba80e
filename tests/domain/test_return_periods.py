"""The days of a return: months, quarters, and the two months of a quarter in which little is furnished."""

from datetime import date

import pytest

from domain.errors import Invalid
from domain.gst.returns.period import (
    Frequency,
    ReturnPeriod,
    furnished_period_named,
    quarter_of,
    return_period_named,
    whole_period,
)


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2027, 2, 28), date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_quarters_are_those_of_the_financial_year(on: date, first: date, last: date) -> None:
    assert (quarter_of(on).first_day, quarter_of(on).last_day) == (first, last)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("042026", ReturnPeriod(date(2026, 4, 1), date(2026, 4, 30), Frequency.QUARTERLY, is_iff=True)),
        ("052026", ReturnPeriod(date(2026, 5, 1), date(2026, 5, 31), Frequency.QUARTERLY, is_iff=True)),
        ("062026", ReturnPeriod(date(2026, 4, 1), date(2026, 6, 30), Frequency.QUARTERLY, is_iff=False)),
    ],
)
def test_the_last_month_of_a_quarter_stands_for_it(text: str, period: ReturnPeriod) -> None:
    furnished = furnished_period_named(text, Frequency.QUARTERLY)
    assert furnished == period
    assert furnished.label == text


def test_a_return_of_a_quarter_is_named_by_its_last_month() -> None:
    assert return_period_named("042026", Frequency.QUARTERLY).label == "062026"
    assert return_period_named("042026", Frequency.MONTHLY).label == "042026"


@pytest.mark.parametrize("text", ["132026", "42026", "2026-04", "062017", "042101", "०42026", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        return_period_named(text, Frequency.MONTHLY)
    assert refusal.value.field == "period"


def test_only_the_days_of_a_whole_period_can_be_filed() -> None:
    assert whole_period(date(2026, 2, 1), date(2026, 2, 28), Frequency.MONTHLY) is not None
    assert whole_period(date(2026, 2, 1), date(2026, 2, 27), Frequency.MONTHLY) is None
    assert whole_period(date(2026, 4, 1), date(2026, 6, 30), Frequency.QUARTERLY) is not None
    assert whole_period(date(2026, 4, 1), date(2026, 4, 30), Frequency.QUARTERLY) is None
