"""Schedules of recurring documents in the tests, and a job worker with a clock that can be moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from os import environ
from pathlib import Path
from subprocess import STDOUT, Popen
from sys import executable
from tempfile import TemporaryDirectory
from typing import Any

from server.jobs import recurring
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from tests.running import Caller, Firm, rows
from tests.server.trade import Json, an_invoice

_ROOT = Path(__file__).parent.parent.parent
_MOST_ROUNDS = 1000


def a_wish(customer_id: str, **fields: Any) -> Json:
    """The body of a schedule: an invoice of 1,000 rupees at the end of each month from January 2035, approved."""
    template = an_invoice(customer_id)
    return {
        "name": "Books",
        "entity_type": "INVOICE",
        "frequency": "MONTHLY",
        "start_date": "2035-01-31",
        "auto_approve": True,
        "template_payload": template,
        **fields,
    }


async def a_schedule(call: Caller, customer_id: str, **fields: Any) -> Json:
    """Add a schedule and return it."""
    return await call.made("/recurring", a_wish(customer_id, **fields))


async def the_schedule(call: Caller, schedule: Json) -> Json:
    """The schedule as it is now."""
    read: Json = (await call("GET", f"/recurring/{schedule['recurring_id']}")).json()["recurring"]
    return read


async def runs_of(call: Caller, schedule: Json) -> list[Json]:
    """What came of its due dates, the earliest first."""
    runs: list[Json] = (await call("GET", f"/recurring/{schedule['recurring_id']}/runs?per_page=200")).json()["runs"]
    return runs[::-1]


async def carry_on(firm: Firm, now: str) -> None:
    """Do what a job worker does until nothing of the firm is due, at a moment in UTC."""
    moment, defer = datetime.fromisoformat(now + "+00:00"), deferring(job_queue(firm.url))
    for _ in range(_MOST_ROUNDS):
        due = await recurring.SWEEP.found(firm.url, now=moment)
        own = [key for organization_id, key in due if organization_id == firm.organization_id]
        if not own:
            return
        for key in own:
            await recurring.make_if_due(firm.url, firm.organization_id, key, now=moment, defer=defer)
    raise AssertionError("it never ends")


def jobs_of(firm: Firm, schedule: Json) -> list[Json]:
    """The jobs that wait for a schedule."""
    query = "select scheduled_at, status::text from procrastinate_jobs where args ->> 'schedule_id' = %s order by id"
    return rows(firm.url, query, schedule["recurring_id"])


@contextmanager
def job_worker(url: str, **settings: str) -> Iterator["Popen[bytes]"]:
    """A process that carries out jobs, as the supervisor starts it; killed at the end."""
    environment = {**environ, "DATABASE_URL": url, **settings}
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        process = Popen(
            [executable, "-c", "from server.processes.worker import main; main()"],
            cwd=_ROOT,
            env=environment,
            stdout=log,
            stderr=STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            told = (Path(folder) / "log").read_text()
            assert "Unhandled error" not in told, told
