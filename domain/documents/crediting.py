"""Applying what a credit or debit note has left to invoices, customer debit notes or bills, and taking it back.

Both stand on the same account of the same contact, so nothing is posted but an exchange difference.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from domain.books import Books
from domain.documents import telling
from domain.documents.circumstances import Circumstances
from domain.documents.document import Paper
from domain.documents.kinds import KIND_NAMED, Effect, Kind
from domain.documents.reading import find_for_change, with_links
from domain.errors import Failed, InvalidState, NotFound
from domain.ids import new_id
from domain.ledger.journals import Posting, Source, check_period, journal_of
from domain.settlements import (
    LOCKED_DOCUMENTS,
    Allocation,
    OpenDocument,
    Outcome,
    check_applicable,
    entries_between,
    note_settled,
    settled,
    settled_paper,
    settling_day,
    write,
)
from domain.statements import Statement, reader_of
from domain.values import Struct

Documents = Mapping[str, OpenDocument]

_LOCK = Statement(
    f"with {LOCKED_DOCUMENTS} select coalesce(json_agg(document), '[]')::text from document"  # noqa: S608  # no value in it
)
_APPLIED = Statement(
    """
select coalesce(json_agg(applied), '[]')::text as applied
  from (select id, note_id, document_id, amount, cgst_amount, sgst_amount, igst_amount, applied_on, journal_id,
               created_at, created_by
          from allocations
         where organization_id = %(organization_id)s
           and note_id = %(id)s
           and unapplied_at is null
         order by id) as applied
"""
)
_read_documents = reader_of(list[OpenDocument])
_read_applied = reader_of(list[Allocation])


class _Stand(Struct, frozen=True):
    """A note and the documents that it meets, by their ids, locked; and up to when the books are closed."""

    paper: Paper
    documents: Documents
    locked_until: date | None

    @property
    def note(self) -> OpenDocument:
        """The note."""
        return self.documents[self.paper.head.id]


async def apply(
    books: Books,
    kind: Kind,
    key: str,
    document_id: str,
    *,
    amount: Decimal | None,
    on: date | None,
    target: Kind | None = None,
) -> Paper:
    """Apply so much of a note to a document (unless it is said, as much as both have left) on a day (today).

    ``target`` is one of the kinds that it settles; unless it is said, the first of them.

    Locks the note, then the document, then balances. Raises: NotFound, VersionMismatch, InvalidState, PeriodLocked,
    Failed for what it cannot settle, for more than is open, and for a day before either of both.
    """
    target = target or KIND_NAMED[kind.settles[0]]
    assert target.name in kind.settles, "the contract names no other kinds"
    field = target.field_of("id")
    stand = await _locked(books, *await find_for_change(books, kind, key), [document_id])
    note, document = stand.note, stand.documents.get(document_id)
    if document is None or document.kind != target.name:
        raise NotFound(target.title, document_id, field=field)
    _check_is_open(kind, note)
    check_applicable(
        document,
        side=kind.side,
        effect=Effect.POSTS,
        contact_id=note.contact_id,
        currency=note.currency_code,
        field=field,
    )
    day = settling_day(books, on, (note.dated_on, document.dated_on))
    check_period(day, stand.locked_until)
    given = min(note.balance, document.balance) if amount is None else amount
    if not given:
        raise Failed(f"{document.of_kind.title} {document.number} has nothing open.", field=field)
    after = {
        document.id: settled(document, credited=given),
        note.id: settled(note, credited=given),
    }
    posting = await _moved(books, stand, stand.documents, after, day)
    allocation = Allocation(
        id=new_id("al"),
        note_id=note.id,
        document_id=document.id,
        amount=given,
        applied_on=day,
        journal_id=posting[0].id if posting else None,
        created_at=books.now,
        created_by=books.user_id,
    )
    return await _written(books, stand, after, [posting], "APPLIED", allocations=[allocation])


async def unapply(books: Books, kind: Kind, key: str, allocation_ids: Sequence[str]) -> Paper:
    """Take back what a note was applied to, on the days on which it was applied.

    What it was applied to is read once the note is locked, so that two callers do not take back the same.
    Locks the note, then the documents, then balances. Raises: NotFound, VersionMismatch, PeriodLocked.
    """
    paper, facts = await find_for_change(books, kind, key)
    known = {each.id: each for each in _read_applied(await books.value(_APPLIED, id=key))}
    for index, allocation_id in enumerate(allocation_ids):
        if allocation_id not in known:
            raise NotFound("Allocation", allocation_id, field=f"allocation_ids[{index}]")
    meant = [known[allocation_id] for allocation_id in dict.fromkeys(allocation_ids)]
    stand = await _locked(books, paper, facts, [each.document_id or "" for each in meant])
    after, postings = dict(stand.documents), []
    for day, together in groupby(sorted(meant, key=attrgetter("applied_on")), key=attrgetter("applied_on")):
        check_period(day, stand.locked_until)
        before = dict(after)
        for each in together:
            for taken in (each.document_id or "", stand.note.id):
                after[taken] = settled(after[taken], credited=-each.amount)
        postings.append(await _moved(books, stand, before, after, day))
    return await _written(books, stand, after, postings, "UNAPPLIED", unapplied_ids=[each.id for each in meant])


async def _locked(books: Books, paper: Paper, facts: Circumstances, document_ids: Sequence[str]) -> _Stand:
    documents = _read_documents(await books.value(_LOCK, document_ids=[paper.head.id, *document_ids]))
    return _Stand(paper, {document.id: document for document in documents}, facts.locked_until)


def _check_is_open(kind: Kind, note: OpenDocument) -> None:
    if not note.is_posted or not note.balance:
        raise InvalidState(f"{kind.title} {note.number or note.id} is {note.status} and has nothing left to apply.")


async def _moved(books: Books, stand: _Stand, before: Documents, after: Documents, on: date) -> Posting | None:
    head = stand.paper.head
    source = Source(on, head.branch_id, "DOCUMENT", head.id, head.contact_name, head.number)
    meant = [before[key] for key in after]
    return journal_of(books, source, await entries_between(books, meant, after.values()))


async def _written(
    books: Books,
    stand: _Stand,
    after: Documents,
    postings: Sequence[Posting | None],
    verb: str,
    *,
    allocations: Sequence[Allocation] = (),
    unapplied_ids: Sequence[str] = (),
) -> Paper:
    changed = {key: document for key, document in after.items() if document != stand.documents[key]}
    others = {key: document for key, document in changed.items() if key != stand.note.id}
    old, new = stand.paper, settled_paper(books, stand.paper, after[stand.note.id])
    outcome = Outcome(
        documents=list(changed.values()),
        allocations=allocations,
        unapplied_ids=unapplied_ids,
        postings=[posting for posting in postings if posting],
    )
    note_settled(books, stand.documents, others)
    _tell(books, old, new, verb, others, allocations, unapplied_ids)
    books.keep_open()  # the note is read once more
    await write(books, outcome)
    return await with_links(books, new)


def _tell(
    books: Books,
    old: Paper,
    new: Paper,
    verb: str,
    others: Documents,
    fresh: Sequence[Allocation],
    taken_back: Sequence[str],
) -> None:
    """Note what became of the note, and of which documents it now settles more or less."""
    changes = telling.changes_of(old, new)
    changes["allocations"] = {
        "old": [
            _told(each.allocation_id, each.document_number, each.amount)
            for each in old.allocations
            if each.allocation_id in taken_back
        ],
        "new": [_told(each.id, others[each.document_id or ""].number, each.amount) for each in fresh],
    }
    telling.note(books, KIND_NAMED[new.head.kind], new.head, verb, changes)


def _told(allocation_id: str, document_number: str | None, amount: Decimal) -> dict[str, object]:
    return {"allocation_id": allocation_id, "document_number": document_number, "amount": amount}
