"""The job worker: carries out jobs, and tells webhooks what happens, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from dataclasses import replace

from procrastinate import App

from server.jobs.deferring import deferring
from server.jobs.housekeeping import add_file_housekeeping
from server.jobs.job_queue import MAIL_QUEUE, job_queue
from server.jobs.outcomes import noting
from server.jobs.taking_up import GONE_SECONDS, BackAtShutdown
from server.mail.post import Post
from server.postgres.database import Database
from server.printing.installation import printing_of
from server.printing.press import press_of
from server.processes.stand_ins import give_back_httpx
from server.settings import Settings
from server.storage.file_storage import file_storage
from server.webhooks.installation import pump_of
from server.webhooks.pump import Pump

# Jobs that run side by side; each holds a database connection while it works.
_CONCURRENCY = 4
_PRINTERS_CONNECTIONS = 2
"""Of what is printed for mails; no more than two PDFs are made at once."""
_QUEUES = ["default", "builtin"]
"""All queues but that of mails."""


def main() -> None:
    """Run the worker. A signal lets running jobs finish for a moment, then they go back to the queue."""
    give_back_httpx()
    settings = Settings.from_environment()
    if settings.database_url is None:
        raise SystemExit("DATABASE_URL: the job worker needs it; 'finzbooks serve' sets it.")
    logging.basicConfig(level=settings.log_level, format="%(message)s")
    if settings.log_level == "INFO":
        logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells of every step of every job
        logging.getLogger("httpx").setLevel(logging.WARNING)  # and of every call
    asyncio.run(_work(settings, settings.database_url))


async def _work(settings: Settings, url: str) -> None:
    database = Database(url, replace(settings, pool_size=_PRINTERS_CONNECTIONS))
    printing = printing_of(settings, database, file_storage(settings), press_of(settings))
    queue = job_queue(url, Post.from_settings(settings, printing.print_document))
    add_file_housekeeping(queue, settings, url)
    await database.open()
    try:
        async with queue.open_async(), pump_of(settings, url, deferring(queue)) as pump:
            await _carry_out(queue, pump)
    finally:
        await printing.close()
        await database.close()


async def _carry_out(queue: App, pump: Pump) -> None:
    """Carry out jobs until a signal comes: mails by themselves, so that a slow mail server holds up nothing else.

    Webhooks are no jobs: the pump serves them beside.
    """
    for task in queue.tasks.values():
        task.retry_strategy = BackAtShutdown()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                queue.run_worker_async(
                    queues=queues,
                    concurrency=_CONCURRENCY,
                    shutdown_graceful_timeout=5,
                    delete_jobs="successful",  # what is done stands in the books
                    install_signal_handlers=False,  # there is one for both
                    stalled_worker_timeout=GONE_SECONDS,
                    worker_middleware=[noting],
                )
            )
            for queues in (_QUEUES, [MAIL_QUEUE])
        ]
        tasks.append(group.create_task(pump.run()))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, tasks)


def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
