"""Payments of both flows."""

from typing import Any

from domain import pages
from domain.books import Books
from domain.documents.printing import prints
from domain.mails.queueing import mail_payment
from domain.payments import applying, listing, recording, voiding
from handlers.bodies import day_in
from handlers.mailing import queued
from handlers.papers import wanted_paper
from handlers.registers import wanted_page
from handlers.replies import Reply, created, gone, page, printed
from handlers.replies import shown as replied
from handlers.shapes.modes import with_mode
from handlers.shapes.payments import COLUMNS, asks, said, shown

_ONE = listing.showing(COLUMNS)


async def list_payments(books: Books, query: dict[str, Any]) -> Reply:
    """Show one page, newest date first."""
    wanted = wanted_page(with_mode(query))
    found = await pages.page(books, listing.LISTING, COLUMNS, wanted)
    return page("payments", found.rows, per_page=wanted.per_page, next_cursor=found.next_cursor, mark=found.mark)


async def get_payment(books: Books, payment_id: str) -> Reply:
    """Show one payment."""
    payment, version = await listing.show(books, _ONE, payment_id)
    return replied("payment", payment, version=version)


async def get_payment_pdf(books: Books, payment_id: str, query: dict[str, Any]) -> Reply:
    """Put the voucher of a payment on paper."""
    paper = await prints.of(books, "PAYMENT", payment_id, wanted_paper(query))
    return printed(paper, is_saved=query["download"])


async def create_payment(books: Books, body: dict[str, Any]) -> Reply:
    """Record money, apply it as asked, and post it."""
    change = await recording.record(books, said(body), asks(body))
    return created("payment", shown(change), location=f"/api/public/v1/payments/{change.payment.id}")


async def apply_payment(books: Books, payment_id: str, body: dict[str, Any]) -> Reply:
    """Apply what is left of a payment to documents."""
    return replied("payment", shown(await applying.apply(books, payment_id, asks(body), on=day_in(body))))


async def unapply_payment(books: Books, payment_id: str, body: dict[str, Any]) -> Reply:
    """Take back what a payment was applied to."""
    return replied("payment", shown(await applying.unapply(books, payment_id, body["allocation_ids"])))


async def void_payment(books: Books, payment_id: str, body: dict[str, Any] | None) -> Reply:
    """Reverse a payment, and open again what it settled."""
    said_of_it = body or {}
    change = await voiding.void(books, payment_id, reason=said_of_it.get("reason"), on=day_in(said_of_it))
    return replied("payment", shown(change))


async def email_payment(books: Books, payment_id: str, body: dict[str, Any]) -> Reply:
    """Queue a mail with its voucher."""
    return await queued(books, await mail_payment(books, payment_id, body))


async def delete_payment(books: Books, payment_id: str) -> Reply:
    """Reverse a payment, and take it out of all lists."""
    payment = await voiding.delete(books, payment_id)
    return gone(f"Payment {payment.number} deleted.")
