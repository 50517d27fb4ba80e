"""The command ``finzbooks jobs``, as the operator types it, on a queue that a real worker left behind."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from procrastinate import App
from typer.testing import CliRunner, Result

from server.command_line import commands
from server.jobs.job_queue import job_queue
from server.jobs.outcomes import LONGEST_ERROR, in_short, noting
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import rows

Say = Callable[..., Result]


@pytest.fixture(scope="module")
def url(new_database: NewDatabase) -> DatabaseUrl:
    """A database whose queue has one of everything; the worker that ran it knew a task that always fails."""
    database = new_database()
    _in_queue(database, _left_behind)
    rows(database, "update procrastinate_events set at = at - interval '90 seconds' where type = 'deferred'")
    return database


@pytest.fixture
def say(url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command on the database."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(commands, ["jobs", *words])


def _in_queue(url: DatabaseUrl, act: Callable[[App], Coroutine[Any, Any, None]]) -> None:
    async def opened() -> None:
        async with (queue := job_queue(url)).open_async():
            await act(queue)

    asyncio.run(opened())


async def _left_behind(queue: App) -> None:
    @queue.task(name="always_fails", queue="odd")
    async def always_fails(document_id: str) -> None:
        raise ValueError("Nobody can do it.\nDETAIL: a line that may hold what rows hold")

    @queue.task(name="never_fails", queue="odd")
    async def never_fails() -> None:
        """Do nothing, well."""

    await always_fails.defer_async(document_id="inv_1")
    await always_fails.defer_async(document_id="inv_2")
    await never_fails.defer_async()
    await queue.run_worker_async(
        queues=["odd"], wait=False, delete_jobs="successful", worker_middleware=[noting], install_signal_handlers=False
    )
    # The worker has asked for what is due each minute, too: those are not meant here.
    await queue.connector.execute_query_async("delete from procrastinate_jobs where queue_name = 'mail'")
    mail = {"organization_id": "org_none", "mail_id": "mail_none"}
    for _ in range(3):
        await queue.configure_task("send_mail").defer_async(**mail)
    await queue.configure_task("send_mail", schedule_in={"hours": 1}).defer_async(**mail)
    worker = await queue.job_manager.register_worker()
    assert await queue.job_manager.fetch_job(["mail"], worker_id=worker) is not None
    gone = await queue.job_manager.register_worker()
    assert await queue.job_manager.fetch_job(["mail"], worker_id=gone) is not None
    await queue.job_manager.unregister_worker(gone)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_waits_runs_and_failed_task_by_task(say: Say) -> None:
    listed = {row["task"]: row for row in told(say("--json"))["tasks"]}
    mails = listed["send_mail"]
    numbers = {name: mails[name] for name in ("queue", "waiting", "scheduled", "running", "stalled", "failed")}
    assert numbers == {"queue": "mail", "waiting": 1, "scheduled": 1, "running": 1, "stalled": 1, "failed": 0}
    assert 90 <= mails["oldest_waiting_seconds"] < 150
    assert (listed["always_fails"]["failed"], listed["always_fails"]["oldest_waiting_seconds"]) == (2, None)
    assert "never_fails" not in listed


def test_a_person_sees_a_line_a_task(say: Say) -> None:
    lines = say().stdout.splitlines()
    (mails,) = [line.split("\t") for line in lines if line.startswith("send_mail")]
    assert mails[:-1] == ["send_mail", "mail", "1", "1", "1", "1", "0"]
    assert mails[-1].startswith("0:01:")
    assert say("--task", "no_such_task").stdout == "Nothing waits, runs or has failed.\n"


def test_failed_ones_say_why(say: Say) -> None:
    failed = told(say("--failed", "--task", "always_fails", "--json"))["jobs"]
    assert [(row["arguments"], row["attempts"], row["error"]) for row in failed] == [
        ({"document_id": "inv_2"}, 1, "ValueError: Nobody can do it."),
        ({"document_id": "inv_1"}, 1, "ValueError: Nobody can do it."),
    ]
    line = say("--failed").stdout.splitlines()[0].split("\t")
    assert (line[1], line[4:]) == ("always_fails", ["inv_2", "ValueError: Nobody can do it."])


def test_what_came_of_jobs_is_counted(url: DatabaseUrl) -> None:
    counted = rows(url, "select kind, name, outcome, number from outcome_counts order by name")
    assert [tuple(row.values()) for row in counted] == [
        ("job", "always_fails", "failed", 2),
        ("job", "never_fails", "done", 1),
    ]


def test_a_failed_one_is_begun_anew(say: Say, url: DatabaseUrl) -> None:
    first = told(say("--failed", "--json"))["jobs"][-1]["id"]
    assert say("--retry", str(first)).stdout == f"Job {first} (always_fails) waits again.\n"
    (job,) = rows(url, "select status::text, attempts from procrastinate_jobs where id = %s", first)
    assert job == {"status": "todo", "attempts": 0}

    again = say("--retry", str(first))
    assert again.exit_code == 1
    assert f"No failed job has the number {first}" in again.stderr


def test_one_whose_work_another_will_do_is_not_begun_anew(say: Say, url: DatabaseUrl) -> None:
    (failed,) = told(say("--failed", "--json"))["jobs"]
    lock = "update procrastinate_jobs set queueing_lock = 'pump' where id = %s"
    rows(url, lock, failed["id"])
    rows(url, "update procrastinate_jobs set queueing_lock = 'pump' where scheduled_at > now() + interval '30 minutes'")
    refused = say("--retry", str(failed["id"]))
    assert refused.exit_code == 1
    assert "Another job waits that does the work" in refused.stderr


def test_a_long_error_is_told_in_short() -> None:
    assert in_short(ValueError("x" * 1000)) == f"ValueError: {'x' * 1000}"[:LONGEST_ERROR]
    assert in_short(TimeoutError()) == "TimeoutError"
