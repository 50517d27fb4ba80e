"""What reports can be asked: days that exist and make sense, branches that are there, instants that lie far enough."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.books import Books
from domain.errors import Invalid, NotFound
from domain.reports.question import Period, as_of, between, up_to, year_start
from domain.statements import Statement


async def test_without_days_the_financial_year_up_to_today_is_meant(books: Books) -> None:
    scope = await between(books, {})

    assert scope.period == Period(date(2026, 11, 21), date(2026, 4, 1), is_span=True)


async def test_the_first_day_is_that_of_the_year_in_which_the_last_falls(books: Books) -> None:
    scope = await between(books, {"to_date": "2026-03-31"})

    assert scope.period.first_on == date(2025, 4, 1)


async def test_what_begins_with_the_books_has_no_first_day(books: Books) -> None:
    scope = await up_to(books, {"to_date": "2026-10-31"})

    assert scope.period.first_on is None
    assert scope.period.words == "Up to 31 October 2026"


async def test_a_day_is_today_unless_it_is_said(books: Books) -> None:
    assert (await as_of(books, {})).period.last_on == books.today
    assert (await as_of(books, {"as_of_date": "2026-10-31"})).period.words == "As of 31 October 2026"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from_date": "2026-11-01", "to_date": "2026-10-31"}, "from_date"),
        ({"from_date": "2016-10-31", "to_date": "2026-10-31"}, "from_date"),
        ({"from_date": "2014-02-28", "to_date": "2024-02-29"}, "from_date"),
        ({"from_date": "1999-12-31"}, "from_date"),
        ({"to_date": "1950-01-01"}, "to_date"),
        ({"known_at": "2026-11-21T06:30:00Z"}, "known_at"),
        ({"known_at": "2026-11-21T11:49:51+05:30"}, "known_at"),
        ({"known_at": "2016-12-31T23:59:60Z"}, "known_at"),
    ],
)
async def test_what_makes_no_sense_is_refused(books: Books, query: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await between(books, query)

    assert refusal.value.field == field


async def test_ten_years_are_not_too_long(books: Books) -> None:
    scope = await between(books, {"from_date": "2016-04-01", "to_date": "2026-03-31"})

    assert scope.period.slug == "2016-04-01-to-2026-03-31"


async def test_what_was_known_before_the_longest_that_writes_stays_as_it_was(books: Books) -> None:
    scope = await as_of(books, {"known_at": "2026-11-21T11:49:50+05:30"})

    assert scope.known_at == datetime(2026, 11, 21, 6, 19, 50, tzinfo=UTC)
    assert books.now - scope.known_at >= timedelta(seconds=books.settled_after_seconds)


@pytest.mark.parametrize("field", ["branch_id", "cost_center_id"])
async def test_a_place_that_is_not_there_is_not_found(books: Books, field: str) -> None:
    with pytest.raises(NotFound) as refusal:
        await as_of(books, {field: "br_of_another"})

    assert refusal.value.field == field


async def test_the_head_says_whose_books_they_are(books: Books) -> None:
    branch_id = await books.value(Statement("select id from branches where organization_id = %(organization_id)s"))

    keeper = (await as_of(books, {"branch_id": branch_id})).keeper

    assert (keeper.name, keeper.gst_no, keeper.branch_name) == ("Sahyadri Traders", "27AAPFU0939F1ZV", "Mumbai")
    assert keeper.currency_code == "INR"


@pytest.mark.parametrize(
    ("day", "month", "first"),
    [
        (date(2026, 3, 31), 4, date(2025, 4, 1)),
        (date(2026, 4, 1), 4, date(2026, 4, 1)),
        (date(2026, 12, 31), 1, date(2026, 1, 1)),
        (date(2026, 6, 30), 7, date(2025, 7, 1)),
    ],
)
def test_a_financial_year_begins_on_the_first_of_its_month(day: date, month: int, first: date) -> None:
    assert year_start(day, month) == first
