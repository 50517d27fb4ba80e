"""Puts the jobs that a change asks for into the queue, on the connection whose transaction the change is part of."""

from collections.abc import Awaitable, Callable, Sequence

from procrastinate import App

from domain.jobs import Job
from server.postgres.database import Connection

Defer = Callable[[Connection, Sequence[Job]], Awaitable[None]]
"""Puts jobs into the queue on a connection: they exist if and only if its transaction commits."""


def deferring(queue: App) -> Defer:
    """Return what puts jobs into ``queue``, which need not be open: the connection is the caller's."""

    async def defer(connection: Connection, jobs: Sequence[Job]) -> None:
        for job in jobs:
            wish = queue.configure_task(
                job.name, allow_unknown=False, connection=connection, schedule_at=job.not_before
            )
            await wish.defer_async(**job.arguments)

    return defer
