"""The job worker: carries out jobs until it is told to stop."""

import asyncio
import logging

from server.jobs.housekeeping import add_file_housekeeping
from server.jobs.job_queue import job_queue
from server.processes.stand_ins import give_back_httpx
from server.settings import Settings

# Jobs that run side by side; each holds a database connection while it works.
_CONCURRENCY = 4


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
    queue = job_queue(url)
    add_file_housekeeping(queue, settings, url)
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=_CONCURRENCY,
            shutdown_graceful_timeout=5,
            delete_jobs="successful",  # what is done stands in the books
        )
