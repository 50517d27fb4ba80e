"""Mails of what happened to users' accounts: they are no organization's, so they stand in nobody's list of mails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from procrastinate import App

from adapters.mail import MailDelayed, MailRefused
from domain.access import security_events
from domain.access.security_events import MOST_TRIES, Due
from domain.books import Books, to_the_microsecond
from domain.ids import new_id
from server.mail.composing import security_message
from server.mail.post import Post
from server.postgres import sessions

_MOST_AT_ONCE = 500

_log = logging.getLogger("finzbooks.mail")


def add_security_mails(queue: App, url: str, post: Post | None, *, mail_queue: str) -> None:
    """Have users told each minute of what happened to their accounts."""

    @queue.periodic(cron="* * * * *")
    @queue.task(name="tell_users", queueing_lock="tell_users", queue=mail_queue, pass_context=False)
    async def tell_users(timestamp: int) -> None:
        assert post is not None, "jobs of mails run in a worker, which has a post"
        await send_due(url, post)


async def send_due(url: str, post: Post, *, now: datetime | None = None) -> int:
    """Send the mails that are due, each tried once, and return how many were sent.

    ``now`` absent: as the database's clock says. A try is written before the mail is handed over: what a crash leaves
    open is sent again under the same name.
    """
    sent = 0
    for _ in range(_MOST_AT_ONCE):
        async with opened_for_accounts(url, now) as books:
            due = await security_events.take_due(books)
        if due is None:
            break
        is_sent, is_over = await _tried(post, due)
        sent += is_sent
        if is_over:
            async with opened_for_accounts(url, now) as books:
                await security_events.settle(books, due.id)
    return sent


async def _tried(post: Post, due: Due) -> tuple[bool, bool]:
    message = security_message(
        due.event,
        name=due.name,
        email=due.email,
        message_id=post.message_id(due.id),
        sender=post.sender,
        service_name=post.service_name,
    )
    return await handed_over(post, message, due.email, due.id, is_last=due.mail_tries >= MOST_TRIES)


async def handed_over(post: Post, message: bytes, email: str, key: str, *, is_last: bool) -> tuple[bool, bool]:
    """Hand a mail over; say whether it was sent, and whether that is the end of it."""
    try:
        taken = await post.mailer.send(message, sender=post.sender, recipients=[email])
    except MailRefused as refused:
        why, is_final = str(refused), True
    except MailDelayed as delayed:
        why, is_final = str(delayed), False
    else:
        if not taken.refused:
            return True, True
        (reply,) = taken.refused.values()
        why, is_final = str(reply), reply.code >= 500  # RFC 5321, 4.2.1
    _log.warning("The mail server does not take the mail of %s: %s", key, why)
    return False, is_final or is_last


@asynccontextmanager
async def opened_for_accounts(url: str, now: datetime | None) -> AsyncIterator[Books]:
    """Open books on no organization, under the role that minds accounts, for one transaction."""
    async with (
        asyncio.timeout(sessions.JOB_SECONDS),
        await sessions.connect(url, sessions.DOORKEEPING) as connection,
        connection.transaction(),
    ):
        yield Books(
            connection=connection,
            organization_id="",
            user_id="",
            now=to_the_microsecond(now or await sessions.time_of(connection)),
            request_id=new_id("req"),
        )
