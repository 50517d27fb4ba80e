"""When the portal is asked: at approval, and again until it has answered; what a void must wait for."""

from datetime import datetime, timedelta

from domain.books import Books
from domain.cautions import Caution
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, Paper
from domain.documents.kinds import Kind
from domain.einvoice.deadlines import cancellable_until, is_nearly_late, last_day
from domain.einvoice.obligation import why_not
from domain.einvoice.registrations import registration_of
from domain.einvoice.stored import PENDING, REGISTERED, stored
from domain.errors import InvalidState
from domain.jobs import Job

TASK = "carry_out_einvoice"
NEARLY_LATE = "einvoice.nearly_late"

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 180, 360))
LEASE = timedelta(minutes=3)
"""For how long a document is one worker's, who asks the portal meanwhile; after that he is taken to have ended."""


def at_approval(books: Books, kind: Kind, paper: Paper, facts: Circumstances) -> str | None:
    """Return the status with which a document is approved, and ask for the job where the portal is to register it."""
    if kind.einvoice_type is None:
        return None
    reason = why_not(
        paper.head,
        [line.tax_category for line in paper.lines],
        registration=facts.registration,
        gst_no=facts.branch_gst_no,
        is_enabled=facts.is_einvoicing_enabled,
    )
    if reason is not None:
        return None
    if is_nearly_late(paper.head.dated_on, turnover=facts.aggregate_turnover, today=books.today):
        last = last_day(paper.head.dated_on, turnover=facts.aggregate_turnover, today=books.today)
        books.warn(Caution(NEARLY_LATE, f"The e-invoice portal registers it until {last} only.", "date"))
    # The job is put into the queue after the number is taken, in the same transaction.
    books.keep_open()
    ask_soon(books, paper.head.id)
    return PENDING


def ask_soon(books: Books, document_id: str) -> None:
    """Ask for the job that asks the portal."""
    arguments = {"organization_id": books.organization_id, "document_id": document_id}
    books.ask_for(Job(TASK, arguments, books.real_now))


def next_attempt(now: datetime, attempts: int) -> datetime:
    """Return when a portal that was away is asked again: soon at first, then every six hours."""
    return now + _PAUSES[min(max(attempts, 1), len(_PAUSES)) - 1]


async def refuse_while_registered(books: Books, kind: Kind, head: Document) -> None:
    """Refuse to void what the portal has registered, or may have. Raises InvalidState.

    Source: CGST Rules, rule 48(4): an IRN is cancelled within 24 hours; after that a credit note takes the supply back.
    """
    if head.einvoice_status == REGISTERED:
        registration = await registration_of(books, head.id)
        assert registration is not None, "what is registered has its registration"
        until = cancellable_until(registration.acknowledged_at)
        advice = (
            f"cancel its e-invoice first, until {until:%Y-%m-%d %H:%M} UTC"
            if books.now <= until
            else "the 24 hours in which that can be cancelled are over; write a credit note instead"
        )
        raise InvalidState(f"{kind.title} {head.number} is registered under IRN {registration.irn}: {advice}.")
    if head.einvoice_status == PENDING:
        row = await stored(books, head.id)
        if row is not None and row.is_in_doubt:
            raise InvalidState(
                f"{kind.title} {head.number} may be registered at the e-invoice portal by now; wait for its answer."
            )
