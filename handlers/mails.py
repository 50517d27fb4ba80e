"""Mails: what was sent, and what became of it."""

from typing import Any

from domain import pages, registers
from domain.books import Books
from domain.mails.mail import MAIL_LISTING, MAIL_NOUN
from handlers.mailing import READING
from handlers.registers import wanted_page
from handlers.replies import Reply, page, shown
from handlers.shapes.mails import MAIL_ROW


async def list_mails(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, newest first."""
    wanted = wanted_page(query)
    found = await pages.page(books, MAIL_LISTING, MAIL_ROW.columns, wanted)
    return page("mails", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor)


async def get_mail(books: Books, mail_id: str) -> Reply:
    """Show one mail with its attempts."""
    return shown("mail", await registers.read(books, READING, MAIL_NOUN, mail_id))
