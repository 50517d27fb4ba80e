"""What changed after it was told: documents that came late, and documents that say something else than a filed return.

Each waits for the next statement of outward supplies that may take it: the GSTR-1A of its own period while the GSTR-3B
of that is not filed, else the next GSTR-1 (CGST Act, section 37(3); CGST Rules, rule 59(1), proviso).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from domain.books import Books
from domain.gst.returns.advances import advances
from domain.gst.returns.conditions import COUNTS, untold
from domain.gst.returns.filed_rows import OF_IFF, FiledRow, last_said
from domain.gst.returns.filing import AT_MOST_RUNNING, OUTWARD_FORMS, Filings, ReturnFiling
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.shown import Shown, as_shown
from domain.gst.returns.sums import sums_of_documents
from domain.gst.returns.supplies import SIGN_OF_KIND, outward_supplies
from domain.statements import Statement
from domain.values import Struct, field, replace

_DAY = timedelta(days=1)


class Late(Struct, frozen=True):
    """A document of a filed period that no return tells yet."""

    id: str
    dated_on: date


class Pending(Struct, frozen=True):
    """What waits for a return of a registration: late documents, and changes of what was told."""

    late: Sequence[Late] = field(default_factory=list)
    changed: Sequence[FiledRow] = field(default_factory=list)

    @property
    def late_ids(self) -> tuple[str, ...]:
        """The ids of the late documents."""
        return tuple(each.id for each in self.late)


NOTHING = Pending()

_LATE = Statement(
    f"""
select document.id, document.dated_on
  from documents as document
  join branches as branch
    on branch.organization_id = %(organization_id)s
   and branch.id = document.branch_id
   and branch.gst_no = %(gstin)s
 where document.organization_id = %(organization_id)s
   and document.kind = any(%(kinds)s)
   and document.modified_at > %(since)s
   and document.approved_at > %(since)s
   and document.is_late_entry
   and document.dated_on <= %(filed_to)s
   and {COUNTS}
   and {untold("document")}
 union all
select payment.id, payment.dated_on
  from payments as payment
  join branches as branch
    on branch.organization_id = %(organization_id)s
   and branch.id = payment.branch_id
   and branch.gst_no = %(gstin)s
 where payment.organization_id = %(organization_id)s
   and payment.is_service_advance
   and payment.cgst_amount + payment.sgst_amount + payment.igst_amount > 0
   and payment.modified_at > %(since)s
   and payment.created_at > %(since)s
   and payment.dated_on <= %(filed_to)s
   and payment.voided_at is null
   and {untold("payment")}
 order by dated_on, id
"""  # noqa: S608  # fragments of our own
)
# After it was posted a document can only be voided, or get the shipping bill with which it was exported; an advance
# can only be voided. What moved of that in later periods has the period behind its id.
_MAYBE_CHANGED = Statement(
    """
select distinct shown.document_id
  from return_filings as filing
  join return_rows as shown
    on shown.organization_id = %(organization_id)s
   and shown.filing_id = filing.id
  join documents as document
    on document.organization_id = %(organization_id)s
   and document.id = shown.document_id
   and (document.voided_at > filing.filed_at
        or shown.section = 'exp' and document.modified_at > filing.filed_at)
 where filing.organization_id = %(organization_id)s
   and filing.gstin = %(gstin)s
   and filing.form = any(%(forms)s)
   and filing.status = 'FILED'
 union
select shown.document_id
  from payments as payment
  join return_rows as shown
    on shown.organization_id = %(organization_id)s
   and shown.document_id between payment.id and payment.id || '/~'
  join return_filings as filing
    on filing.organization_id = %(organization_id)s
   and filing.id = shown.filing_id
 where payment.organization_id = %(organization_id)s
   and payment.voided_on is not null
   and filing.gstin = %(gstin)s
   and filing.form = any(%(forms)s)
   and filing.status = 'FILED'
   and payment.voided_at > filing.filed_at
"""
)


async def pending(books: Books, gstin: str, filings: Filings) -> Pending:
    """Return all that waits for a return of the registration."""
    last = filings.last("GSTR1")
    if filings.last(*OUTWARD_FORMS) is None:
        return NOTHING
    late = [] if last is None else await _late(books, gstin, last)
    return Pending(late, await _changed(books, gstin))


def waiting_for(pending: Pending, filings: Filings, question: ReturnQuestion, form: str) -> Pending:
    """Return of all that waits what the return of this form that is asked for takes."""
    period, last = question.period, filings.last("GSTR1")
    if period is None or (last is None and form != "GSTR1"):
        return NOTHING
    of_1a = _of_gstr1a(pending, filings, last)
    if form == "GSTR1A":
        return of_1a if last is not None and last.period == period.label else NOTHING
    follows = last is None or last.to_on + _DAY == _first_day_of_quarter(question, form)
    if not follows:
        return NOTHING
    rest = Pending(
        [each for each in pending.late if each not in of_1a.late],
        [each for each in pending.changed if each not in of_1a.changed],
    )
    if form != "IFF":
        return rest
    return Pending([], [each for each in rest.changed if _is_told_early(each.shown)])


def _is_told_early(shown: Shown) -> bool:
    return any(row.section in OF_IFF and row.is_to_registered for row in shown.outward)


def becomes(row_period: str, dated_on: date | None, filings: Filings) -> str:
    """Return the form that a change takes: that of a document told in a period, or of a late one of a day."""
    last = filings.last("GSTR1")
    return "GSTR1A" if _is_open_to_1a(filings, last) and _is_of(last, row_period, dated_on) else "GSTR1"


def _of_gstr1a(pending: Pending, filings: Filings, last: ReturnFiling | None) -> Pending:
    """What the GSTR-1A of the last period takes, while it can be filed."""
    if not _is_open_to_1a(filings, last):
        return NOTHING
    return Pending(
        [each for each in pending.late if _is_of(last, "", each.dated_on)],
        [each for each in pending.changed if _is_of(last, each.period, None)],
    )


def _is_open_to_1a(filings: Filings, last: ReturnFiling | None) -> bool:
    """Whether the period of the last GSTR-1 still has its GSTR-1A, once, before its GSTR-3B."""
    if last is None:
        return False
    return not any(filings.of(form, last.period) for form in ("GSTR1A", "GSTR3B"))


def _is_of(last: ReturnFiling | None, row_period: str, dated_on: date | None) -> bool:
    if last is None:
        return False
    return row_period == last.period or (dated_on is not None and last.from_on <= dated_on <= last.to_on)


def _first_day_of_quarter(question: ReturnQuestion, form: str) -> date:
    """The first day of the period, of an IFF that of its quarter."""
    if form != "IFF":
        return question.from_on
    return question.from_on.replace(month=(question.from_on.month - 1) // 3 * 3 + 1)


async def _late(books: Books, gstin: str, last: ReturnFiling) -> list[Late]:
    assert last.filed_at is not None, "it is filed"
    since: datetime = last.filed_at - AT_MOST_RUNNING
    values = {"gstin": gstin, "kinds": list(SIGN_OF_KIND), "forms": list(OUTWARD_FORMS)}
    return await books.load(Late, _LATE, since=since, filed_to=last.to_on, **values)


async def _changed(books: Books, gstin: str) -> list[FiledRow]:
    rows = await books.rows(_MAYBE_CHANGED, gstin=gstin, forms=list(OUTWARD_FORMS))
    keys = [row["document_id"] for row in rows]
    if not keys:
        return []
    said = await last_said(books, keys, forms=OUTWARD_FORMS)
    now = {each.document_id: each for each in await shown_now(books, gstin, keys)}
    return [
        FiledRow(document_id=key, period=each.row.period, was=each.row.now, now=now.get(key))
        for key, each in said.items()
        if each.row.now is not None and _differs(each.row_hash, now.get(key), each.row.now)
    ]


def _differs(row_hash: str, now: Shown | None, was: Shown) -> bool:
    if now is None:
        return True
    told = {row.section for row in was.outward}
    alike = replace(now, outward=[row for row in now.outward if row.section in told], sums=now.sums if was.sums else [])
    return alike.hash != row_hash


async def shown_now(books: Books, gstin: str, document_ids: Iterable[str]) -> list[Shown]:
    """Return what documents, of whatever day, would have a return tell of them now; nothing of those that are void."""
    never = ReturnQuestion(gstin=gstin, from_on=date.max, to_on=date.min, late_ids=tuple(document_ids))
    outward, sums = await outward_supplies(books, never), await sums_of_documents(books, never)
    return as_shown(outward, sums, await advances(books, never))
