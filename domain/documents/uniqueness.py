"""What stands in the books once: a number in its series and year, and the same paper of the other side.

Each is looked up first where that names the other document. Of two callers at once the database refuses the second, and
row-level security keeps it from saying which document was in the way.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.errors import Duplicate, Failed, Refusal
from domain.statements import Statement, as_rows

_TWINS = Statement(
    """
select entered.id as entered_id,
       twin.id,
       twin.number,
       twin.status
  from json_to_recordset(%(heads)s)
    as entered(id text, contact_id text, dated_on date, total numeric, reference_number text)
  join documents as twin
    on twin.organization_id = %(organization_id)s
   and twin.contact_id = entered.contact_id
   and twin.kind = %(kind)s
   and twin.dated_on = entered.dated_on
   and twin.total = entered.total
   and twin.reference_number is not distinct from entered.reference_number
 where twin.id <> entered.id
   and twin.voided_at is null
"""
)


async def refuse_twin(books: Books, kind: Kind, head: Document) -> None:
    """Refuse what is entered already. Raises Duplicate."""
    for refusal in (await twins_of(books, kind, [head])).values():
        raise refusal


async def twins_of(books: Books, kind: Kind, heads: Sequence[Document]) -> dict[str, Duplicate]:
    """The refusals of those documents, by id, that are entered already: same contact, date, total and reference.

    Nothing is refused of kinds that number their papers themselves, nor because of what was voided.
    """
    if not kind.is_entered_once:
        return {}
    found = await books.rows(_TWINS, heads=as_rows(list(heads)), kind=kind.name)
    refused = {row["entered_id"]: row for row in found}
    return {head.id: _same_paper(kind, head, refused[head.id]) for head in heads if head.id in refused}


def repeated(kind: Kind, heads: Mapping[int, Document]) -> dict[str, Duplicate]:
    """The refusals of those documents, by id, that an earlier row of one request is already; rows are told from 1."""
    if not kind.is_entered_once:
        return {}
    first: dict[Hashable, int] = {}
    refused: dict[str, Duplicate] = {}
    for row, head in sorted(heads.items()):
        same = first.setdefault((head.contact_id, head.dated_on, head.total, head.reference_number), row)
        if same != row:
            refused[head.id] = Duplicate(f"{_paper(kind, head)} is row {same} already.", field="reference_number")
    return refused


def _same_paper(kind: Kind, head: Document, twin: dict[str, Any]) -> Duplicate:
    return Duplicate(
        f"{_paper(kind, head)} is entered already: {twin['number'] or twin['id']}, {twin['status']}.",
        field="reference_number",
        details={kind.field_of("id"): twin["id"], kind.number_field: twin["number"]},
    )


def _paper(kind: Kind, head: Document) -> str:
    reference = f"the reference {head.reference_number}" if head.reference_number else "no reference"
    return f"A {kind.title.lower()} of {head.contact_name} of {head.dated_on} for {head.total} with {reference}"


def refusals_of(kind: Kind) -> dict[str, Refusal]:
    """What the constraints on documents of this kind mean, by the constraint's name and in the kind's own words."""
    number = kind.number_field
    return {
        "documents_number_key": Duplicate("This number is used already in this financial year.", field=number),
        "documents_number_check": Failed("The number would be longer than 16 characters (rule 46).", field=number),
        "documents_bill_key": Duplicate(
            f"The same {kind.title.lower()} was entered meanwhile.", field="reference_number"
        ),
    }
