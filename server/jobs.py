"""The job queue: procrastinate on PostgreSQL, so that a job exists if and only if the change that asked for it does."""

from datetime import timedelta

from procrastinate import App, PsycopgConnector
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

# No table of ours is locked long: what is old goes in handfuls.
_HANDFUL = 5_000
_KEYS_KEPT = timedelta(hours=24)
_EVENTS_KEPT = timedelta(days=30)
_COUNTS_KEPT_SECONDS = 600

_FORGET_KEYS = """
delete from idempotency_keys
 where ctid = any(array(select ctid from idempotency_keys where created_at < now() - %(kept)s limit %(handful)s))
"""
_FORGET_EVENTS = """
delete from events
 where ctid = any(array(select ctid from events where occurred_at < now() - %(kept)s limit %(handful)s))
"""
_FORGET_COUNTS = """
delete from call_counts
 where (window_number + 1) * window_seconds < extract(epoch from now()) - %(kept)s
"""


def job_queue(url: str) -> App:
    """Return the queue on the database at ``url`` with all tasks that the worker knows."""
    connector = PsycopgConnector(
        conninfo=make_conninfo(
            url, options="-c role=finzbooks_app -c timezone=UTC", application_name="finzbooks-worker"
        ),
        min_size=1,
        max_size=4,
    )
    queue = App(connector=connector)
    _add_housekeeping(queue, url)
    return queue


def _add_housekeeping(queue: App, url: str) -> None:
    @queue.periodic(cron="*/10 * * * *")
    @queue.task(name="forget_old_rows", queueing_lock="forget_old_rows", pass_context=False)
    async def forget_old_rows(timestamp: int) -> None:
        """Delete idempotency keys after 24 hours, events after 30 days, and counts of calls of the past."""
        await forget(url)


async def forget(url: str) -> dict[str, int]:
    """Delete what is kept for a time only, in every organization, and say how many rows of each went."""
    options = "-c role=finzbooks_housekeeper -c statement_timeout=60s"
    async with await AsyncConnection.connect(make_conninfo(url, options=options), autocommit=True) as connection:
        return {
            "idempotency_keys": await _delete(connection, _FORGET_KEYS, kept=_KEYS_KEPT, handful=_HANDFUL),
            "events": await _delete(connection, _FORGET_EVENTS, kept=_EVENTS_KEPT, handful=_HANDFUL),
            "call_counts": await _delete(connection, _FORGET_COUNTS, kept=_COUNTS_KEPT_SECONDS),
        }


async def _delete(connection: AsyncConnection[tuple[object, ...]], statement: str, **values: object) -> int:
    """Run a deletion until it finds less than a handful."""
    deleted = 0
    while True:
        cursor = await connection.execute(statement, values)
        deleted += cursor.rowcount
        if cursor.rowcount < _HANDFUL or "handful" not in values:
            return deleted
