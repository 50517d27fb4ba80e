"""What stands in the books once: a number in its series and year, and the same paper of the other side.

Each is looked up first where that names the other document. Of two callers at once the database refuses the second, and
row-level security keeps it from saying which document was in the way.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from domain import vendor_papers
from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.errors import Duplicate, Failed, Refusal
from domain.statements import Statement, as_rows
from domain.vendor_papers import VendorPaper, reference_key

# Papers without a number.
_TWINS = Statement(
    """
select entered.id as entered_id,
       twin.id,
       twin.number,
       twin.status
  from json_to_recordset(%(heads)s)
    as entered(id text, contact_id text, dated_on date, total numeric)
  join documents as twin
    on twin.organization_id = %(organization_id)s
   and twin.contact_id = entered.contact_id
   and twin.kind = %(kind)s
   and twin.dated_on = entered.dated_on
   and twin.total = entered.total
   and twin.reference_key is null
 where twin.id <> entered.id
   and twin.voided_at is null
   and not twin.is_duplicate_meant
"""
)


async def refuse_twin(books: Books, kind: Kind, head: Document) -> None:
    """Refuse what is entered already. Locks the number of a vendor's paper. Raises Duplicate."""
    for refusal in (await twins_of(books, kind, [head])).values():
        raise refusal


async def twins_of(books: Books, kind: Kind, heads: Sequence[Document]) -> dict[str, Duplicate]:
    """The refusals of those documents, by id, that are entered already.

    Papers of vendors are told by their number; those without one, of kinds that are entered once, by contact, date and
    total. Nothing is refused of kinds that number their papers themselves, nor because of what was voided.
    """
    refused = await vendor_papers.twins_of(books, [paper for head in heads if (paper := _numbered(kind, head))])
    unnumbered = [head for head in heads if _is_unnumbered(kind, head)]
    if unnumbered:
        found = {row["entered_id"]: row for row in await books.rows(_TWINS, heads=as_rows(unnumbered), kind=kind.name)}
        refused |= {head.id: _same_paper(kind, head, found[head.id]) for head in unnumbered if head.id in found}
    return refused


def repeated(kind: Kind, heads: Mapping[int, Document]) -> dict[str, Duplicate]:
    """The refusals of those documents, by id, that an earlier row of one request is already; rows are told from 1."""
    numbered = {row: paper for row, head in heads.items() if (paper := _numbered(kind, head))}
    refused = vendor_papers.repeated(numbered)
    first: dict[Hashable, int] = {}
    for row, head in sorted(heads.items()):
        if not _is_unnumbered(kind, head):
            continue
        same = first.setdefault((head.contact_id, head.dated_on, head.total), row)
        if same != row:
            refused[head.id] = Duplicate(f"{_paper(kind, head)} is row {same} already.", field=vendor_papers.FIELD)
    return refused


def _numbered(kind: Kind, head: Document) -> VendorPaper | None:
    """The vendor's paper behind a document, if it has a number that stands once."""
    return VendorPaper.behind(head, kind.name) if kind.is_vendors_paper else None


def _is_unnumbered(kind: Kind, head: Document) -> bool:
    return kind.is_entered_once and not head.is_duplicate_meant and reference_key(head.reference_number) is None


def _same_paper(kind: Kind, head: Document, twin: dict[str, Any]) -> Duplicate:
    return Duplicate(
        f"{_paper(kind, head)} is entered already: {twin['number'] or twin['id']}, {twin['status']}.",
        field=vendor_papers.FIELD,
        details={kind.field_of("id"): twin["id"], kind.number_field: twin["number"]},
    )


def _paper(kind: Kind, head: Document) -> str:
    return f"A {kind.title.lower()} of {head.contact_name} of {head.dated_on} for {head.total} without a number"


def refusals_of(kind: Kind) -> dict[str, Refusal]:
    """What the constraints on documents of this kind mean, by the constraint's name and in the kind's own words."""
    number = kind.number_field
    meanwhile = Duplicate(f"The same {kind.title.lower()} was entered meanwhile.", field=vendor_papers.FIELD)
    return {
        "documents_number_key": Duplicate("This number is used already in this financial year.", field=number),
        "documents_number_check": Failed("The number would be longer than 16 characters (rule 46).", field=number),
        "documents_bill_key": meanwhile,
        "documents_vendor_paper_key": meanwhile,
    }
