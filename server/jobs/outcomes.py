"""What came of jobs: how many of each task were done or failed, and why the failed ones did.

The queue itself forgets what is done and keeps no reasons.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import App, JobContext
from procrastinate.worker import Worker

LONGEST_ERROR = 300
"""Characters of an error that are kept: its first line says what it is, the rest may hold what rows held."""

COUNT = """
insert into outcome_counts as counted (kind, name, outcome, number)
values (%(kind)s, %(name)s, %(outcome)s, %(number)s)
    on conflict (kind, name, outcome) do update set number = counted.number + excluded.number
"""
"""Counts things by what came of them, for metrics: ``kind`` such as ``job``, ``name`` such as its task, else empty."""

_TELL = """
insert into job_failures (job_id, failed_at, error)
values (%(job_id)s, now(), %(error)s)
    on conflict (job_id) do update set failed_at = excluded.failed_at, error = excluded.error
"""

_log = logging.getLogger("finzbooks.jobs")


async def noting(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """Carry a job out and note what came of it; one that the worker's end cut short is not over yet."""
    try:
        result = await call_next()
    except Exception as error:
        await _note(context, "failed", error)
        raise
    await _note(context, "done", None)
    return result


async def _note(context: JobContext, outcome: str, error: Exception | None) -> None:
    """Write it down; where that cannot be done, the job's outcome is the same."""
    assert isinstance(context.app, App), "jobs are carried out on a queue that can be awaited"
    connector = context.app.connector
    try:
        await connector.execute_query_async(COUNT, kind="job", name=context.job.task_name, outcome=outcome, number=1)
        if error is not None:
            await connector.execute_query_async(_TELL, job_id=context.job.id, error=in_short(error))
    except Exception as away:
        _log.warning("What came of job %s is not noted: %s", context.job.id, in_short(away))


def in_short(error: BaseException) -> str:
    """Return what an error is, in one line."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}"[:LONGEST_ERROR].removesuffix(": ")
