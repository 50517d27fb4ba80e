"""What was known at an instant stays so: nothing that bears an earlier one is committed later (decision 0032)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.books import SETTLED_AFTER_SECONDS
from handlers import makers
from server.jobs import recurring
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.postgres import sessions
from server.settings import Settings
from tests.running import Caller, Firm
from tests.server.schedules import a_schedule, the_schedule
from tests.server.trade import a_customer, count_of

DUE = datetime(2035, 1, 31, 3, 30, tzinfo=UTC)
OF_A_DAY = {"as_of_date": "2026-10-31"}
OF_DAYS = {"from_date": "2026-04-01", "to_date": "2026-10-31"}
REPORTS = {
    **dict.fromkeys(("trial_balance", "balance_sheet", "ar_aging", "outstanding_payables"), OF_A_DAY),
    **dict.fromkeys(("profit_and_loss", "cash_flow", "day_book", "sales_register"), OF_DAYS),
}


async def make_slowly(*values: Any, **named: Any) -> Any:
    """Make a document, and take two seconds more: it is written, but not committed."""
    made = await makers.make(*values, **named)
    await asyncio.sleep(2)
    return made


def test_the_longest_that_writes_is_waited_for() -> None:
    """Whichever is longer, a request or a job, and ten seconds for what no limit sees."""
    assert sessions.settled_after(Settings().request_timeout_seconds) == 70
    assert sessions.settled_after(0.5) == 70
    assert sessions.settled_after(90.2) == 101
    assert sessions.settled_after(600) == SETTLED_AFTER_SECONDS, "the longest that the settings allow"


def test_no_statement_of_a_job_may_outlast_the_job() -> None:
    assert sessions.JOB.settings["statement_timeout"] == f"{sessions.JOB_SECONDS}s"


async def test_a_job_that_takes_too_long_has_written_nothing(
    call: Caller, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wrote would bear an instant that reports have been asked for; the schedule stays due."""
    schedule = await a_schedule(call, await a_customer(call))
    monkeypatch.setattr(recurring, "MAKER", f"{__name__}:make_slowly")
    key, defer = schedule["recurring_id"], deferring(job_queue(firm.url))

    monkeypatch.setattr(sessions, "JOB_SECONDS", 1)
    with pytest.raises(TimeoutError):
        await recurring.make_if_due(firm.url, firm.organization_id, key, now=DUE, defer=defer)

    assert (count_of(firm, "journals"), count_of(firm, "documents"), count_of(firm, "recurring_runs")) == (0, 0, 0)
    assert await the_schedule(call, schedule) == schedule

    monkeypatch.setattr(sessions, "JOB_SECONDS", 30)
    await recurring.make_if_due(firm.url, firm.organization_id, key, now=DUE, defer=defer)
    assert (count_of(firm, "journals"), count_of(firm, "documents"), count_of(firm, "recurring_runs")) == (1, 1, 1)


@pytest.mark.parametrize("name", REPORTS)
async def test_an_instant_must_lie_behind_jobs_as_well(call: Caller, name: str) -> None:
    """Requests end after 30 seconds, jobs after 60: what was known 50 seconds ago can still change."""
    replies = []
    for seconds in (20, 50, 75):
        at = datetime.now(UTC) - timedelta(seconds=seconds)
        query = {**REPORTS[name], "known_at": at.isoformat()}
        replies.append(await call("GET", f"/reports/{name}", params=query))

    assert [reply.status_code for reply in replies] == [400, 400, 200]
    assert [reply.json().get("field") for reply in replies] == ["known_at", "known_at", None]
