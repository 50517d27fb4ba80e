"""The job queue: procrastinate on PostgreSQL, so that a job exists if and only if the change that asked for it does."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection
from psycopg import errors as pg

from domain.access import api_calls, security_events
from domain.ids import first_id
from domain.mails.mail import SEND_MAIL
from domain.recurring.runs import TASK as MAKE_DOCUMENT
from server.jobs import mailing, recurring, reminding
from server.jobs.deferring import deferring
from server.jobs.lapsing import add_lapses
from server.jobs.link_mails import add_link_mails
from server.jobs.portal import add_portal_jobs
from server.jobs.sandboxes import add_catching_up
from server.jobs.security_mails import add_security_mails
from server.jobs.sweeping import add_sweep
from server.jobs.taking_up import add_taking_up
from server.mail.post import Post
from server.postgres import sessions

# No table of ours is locked long: what is old goes in handfuls.
_HANDFUL = 5_000
_EVENTS_KEPT = timedelta(days=30)
_COUNTS_KEPT_SECONDS = 600
_SLOTS_KEPT = timedelta(days=40)
"""Postings into a month become rare some weeks after it, once its returns are filed."""

MAIL_QUEUE = "mail"
"""The queue of what waits for mail servers: a slow one must not hold up the other jobs."""

# Where a sandbox has set its clock, the id tells when an event was written.
_IS_OLD = """
case when clock_offset is null then occurred_at < now() - %(kept)s else event.id < %(oldest_id)s end
"""
# What nobody followed gets its place before it goes, so that the feed says where it begins. From the oldest on, up to
# the first that is young: what is kept has no gap.
_NUMBER_EVENTS = "select number_events(%(organization_id)s, %(handful)s)"
_FORGET_EVENTS = f"""
with head as (
  select place.sequence, place.event_id, {_IS_OLD} as is_old
    from event_sequence as place
    join events as event
      on event.organization_id = place.organization_id
     and event.id = place.event_id
    join organizations as organization on organization.id = place.organization_id
   where place.organization_id = %(organization_id)s
   order by place.sequence
   limit %(handful)s
), old as (
  select sequence, event_id
    from head
   where sequence < coalesce((select min(sequence) from head where not is_old), 9223372036854775807)
), gone as (
  delete from events using old where organization_id = %(organization_id)s and id = old.event_id
)
delete from event_sequence
 using old
 where event_sequence.organization_id = %(organization_id)s
   and event_sequence.sequence = old.sequence
"""  # noqa: S608  # ours
_WITH_OLD_EVENTS = f"""
select id
  from organizations
 where (select {_IS_OLD}
          from events as event
         where organization_id = organizations.id
         order by change_number, position
         limit 1)
"""  # noqa: S608  # ours
# What an endpoint that was switched off a month ago is still to be told is given up.
_GIVE_UP_DELIVERIES = """
update webhook_deliveries as delivery
   set status = 'CANCELLED', next_at = null, taken_by = null, ended_at = now()
  from webhook_endpoints as endpoint
 where endpoint.disabled_at < now() - %(kept)s
   and delivery.organization_id = endpoint.organization_id
   and delivery.endpoint_id = endpoint.id
   and delivery.status = 'PENDING'
"""
_FORGET_DELIVERIES = """
with old as (
  select organization_id, id
    from webhook_deliveries
   where ended_at < now() - %(kept)s
   limit %(handful)s
), attempts as (
  delete from webhook_attempts
   using old
   where webhook_attempts.organization_id = old.organization_id
     and webhook_attempts.delivery_id = old.id
)
delete from webhook_deliveries
 using old
 where webhook_deliveries.organization_id = old.organization_id
   and webhook_deliveries.id = old.id
"""
_FORGET_COUNTS = """
delete from call_counts
 where (window_number + 1) * window_seconds < extract(epoch from now()) - %(kept)s
"""
# By which moment each is old, and how long it is kept after it: what is sent again late is still told from what was
# never given.
_KEPT_FOR = {
    "idempotency_keys": ("created_at", timedelta(hours=24)),
    "oauth_requests": ("expires_at", timedelta(hours=1)),
    "oauth_codes": ("expires_at", timedelta(days=1)),
    "sessions": ("expires_at", timedelta(days=30)),
    "account_links": ("expires_at", timedelta(days=30)),
    "tokens": ("expires_at", timedelta(days=7)),
    "security_events": ("at", security_events.KEPT),
}
_FORGET_OLD = """
delete from {table}
 where ctid = any(array(select ctid from {table} where {moment} < now() - %(kept)s limit %(handful)s))
"""
_FORGET_CALLS = "select forget_api_calls(%(slot)s, now() - %(kept)s)"
_FOLD = "select fold_balances(%(organization_id)s, %(before)s)"


def job_queue(url: str, post: Post | None = None) -> App:
    """Return the queue on the database at ``url`` with all tasks that the worker knows.

    Mails are sent by ``post``; who only asks for jobs needs none.
    """
    connector = PsycopgConnector(
        conninfo=sessions.conninfo(url, "finzbooks-worker"),
        configure=_configure,
        min_size=1,
        max_size=4,
    )
    queue = App(connector=connector)
    add_taking_up(queue)
    add_lapses(queue, url)
    _add_housekeeping(queue, url)
    _add_recurring(queue, url)
    add_portal_jobs(queue, url)
    _add_mails(queue, url, post)
    add_security_mails(queue, url, post, mail_queue=MAIL_QUEUE)
    add_link_mails(queue, url, post, mail_queue=MAIL_QUEUE)
    add_catching_up(queue, url)
    return queue


async def _configure(connection: AsyncConnection[Any]) -> None:
    """Set up a session of the queue, whose connections begin transactions by themselves: it must not be left in one."""
    try:
        async with connection.transaction():
            await sessions.QUEUE.configure(connection)
    except BaseException:
        await connection.close()
        raise


def _add_housekeeping(queue: App, url: str) -> None:
    @queue.periodic(cron="*/10 * * * *")
    @queue.task(name="forget_old_rows", queueing_lock="forget_old_rows", pass_context=False)
    async def forget_old_rows(timestamp: int) -> None:
        """Delete idempotency keys after 24 hours, calls after 7 days, events after 30, counts, and what has ended."""
        await forget(url)

    # Half past two in India, when hardly anybody posts.
    @queue.periodic(cron="0 21 * * *")
    @queue.task(name="fold_balances", queueing_lock="fold_balances", pass_context=False)
    async def fold_balances(timestamp: int) -> None:
        """Add the slots of balances of months that are long past into one."""
        await fold(url, today=datetime.fromtimestamp(timestamp, UTC).date())


def _add_recurring(queue: App, url: str) -> None:
    @queue.task(name=MAKE_DOCUMENT)
    async def make_recurring_document(organization_id: str, schedule_id: str) -> None:
        """Make the next document of a schedule, if it is due; the job for the one after it is deferred with it."""
        await recurring.make_if_due(url, organization_id, schedule_id, defer=deferring(queue))

    add_sweep(queue, url, recurring.SWEEP)


def _add_mails(queue: App, url: str, post: Post | None) -> None:
    def the_post() -> Post:
        assert post is not None, "jobs of mails run in a worker, which has a post"
        return post

    @queue.task(name=SEND_MAIL, queue=MAIL_QUEUE)
    async def send_mail(organization_id: str, mail_id: str) -> None:
        """Try to send a mail, if it is due; the job for the next try is deferred with what came of this one."""
        await mailing.send_if_due(url, organization_id, mail_id, post=the_post(), defer=deferring(queue))

    add_sweep(queue, url, mailing.SWEEP)

    # From half past nine to six in India, so that nobody's telephone rings at night.
    @queue.periodic(cron="0,30 4-12 * * *")
    @queue.task(name="send_reminders", queueing_lock="send_reminders", queue=MAIL_QUEUE, pass_context=False)
    async def send_reminders(timestamp: int) -> None:
        """Queue the reminders that are due today, in all organizations."""
        await reminding.remind_all(url, post=the_post(), defer=deferring(queue))

    @queue.task(name=reminding.TASK, queue=MAIL_QUEUE)
    async def send_reminders_of(organization_id: str) -> None:
        """Queue the reminders that are due today in one organization."""
        await reminding.remind_one(url, organization_id, post=the_post(), defer=deferring(queue))


async def forget(url: str) -> dict[str, int]:
    """Delete what is kept for a time only, in every organization, and say how many rows of each went."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        return {
            "events": await _forget_events(connection),
            "given_up_deliveries": await _delete(connection, _GIVE_UP_DELIVERIES, kept=_EVENTS_KEPT),
            "webhook_deliveries": await _delete(connection, _FORGET_DELIVERIES, kept=_EVENTS_KEPT, handful=_HANDFUL),
            "call_counts": await _delete(connection, _FORGET_COUNTS, kept=_COUNTS_KEPT_SECONDS),
            "days_of_api_calls": await _forget_calls(connection),
            **{
                table: await _delete(
                    connection, _FORGET_OLD.format(table=table, moment=moment), kept=kept, handful=_HANDFUL
                )
                for table, (moment, kept) in _KEPT_FOR.items()
            },
        }


async def _forget_events(connection: AsyncConnection[tuple[Any, ...]]) -> int:
    forgotten = 0
    oldest_id = first_id("evt", await sessions.time_of(connection) - _EVENTS_KEPT)
    old = {"kept": _EVENTS_KEPT, "oldest_id": oldest_id}
    for (organization_id,) in await (await connection.execute(_WITH_OLD_EVENTS, old)).fetchall():
        values = {**old, "organization_id": organization_id, "handful": _HANDFUL}
        before, reached = -1, await _number(connection, values)
        while reached > before:
            before, reached = reached, await _number(connection, values)
        forgotten += await _delete(connection, _FORGET_EVENTS, **values)
    return forgotten


async def _forget_calls(connection: AsyncConnection[tuple[Any, ...]]) -> int:
    """Forget calls that are old, and say in how many parts of the log there were such; a part in use waits."""
    forgotten = 0
    for slot in range(api_calls.PARTS):
        with suppress(pg.LockNotAvailable):
            cursor = await connection.execute(_FORGET_CALLS, {"slot": slot, "kept": api_calls.KEPT})
            row = await cursor.fetchone()
            forgotten += bool(row and row[0])
    return forgotten


async def _number(connection: AsyncConnection[tuple[Any, ...]], values: dict[str, Any]) -> int:
    row = await (await connection.execute(_NUMBER_EVENTS, values)).fetchone()
    assert row is not None, "a function gives one row"
    reached: int = row[0]
    return reached


async def fold(url: str, *, today: date) -> int:
    """Add slots of months that ended 40 days ago into slot 0, in every organization; say how many rows went.

    Readers see the same sums at every moment. A row that a posting holds stays for the next time.
    """
    last_on = today - _SLOTS_KEPT
    folded = 0
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        for (organization_id,) in await (await connection.execute("select id from organizations")).fetchall():
            with suppress(pg.DeadlockDetected):  # what a posting waits for goes first
                values = {"organization_id": organization_id, "before": last_on.replace(day=1)}
                row = await (await connection.execute(_FOLD, values)).fetchone()
                folded += row[0] if row else 0
    return folded


async def _delete(connection: AsyncConnection[tuple[object, ...]], statement: str, **values: object) -> int:
    """Run a deletion until it finds less than a handful."""
    deleted = 0
    while True:
        cursor = await connection.execute(statement, values)
        deleted += cursor.rowcount
        if cursor.rowcount < _HANDFUL or "handful" not in values:
            return deleted
