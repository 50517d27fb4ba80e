"""What a document was made of: the lines of an order know how much of them was converted, and its status follows.

``converted_quantity`` of a line is always the sum of the quantities on the standing documents made of it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.books import Books
from domain.documents.document import Line, LinkedDocument, Paper
from domain.documents.kinds import KIND_NAMED, Kind
from domain.documents.reading import find_for_change
from domain.documents.shares import left_of
from domain.documents.status import after_converting
from domain.documents.telling import changes_of, note
from domain.errors import Failed
from domain.money import ZERO
from domain.statements import Statement, as_rows
from domain.values import Struct, replace

_TURN = Statement(
    """
with line as (
  update document_lines as line
     set converted_quantity = change.converted_quantity
    from json_to_recordset(%(changes)s) as change(id text, converted_quantity numeric)
   where line.organization_id = %(organization_id)s
     and line.document_id = %(id)s
     and line.id = change.id
)
update documents
   set status = %(status)s,
       version = version + 1,
       modified_at = %(modified_at)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
_UNLINK = Statement("delete from document_links where organization_id = %(organization_id)s and target_id = %(id)s")


async def follow(books: Books, paper: Paper, lines: Sequence[Line]) -> list[LinkedDocument]:
    """Carry to the source that the lines of a draft are now ``lines``; return what the draft is then made of.

    Nothing to do for a document without source. Locks the source, after the document. Raises Failed where more is
    taken than the source has left.
    """
    if not any(line.source_id for line in paper.lines):
        return paper.converted_from
    links = await _carried(books, paper, lines)
    if any(line.source_id for line in lines):
        return links
    await books.run(_UNLINK, id=paper.head.id)
    return []


async def give_back(books: Books, paper: Paper) -> list[LinkedDocument]:
    """Give back to the source all that the document took of it; return the source as it then stands.

    Nothing to do for a document without source. Locks the source, after the document.
    """
    if not any(line.source_id for line in paper.lines):
        return paper.converted_from
    return await _carried(books, paper, [])


async def forget(books: Books, paper: Paper) -> None:
    """Give back what a draft took of its source, and forget that it was made of it: it is to be deleted."""
    await follow(books, paper, [])


async def turn(books: Books, kind: Kind, source: Paper, change: Mapping[str, Decimal], verb: str) -> Paper:
    """Write that so much more (or less) was made of each line of a locked ``source``; its status follows."""
    lines = [
        replace(line, converted_quantity=line.converted_quantity + change.get(line.id, ZERO)) for line in source.lines
    ]
    head = replace(
        source.head,
        status=after_converting(kind, [(line.quantity, line.converted_quantity) for line in lines]),
        version=source.head.version + 1,
        modified_at=books.now,
    )
    turned = replace(source, head=head, lines=lines)
    changed = [_Converted(line.id, line.converted_quantity) for line in lines if change.get(line.id)]
    await books.run(_TURN, id=head.id, status=head.status, modified_at=books.now, changes=as_rows(changed))
    note(books, kind, head, verb, changes_of(source, turned))
    return turned


class _Converted(Struct, frozen=True):
    id: str
    converted_quantity: Decimal


async def _carried(books: Books, paper: Paper, lines: Sequence[Line]) -> list[LinkedDocument]:
    """The sources of ``paper`` after their lines have followed ``lines``."""
    change = _change(paper.lines, lines)
    if not change:
        return paper.converted_from
    (link,) = paper.converted_from
    kind = KIND_NAMED[link.document_type]
    source, _ = await find_for_change(books.for_another(), kind, link.document_id)
    _refuse_too_much(kind, source, change, lines)
    turned = await turn(books, kind, source, change, "UPDATED")
    return [replace(link, status=turned.head.status)]


def _change(old: Sequence[Line], new: Sequence[Line]) -> dict[str, Decimal]:
    """By how much each line of the source is taken more (or less) than before."""
    change: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for lines, sign in ((old, -1), (new, 1)):
        for line in lines:
            if line.source_line_id:
                change[line.source_line_id] += sign * line.quantity
    return {key: quantity for key, quantity in change.items() if quantity}


def _refuse_too_much(kind: Kind, source: Paper, change: Mapping[str, Decimal], lines: Sequence[Line]) -> None:
    left = {line.id: left_of(line) for line in source.lines}
    for index, line in enumerate(lines):
        more = change.get(line.source_line_id or "", ZERO)
        if line.source_line_id and more > left[line.source_line_id]:
            rest = left[line.source_line_id]
            raise Failed(
                f"{kind.title} {source.head.number} has {rest:f} more of '{line.name}', not {more:f}.",
                field=f"line_items[{index}].quantity",
            )
