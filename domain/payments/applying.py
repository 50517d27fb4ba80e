"""Applying the rest of a payment to documents later on, and taking it back.

Applied, it is posted on the day on which it is applied; taken back, on the same day again, as if it had never been.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from domain.books import Books
from domain.errors import InvalidState, NotFound
from domain.gst.returns.locks import check_tax_of_advance
from domain.ledger.journals import check_period
from domain.payments.loading import Loaded, for_change
from domain.payments.meeting import (
    Ask,
    Change,
    carried,
    changed_documents,
    check_found,
    date_of,
    met,
    moved,
    note_changed,
    taken_back,
)
from domain.payments.payment import CANCELLED, Applied, Payment
from domain.payments.writing import written
from domain.settlements import Outcome, settling_day, write


async def apply(books: Books, key: str, asks: Sequence[Ask], *, on: date | None) -> Change:
    """Apply what is left of a payment to documents on a day: unless it is said, today or once all of them exist.

    Locks the documents, then the payment, then balances. Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked,
    Failed for what it cannot settle, for more than is open, and for a day before the payment or a document.
    """
    loaded = await for_change(books, key, document_ids=[key for ask in asks for key in ask.documents.values()])
    old = loaded.state
    _check_may_change(old.payment)
    check_found(old, asks)
    day = settling_day(books, on, [old.payment.dated_on, *(date_of(old, ask) for ask in asks)])
    check_period(day, loaded.locked_until)
    await check_tax_of_advance(books, old.payment.branch_id, old.payment.taxes, day)
    new, fresh = met(books, old, asks, day)
    posting = await moved(books, old, new, day)
    fresh = carried(fresh, posting)
    note_changed(books, old, new, "APPLIED", after=fresh)
    await write(
        books,
        Outcome(
            documents=changed_documents(old, new),
            payments=[new.payment],
            allocations=fresh,
            postings=[posting] if posting else [],
        ),
    )
    return Change(written(books, new.payment), [*loaded.applied, *fresh])


async def unapply(books: Books, key: str, allocation_ids: Sequence[str]) -> Change:
    """Take back what a payment was applied to, on the days on which it was applied.

    Locks the documents, then the payment, then balances. Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked.
    """
    loaded = await for_change(books, key)
    old = new = loaded.state
    _check_may_change(old.payment)
    meant = _meant(loaded, allocation_ids)
    postings = []
    for day, together in groupby(sorted(meant, key=attrgetter("applied_on")), key=attrgetter("applied_on")):
        check_period(day, loaded.locked_until)
        await check_tax_of_advance(books, old.payment.branch_id, old.payment.taxes, day)
        before, new = new, taken_back(new, together)
        postings.append(await moved(books, before, new, day))
    note_changed(books, old, new, "UNAPPLIED", before=meant)
    await write(
        books,
        Outcome(
            documents=changed_documents(old, new),
            payments=[new.payment],
            unapplied_ids=[each.id for each in meant],
            postings=[posting for posting in postings if posting],
        ),
    )
    return Change(written(books, new.payment), [each for each in loaded.applied if each not in meant])


def _check_may_change(payment: Payment) -> None:
    if payment.status == CANCELLED:
        raise InvalidState(f"Payment {payment.number} is {CANCELLED}.")
    if payment.is_refund:
        raise InvalidState(f"Payment {payment.number} is a refund of what it names; void it instead.")


def _meant(loaded: Loaded, allocation_ids: Sequence[str]) -> list[Applied]:
    known = {each.id: each for each in loaded.applied}
    for index, key in enumerate(allocation_ids):
        if key not in known:
            raise NotFound("Allocation", key, field=f"allocation_ids[{index}]")
    return [known[key] for key in dict.fromkeys(allocation_ids)]
