"""The database itself watches: no transaction of any operation writes the books without a row in the audit trail.

Triggers on every table note who wrote what in which transaction; then all operations of the contract that change
something are walked, so that one which forgets the trail fails here without being named; and each tells what it did.
Source: Companies (Accounts) Rules 2014, rule 3(1), proviso.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from contract_tests.plots import AT_A_PORTAL
from contract_tests.webhook_bodies import assert_told_rightly
from models import metadata
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, Worker, calling, found, rows, unforeseen, workers
from tests.server.test_audit import MAKES_ONE_CHANGE, audited, check_told_once, prepared, trail
from tests.walking import MUTATING, Operation, populate, sheet_of

NOT_AUDITED = {
    "account_balances": "sums of journal lines, which a trigger keeps",
    "cost_center_balances": "the same of those lines that name a cost centre",
    "activity": "the audit trail itself",
    "call_counts": "how often a token was used",
    "events": "the same as the trail, for integrators",
    "event_sequence": "the places of events in the feed",
    "event_frontiers": "how far they are given",
    "idempotency_keys": "answers that were given, for a day",
    "pictures": "bytes of logos and signatures; what tells of them, by their hash, is in the trail",
    "mail_counts": "how many recipients mails went to on a day; the mail is in the trail",
    "lapses": "that it was told that a due date has passed; the telling is in the trail",
    "job_failures": "why a job failed, for the operator; what it changed is in the trail",
    "outcome_counts": "how many jobs of a task were done, for metrics",
    "number_counters": "the last number of a series; the document that took it is in the trail",
    "webhook_attempts": "how they were sent",
    "unclaimed_files": "bytes in the storage that the books do not know, or no more",
}
"""Tables that are no subject of the audit trail, and why."""

WALKED = [each for each in MUTATING if each.path.partition("}/")[2] not in AT_A_PORTAL]
"""All but what needs a portal that answers: the tests that bring one read the trail there."""

_WATCH = """
create table watched_writes (
  transaction_id xid8 not null default pg_current_xact_id(),
  organization_id text,
  table_name text not null,
  operation text not null
);
create function watch_write() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into watched_writes (organization_id, table_name, operation)
  values (nullif(current_setting('app.organization_id', true), ''), tg_table_name, tg_op);
  return null;
end $$;
"""
_WATCH_TABLE = """
create trigger watch after insert or update or delete on {table} for each row execute function watch_write();
"""
_UNSEEN = """
select written.transaction_id::text as transaction_id, array_agg(distinct table_name || ' ' || operation) as written
  from watched_writes as written
 where not table_name = any(%s)
   and not exists (select from watched_writes as trail
                    where trail.transaction_id = written.transaction_id
                      and trail.table_name = 'activity'
                      and trail.operation = 'INSERT')
 group by written.transaction_id
"""
_SEEN = "select distinct table_name from watched_writes where not table_name = any(%s)"


@pytest.fixture(scope="module")
def watched(new_database: NewDatabase) -> Iterator[tuple[DatabaseUrl, Worker]]:
    """A server on a database whose tables are all watched."""
    url = new_database()
    rows(url, _WATCH)
    for name in metadata.tables.keys() - {"api_calls"}:  # the log of calls is written later, beside them
        rows(url, _WATCH_TABLE.format(table=name))
    with workers(url) as started:
        yield url, started[0]
        assert unforeseen(started) == ""


@pytest.fixture
async def watched_firm(watched: tuple[DatabaseUrl, Worker]) -> Firm:
    return await found(watched[0])


@pytest.fixture
async def watched_call(watched: tuple[DatabaseUrl, Worker], watched_firm: Firm) -> AsyncIterator[Caller]:
    async with calling(watched[1].url) as caller:
        yield caller.with_token(watched_firm.token)


def unseen(url: DatabaseUrl) -> list[dict[str, Any]]:
    """Transactions that wrote the books and no row of the trail; forgets what it has looked at."""
    found_rows = rows(url, _UNSEEN, list(NOT_AUDITED))
    rows(url, "delete from watched_writes")
    return found_rows


async def test_founding_a_firm_is_audited(watched: tuple[DatabaseUrl, Worker], watched_firm: Firm) -> None:
    """Users are made before there is an organization, so they alone have no trail of one."""
    written = [each for each in unseen(watched[0]) if each["written"] != ["users INSERT"]]

    assert written == []


@pytest.mark.parametrize("operation", WALKED, ids=[each.id for each in WALKED])
async def test_no_operation_writes_unseen(watched_call: Caller, watched_firm: Firm, operation: Operation) -> None:
    """Nor says something else in the trail and among the events than what it did, nor what the contract does not."""
    path, body = await prepared(watched_call, operation, await populate(watched_call, watched_firm))
    before, sheet = len(trail(watched_firm)), sheet_of(operation)
    unseen(watched_firm.url)

    headers = {**audited(operation), **sheet.pop("headers", {})}
    reply = await watched_call(operation.method, path, body or None, headers=headers, **sheet)

    assert reply.status_code in (200, 201), reply.text
    assert rows(watched_firm.url, _SEEN, [*NOT_AUDITED]), f"it changes something: {reply.text}"
    assert unseen(watched_firm.url) == []
    for each in trail(watched_firm):
        assert_told_rightly(each["event_type"], each["summary"], each["event_at"].isoformat())
    if operation in MAKES_ONE_CHANGE:
        check_told_once(watched_firm, operation, path, after=before)
