"""Slots of months long past are folded into one: the sums stay the same, also while others post into those months."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from domain.ids import new_id
from server.jobs import job_queue as jobs
from tests.conftest import NewDatabase
from tests.running import Firm, found, rows
from tests.server.trade import wrong_balances

TODAY = date(2026, 11, 30)
OLD, RECENT = "2026-09-30", "2026-10-01"
"""The last day that ended its month 40 days before today, and the day after it."""

_CENTRE = """
insert into cost_centers (organization_id, id, name, is_active, version, created_at, modified_at)
values (%s, 'cc_shop', 'Shop', true, 1, now(), now())
"""
_JOURNAL = """
with journal as (
  insert into journals (organization_id, id, entry_on, branch_id, source_type, line_count, total, posted_at, posted_by)
  values (%(organization_id)s, %(id)s, %(day)s, %(branch_id)s, 'MANUAL', 2, 100, now(), 'usr_test')
)
insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, cost_center_id,
                           debit, credit)
select %(organization_id)s, %(id)s, position, account.id, %(day)s, %(branch_id)s, centre, debit, credit
  from (values (1, '5210', 'cc_shop', 100, 0), (2, '1100', null, 0, 100)) as line(position, code, centre, debit, credit)
  join accounts as account on account.organization_id = %(organization_id)s and account.code = line.code
"""


@pytest.fixture
async def firm(new_database: NewDatabase) -> Firm:
    firm = await found(new_database())
    rows(firm.url, f"{_CENTRE} returning id", firm.organization_id)
    return firm


@contextmanager
def backend(firm: Firm) -> Iterator[psycopg.Connection[Any]]:
    """A session of the server's role; each takes the slot of its own process."""
    options = f"-c role=finzbooks_app -c app.organization_id={firm.organization_id}"
    with psycopg.connect(firm.url, autocommit=True, options=options) as connection:
        yield connection


def post(connection: psycopg.Connection[Any], firm: Firm, day: str) -> None:
    """Post 100 rupees of rent of the shop."""
    values = {"organization_id": firm.organization_id, "branch_id": firm.branch_id, "id": new_id("je"), "day": day}
    connection.execute(_JOURNAL, values)


def slots(firm: Firm, table: str, begins_on: str) -> list[int]:
    query = f"select slot from {table} where begins_on = %s::date and debit > 0 order by slot"
    return [row["slot"] for row in rows(firm.url, query, begins_on)]


def sums(firm: Firm, table: str) -> list[dict[str, Any]]:
    return rows(
        firm.url, f"select account_id, begins_on, sum(debit), sum(credit) from {table} group by 1, 2 order by 1, 2"
    )


TABLES = ("account_balances", "cost_center_balances")


async def test_months_long_past_have_one_slot_and_the_same_sums(firm: Firm) -> None:
    for _ in range(20):
        with backend(firm) as connection:
            post(connection, firm, OLD)
            post(connection, firm, RECENT)
    before = {table: sums(firm, table) for table in TABLES}
    assert all(len(slots(firm, table, "2026-09-21")) > 1 for table in TABLES)

    folded = await jobs.fold(firm.url, today=TODAY)

    assert folded > 0
    assert [slots(firm, table, "2026-09-21") for table in TABLES] == [[0], [0]]
    assert [len(slots(firm, table, "2026-10-01")) > 1 for table in TABLES] == [True, True]
    assert {table: sums(firm, table) for table in TABLES} == before
    assert await jobs.fold(firm.url, today=TODAY) == 0


async def test_what_a_posting_holds_is_left_for_the_next_time(firm: Firm) -> None:
    with backend(firm) as connection:
        post(connection, firm, OLD)
        connection.execute("begin")
        post(connection, firm, OLD)
        held = slots(firm, "account_balances", "2026-09-21")

        await jobs.fold(firm.url, today=TODAY)

        assert slots(firm, "account_balances", "2026-09-21") == held
        connection.execute("commit")
    assert wrong_balances(firm) == []


async def test_folding_and_posting_at_once_lose_nothing(firm: Firm) -> None:
    def post_many(_: int) -> None:
        for _ in range(40):
            with backend(firm) as connection:
                for _ in range(5):
                    post(connection, firm, OLD)

    with ThreadPoolExecutor(4) as threads:
        posting = [threads.submit(post_many, number) for number in range(4)]
        while not all(each.done() for each in posting):
            await jobs.fold(firm.url, today=TODAY)
        for each in posting:
            each.result()

    assert wrong_balances(firm) == []
    await jobs.fold(firm.url, today=TODAY)
    assert [slots(firm, table, "2026-09-21") for table in TABLES] == [[0], [0]]
    for table in TABLES:
        query = f"select sum(debit) as debit from {table}"
        assert rows(firm.url, query) == [{"debit": 4 * 40 * 5 * 100}]


def test_the_servers_role_cannot_fold(firm: Firm) -> None:
    with backend(firm) as connection, pytest.raises(pg.InsufficientPrivilege):
        connection.execute("select fold_balances(%s, %s)", (firm.organization_id, TODAY))
