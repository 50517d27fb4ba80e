"""The life of a document: drafted, changed, approved (numbered and posted), voided (reversed), deleted as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from domain.books import Books
from domain.documents import writing
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, Paper
from domain.documents.drafts import Values, drafted, redrafted
from domain.documents.kinds import Kind
from domain.documents.lines import LineValues
from domain.documents.posting import entries
from domain.documents.reading import find_for_change
from domain.documents.status import CANCELLED, DRAFT, after_opening
from domain.documents.writing import Posting
from domain.errors import Failed, InvalidState
from domain.happenings import Happening, difference
from domain.ledger.journals import Source, check_period, journal_of
from domain.money import ZERO

# After approval only what neither the ledger nor a GST return shows may change.
CHANGEABLE_WHEN_POSTED = frozenset(("notes", "terms", "reference_number", "due_on", "tags", "custom_fields"))
_TOLD = tuple(f.name for f in fields(Document) if f.name not in ("id", "version", "created_at", "modified_at"))


async def draft(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new draft. Nothing is posted and no number taken."""
    paper, _ = await drafted(books, kind, said, lines)
    _note(books, kind, paper.head, "CREATED")
    await writing.insert(books, paper)
    return paper


async def draft_and_approve(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new document that is approved at once; if that is refused, nothing is kept.

    Locks the number series, then balances. Raises: what drafting and the kind's rules refuse.
    """
    paper, facts = await drafted(books, kind, said, lines)
    approved, posting = await _approved(books, kind, paper, facts)
    _note(books, kind, paper.head, "CREATED")
    _note(books, kind, approved, kind.statuses.verb)
    numbers = await writing.insert_posted(books, kind, Paper(approved, paper.lines), facts, posting)
    return Paper(replace(approved, **numbers._asdict()), paper.lines)


async def amend(books: Books, kind: Kind, key: str, said: Values, lines: Sequence[LineValues] | None) -> Paper:
    """Change what was said: all of a draft, a few fields of what is posted. Locks the document.

    Raises: NotFound, VersionMismatch, InvalidState, and what drafting refuses.
    """
    stored, facts = await find_for_change(books, kind, key)
    if stored.head.status not in kind.statuses.editable:
        _refuse_frozen(kind, stored.head, said, lines)
        changed = replace(stored, head=replace(stored.head, **_with_merged_fields(stored.head, said)))
    else:
        merged = _with_merged_fields(stored.head, said)
        changed, _ = await redrafted(books, kind, stored, facts, merged, lines)
    if changed == stored:
        return stored
    changed = replace(changed, head=replace(changed.head, version=stored.head.version + 1, modified_at=books.now))
    await writing.replace(books, changed, lines_changed=changed.lines != stored.lines)
    _note(books, kind, changed.head, "UPDATED", _changes(stored, changed))
    return changed


async def approve(books: Books, kind: Kind, key: str) -> Paper:
    """Give a draft its number and post it. Locks the document, then the number series, then balances.

    Raises: NotFound, VersionMismatch, InvalidState, and what the kind's rules refuse.
    """
    paper, facts = await find_for_change(books, kind, key)
    head = paper.head
    if head.status != DRAFT:
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}; only a draft can be approved.")
    approved, posting = await _approved(books, kind, paper, facts)
    _note(books, kind, approved, kind.statuses.verb)
    numbers = await writing.post(books, kind, approved, facts, posting)
    whole = replace(approved, **numbers._asdict(), version=head.version + 1, modified_at=books.now)
    return replace(paper, head=whole)


async def _approved(books: Books, kind: Kind, paper: Paper, facts: Circumstances) -> tuple[Document, Posting]:
    """The head as it stands after approval, but for its number, and its journal. Raises: what the rules refuse."""
    for rule in kind.rules:
        rule(paper, facts)
    head = paper.head
    source = Source(head.dated_on, head.branch_id, "DOCUMENT", head.id, head.contact_name)
    posting = journal_of(books, source, await entries(books, kind, paper))
    approved = replace(
        head,
        status=after_opening(kind, head.balance),
        number_scope=facts.number_scope,
        journal_id=posting[0].id if posting else None,
        approved_at=books.now,
    )
    return approved, posting


async def void(books: Books, kind: Kind, key: str, *, reason: str | None) -> Paper:
    """Reverse an approved document; its number stays used. Locks the document, then balances.

    Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked.
    """
    paper, facts = await find_for_change(books, kind, key)
    head = paper.head
    if head.status in (DRAFT, CANCELLED):
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}; it cannot be voided.")
    if head.amount_paid or head.amount_credited:
        raise InvalidState(f"{kind.title} {head.number} is settled in part; take back what was applied to it first.")
    check_period(head.dated_on, facts.locked_until)
    voided = replace(
        head,
        status=CANCELLED,
        balance=ZERO,
        voided_at=books.now,
        void_reason=reason,
        version=head.version + 1,
        modified_at=books.now,
    )
    _note(books, kind, voided, "VOIDED", {"status": {"old": head.status, "new": CANCELLED}})
    await writing.void(books, voided)
    return replace(paper, head=voided)


async def delete(books: Books, kind: Kind, key: str) -> Document:
    """Remove a draft for good. Raises: NotFound, VersionMismatch, InvalidState."""
    paper, _ = await find_for_change(books, kind, key)
    head = paper.head
    if head.status != DRAFT:
        raise InvalidState(
            f"{kind.title} {head.number} is {head.status}; only a draft can be deleted. Void it instead."
        )
    await writing.delete(books, head)
    _note(books, kind, head, "DELETED")
    return head


def _refuse_frozen(kind: Kind, head: Document, said: Values, lines: Sequence[LineValues] | None) -> None:
    if head.status == CANCELLED:
        raise InvalidState(f"{kind.title} {head.number} is cancelled and cannot change.")
    frozen = sorted(said.keys() - CHANGEABLE_WHEN_POSTED) + (["line_items"] if lines is not None else [])
    if frozen:
        raise InvalidState(f"{kind.title} {head.number} is posted: {', '.join(frozen)} cannot change.", field=frozen[0])
    due_on = said.get("due_on")
    if due_on is not None and due_on < head.dated_on:
        raise Failed(f"{due_on} lies before its date {head.dated_on}.", field=kind.due_field)


def _changes(old: Paper, new: Paper) -> dict[str, dict[str, Any]]:
    """What the audit trail tells: each field of the head that differs, and all lines if one of them does."""
    lines = {"line_items": {"old": old.lines, "new": new.lines}} if old.lines != new.lines else {}
    return difference(old.head, new.head, _TOLD) | lines


def _with_merged_fields(head: Document, said: Values) -> dict[str, Any]:
    """What was said, objects merged into what is stored."""
    merged = dict(said)
    for name in ("custom_fields", "billing_address", "shipping_address"):
        old, new = getattr(head, name), said.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            merged[name] = {**old, **new}
    return merged


def _note(
    books: Books, kind: Kind, head: Document, verb: str, changes: dict[str, dict[str, Any]] | None = None
) -> None:
    summary = {"status": head.status, "total": head.total, "contact_id": head.contact_id, "date": head.dated_on}
    books.happened(Happening(f"{kind.name}_{verb}", kind.name, head.id, head.number, changes or {}, summary))
