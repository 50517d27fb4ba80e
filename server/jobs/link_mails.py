"""Mails with links that prove an address: sent at once, and tried again while the mail server takes them not."""

from datetime import datetime

from procrastinate import App

from domain.access import links
from domain.access.links import MOST_TRIES
from server.jobs.security_mails import handed_over, opened_for_accounts
from server.mail.composing import link_message
from server.mail.post import Post

_MOST_AT_ONCE = 200


def add_link_mails(queue: App, url: str, post: Post | None, *, mail_queue: str) -> None:
    """Have links mailed when they are asked for, and looked after each minute."""

    async def send() -> None:
        assert post is not None, "jobs of mails run in a worker, which has a post"
        await send_due(url, post)

    @queue.periodic(cron="* * * * *")
    @queue.task(name="mail_links", queueing_lock="mail_links", queue=mail_queue, pass_context=False)
    async def mail_links(timestamp: int) -> None:
        await send()

    @queue.task(name=links.SEND_LINKS, queue=mail_queue)
    async def mail_links_now() -> None:
        await send()


async def send_due(url: str, post: Post, *, now: datetime | None = None) -> int:
    """Send the mails that are due, each tried once, and return how many were sent.

    ``now`` absent: as the database's clock says.
    """
    sent = 0
    for _ in range(_MOST_AT_ONCE):
        async with opened_for_accounts(url, now) as books:
            due = await links.take_due(books)
        if due is None:
            break
        message = link_message(
            due,
            address=post.address_of_link(due.id),
            sign_in=post.sign_in_address,
            message_id=post.message_id(due.id),
            sender=post.sender,
            service_name=post.service_name,
        )
        is_sent, is_over = await handed_over(post, message, due.email, due.id, is_last=due.mail_tries >= MOST_TRIES)
        sent += is_sent
        if is_over:
            async with opened_for_accounts(url, now) as books:
                await links.settle(books, due.id)
    return sent
