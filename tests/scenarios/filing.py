"""Returns that stand as filed, for stories about what that closes."""

from domain.books import Books
from domain.ids import new_id
from domain.statements import Statement
from tests.scenarios.builders import on

OUR_GSTIN = "27AAPFU0939F1ZV"

_FILED = Statement(
    """
with filing as (
  insert into return_filings (organization_id, id, gstin, form, period, frequency, from_on, to_on, status, arn,
                              filed_on, filed_at, filed_by, payload, payload_sha256, created_by, version, created_at,
                              modified_at)
  values (%(organization_id)s, %(id)s, %(gstin)s, %(form)s, to_char(%(to_on)s::date, 'MMYYYY'), 'MONTHLY',
          date_trunc('month', %(to_on)s::date), %(to_on)s, 'FILED', %(arn)s, %(to_on)s, %(now)s, 'usr_test', ''::bytea,
          'e3b0', 'usr_test', 1, %(now)s, %(now)s)
  returning id
)
insert into return_rows (organization_id, filing_id, document_id, document_type, dated_on, section, is_amendment,
                         row_hash, row)
select %(organization_id)s, %(id)s, document_id, 'INVOICE', %(to_on)s, 'b2b', false, '', '[]'
  from unnest(%(document_ids)s::text[]) as shown(document_id)
"""
)


_SETTLE = (Statement("set constraints all immediate"), Statement("set constraints all deferred"))


async def settle(books: Books) -> None:
    """Check what was posted as a commit would, and let more be posted."""
    for statement in _SETTLE:
        await books.run(statement)


async def filed(books: Books, form: str, to: str, *document_ids: str, gstin: str = OUR_GSTIN) -> str:
    """Write a return of the month that ends on a day as filed, showing some documents; return its id."""
    await settle(books)
    return await filed_meanwhile(books, form, to, *document_ids, gstin=gstin)


async def filed_meanwhile(books: Books, form: str, to: str, *document_ids: str, gstin: str = OUR_GSTIN) -> str:
    """The same while something is being posted."""
    key = new_id("gr")
    arn = f"AA27{to[5:7]}{to[2:4]}{key[-6:].upper()}X"
    values = {"id": key, "form": form, "gstin": gstin, "to_on": on(to), "arn": arn, "now": books.now}
    await books.run(_FILED, document_ids=list(document_ids), **values)
    return key
