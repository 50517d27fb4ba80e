"""What refers to a document and stands: notes that correct it, bills of entry with which its goods passed customs.

While one of them does, the document is neither voided nor deleted. Whoever adds one locks the document first.
"""

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import Kind
from domain.errors import InvalidState
from domain.happenings import Happening
from domain.statements import Statement

_STANDING = Statement(
    """
select 'NOTE' as what, coalesce(number, 'draft') as number, id
  from documents
 where organization_id = %(organization_id)s
   and parent_id = %(id)s
   and voided_at is null
 union all
select 'BILL_OF_ENTRY', number, id
  from bills_of_entry
 where organization_id = %(organization_id)s
   and bill_id = %(id)s
   and voided_at is null
 order by id
 limit 1
"""
)
_WHY = {
    "NOTE": "is corrected by a note ({}); void or delete that first.",
    "BILL_OF_ENTRY": "passed customs with bill of entry {}; void that first.",
}
_LET_GO = Statement(
    """
update bills_of_entry
   set bill_id = null,
       version = version + 1,
       modified_at = %(modified_at)s
 where organization_id = %(organization_id)s
   and bill_id = %(id)s
returning id, number
"""
)


async def refuse_while_needed(books: Books, kind: Kind, head: Document) -> None:
    """Refuse to do away with a locked document while something that refers to it stands. Raises InvalidState."""
    row = await books.row(_STANDING, id=head.id)
    if row is not None:
        why = _WHY[row["what"]].format(row["number"])
        raise InvalidState(f"{kind.title} {head.number or head.id} {why}")


async def let_go(books: Books, key: str) -> None:
    """Take a document that is to be deleted off the bills of entry that are void."""
    for row in await books.rows(_LET_GO, id=key, modified_at=books.now):
        changes = {"bill_id": {"old": key, "new": None}}
        books.happened(Happening("BILL_OF_ENTRY_UPDATED", "BILL_OF_ENTRY", row["id"], row["number"], changes))
