"""Sandboxes in the tests: their clocks, and a job worker that does what has become due."""

import asyncio
from pathlib import Path

import httpx

from adapters.mail import OutboxMailer
from server.jobs.job_queue import job_queue
from tests.running import Caller, shown
from tests.server.test_mailing import a_post
from tests.server.trade import Json


async def clock_of(call: Caller) -> Json:
    """The clock of the caller's organization."""
    reply = await call("GET", "/sandbox/clock")
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def set_clock(call: Caller, **said: object) -> Json:
    """Set the clock of the caller's sandbox."""
    reply = await asked_clock(call, **said)
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def asked_clock(call: Caller, **said: object) -> httpx.Response:
    """Ask to set a clock."""
    return await call("POST", "/sandbox/clock", said)


async def work(url: str, folder: Path) -> None:
    """Do all jobs that are due now and what they ask for at once, as a job worker does."""
    queue = job_queue(url, a_post(OutboxMailer(folder), folder))
    async with queue.open_async(), asyncio.timeout(60):
        await queue.run_worker_async(wait=False, install_signal_handlers=False)
