"""What time alone makes of documents, told once a due date: an open invoice or bill is overdue, an estimate expired.

How they show needs no writing: the status of the day is read off the due date (``status.py``). What is written is that
it has been told, so that whoever follows the books hears of it once.
"""

from datetime import date
from decimal import Decimal

from domain.books import Books
from domain.documents.kinds import KIND_NAMED, KINDS
from domain.happenings import Happening
from domain.statements import Statement
from domain.values import Struct

TASK = "tell_lapses"
MOST_AT_ONCE = 200
"""How many are told in one transaction."""

LATE_FROM = [(kind.name, status) for kind in KINDS if kind.statuses.late for status in kind.statuses.late_from]
"""The kinds that lapse, each with the statuses that its due date ends."""

_LAPSED = """
  join unnest(%(kinds)s::text[], %(statuses)s::text[]) as late (kind, status)
    on late.kind = document.kind
   and late.status = document.status
 where document.due_on < {today}
   and document.status = any ('{{SENT,OPEN,ISSUED,PARTIALLY_PAID}}')
   and not exists (
     select from lapses as told
      where told.organization_id = document.organization_id
        and told.document_id = document.id
        and told.due_on = document.due_on)
"""
CANDIDATES = f"  from documents as document{_LAPSED.format(today='%(today)s::date')}"
"""What has lapsed before ``today`` and was not told; the statuses stand there twice for the index's sake."""

_OWN_TODAY = "((%(now)s::timestamptz + sandbox.clock_offset) at time zone 'Asia/Kolkata')::date"
CANDIDATES_BY_OWN_CLOCK = (
    "  from organizations as sandbox\n  join documents as document on document.organization_id = sandbox.id"
    + _LAPSED.format(today=_OWN_TODAY)
    + "   and sandbox.clock_offset is not null\n"
)
"""The same of sandboxes that have set their clocks, before the days that it is there at ``now``."""

# What a change under way holds is told the next time. The row is written, unchanged, to get a number of its change:
# whoever keeps a copy by marks reads it again. Nobody has changed it, so it has neither a new version nor a new
# ``modified_at``, by which returns see what was changed after they were filed.
_TELL = Statement(
    f"""
with due as materialized (
  select document.id, document.due_on
  {CANDIDATES}
     and document.organization_id = %(organization_id)s
   order by document.due_on, document.id
   limit %(most)s
     for update of document skip locked
), told as (
  insert into lapses (organization_id, document_id, due_on, lapsed_at)
  select %(organization_id)s, id, due_on, %(now)s from due
      on conflict do nothing
  returning document_id
)
update documents as document
   set version = document.version
  from told
 where document.organization_id = %(organization_id)s
   and document.id = told.document_id
returning document.id, document.kind, document.number, document.status, document.contact_id, document.dated_on,
          document.due_on, document.total, document.balance
"""  # noqa: S608  # ours
)


class Lapsed(Struct, frozen=True):
    """A document whose due date has passed; ``status`` is the one that it shows no more."""

    id: str
    kind: str
    number: str | None
    status: str
    contact_id: str
    dated_on: date
    due_on: date
    total: Decimal
    balance: Decimal


async def tell(books: Books) -> int:
    """Note what has lapsed before today and was not told, a handful at most; return how many.

    Locks them, but for those that others hold.
    """
    lapsed = await books.load(Lapsed, _TELL, **late_from(), today=books.today, now=books.now, most=MOST_AT_ONCE)
    for each in sorted(lapsed, key=lambda one: (one.due_on, one.id)):
        _note(books, each)
    return len(lapsed)


def late_from() -> dict[str, list[str]]:
    """The values of ``LATE_FROM`` as ``CANDIDATES`` wants them."""
    return {"kinds": [kind for kind, _ in LATE_FROM], "statuses": [status for _, status in LATE_FROM]}


def _note(books: Books, lapsed: Lapsed) -> None:
    late = KIND_NAMED[lapsed.kind].statuses.late
    summary = {
        "status": late,
        "total": lapsed.total,
        "balance": lapsed.balance,
        "contact_id": lapsed.contact_id,
        "date": lapsed.dated_on,
        "due_date": lapsed.due_on,
    }
    changes = {"status": {"old": lapsed.status, "new": late}}
    books.happened(Happening(f"{lapsed.kind}_{late}", lapsed.kind, lapsed.id, lapsed.number, changes, summary))
