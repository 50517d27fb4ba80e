"""The life of a document: drafted, changed, approved (numbered and posted), voided (reversed), deleted as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from domain.books import Books
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, Line, Paper
from domain.documents.drafts import Values, drafted, redrafted
from domain.documents.kinds import Kind
from domain.documents.lines import LineValues
from domain.documents.numbering import prefix_on
from domain.documents.posting import entries
from domain.documents.reading import find_for_change
from domain.documents.status import CANCELLED, DRAFT, PAID
from domain.errors import Failed, InvalidState
from domain.happenings import Happening, difference
from domain.ids import new_id
from domain.ledger.journals import Journal, JournalLine, Source, check_period, journal_of
from domain.statements import Statement, as_rows, insertion, replacement
from models.documents import document_lines, documents
from models.ledger import journal_lines

# After approval only what neither the ledger nor a GST return shows may change.
CHANGEABLE_WHEN_POSTED = frozenset(("notes", "terms", "reference_number", "due_on", "tags", "custom_fields"))
_TOLD = tuple(f.name for f in fields(Document) if f.name not in ("id", "version", "created_at", "modified_at"))

_INSERT = Statement(
    f"with head as ({insertion(documents, Document, parameter='heads')})\n"
    f"{insertion(document_lines, Line, parameter='lines')}"
)
_REPLACE = Statement(replacement(documents, Document, parameter="heads"))
_INSERT_LINES = Statement(insertion(document_lines, Line, parameter="lines"))
_DELETE_LINES = Statement(
    "delete from document_lines where organization_id = %(organization_id)s and document_id = %(id)s"
)
_DELETE = Statement("delete from documents where organization_id = %(organization_id)s and id = %(id)s")

_JOURNAL_FIELDS = ", ".join(f.name for f in fields(Journal) if f.name != "reference")

# Number, document and journal in one statement: the counter row of the series is locked for as short as can be.
_POST = Statement(
    f"""
with numbered as materialized (
  select coalesce(%(number)s, take_number(%(organization_id)s, %(branch_id)s, %(kind)s, %(prefix)s, %(number_scope)s,
                                          %(financial_year)s)) as number
), journal as (
  insert into journals (organization_id, reference, {_JOURNAL_FIELDS})
  select %(organization_id)s, numbered.number, {", ".join(f"new.{name}" for name in _JOURNAL_FIELDS.split(", "))}
    from json_populate_recordset(null::journals, %(journals)s) as new, numbered
), entries as (
  {insertion(journal_lines, JournalLine, parameter="entries")}
)
update documents
   set number = numbered.number,
       number_scope = %(number_scope)s,
       status = %(status)s,
       journal_id = %(journal_id)s,
       approved_at = %(now)s,
       version = version + 1,
       modified_at = %(now)s
  from numbered
 where organization_id = %(organization_id)s
   and id = %(id)s
returning documents.number
"""  # noqa: S608  # names of columns only
)

# The reverse of every entry, on the same date.
_VOID = Statement(
    """
with journal as (
  insert into journals (organization_id, id, entry_on, branch_id, source_type, source_id, reference, narration,
                        reverses_id, line_count, total, posted_at, posted_by)
  select organization_id, %(reversal_id)s, entry_on, branch_id, source_type, source_id, reference, %(narration)s,
         id, line_count, total, %(now)s, %(user_id)s
    from journals
   where organization_id = %(organization_id)s
     and id = %(journal_id)s
), entries as (
  insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, contact_id,
                             cost_center_id, debit, credit)
  select organization_id, %(reversal_id)s, position, account_id, entry_on, branch_id, contact_id,
         cost_center_id, credit, debit
    from journal_lines
   where organization_id = %(organization_id)s
     and journal_id = %(journal_id)s
)
update documents
   set status = 'CANCELLED',
       balance = 0,
       voided_at = %(now)s,
       void_reason = %(reason)s,
       version = version + 1,
       modified_at = %(now)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


async def draft(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new draft. Nothing is posted and no number taken."""
    paper, _ = await _draft(books, kind, said, lines)
    return paper


async def draft_and_approve(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> Paper:
    """Write a new draft and approve it; if that is refused, nothing is kept."""
    paper, facts = await _draft(books, kind, said, lines)
    return await _approve(books, kind, paper, facts)


async def _draft(books: Books, kind: Kind, said: Values, lines: Sequence[LineValues]) -> tuple[Paper, Circumstances]:
    paper, facts = await drafted(books, kind, said, lines)
    await books.run(_INSERT, heads=as_rows([paper.head]), lines=as_rows(paper.lines))
    _note(books, kind, paper.head, "CREATED")
    return paper, facts


async def amend(books: Books, kind: Kind, key: str, said: Values, lines: Sequence[LineValues] | None) -> Paper:
    """Change what was said: all of a draft, a few fields of what is posted. Locks the document.

    Raises: NotFound, VersionMismatch, InvalidState, and what drafting refuses.
    """
    stored, _ = await find_for_change(books, kind, key)
    if stored.head.status != DRAFT:
        _refuse_frozen(kind, stored.head, said, lines)
        changed = replace(stored, head=replace(stored.head, **_with_merged_fields(stored.head, said)))
    else:
        changed, _ = await redrafted(books, kind, stored, _with_merged_fields(stored.head, said), lines)
    if changed == stored:
        return stored
    changed = replace(changed, head=replace(changed.head, version=stored.head.version + 1, modified_at=books.now))
    await books.run(_REPLACE, heads=as_rows([changed.head]))
    if changed.lines != stored.lines:
        await books.run(_DELETE_LINES, id=key)
        await books.run(_INSERT_LINES, lines=as_rows(changed.lines))
    _note(books, kind, changed.head, "UPDATED", _changes(stored, changed))
    return changed


async def approve(books: Books, kind: Kind, key: str) -> Paper:
    """Give a draft its number and post it. Locks the document, then the number series, then balances.

    Raises: NotFound, VersionMismatch, InvalidState, and what the kind's rules refuse.
    """
    paper, facts = await find_for_change(books, kind, key)
    return await _approve(books, kind, paper, facts)


async def _approve(books: Books, kind: Kind, paper: Paper, facts: Circumstances) -> Paper:
    head = paper.head
    if head.status != DRAFT:
        raise InvalidState(f"{kind.title} {head.number or head.id} is {head.status}; only a draft can be approved.")
    for rule in kind.rules:
        rule(paper, facts)
    source = Source(head.dated_on, head.branch_id, "DOCUMENT", head.id, head.contact_name)
    journal = journal_of(books, source, await entries(books, kind, paper))
    approved = _approved(books, kind, head, facts, journal[0].id if journal else None)
    number = await books.value(_POST, **_posting_values(kind, approved, facts, journal))
    approved = replace(approved, number=number)
    _note(books, kind, approved, "APPROVED")
    return replace(paper, head=approved)


def _approved(books: Books, kind: Kind, head: Document, facts: Circumstances, journal_id: str | None) -> Document:
    return replace(
        head,
        status=kind.opens_as if head.total else PAID,
        number_scope=facts.number_scope if kind.is_numbered_by_us else None,
        journal_id=journal_id,
        approved_at=books.now,
        version=head.version + 1,
        modified_at=books.now,
    )


def _posting_values(
    kind: Kind, head: Document, facts: Circumstances, journal: tuple[Journal, list[JournalLine]] | None
) -> dict[str, Any]:
    return {
        "id": head.id,
        "kind": kind.name,
        "branch_id": head.branch_id,
        "number": head.number,
        "number_scope": head.number_scope,
        "prefix": prefix_on(kind, facts.prefixes, head.dated_on),
        "financial_year": head.financial_year,
        "status": head.status,
        "journal_id": head.journal_id,
        "now": head.modified_at,
        "journals": as_rows([journal[0]] if journal else []),
        "entries": as_rows(journal[1] if journal else []),
    }


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
        balance=head.balance * 0,
        voided_at=books.now,
        void_reason=reason,
        version=head.version + 1,
        modified_at=books.now,
    )
    await books.run(
        _VOID,
        id=key,
        journal_id=head.journal_id,
        reversal_id=new_id("je"),
        narration=f"Reversal of {head.number}",
        reason=reason,
        now=books.now,
        user_id=books.user_id,
    )
    _note(books, kind, voided, "VOIDED", {"status": {"old": head.status, "new": CANCELLED}})
    return replace(paper, head=voided)


async def delete(books: Books, kind: Kind, key: str) -> Document:
    """Remove a draft for good. Raises: NotFound, VersionMismatch, InvalidState."""
    paper, _ = await find_for_change(books, kind, key)
    head = paper.head
    if head.status != DRAFT:
        raise InvalidState(
            f"{kind.title} {head.number} is {head.status}; only a draft can be deleted. Void it instead."
        )
    await books.run(_DELETE_LINES, id=key)
    await books.run(_DELETE, id=key)
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
        raise Failed(f"It would be due on {due_on}, before its date {head.dated_on}.", field="due_date")


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
