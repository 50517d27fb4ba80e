"""Writing to the ledger: a journal with its lines in one statement, and the reverse of one that stands."""

from datetime import date

from domain.books import Books
from domain.ids import new_id
from domain.ledger.journals import Journal, JournalLine, Posting
from domain.statements import Statement, as_rows, insertion
from domain.values import Struct
from models.ledger import journal_lines, journals

_POST = Statement(
    f"with journal as ({insertion(journals, Journal, parameter='journals')})\n"
    f"{insertion(journal_lines, JournalLine, parameter='entries')}"
)

MIRRORED = """
taken_back as (
  select * from json_to_recordset(%(reversals)s) as told(id text, reversal_id text, entry_on date, narration text)
), mirror as (
  insert into journals (organization_id, id, entry_on, branch_id, source_type, source_id, reference, narration,
                        contact_id, reverses_id, line_count, total, posted_at, posted_by)
  select organization_id, reversal_id, coalesce(taken_back.entry_on, stored.entry_on), branch_id, source_type,
         source_id, reference, coalesce(taken_back.narration, 'Reversal of ' || reference), contact_id, id,
         line_count, total, %(happened_at)s, %(user_id)s
    from journals as stored
    join taken_back using (id)
   where organization_id = %(organization_id)s
), mirrored as (
  insert into journal_lines (organization_id, journal_id, position, account_id, entry_on, branch_id, contact_id,
                             cost_center_id, description, debit, credit)
  select organization_id, reversal_id, position, account_id, coalesce(taken_back.entry_on, line.entry_on), branch_id,
         contact_id, cost_center_id, description, credit, debit
    from journal_lines as line
    join taken_back on taken_back.id = journal_id
   where organization_id = %(organization_id)s
)
"""
"""Common table expressions that write the mirror images of the ``Reversal`` rows in ``reversals``.

They take ``happened_at`` and ``user_id`` as well.
"""

_REVERSE = Statement(f"with {MIRRORED} select 1 as written")


class Reversal(Struct, frozen=True):
    """A journal to be reversed, and the id of its mirror image; unless they are said, on its own date as such."""

    id: str
    reversal_id: str
    entry_on: date | None = None
    narration: str | None = None


async def post(books: Books, posting: Posting) -> None:
    """Write a journal with its lines. Locks balances."""
    journal, lines = posting
    await books.run(_POST, journals=as_rows([journal]), entries=as_rows(lines))


async def reverse(books: Books, journal_id: str, *, entry_on: date, narration: str) -> str:
    """Write the mirror image of a journal on a day, and return its id. Locks balances.

    A journal is reversed once: the database refuses the second time (``journals_reverses_id_key``).
    """
    reversal = Reversal(journal_id, new_id("je"), entry_on, narration)
    await books.run(_REVERSE, reversals=as_rows([reversal]), happened_at=books.now, user_id=books.user_id)
    return reversal.reversal_id
