"""Statements of random books, at random days, agree with a plain adding up of the entries, and with each other.

The entries lie around ends of months and years and in their middle, so that both sides of a month are read; some are of
a branch or a cost centre, and they are posted one after the other, so that ``known_at`` has something to leave out.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from domain.books import Books
from domain.ledger.account_types import CLASS_OF, AccountClass
from domain.money import ZERO
from domain.reports.question import year_start
from domain.reports.tree import Row, Section
from domain.statements import Statement
from tests.conftest import NewDatabase
from tests.domain.conftest import NOW, turn_to
from tests.scenarios.histories.firms import FIRMS, Firm, found
from tests.scenarios.statements import posted, the_balance_sheet, the_cash_flow, the_profit, the_trial_balance

CODES = """
1000 1100 1200 1310 1330 1350 1410 1520 1590 1620 2010 2110 2120 2210 2310 3010 3100 4010 4030 4510 5020 5210 5370 5910
""".split()  # noqa: SIM905
_DAYS = """
2024-12-31 2025-03-15 2025-03-31 2025-04-01 2025-04-30 2025-10-16 2026-02-10 2026-02-28 2026-03-31 2026-04-01 2026-04-17
2026-10-15 2026-10-16 2026-10-31 2026-11-02 2026-11-21 2026-11-22 2026-11-30 2026-12-05 2027-04-01
"""
DAYS = [date.fromisoformat(day) for day in _DAYS.split()]
Days = tuple[date, date]
"""Any two days of those."""
_FIXED = ("FIXED_ASSET", "OTHER_ASSET")
_RESULT = (AccountClass.INCOME, AccountClass.EXPENSE)


@dataclass(frozen=True)
class Written:
    """An entry by chance: accounts by their numbers with debits (credits, where negative)."""

    on: date
    amounts: dict[str, Decimal]
    is_branch: bool
    is_center: bool
    minute: int = 0

    def is_of(self, asked: "Asked") -> bool:
        """Whether the entry is part of what was asked for."""
        is_known = asked.minute is None or self.minute <= asked.minute
        return is_known and self.is_branch >= asked.is_branch and self.is_center >= asked.is_center


@dataclass(frozen=True)
class Asked:
    """What of the books is read: what was known after how many minutes, of the second branch, of the cost centre.

    ``is_folded`` if old months were folded before.
    """

    minute: int | None = None
    is_branch: bool = False
    is_center: bool = False
    is_folded: bool = False


def _entry(on: date, codes: list[str], paise: list[int], of: tuple[bool, bool]) -> Written:
    first, second, third = codes
    one, two = (Decimal(each) / 100 for each in paise)
    return Written(on, {first: one, second: two, third: -one - two}, *of)


_PAISE = st.integers(1, 10_000_000)
_ENTRIES = st.lists(
    st.builds(
        _entry,
        st.sampled_from(DAYS),
        st.lists(st.sampled_from(CODES), min_size=3, max_size=3, unique=True),
        st.lists(_PAISE, min_size=2, max_size=2),
        st.tuples(st.booleans(), st.booleans()),
    ),
    min_size=1,
    max_size=8,
)
_FEW = [_entry(day, ["1100", "4010", "5210"], [1_000_00, 250_50], (False, True)) for day in DAYS[10:15]]
"""Of five entries one at first, or four, were known: what is read then is those, or what came later."""
_ASKED = st.builds(Asked, st.one_of(st.none(), st.integers(0, 8)), st.booleans(), st.booleans(), st.booleans())


@dataclass(frozen=True, repr=False)
class Place:
    """Where books are written by chance: a loop, a connection under the server's role, and a firm."""

    loop: asyncio.AbstractEventLoop
    connection: AsyncConnection[Any]
    firm: Firm
    types: dict[str, str]


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[Place]:
    loop = asyncio.new_event_loop()
    options = "-c role=finzbooks_operator -c timezone=UTC"
    connection = loop.run_until_complete(AsyncConnection.connect(new_database(), options=options, autocommit=True))
    firm = loop.run_until_complete(found(connection, FIRMS[0]))
    types = loop.run_until_complete(_types(replace(firm.books, connection=connection)))
    yield Place(loop, connection, firm, types)
    loop.run_until_complete(connection.close())
    loop.close()


async def _types(books: Books) -> dict[str, str]:
    async with books.connection.transaction():
        await turn_to(books)
        query = "select code, account_type from accounts where organization_id = %(organization_id)s"
        return {row["code"]: row["account_type"] for row in await books.rows(Statement(query))}


def moment(minute: int) -> datetime:
    """The instant of the entry that was posted so many minutes after the first."""
    return NOW - timedelta(days=1) + timedelta(minutes=minute)


@dataclass(frozen=True)
class Reckoning:
    """A plain adding up of entries."""

    entries: list[Written]
    types: dict[str, str]

    def net(self, until: date | None, wanted: Callable[[str], bool]) -> Decimal:
        """What accounts came to at the end of a day; before the books began, nothing."""
        if until is None:
            return ZERO
        every = (each for entry in self.entries if entry.on <= until for each in entry.amounts.items())
        return sum((amount for code, amount in every if wanted(code)), ZERO)

    def accounts(self, until: date | None) -> dict[str, Decimal]:
        """What each account came to."""
        return {code: self.net(until, lambda each: each == code) for code in CODES}  # noqa: B023

    def is_result(self, code: str) -> bool:
        return CLASS_OF[self.types[code]] in _RESULT


def rows_by_code(sections: tuple[Section, ...]) -> dict[str, Row]:
    rows = [row for section in sections for group in section.groups for row in group.rows]
    return {row.account.code if row.account else str(row.carried): row for row in rows}


async def write(books: Books, firm: Firm, entries: list[Written]) -> None:
    for entry in entries:
        branch, center = firm.branches[entry.is_branch], firm.cost_center if entry.is_center else None
        at = moment(entry.minute)
        await posted(books, entry.on, entry.amounts, branch_id=branch, center=center, at=at)


async def fold(books: Books) -> None:
    """Fold what is older than this year, as the housekeeper does."""
    await books.connection.execute("set local role finzbooks_housekeeper")
    await books.connection.execute("select fold_balances(%s, '2026-10-01')", (books.organization_id,))
    await books.connection.execute("set local role finzbooks_operator")


async def check_trial_balance(books: Books, plain: Reckoning, on: date, query: dict[str, Any]) -> None:
    answer = await the_trial_balance(books, str(on), **query)
    rows = rows_by_code(answer.sections)
    before = year_start(on, 4) - timedelta(days=1)
    opened, closed = plain.accounts(before), plain.accounts(on)
    for code in CODES:
        opening = ZERO if plain.is_result(code) else opened[code]
        closing = opening + closed[code] - opened[code]
        figures = rows[code].figures if code in rows else (ZERO,) * 6
        assert (figures[0] - figures[1], figures[4] - figures[5]) == (opening, closing), code
        assert figures[2] - figures[3] == closing - opening
        assert min(figures) >= 0 and 0 in figures[:2] and 0 in figures[4:]
    total = answer.total
    assert (total[0], total[2], total[4]) == (total[1], total[3], total[5])


async def check_profit(books: Books, plain: Reckoning, first: date | None, last: date, query: dict[str, Any]) -> None:
    begun = None if first is None else str(first)
    answer = await the_profit(books, begun, str(last), **query)
    before = first and first - timedelta(days=1)
    moved = plain.net(last, plain.is_result) - plain.net(before, plain.is_result)
    assert answer.net_profit == (-moved,)
    prescribed = await the_profit(books, begun, str(last), "SCHEDULE_III", **query)
    assert prescribed.net_profit == answer.net_profit


async def check_balance_sheet(books: Books, plain: Reckoning, on: date, query: dict[str, Any]) -> None:
    answer = await the_balance_sheet(books, str(on), **query)
    (assets,), (liabilities,), (equity,) = answer.assets, answer.liabilities, answer.equity
    assert assets == liabilities + equity
    assert assets == plain.net(on, lambda code: CLASS_OF[plain.types[code]] is AccountClass.ASSET)
    before = year_start(on, 4) - timedelta(days=1)
    assert answer.earlier_profit == (-plain.net(before, plain.is_result),)
    assert answer.profit_of_year == (plain.net(before, plain.is_result) - plain.net(on, plain.is_result),)
    assert [section.total for section in answer.sections] == [answer.assets, answer.liabilities, answer.equity]
    prescribed = await the_balance_sheet(books, str(on), "SCHEDULE_III", **query)
    sums = [section.total[0] for section in prescribed.sections]
    assert (sum(sums[:4]), sum(sums[4:])) == (assets, assets)


async def check_cash_flow(books: Books, plain: Reckoning, first: date, last: date, query: dict[str, Any]) -> None:
    answer = await the_cash_flow(books, str(first), str(last), **query)
    before = first - timedelta(days=1)
    is_money = {code: plain.types[code] in ("CASH", "BANK") for code in CODES}
    assert answer.opening == (plain.net(before, lambda code: is_money[code]),)
    assert answer.closing == (plain.net(last, lambda code: is_money[code]),)
    assert answer.net_change == (answer.closing[0] - answer.opening[0],)
    aside = ZERO
    for entry in plain.entries:
        kinds = {code: (plain.types[code] in _FIXED, plain.is_result(code)) for code in entry.amounts}
        has_both = any(each for each, _ in kinds.values()) and any(each for _, each in kinds.values())
        if first <= entry.on <= last and has_both and all(any(each) for each in kinds.values()):
            aside -= sum((amount for code, amount in entry.amounts.items() if kinds[code][0]), ZERO)
    groups = {group.key: group.total[0] for group in answer.sections[0].groups}
    assert groups.get("WITHOUT_MONEY", ZERO) == aside


async def live(place: Place, entries: list[Written], asked: Asked, days: Days) -> None:
    """Write the entries, ask for everything, and forget it."""
    firm, (first, last) = place.firm, sorted(days)
    async with place.connection.transaction(force_rollback=True):
        books = replace(firm.books, connection=place.connection, happenings=[], jobs=[])
        await turn_to(books)
        entries = [replace(entry, minute=minute) for minute, entry in enumerate(entries)]
        known = len(entries) if asked.minute is None else asked.minute + 1
        query = {"branch_id": firm.branches[1]} if asked.is_branch else {}
        await write(books, firm, entries[:known])
        kept = [await report(books, first, last, query) for report in _REPORTS]
        await write(books, firm, entries[known:])
        if asked.is_folded:
            await fold(books)
        if asked.minute is not None:
            query["known_at"] = moment(asked.minute).isoformat()
        shown = [await report(books, first, last, query) for report in _REPORTS]
        assert shown == kept, "what was known then is what was kept then"
        whole = replace(asked, is_center=False)
        await check(books, Reckoning([each for each in entries if each.is_of(whole)], place.types), first, last, query)
        if asked.is_center:
            own = Reckoning([each for each in entries if each.is_of(asked)], place.types)
            query["cost_center_id"] = firm.cost_center
            await check_profit(books, own, first, last, query)
            await check_trial_balance(books, own, last, query)


async def check(books: Books, plain: Reckoning, first: date, last: date, query: dict[str, Any]) -> None:
    await check_trial_balance(books, plain, last, query)
    await check_profit(books, plain, first, last, query)
    await check_profit(books, plain, None, last, query)
    await check_balance_sheet(books, plain, last, query)
    await check_cash_flow(books, plain, first, last, query)


async def _kept_trial(books: Books, first: date, last: date, query: dict[str, Any]) -> Any:
    return (await the_trial_balance(books, str(last), **query)).sections


async def _kept_profit(books: Books, first: date, last: date, query: dict[str, Any]) -> Any:
    return (await the_profit(books, str(first), str(last), **query)).sections


async def _kept_sheet(books: Books, first: date, last: date, query: dict[str, Any]) -> Any:
    return (await the_balance_sheet(books, str(last), **query)).sections


async def _kept_flow(books: Books, first: date, last: date, query: dict[str, Any]) -> Any:
    return (await the_cash_flow(books, str(first), str(last), **query)).sections


_REPORTS = (_kept_trial, _kept_profit, _kept_sheet, _kept_flow)


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@example(entries=_FEW, asked=Asked(minute=0), days=(DAYS[5], DAYS[12]))
@example(entries=_FEW, asked=Asked(minute=3, is_center=True), days=(DAYS[5], DAYS[12]))
@given(entries=_ENTRIES, asked=_ASKED, days=st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)))
def test_statements_agree_with_the_entries_and_with_each_other(
    place: Place, entries: list[Written], asked: Asked, days: Days
) -> None:
    place.loop.run_until_complete(live(place, entries, asked, days))
