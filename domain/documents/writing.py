"""The statements that write documents: each carries the document, its journal and what happened in one round trip.

Where a number is taken, the statement is the last of its transaction and goes together with the commit: the counter row
of the series is locked from the taking to the commit and no longer (CGST Rules, rule 46(b): consecutive numbers).
"""

from collections.abc import Sequence
from typing import Any

from domain.books import Books, refusing
from domain.documents.circumstances import Circumstances
from domain.documents.document import Document, Line, Paper
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.numbering import SELF_INVOICE_NUMBER, prefix_on, self_invoice_prefix
from domain.documents.uniqueness import refusals_of
from domain.gst.treatments import GstTreatment
from domain.happenings import RECORDING, RECORDING_NUMBERED, recorded
from domain.ids import new_id
from domain.ledger.journals import Journal, JournalLine
from domain.ledger.posting import MIRRORED, Reversal
from domain.statements import Statement, as_rows, insertion, replacement
from domain.values import Struct, replace
from models.documents import document_lines, documents
from models.ledger import journal_lines

Posting = tuple[Journal, list[JournalLine]] | None
"""The journal of a document; ``None`` when there is nothing to post."""


class Opened(Struct, frozen=True):
    """A document as it stands after approval but for its number, what it depends on, and its journal."""

    paper: Paper
    facts: Circumstances
    posting: Posting


def _columns(row: type[Struct], *without: str) -> list[str]:
    return [name for name in row.__struct_fields__ if name not in without]


def _listed(columns: Sequence[str], *, table: str = "") -> str:
    return ", ".join(f"{table}.{column}" if table else column for column in columns)


_HEAD = _columns(Document, "number", "self_invoice_number")
_JOURNAL = _columns(Journal, "reference")

_ENTRIES = f"entries as (\n  {insertion(journal_lines, JournalLine, parameter='entries')}\n  returning 1\n)"
_LINES = f"lines as (\n  {insertion(document_lines, Line, parameter='lines')}\n  returning 1\n)"


def _numbered_after(*written: str) -> str:
    """Common table expressions that take the numbers, once those of ``written`` have run, and write the journals.

    What needs no number is written first, so that the counter is locked for less. Numbers are taken in the order of
    the papers; series in one order, so that two callers never wait for each other.
    """
    waiting = " and ".join(f"(select count(*) from {table}) >= 0" for table in written)  # noqa: S608  # ours
    return f"""
numbered as materialized (
  select id,
         coalesce(number, take_number(%(organization_id)s, branch_id, kind, prefix, number_scope, financial_year))
           as number,
         {SELF_INVOICE_NUMBER} as self_invoice_number
    from (select *
            from json_to_recordset(%(papers)s)
              as paper(position int, id text, kind text, branch_id text, number text, number_scope text,
                       financial_year text, prefix text, self_prefix text)
           where {waiting}
           order by prefix, position) as paper
), journal as (
  insert into journals (organization_id, reference, {_listed(_JOURNAL)})
  select %(organization_id)s, numbered.number, {_listed(_JOURNAL, table="new")}
    from json_populate_recordset(null::journals, %(journals)s) as new
    join numbered on numbered.id = new.source_id
)"""  # noqa: S608  # names of tables and columns only


_INSERT = Statement(
    f"with head as ({insertion(documents, Document, parameter='heads')}), {RECORDING}, {_LINES} select 1 as written"
)

_INSERT_POSTED = Statement(
    f"""
with {_LINES}, {_ENTRIES}, {_numbered_after("lines", "entries")}, head as (
  insert into documents (organization_id, number, self_invoice_number, {_listed(_HEAD)})
  select %(organization_id)s, numbered.number, numbered.self_invoice_number, {_listed(_HEAD, table="new")}
    from json_populate_recordset(null::documents, %(heads)s) as new
    join numbered on numbered.id = new.id
), {RECORDING_NUMBERED}
select json_agg(numbered) as numbers from numbered
"""  # noqa: S608  # names of columns only
)

_POST = Statement(
    f"""
with {_ENTRIES}, {_numbered_after("entries")}, head as (
  update documents
     set number = numbered.number,
         self_invoice_number = numbered.self_invoice_number,
         number_scope = %(number_scope)s,
         status = %(status)s,
         journal_id = %(journal_id)s,
         einvoice_status = %(einvoice_status)s,
         approved_at = %(happened_at)s,
         version = version + 1,
         modified_at = %(happened_at)s
    from numbered
   where organization_id = %(organization_id)s
     and documents.id = numbered.id
), {RECORDING_NUMBERED}
select json_agg(numbered) as numbers from numbered
"""  # noqa: S608  # names of columns only
)

_VOID = Statement(
    f"""
with {MIRRORED.strip()}, {RECORDING}
update documents
   set status = 'CANCELLED',
       balance = 0,
       voided_at = %(happened_at)s,
       voided_on = %(voided_on)s,
       void_reason = %(reason)s,
       einvoice_status = nullif(einvoice_status, 'PENDING'),
       version = version + 1,
       modified_at = %(happened_at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
returning number
"""  # noqa: S608  # no value in it
)

_REPLACE = Statement(replacement(documents, Document, parameter="heads"))
_INSERT_LINES = Statement(insertion(document_lines, Line, parameter="lines"))
_DELETE_LINES = Statement(
    "delete from document_lines where organization_id = %(organization_id)s and document_id = %(id)s"
)
_DELETE = Statement("delete from documents where organization_id = %(organization_id)s and id = %(id)s")


async def insert(books: Books, papers: Sequence[Paper]) -> None:
    """Write new documents that are not posted."""
    with refusing(refusals_of(KIND_NAMED[papers[0].head.kind])):
        await books.finish(_INSERT, **_written(papers), **recorded(books))


async def insert_posted(books: Books, kind: Kind, opened: Sequence[Opened]) -> list[Paper]:
    """Write new documents with their journals, and return them with their numbers.

    Locks the number series, then balances.
    """
    papers = [each.paper for each in opened]
    with refusing(refusals_of(kind)):
        row = await books.finish(_INSERT_POSTED, **_numbering(kind, opened), **_written(papers), **recorded(books))
    return _with_numbers(papers, row)


async def post(books: Books, kind: Kind, opened: Opened) -> Paper:
    """Post a stored document, and return it with its number. Locks the number series, then balances."""
    head = opened.paper.head
    changed = {"number_scope": head.number_scope, "status": head.status, "journal_id": head.journal_id}
    changed["einvoice_status"] = head.einvoice_status
    with refusing(refusals_of(kind)):
        row = await books.finish(_POST, **_numbering(kind, [opened]), **changed, **recorded(books))
    return _with_numbers([opened.paper], row)[0]


async def void(books: Books, head: Document) -> None:
    """Write the reversal of a posted document, and mark it cancelled. Locks balances."""
    posted = [Reversal(head.journal_id, new_id("je"), head.voided_on)] if head.journal_id else []
    await books.finish(
        _VOID,
        id=head.id,
        reversals=as_rows(posted),
        reason=head.void_reason,
        voided_on=head.voided_on,
        user_id=books.user_id,
        **recorded(books),
    )


async def overwrite(books: Books, paper: Paper, *, lines_changed: bool) -> None:
    """Overwrite a document with its next version, and its lines if they changed."""
    with refusing(refusals_of(KIND_NAMED[paper.head.kind])):
        await books.run(_REPLACE, heads=as_rows([paper.head]))
    if lines_changed:
        await books.run(_DELETE_LINES, id=paper.head.id)
        await books.run(_INSERT_LINES, lines=as_rows(paper.lines))


async def delete(books: Books, head: Document) -> None:
    """Remove a document with its lines."""
    await books.run(_DELETE_LINES, id=head.id)
    await books.run(_DELETE, id=head.id)


def _written(papers: Sequence[Paper]) -> dict[str, Any]:
    return {
        "heads": as_rows([paper.head for paper in papers]),
        "lines": as_rows([line for paper in papers for line in paper.lines]),
    }


def _numbering(kind: Kind, opened: Sequence[Opened]) -> dict[str, Any]:
    postings = [each.posting for each in opened if each.posting]
    return {
        "papers": as_rows([_place_in_series(kind, position, each) for position, each in enumerate(opened)]),
        "journals": as_rows([journal for journal, _ in postings]),
        "entries": as_rows([entry for _, entries in postings for entry in entries]),
    }


def _place_in_series(kind: Kind, position: int, opened: Opened) -> dict[str, Any]:
    """What a number is taken from; the buyer's own invoice stands in for that of a vendor without registration."""
    head = opened.paper.head
    prefixes = opened.facts.prefixes_of(head.series_name)
    self_prefix = self_invoice_prefix(
        GstTreatment(head.gst_treatment),
        is_reverse_charge=head.is_reverse_charge,
        prefixes=prefixes,
        on=head.dated_on,
    )
    return {
        "position": position,
        "id": head.id,
        "kind": kind.name,
        "branch_id": head.branch_id,
        "number": head.number,
        "number_scope": head.number_scope,
        "financial_year": head.financial_year,
        "prefix": prefix_on(kind.series, prefixes, head.dated_on),
        "self_prefix": self_prefix if kind.writes_self_invoices and not head.is_opening_balance else None,
    }


def _with_numbers(papers: Sequence[Paper], row: dict[str, Any] | None) -> list[Paper]:
    """The papers with the numbers that they were given."""
    assert row is not None, "the statement always gives one row"
    given = {numbers.pop("id"): numbers for numbers in row["numbers"]}
    return [replace(paper, head=replace(paper.head, **given[paper.head.id])) for paper in papers]
