"""The life of a document: drafted, changed, approved (numbered and posted), voided (reversed), deleted as a draft."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.books import Books
from domain.documents import credit_limits, dependents, originals, registering, sources, uniqueness, writing
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, Paper
from domain.documents.drafts import Values, drafted, redrafted
from domain.documents.kinds import Effect, Kind
from domain.documents.lines import LineValues
from domain.documents.posting import entries
from domain.documents.reading import find_for_change
from domain.documents.status import CANCELLED, DRAFT, after_opening, status_today
from domain.documents.telling import changes_of, note, warn_of_own_rates
from domain.documents.writing import Opened
from domain.einvoice import queueing
from domain.einvoice.stored import PENDING
from domain.errors import Failed, InvalidState
from domain.eway_bills.travelling import is_travelling, refuse_while_travelling
from domain.gst.export_papers import EXPORT_PAPERS, check_export_papers
from domain.gst.returns.locks import refuse_if_shown
from domain.ledger.journals import Source, check_period, journal_of
from domain.money import ZERO
from domain.values import replace

# After approval only what neither the ledger nor a GST return shows may change, and the papers of customs, which come
# after the invoice.
CHANGEABLE_WHEN_POSTED = frozenset(
    ("notes", "terms", "reference_number", "is_duplicate_meant", "due_on", "tags", "custom_fields", *EXPORT_PAPERS)
)
# What is open keeps its place in a series.
_KEPT_WHEN_OPEN = ("number", "branch_id", "series_name")


async def draft(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new draft. Nothing is posted and no number taken."""
    paper, _ = await drafted(books, kind, said, lines)
    await uniqueness.refuse_twin(books, kind, paper.head)
    note(books, kind, paper.head, "CREATED")
    await writing.insert(books, [paper])
    return paper


async def draft_and_approve(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new document that is approved at once; if that is refused, nothing is kept.

    Locks the original of a note, then the number series, then balances. Raises: what drafting and the kind's rules
    refuse.
    """
    await originals.lock(books, said.get("parent_id"))
    paper, facts = await drafted(books, kind, said, lines)
    await uniqueness.refuse_twin(books, kind, paper.head)
    await credit_limits.hold(books, kind, paper.head, facts)
    opening = await opened(books, kind, paper, facts)
    note(books, kind, paper.head, "CREATED")
    note(books, kind, opening.paper.head, kind.statuses.verb)
    return (await writing.insert_posted(books, kind, [opening]))[0]


async def amend(books: Books, kind: Kind, key: str, said: Values, lines: Sequence[LineValues] | None) -> Paper:
    """Change what was said: all of a draft, a few fields of what is posted.

    Locks the document, then what it was made of. Raises: NotFound, VersionMismatch, InvalidState, and what drafting
    refuses.
    """
    stored, facts = await find_for_change(books, kind, key)
    if stored.head.status not in kind.statuses.editable or is_travelling(stored.head):
        _refuse_frozen(kind, stored.head, said, lines)
        changed = replace(stored, head=replace(stored.head, **_with_merged_fields(stored.head, said)))
        _check_export_papers(changed.head)
    else:
        merged = _with_merged_fields(stored.head, said)
        changed, _ = await redrafted(books, kind, stored, facts, merged, lines)
        _refuse_renumbering(kind, stored.head, changed.head)
    if (changed.head, changed.lines) == (stored.head, stored.lines):
        return stored
    await uniqueness.refuse_twin(books, kind, changed.head)
    made_of = await sources.follow(books, stored, changed.lines)
    head = replace(changed.head, version=stored.head.version + 1, modified_at=books.now)
    changed = replace(changed, head=head, converted_from=made_of, converted_to=stored.converted_to)
    await writing.overwrite(books, changed, lines_changed=changed.lines != stored.lines)
    note(books, kind, changed.head, "UPDATED", changes_of(stored, changed))
    return changed


async def approve(books: Books, kind: Kind, key: str) -> Paper:
    """Give a draft its number and post it. Locks the document, its original, then the number series, then balances.

    Raises: NotFound, VersionMismatch, InvalidState, and what the kind's rules refuse.
    """
    paper, facts = await find_for_change(books, kind, key)
    head = paper.head
    if head.status != DRAFT:
        verb = kind.statuses.verb.lower()
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}; only a draft can be {verb}.")
    reckoned = await _reckoned_anew(books, kind, paper, facts)
    await credit_limits.hold(books, kind, reckoned.head, facts)
    warn_of_own_rates(books, kind, reckoned)
    opening = await opened(books, kind, reckoned, facts)
    note(books, kind, opening.paper.head, kind.statuses.verb, changes_of(paper, reckoned))
    numbered = await writing.post(books, kind, opening)
    return replace(numbered, head=replace(numbered.head, version=head.version + 1, modified_at=books.now))


async def _reckoned_anew(books: Books, kind: Kind, draft: Paper, facts: Circumstances) -> Paper:
    """A draft as its original or its contact now makes it: what is left to correct, a GSTIN got since. Locks both."""
    said = await registering.taken_over(books, kind, draft.head, facts)
    if draft.head.parent_id is None and not said:
        return draft
    await originals.lock(books, draft.head.parent_id)
    paper, _ = await redrafted(books, kind, draft, facts, said, None)
    if (paper.head, paper.lines) != (draft.head, draft.lines):
        await writing.overwrite(books, paper, lines_changed=paper.lines != draft.lines)
    return replace(paper, converted_from=draft.converted_from, allocations=draft.allocations)


async def opened(books: Books, kind: Kind, paper: Paper, facts: Circumstances) -> Opened:
    """The document as it stands after approval, but for its number, and its journal.

    Raises: Failed for one without lines, and what the rules of its kind refuse.
    """
    head = paper.head
    if not paper.lines:
        raise Failed(f"{kind.title} {head.id} has no lines; say first what it is for.", field="line_items")
    for rule in kind.rules:
        rule(paper, facts)
    source = Source(head.dated_on, head.branch_id, "DOCUMENT", head.id, head.contact_name)
    posting = journal_of(books, source, await entries(books, kind, paper))
    approved = replace(
        head,
        status=after_opening(kind, head.balance),
        number_scope=facts.number_scope,
        journal_id=posting[0].id if posting else None,
        approved_at=books.now,
        einvoice_status=queueing.at_approval(books, kind, paper, facts),
    )
    return Opened(replace(paper, head=approved), facts, posting)


async def void(books: Books, kind: Kind, key: str, *, reason: str | None, on: date | None = None) -> Paper:
    """Reverse an approved document; its number stays used. What it was made of gets back what it took.

    The reverse is posted on its own date, or on a later day: what a filed return shows is taken back after that only,
    and so becomes an amendment.

    Locks the document, then what it was made of, then balances. Raises: NotFound, VersionMismatch, InvalidState,
    PeriodLocked.
    """
    paper, facts = await find_for_change(books, kind, key)
    head = paper.head
    if head.status in (DRAFT, CANCELLED):
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}; it cannot be voided.")
    if head.payment_made or head.amount_credited:
        raise InvalidState(f"{kind.title} {head.number} is settled in part or in full; take that back first.")
    if head.amount_written_off:
        raise InvalidState(
            f"{kind.title} {head.number} has {head.amount_written_off} written off; cancel_write_off takes that back."
        )
    refuse_while_travelling(kind.title, head)
    await queueing.refuse_while_registered(books, kind, head)
    if kind.effect is Effect.POSTS:
        await dependents.refuse_while_needed(books, kind, head)
    if any(line.converted_quantity for line in paper.lines):
        raise InvalidState(f"Something was made of {kind.title.lower()} {head.number}; void or delete that first.")
    if kind.effect is not Effect.NONE:
        await _check_may_be_reversed(books, head, facts, on)
    made_of = await sources.give_back(books, paper)
    voided = replace(
        head,
        status=CANCELLED,
        balance=ZERO,
        voided_at=books.now,
        voided_on=on,
        void_reason=reason,
        einvoice_status=None if head.einvoice_status == PENDING else head.einvoice_status,
        version=head.version + 1,
        modified_at=books.now,
    )
    note(books, kind, voided, "VOIDED", {"status": {"old": head.status, "new": CANCELLED}})
    await writing.void(books, voided)
    return replace(paper, head=voided, converted_from=made_of)


async def _check_may_be_reversed(books: Books, head: Document, facts: Circumstances, on: date | None) -> None:
    """Refuse the day of a reverse. Raises: Failed before the document or after today, PeriodLocked."""
    day = on or head.dated_on
    if day < head.dated_on or (on is not None and on > books.today):
        raise Failed(f"It is of {head.dated_on}; it cannot be taken back on {day}.", field="date")
    check_period(day, facts.locked_until)
    await refuse_if_shown(books, head.id, on=day, advice="Void it on a later day: the next return amends it.")


async def answer(books: Books, kind: Kind, key: str, verb: str) -> Paper:
    """Note what the other side says to a document, such as ``ACCEPTED``; a draft gets its number by that.

    Locks the document, then the number series. Raises: NotFound, VersionMismatch, InvalidState.
    """
    paper, facts = await find_for_change(books, kind, key)
    head, status = paper.head, status_today(kind, paper.head, books.today)
    following = kind.statuses.answers[verb].get(status)
    if following is None:
        raise InvalidState(f"{kind.title} {head.number or head.id} is {status}; it cannot be {verb.lower()}.")
    if status == DRAFT:
        return await _opened_by_answer(books, kind, paper, facts, following, verb)
    answered = replace(paper, head=replace(head, status=following, version=head.version + 1, modified_at=books.now))
    await writing.overwrite(books, answered, lines_changed=False)
    note(books, kind, answered.head, verb, changes_of(paper, answered))
    return answered


async def _opened_by_answer(
    books: Books, kind: Kind, draft: Paper, facts: Circumstances, following: str, verb: str
) -> Paper:
    """Give an answered draft its number. Locks the number series."""
    opening = await opened(books, kind, draft, facts)
    answered = replace(opening.paper, head=replace(opening.paper.head, status=following))
    note(books, kind, answered.head, verb, {"status": {"old": DRAFT, "new": following}})
    numbered = await writing.post(books, kind, replace(opening, paper=answered))
    return replace(numbered, head=replace(numbered.head, version=draft.head.version + 1, modified_at=books.now))


async def delete(books: Books, kind: Kind, key: str) -> Document:
    """Remove a draft for good; what it was made of gets back what it took.

    Locks the document, then what it was made of. Raises: NotFound, VersionMismatch, InvalidState.
    """
    paper, _ = await find_for_change(books, kind, key)
    head = paper.head
    if head.status != DRAFT:
        advice = _instead_of_deleting(kind, head)
        raise InvalidState(f"{kind.title} {head.number} is {head.status}; only a draft can be deleted. {advice}")
    if kind.effect is Effect.POSTS:
        await dependents.refuse_while_needed(books, kind, head)
        await dependents.let_go(books, key)
    await sources.forget(books, paper)
    await writing.delete(books, head)
    note(books, kind, head, "DELETED")
    return head


def _instead_of_deleting(kind: Kind, head: Document) -> str:
    """What can be done about a document that is no draft any more."""
    if head.status == CANCELLED:
        return "It is void already, and its number stays used."
    settled = {kind.statuses.in_part, kind.statuses.in_full, kind.statuses.credited} - {kind.statuses.opened}
    if head.status in settled:
        return "Take back what became of it, then void it."
    return "Void it instead."


def _refuse_frozen(kind: Kind, head: Document, said: Values, lines: Sequence[LineValues] | None) -> None:
    if head.status == CANCELLED:
        raise InvalidState(f"{kind.title} {head.number} is cancelled and cannot change.")
    frozen = [kind.field_of(column) for column in sorted(said.keys() - CHANGEABLE_WHEN_POSTED)]
    frozen += ["line_items"] if lines is not None else []
    if frozen:
        why = "travels under an e-way bill" if is_travelling(head) else f"is {head.status}"
        message = f"{kind.title} {head.number} {why}: {', '.join(frozen)} cannot change."
        raise InvalidState(message, field=frozen[0])
    due_on = said.get("due_on")
    if due_on is not None and due_on < head.dated_on:
        raise Failed(f"{due_on} lies before its date {head.dated_on}.", field=kind.field_of("due_on"))


def _check_export_papers(head: Document) -> None:
    """They come after the invoice; a return that showed it without them is amended by the next one."""
    check_export_papers({name: getattr(head, name) for name in (*EXPORT_PAPERS, "place_of_supply", "gst_treatment")})


def _refuse_renumbering(kind: Kind, head: Document, wanted: Document) -> None:
    changed = [name for name in _KEPT_WHEN_OPEN if getattr(wanted, name) != getattr(head, name)]
    if head.status != DRAFT and changed:
        message = f"{kind.title} {head.number} is {head.status}: it keeps its number, series and branch."
        raise InvalidState(message, field=kind.field_of(changed[0]))


def _with_merged_fields(head: Document, said: Values) -> dict[str, Any]:
    """What was said, objects merged into what is stored."""
    merged = dict(said)
    for name in ("custom_fields", "billing_address", "shipping_address", "tax_as_printed"):
        old, new = getattr(head, name), said.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            merged[name] = {**old, **new}
    return merged
