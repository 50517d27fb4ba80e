"""Jobs of workers that are gone: put back into the queue, so that each is done although a process was killed.

A worker is gone when its heart has not beaten for ``GONE_SECONDS``, or when nobody knows it any more. One that was only
held up may still be at work then: every job is safe to be done twice (decision 0052).
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import JobAborted, UniqueViolation
from procrastinate.jobs import Job

GONE_SECONDS = 60
"""Without a heartbeat for so long, a worker is gone; its heart beats every ten seconds."""

MOST_ATTEMPTS = 10
"""How often a job may take its worker with it, before nobody begins it again."""

_LATE_SECONDS = 30
_HANDFUL = 500
_KEPT_DAYS = 30
_IS_AWAKE = """
select coalesce(bool_or(last_heartbeat >= now() - make_interval(secs => %(late)s)), false) as is_awake
  from procrastinate_workers
 where id = %(worker_id)s
"""
_IS_GONE = """
job.status = 'doing'
and not exists (select from procrastinate_workers as worker
                 where worker.id = job.worker_id
                   and worker.last_heartbeat >= now() - make_interval(secs => %(gone)s))
"""
_GONE = f"select job.id from procrastinate_jobs as job where {_IS_GONE} order by job.id limit %(handful)s"  # noqa: S608
# Where another job of the same queueing lock waits already, that one does the work.
_TAKE_UP = f"""
with lost as (
  select job.id,
         case when exists (select from procrastinate_jobs as other
                            where other.queueing_lock = job.queueing_lock
                              and other.status = 'todo') then 'needless'
              when job.attempts + 1 >= %(most)s then 'given up'
              else 'put back'
         end as fate
    from procrastinate_jobs as job
   where job.id = %(job_id)s
     and {_IS_GONE}
     for update of job skip locked
), needless as (
  delete from procrastinate_jobs
   where id in (select id from lost where fate = 'needless')
), moved as (
  update procrastinate_jobs as job
     set status = case lost.fate when 'put back' then 'todo' else 'failed' end::procrastinate_job_status,
         attempts = job.attempts + 1,
         scheduled_at = now(),
         worker_id = null,
         abort_requested = false
    from lost
   where lost.id = job.id
     and lost.fate <> 'needless'
), told as (
  insert into job_failures (job_id, failed_at, error)
  select id, now(), 'Its worker was gone ' || %(most)s || ' times.' from lost where fate = 'given up'
      on conflict (job_id) do update set failed_at = excluded.failed_at, error = excluded.error
)
select max(fate) as fate from lost
"""  # noqa: S608
_FORGET_FAILURES = """
delete from job_failures as failure
 where failed_at < now() - make_interval(days => %(days)s)
    or not exists (select from procrastinate_jobs where id = failure.job_id)
"""

_log = logging.getLogger("finzbooks.jobs")


class BackAtShutdown(BaseRetryStrategy):
    """Jobs that a worker which stops cannot finish go back to the queue; what fails stays failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return that the job is to be begun anew, if nothing but the worker's end ended it."""
        return RetryDecision() if isinstance(exception, JobAborted | asyncio.CancelledError) else None


def add_taking_up(queue: App) -> None:
    """Have jobs of workers that are gone taken up each minute, and failed ones forgotten after a month."""

    @queue.periodic(cron="* * * * *")
    @queue.task(name="take_up_jobs", queueing_lock="take_up_jobs", pass_context=True)
    async def look(context: JobContext, timestamp: int) -> None:
        await take_up_if_awake(queue, context.job.worker_id)

    @queue.periodic(cron="17 * * * *")
    @queue.task(name="forget_failed_jobs", queueing_lock="forget_failed_jobs", pass_context=False)
    async def forget(timestamp: int) -> None:
        await forget_failed(queue)


async def take_up_if_awake(queue: App, worker_id: int | None) -> dict[str, int]:
    """Put jobs of workers that are gone back, as the worker ``worker_id``.

    One that was held up itself, or had no database, would take everybody for gone: it looks the next time.
    """
    own = await _row(queue, _IS_AWAKE, worker_id=worker_id, late=_LATE_SECONDS)
    return await take_up(queue) if own["is_awake"] else {}


async def take_up(queue: App) -> dict[str, int]:
    """Put jobs of workers that are gone back; say how many were put back, given up or needless."""
    fates: dict[str, int] = {}
    lost = await queue.connector.execute_query_all_async(_GONE, gone=GONE_SECONDS, handful=_HANDFUL)
    for job in lost:
        try:
            row = await _row(queue, _TAKE_UP, job_id=job["id"], gone=GONE_SECONDS, most=MOST_ATTEMPTS)
        except UniqueViolation:
            continue  # another was asked for at this moment: the next look finds this one needless
        if fate := row["fate"]:
            fates[fate] = fates.get(fate, 0) + 1
            _log.warning("Job %s of a worker that is gone: %s", job["id"], fate)
    await queue.job_manager.prune_stalled_workers(GONE_SECONDS)
    return fates


async def forget_failed(queue: App) -> None:
    """Delete jobs that failed or were aborted a month ago, and what is known of their failures."""
    await queue.job_manager.delete_old_jobs(_KEPT_DAYS * 24, include_failed=True, include_aborted=True)
    await queue.connector.execute_query_async(_FORGET_FAILURES, days=_KEPT_DAYS)


async def _row(queue: App, query: str, **values: Any) -> Mapping[str, Any]:
    row: Mapping[str, Any] = await queue.connector.execute_query_one_async(query, **values)
    return row
