"""Reminders, as the job worker queues them: one transaction an invoice and step. The clock is an argument."""

from datetime import datetime

from domain.errors import RateLimited
from domain.mails import reminders
from domain.mails.reminders import MOST_AT_ONCE, Due
from server.jobs.deferring import Defer
from server.jobs.opening import opened
from server.mail.post import Post
from server.postgres import sessions

TASK = "send_reminders_of"
"""The job that queues the reminders of one organization."""

_SOURCE = "REMINDER"
_WANTING = """
select id
  from organizations
 where (payment_reminders ->> 'is_enabled')::boolean
 order by id
"""


async def remind_all(url: str, *, post: Post, now: datetime | None = None, defer: Defer) -> int:
    """Queue the reminders that are due today, in all organizations that want them; return how many."""
    async with await sessions.connect(url, sessions.HOUSEKEEPING) as connection:
        wanting = await (await connection.execute(_WANTING)).fetchall()
    return sum([await remind_one(url, each, post=post, now=now, defer=defer) for (each,) in wanting])


async def remind_one(url: str, organization_id: str, *, post: Post, now: datetime | None = None, defer: Defer) -> int:
    """Queue the reminders that are due today in an organization, if it wants them; return how many."""
    queued, last = 0, None
    while True:
        async with opened(url, organization_id, now, defer, source=_SOURCE) as books:
            due = await reminders.due(books, await reminders.setting(books), after=last)
        for each in due:
            try:
                queued += await _remind_of(url, organization_id, each, post=post, now=now, defer=defer)
            except RateLimited:
                return queued  # those that are left are due tomorrow, too
        if len(due) < MOST_AT_ONCE:
            return queued
        last = due[-1]


async def _remind_of(
    url: str, organization_id: str, due: Due, *, post: Post, now: datetime | None, defer: Defer
) -> bool:
    async with opened(url, organization_id, now, defer, source=_SOURCE) as books:
        books.mail_recipients_per_day = post.recipients_per_day
        return await reminders.remind(books, await reminders.setting(books), due.document_id)
