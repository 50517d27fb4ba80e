"""Books to test rules on: a new organization on a real PostgreSQL, under the server's role, rolled back per test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.types.json import set_json_loads

from domain import happenings
from domain.books import Books
from domain.ids import new_id
from domain.statements import Statement, as_json, from_json
from handlers.replies import Reply
from server.settings import DatabaseUrl

NOW = datetime(2026, 11, 21, 6, 30, 0, 123456, tzinfo=UTC)
"""The moment of every test: noon in India."""
NOW_TEXT = "2026-11-21T06:30:00.123456Z"

set_json_loads(from_json)

_ORGANIZATION = Statement(
    """
insert into organizations (id, name, gst_no, pan, registration_type, state_code, fiscal_year_start_month,
                           currency_code, time_zone, is_round_off_enabled, default_template, is_sandbox,
                           version, created_at, modified_at)
values (%(organization_id)s, 'Sahyadri Traders', '27AAPFU0939F1ZV', 'AAPFU0939F', 'REGULAR', 'IN-MH', 4,
        'INR', 'Asia/Kolkata', true, 'classic', false, 1, %(now)s, %(now)s)
"""
)
_BRANCH = Statement(
    """
insert into branches (organization_id, id, branch_name, code, is_primary, gst_no, state_code,
                      is_einvoicing_enabled, prefixes, is_active, version, created_at, modified_at)
values (%(organization_id)s, %(id)s, 'Mumbai', 'MUM', true, '27AAPFU0939F1ZV', 'IN-MH', false,
        '{"invoice": "INV/{FY}/", "estimate": "EST/{FY}/", "sales_order": "SO/{FY}/", "purchase_order": "PO/{FY}/",
          "bill": "BIL/{FY}/", "credit_note": "CN/{FY}/", "debit_note": "DN/{FY}/",
          "self_invoice": "SI/{FY}/", "receipt": "RV/{FY}/", "payment": "PV/{FY}/"}', true, 1, %(now)s, %(now)s)
"""
)


async def open_books(connection: AsyncConnection[Any]) -> Books:
    """Found an organization of Maharashtra with its primary branch, and open its books on ``connection``."""
    books = Books(
        connection=connection,
        organization_id=new_id("org"),
        user_id=new_id("usr"),
        now=NOW,
        request_id="req_test",
    )
    await turn_to(books)
    await books.run(_ORGANIZATION, now=NOW)
    await books.run(_BRANCH, id=new_id("br"), now=NOW)
    return books


async def turn_to(books: Books) -> None:
    """Show row-level security that the connection now serves these books."""
    await books.row(Statement("select set_config('app.organization_id', %(organization_id)s, true)"))


async def trail(books: Books) -> list[dict[str, Any]]:
    """Write down what happened, and return the whole audit trail, each row with the type of its event."""
    await happenings.record(books)
    return await books.rows(
        Statement(
            """
select activity.action, activity.entity_id, activity.entity_ref, activity.changes, events.event_type
  from activity
  left join events using (organization_id, id)
 where activity.organization_id = %(organization_id)s
 order by activity.id
"""
        )
    )


def body_of(reply: Reply) -> dict[str, Any]:
    """The body of a reply as its caller reads it."""
    body: dict[str, Any] = from_json(as_json(reply.body))
    return body


@pytest.fixture
async def connection(database_url: DatabaseUrl) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection under the operator's role, its transaction rolled back at the end."""
    options = "-c role=finzbooks_operator -c timezone=UTC"
    async with await AsyncConnection.connect(database_url, options=options) as opened:
        yield opened
        await opened.rollback()


@pytest.fixture
async def books(connection: AsyncConnection[Any]) -> Books:
    """The books of a new organization with one branch, and nothing else in them."""
    return await open_books(connection)
