"""A paper of a vendor is entered once: by its number, the vendor or his GSTIN, and the financial year.

Bills and expenses enter invoices, so one number stands in either; debit notes enter the credit notes of vendors. Of two
callers at once the second waits for the first, so that whoever comes later finds what is there.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date

from domain.books import Books
from domain.documents.document import Document
from domain.documents.kinds import KIND_NAMED
from domain.errors import Duplicate
from domain.expenses.expense import Expense
from domain.financial_year import financial_year_of
from domain.statements import Statement, as_rows
from domain.values import Struct

FIELD = "reference_number"


class VendorPaper(Struct, frozen=True, kw_only=True):
    """A paper as it is entered, under the ``id`` of its bill, debit note or expense.

    ``scope`` is the kind of document among which its number stands once, ``number`` as the vendor wrote it.
    """

    id: str
    scope: str
    contact_id: str | None
    contact_name: str | None
    gst_no: str | None
    number: str
    dated_on: date

    @classmethod
    def behind(cls, entered: Document | Expense, scope: str) -> "VendorPaper | None":
        """The paper behind what was entered, if it has a number that stands once."""
        if entered.is_duplicate_meant or reference_key(entered.reference_number) is None:
            return None
        return cls(
            id=entered.id,
            scope=scope,
            contact_id=entered.contact_id,
            contact_name=entered.contact_name,
            gst_no=entered.gst_no,
            number=(entered.reference_number or "").strip(),
            dated_on=entered.dated_on,
        )

    @property
    def year(self) -> str:
        """The financial year, ``2026-27``."""
        return financial_year_of(self.dated_on).label

    @property
    def names(self) -> Iterator[Hashable]:
        """Each thing by which another paper is the same: the vendor or the GSTIN, with number and year."""
        for party in (self.contact_id, self.gst_no):
            if party is not None:
                yield self.scope, party, self.year, reference_key(self.number)


_LOCK = Statement(
    """
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || name, 0))
  from (select distinct name from unnest(%(names)s::text[]) as name order by name) as paper
"""
)
# What was said to be meant twice is no twin of anything; see the index of the same condition.
_TWINS = Statement(
    """
select entered.id as entered_id, twin.entity, twin.id, twin.number, twin.status
  from json_to_recordset(%(papers)s)
    as entered(id text, scope text, contact_id text, gst_no text, reference_key text, first_day date, last_day date)
  join lateral (
    select kind as entity, id, number, status
      from documents
     where organization_id = %(organization_id)s
       and kind = entered.scope
       and reference_key = entered.reference_key
       and dated_on between entered.first_day and entered.last_day
       and (contact_id = entered.contact_id or gst_no = entered.gst_no)
       and id <> entered.id
       and voided_at is null
       and not is_duplicate_meant
    union all
    select 'EXPENSE', id, null, null
      from expenses
     where organization_id = %(organization_id)s
       and entered.scope = 'BILL'
       and reference_key = entered.reference_key
       and dated_on between entered.first_day and entered.last_day
       and (contact_id = entered.contact_id or gst_no = entered.gst_no)
       and id <> entered.id
       and deleted_at is null
       and not is_duplicate_meant
     limit 1
  ) as twin on true
"""
)


def reference_key(number: str | None) -> str | None:
    """The number of a paper as it is compared: ``INV-7``, ``inv-7`` and ``INV-7 `` are one; blanks are none."""
    return (number or "").strip().upper() or None


async def refuse_twin(books: Books, paper: VendorPaper) -> None:
    """Refuse a paper that is entered already. Locks its number until the transaction ends. Raises Duplicate."""
    for refusal in (await twins_of(books, [paper])).values():
        raise refusal


async def twins_of(books: Books, papers: Sequence[VendorPaper]) -> dict[str, Duplicate]:
    """The refusals of those papers, by id, that are entered already. Locks their numbers, in order."""
    if not papers:
        return {}
    await books.rows(_LOCK, names=[f"/{each.scope}/{each.year}/{reference_key(each.number)}" for each in papers])
    rows = await books.rows(_TWINS, papers=as_rows([_looked_for(paper) for paper in papers]))
    by_id = {paper.id: paper for paper in papers}
    return {row["entered_id"]: _refusal(by_id[row["entered_id"]], row) for row in rows}


def repeated(papers: Mapping[int, VendorPaper]) -> dict[str, Duplicate]:
    """The refusals of those papers, by id, that an earlier row of one request is already; rows are told from 1."""
    first: dict[Hashable, int] = {}
    refused: dict[str, Duplicate] = {}
    for row, paper in sorted(papers.items()):
        same = [first[name] for name in paper.names if name in first]
        if same:
            refused[paper.id] = Duplicate(f"{_told(paper)} is row {same[0]} already.{_ADVICE}", field=FIELD)
        for name in paper.names:
            first.setdefault(name, row)
    return refused


_ADVICE = " If this is another paper, send allow_duplicate_reference."


def _looked_for(paper: VendorPaper) -> dict[str, object]:
    year = financial_year_of(paper.dated_on)
    return {
        "id": paper.id,
        "scope": paper.scope,
        "contact_id": paper.contact_id,
        "gst_no": paper.gst_no,
        "reference_key": reference_key(paper.number),
        "first_day": year.first_day,
        "last_day": year.last_day,
    }


def _refusal(paper: VendorPaper, twin: Mapping[str, str | None]) -> Duplicate:
    kind = KIND_NAMED.get(twin["entity"] or "")
    if kind is None:
        details: dict[str, str | None] = {"expense_id": twin["id"]}
        called = f"expense {twin['id']}"
    else:
        details = {kind.field_of("id"): twin["id"], kind.number_field: twin["number"]}
        called = f"{twin['number'] or twin['id']}, {twin['status']}"
    return Duplicate(f"{_told(paper)} is entered already: {called}.{_ADVICE}", field=FIELD, details=details)


def _told(paper: VendorPaper) -> str:
    return f"{paper.number} of {paper.contact_name or paper.gst_no} in {paper.year}"
