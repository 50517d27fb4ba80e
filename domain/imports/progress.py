"""How far a takeover has come: which records of another program's files are here already."""

from decimal import Decimal

from domain.books import Books
from domain.statements import Statement

_DONE = Statement(
    """
select record
  from imported_records
 where organization_id = %(organization_id)s
   and source = %(source)s
   and file = %(file)s
"""
)
_REMEMBER = Statement(
    """
insert into imported_records (organization_id, source, file, record, entity_id, imported_at)
values (%(organization_id)s, %(source)s, %(file)s, %(record)s, %(entity_id)s, %(now)s)
"""
)
_SETTLED = Statement(
    """
select record.record,
       document.payment_made + document.amount_credited as settled
  from imported_records as record
  join documents as document
    on document.organization_id = record.organization_id
   and document.id = record.entity_id
 where record.organization_id = %(organization_id)s
   and record.source = %(source)s
   and record.file = %(file)s
"""
)


async def done(books: Books, *, source: str, file: str) -> frozenset[str]:
    """Return the records of a file that were taken over before."""
    return frozenset(row["record"] for row in await books.rows(_DONE, source=source, file=file))


async def remember(books: Books, *, source: str, file: str, record: str, entity_id: str) -> None:
    """Remember a record with the thing that it became; a second time is refused by the table's key."""
    await books.run(_REMEMBER, source=source, file=file, record=record, entity_id=entity_id, now=books.now)


async def settled(books: Books, *, source: str, file: str) -> dict[str, Decimal]:
    """Return what is settled of the documents of a file that are here, by their records; in their currencies."""
    return {row["record"]: row["settled"] for row in await books.rows(_SETTLED, source=source, file=file)}
