"""The command ``finzbooks jobs``: what the queue holds, task by task, what failed and why, and begin one anew."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from server import desk
from server.jobs.taking_up import GONE_SECONDS

app = typer.Typer(name="jobs", help="List what waits, runs and failed, and begin failed jobs anew.")

OnlyFailed = Annotated[bool, typer.Option("--failed", help="List the failed jobs one by one, the last first.")]
Retried = Annotated[int | None, typer.Option("--retry", metavar="ID", help="Begin a failed job anew.")]
OfTask = Annotated[str | None, typer.Option("--task", help="Only jobs of this task.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, with ages in seconds.")]

_MOST_FAILED = 200
_BY_TASK = """
with job as (
  select job.*,
         job.status = 'todo' and coalesce(job.scheduled_at, '-infinity') <= now() as waits,
         job.status = 'doing' and coalesce(worker.last_heartbeat, '-infinity')
                                  < now() - make_interval(secs => %(gone)s) as is_stalled
    from procrastinate_jobs as job
    left join procrastinate_workers as worker on worker.id = job.worker_id
   where %(task)s::text is null or job.task_name = %(task)s
), told as (
  select job.id, max(event.at) filter (where event.type in ('deferred', 'deferred_for_retry', 'retried')) as asked_at
    from job
    join procrastinate_events as event on event.job_id = job.id
   where job.waits
   group by job.id
)
select job.task_name as task,
       job.queue_name as queue,
       count(*) filter (where job.waits) as waiting,
       count(*) filter (where job.status = 'todo' and not job.waits) as scheduled,
       count(*) filter (where job.status = 'doing' and not job.is_stalled) as running,
       count(*) filter (where job.is_stalled) as stalled,
       count(*) filter (where job.status in ('failed', 'aborted')) as failed,
       extract(epoch from now() - min(greatest(told.asked_at, job.scheduled_at)) filter (where job.waits))::float8
         as oldest_waiting_seconds
  from job
  left join told on told.id = job.id
 group by job.task_name, job.queue_name
having bool_or(job.status in ('todo', 'doing', 'failed', 'aborted'))
 order by job.task_name, job.queue_name
"""
_FAILED = """
select job.id,
       job.task_name as task,
       job.queue_name as queue,
       job.args as arguments,
       job.attempts,
       failure.error,
       coalesce(failure.failed_at, (select max(at) from procrastinate_events where job_id = job.id)) as failed_at
  from procrastinate_jobs as job
  left join job_failures as failure on failure.job_id = job.id
 where job.status in ('failed', 'aborted')
   and (%(task)s::text is null or job.task_name = %(task)s)
 order by failed_at desc nulls last, job.id desc
 limit %(most)s
"""
_RETRY = """
update procrastinate_jobs
   set status = 'todo', attempts = 0, scheduled_at = now(), worker_id = null, abort_requested = false
 where id = %(id)s
   and status in ('failed', 'aborted')
returning task_name as task
"""
_HEADINGS = ("Task", "Queue", "Waiting", "For later", "Running", "Stalled", "Failed", "Oldest waits")
_HEADINGS_FAILED = ("Id", "Task", "Failed at (UTC)", "Tries", "About", "Error")


@app.callback(
    invoke_without_command=True,
    epilog="Examples: finzbooks jobs · finzbooks jobs --failed --json · finzbooks jobs --retry 4711",
)
def jobs(*, failed: OnlyFailed = False, retry: Retried = None, task: OfTask = None, as_json: AsJson = False) -> None:
    """List what waits, runs and failed, task by task; --failed tells why, --retry begins one anew.

    A job is stalled when its worker is gone; the next worker takes it up within two minutes.
    """
    if retry is not None:
        _retry(retry)
    elif failed:
        _list_failed(task, as_json=as_json)
    else:
        _list_tasks(task, as_json=as_json)


def _retry(key: int) -> None:
    try:
        found = _asked(_RETRY, id=key)
    except UniqueViolation:
        desk.fail(f"Another job waits that does the work of {key}; it need not be begun anew.")
    if not found:
        desk.fail(f"No failed job has the number {key}; 'finzbooks jobs --failed' lists them.")
    desk.say(f"Job {key} ({found[0]['task']}) waits again.")


def _list_failed(task: str | None, *, as_json: bool) -> None:
    found = _asked(_FAILED, task=task, most=_MOST_FAILED)
    if as_json:
        _print_json("jobs", found)
        return
    desk.show_table(_HEADINGS_FAILED, [_failed_line(row) for row in found])
    if len(found) == _MOST_FAILED:
        desk.say(f"Only the last {_MOST_FAILED} are listed.")


def _failed_line(row: Mapping[str, Any]) -> tuple[str, ...]:
    about = " ".join(str(each) for each in row["arguments"].values())
    at = f"{row['failed_at']:%d-%m-%Y %H:%M}" if row["failed_at"] else ""
    return (str(row["id"]), row["task"], at, str(row["attempts"]), about, row["error"] or "not known")


def _list_tasks(task: str | None, *, as_json: bool) -> None:
    found = _asked(_BY_TASK, task=task, gone=GONE_SECONDS)
    if as_json:
        _print_json("tasks", found)
        return
    if not found:
        desk.say("Nothing waits, runs or has failed.")
        return
    desk.show_table(_HEADINGS, [_task_line(row) for row in found])


def _task_line(row: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (row[name] for name in ("waiting", "scheduled", "running", "stalled", "failed"))
    oldest = row["oldest_waiting_seconds"]
    return (row["task"], row["queue"], *map(str, numbers), "" if oldest is None else age_of(oldest))


def age_of(seconds: float) -> str:
    """Return a span of time as a person says it: ``0:00:07``, or ``3 days, 1:02:03``."""
    return str(timedelta(seconds=max(0, int(seconds))))


def _print_json(name: str, found: Sequence[Mapping[str, Any]]) -> None:
    typer.echo(json.dumps({name: found}, indent=2, default=str))


def _asked(query: str, **values: Any) -> list[dict[str, Any]]:
    async def asked(url: str) -> list[dict[str, Any]]:
        async with desk.connected(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), values)
            return await cursor.fetchall()

    return desk.with_database(asked)
