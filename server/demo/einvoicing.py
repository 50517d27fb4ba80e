"""The demo's second branch registers its invoices: from now on, and the newest that it has at once.

The job worker has the simulated portal register it when the server has started, so that one paper of the demo bears an
IRN and a signed QR code.
"""

from domain import happenings
from domain.books import Books
from domain.branches import amend_branch
from domain.documents.kinds import INVOICE
from domain.einvoice import asking
from domain.statements import Statement

_NEWEST = Statement(
    """
select id
  from documents
 where organization_id = %(organization_id)s
   and branch_id = %(branch_id)s
   and kind = 'INVOICE'
   and journal_id is not null
   and voided_at is null
   and gst_no is not null
   and not is_opening_balance
 order by dated_on desc, id desc
 limit 1
"""
)


async def begin_einvoicing(books: Books, branch_id: str) -> None:
    """Switch a branch on, and ask for the registration of its newest invoice to somebody registered."""
    await amend_branch(books, branch_id, {"is_einvoicing_enabled": True})
    await asking.register(books, INVOICE, await books.value(_NEWEST, branch_id=branch_id))
    await happenings.record(books)
