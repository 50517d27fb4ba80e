"""What the database refuses of itself, whatever the code does: straight SQL under the server's role and the owner's."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg
from psycopg import sql

from domain.ids import new_id
from server.settings import DatabaseUrl
from tests.running import Firm, found, rows
from tests.server.trade import wrong_balances

Connection = psycopg.Connection[Any]
Lines = list[tuple[str, str]]
"""Debit and credit of each line."""

APP, OWNER = "finzbooks_app", "the owner"
PAIR: Lines = [("100.00", "0"), ("0", "100.00")]

_HEAD = """
insert into journals (organization_id, id, entry_on, branch_id, source_type, line_count, total, posted_at, posted_by)
values (%s, %s, '2026-11-21', %s, 'MANUAL', %s, %s, now(), 'usr_test')
"""
_LINES = """
insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, debit, credit)
select %s, %s, position, %s, '2026-11-21', %s, debit, credit
  from unnest(%s::int[], %s::numeric[], %s::numeric[]) as line(position, debit, credit)
"""


@pytest.fixture(scope="module")
async def firm(database_url: DatabaseUrl) -> Firm:
    return await found(database_url)


@pytest.fixture(params=[APP, OWNER])
def connection(request: pytest.FixtureRequest, firm: Firm) -> Iterator[Connection]:
    with opened(firm, request.param) as connection:
        yield connection


@contextmanager
def opened(firm: Firm, role: str) -> Iterator[Connection]:
    """Open the firm's books as a role; nothing is committed unless the block does so."""
    options = f"-c app.organization_id={firm.organization_id}" + (f" -c role={APP}" if role == APP else "")
    with psycopg.connect(firm.url, options=options) as connection:
        yield connection
        connection.rollback()


def head(connection: Connection, firm: Firm, *, line_count: int = 2, total: str = "100.00") -> str:
    """Write the head of a journal and return its id."""
    key = new_id("je")
    connection.execute(_HEAD, (firm.organization_id, key, firm.branch_id, line_count, Decimal(total)))
    return key


def add_lines(connection: Connection, firm: Firm, key: str, lines: Lines, *, after: int = 0) -> None:
    """Write lines of a journal, all on one account."""
    (account,) = rows(firm.url, "select id from accounts where organization_id = %s limit 1", firm.organization_id)
    positions = list(range(after + 1, after + 1 + len(lines)))
    debits, credits_ = [line[0] for line in lines], [line[1] for line in lines]
    place = (firm.organization_id, key, account["id"], firm.branch_id)
    connection.execute(_LINES, (*place, positions, debits, credits_))


def posted(connection: Connection, firm: Firm) -> str:
    """Post a journal of 100 rupees and return its id."""
    key = head(connection, firm)
    add_lines(connection, firm, key, PAIR)
    return key


def test_a_balanced_journal_stands(connection: Connection, firm: Firm) -> None:
    key = posted(connection, firm)
    connection.commit()

    assert len(rows(firm.url, "select position from journal_lines where journal_id = %s", key)) == 2


@pytest.mark.parametrize(
    ("lines", "line_count", "total"),
    [
        ([("100.00", "0"), ("0", "99.99")], 2, "100.00"),
        ([("100.00", "0"), ("0", "100.01")], 2, "100.00"),
        ([("100.00", "0"), ("0.01", "0"), ("0", "100.00")], 3, "100.00"),
        (PAIR, 2, "200.00"),
        (PAIR, 3, "100.00"),
        ([("100.00", "0")], 2, "100.00"),
    ],
    ids=["a paisa short", "a paisa over", "more debits", "another total", "a line missing", "one side only"],
)
def test_an_unbalanced_journal_is_refused(
    connection: Connection, firm: Firm, lines: Lines, line_count: int, total: str
) -> None:
    key = head(connection, firm, line_count=line_count, total=total)

    with pytest.raises(pg.CheckViolation, match="does not balance"):
        add_lines(connection, firm, key, lines)


def test_a_journal_without_lines_is_refused_at_commit(connection: Connection, firm: Firm) -> None:
    head(connection, firm)

    with pytest.raises(pg.CheckViolation, match="has no lines"):
        connection.commit()


def test_a_journal_of_a_period_that_was_locked_meanwhile_is_refused_at_commit(
    connection: Connection, firm: Firm
) -> None:
    posted(connection, firm)
    connection.execute("update organizations set locked_until = '2026-11-21' where id = %s", (firm.organization_id,))

    with pytest.raises(pg.CheckViolation, match="in a locked period"):
        connection.commit()


LOCK = "update organizations set locked_until = '2026-11-21' where id = %s"


def test_moving_the_lock_waits_for_whoever_is_posting(firm: Firm) -> None:
    """Between the check at the end of a posting and its commit nobody closes the period."""
    with opened(firm, APP) as posting, opened(firm, APP) as closing:
        posted(posting, firm)
        posting.execute("set constraints all immediate")
        closing.execute("set lock_timeout = '200ms'")

        with pytest.raises(pg.LockNotAvailable):
            closing.execute(LOCK, (firm.organization_id,))


def test_whoever_posts_waits_for_the_lock_that_is_being_moved_and_is_refused(firm: Firm) -> None:
    """The period closes while a posting is at its end: it is refused, however late the closing commits."""
    own = asyncio.run(found(firm.url))
    with opened(own, APP) as posting, opened(own, APP) as closing, ThreadPoolExecutor() as threads:
        posted(posting, own)
        closing.execute(LOCK, (own.organization_id,))
        ending = threads.submit(posting.commit)
        with pytest.raises(TimeoutError):
            ending.result(timeout=0.3)
        closing.commit()

        with pytest.raises(pg.CheckViolation, match="in a locked period"):
            ending.result(timeout=10)


def test_another_change_of_the_organization_waits_for_nobody(firm: Firm) -> None:
    with opened(firm, APP) as posting, opened(firm, APP) as renaming:
        posted(posting, firm)
        posting.execute("set constraints all immediate")
        renaming.execute("set lock_timeout = '200ms'")

        renaming.execute("update organizations set name = 'Sahyadri' where id = %s", (firm.organization_id,))


@pytest.mark.parametrize("lines", [PAIR[:1], PAIR, [*PAIR, *PAIR]], ids=["a line", "as many again", "more"])
@pytest.mark.parametrize("when", ["in its transaction", "later"])
def test_a_line_added_to_a_whole_journal_is_refused(
    connection: Connection, firm: Firm, lines: Lines, when: str
) -> None:
    key = posted(connection, firm)
    if when == "later":
        connection.commit()

    with pytest.raises(pg.CheckViolation):
        add_lines(connection, firm, key, lines, after=2)


@pytest.mark.parametrize("lines", [[("0", "0")], [("5", "5")], [("-5", "0")]], ids=["zero", "both", "negative"])
def test_a_line_has_one_side(connection: Connection, firm: Firm, lines: Lines) -> None:
    key = head(connection, firm)

    with pytest.raises(pg.CheckViolation, match="one_side"):
        add_lines(connection, firm, key, lines)


async def test_a_line_cannot_stand_on_another_organizations_account(connection: Connection, firm: Firm) -> None:
    other = await found(firm.url)
    (account,) = rows(firm.url, "select id from accounts where organization_id = %s limit 1", other.organization_id)
    key = head(connection, firm)
    place = (firm.organization_id, key, account["id"], firm.branch_id)

    with pytest.raises(pg.ForeignKeyViolation):
        connection.execute(_LINES, (*place, [1, 2], ["100.00", "0"], ["0", "100.00"]))


def test_an_account_with_a_line_cannot_be_deleted(connection: Connection, firm: Firm) -> None:
    key = posted(connection, firm)

    with pytest.raises(pg.ForeignKeyViolation, match="account_balances"):
        connection.execute(
            "delete from accounts where id in (select account_id from journal_lines where journal_id = %s)", (key,)
        )


_CHANGES: list[Callable[[str], str]] = [
    lambda table: f"update {table} set organization_id = organization_id",
    lambda table: f"delete from {table}",
]


@pytest.mark.parametrize("table", ["journals", "journal_lines", "activity"])
@pytest.mark.parametrize("change", _CHANGES, ids=["update", "delete"])
def test_what_was_written_is_never_changed(
    connection: Connection, firm: Firm, table: str, change: Callable[[str], str]
) -> None:
    posted(connection, firm)

    with pytest.raises((pg.InsufficientPrivilege, pg.RestrictViolation)):
        connection.execute(sql.SQL(change(table)))


@pytest.mark.parametrize("table", ["journals", "journal_lines", "activity", "events", "documents"])
def test_the_server_cannot_empty_a_table(firm: Firm, table: str) -> None:
    with opened(firm, APP) as connection, pytest.raises(pg.InsufficientPrivilege):
        connection.execute(sql.SQL("truncate {} cascade").format(sql.Identifier(table)))


@pytest.mark.parametrize(
    "statement",
    [
        "update account_balances set debit = debit + 1",
        "delete from account_balances",
        "update cost_center_balances set debit = debit + 1",
        "update events set summary = '{}'",
        "delete from events",
        "alter table journals disable trigger all",
        "set session_replication_role = replica",
    ],
)
def test_the_server_cannot_go_round_the_guards(firm: Firm, statement: str) -> None:
    with opened(firm, APP) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(sql.SQL(statement))

    assert refused.type is pg.InsufficientPrivilege


def test_balances_are_the_sums_of_the_lines(firm: Firm) -> None:
    with opened(firm, APP) as connection:
        for _ in range(3):
            posted(connection, firm)
        connection.commit()

    assert wrong_balances(firm) == []
