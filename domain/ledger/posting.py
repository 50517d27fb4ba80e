"""Writing to the ledger: a journal with its lines in one statement, and the reverse of one that stands."""

from datetime import date

from domain.books import Books
from domain.ids import new_id
from domain.ledger.journals import Journal, JournalLine, Posting
from domain.statements import Statement, as_rows, insertion
from models.ledger import journal_lines, journals

_POST = Statement(
    f"with journal as ({insertion(journals, Journal, parameter='journals')})\n"
    f"{insertion(journal_lines, JournalLine, parameter='entries')}"
)

_REVERSE = Statement(
    """
with journal as (
  insert into journals (organization_id, id, entry_on, branch_id, source_type, source_id, reference, narration,
                        reverses_id, line_count, total, posted_at, posted_by)
  select organization_id, %(reversal_id)s, %(entry_on)s, branch_id, source_type, source_id, reference, %(narration)s,
         id, line_count, total, %(posted_at)s, %(posted_by)s
    from journals
   where organization_id = %(organization_id)s
     and id = %(journal_id)s
)
insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, contact_id,
                           cost_center_id, description, debit, credit)
select organization_id, %(reversal_id)s, position, account_id, %(entry_on)s, branch_id, contact_id,
       cost_center_id, description, credit, debit
  from journal_lines
 where organization_id = %(organization_id)s
   and journal_id = %(journal_id)s
"""
)


async def post(books: Books, posting: Posting) -> None:
    """Write a journal with its lines. Locks balances."""
    journal, lines = posting
    await books.run(_POST, journals=as_rows([journal]), entries=as_rows(lines))


async def reverse(books: Books, journal_id: str, *, entry_on: date, narration: str) -> str:
    """Write the mirror image of a journal on a day, and return its id. Locks balances.

    A journal is reversed once: the database refuses the second time (``journals_reverses_id_key``).
    """
    reversal_id = new_id("je")
    await books.run(
        _REVERSE,
        journal_id=journal_id,
        reversal_id=reversal_id,
        entry_on=entry_on,
        narration=narration,
        posted_at=books.now,
        posted_by=books.user_id,
    )
    return reversal_id
