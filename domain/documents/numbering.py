"""Number series: each branch has one per kind of document, and a number stands once in its registration and year.

Source: CGST Rules 2017, rule 46(b): consecutive, at most 16 characters, unique for a financial year.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from domain.books import Books
from domain.documents.kinds import Kind
from domain.financial_year import financial_year_of
from domain.gst.document_numbers import YEAR_MARK, format_number
from domain.gst.supply import needs_self_invoice
from domain.gst.treatments import GstTreatment
from domain.statements import Statement
from domain.values import Struct


class Series(Struct, frozen=True):
    """The numbers of one kind of document in one series of a branch in one financial year."""

    branch_id: str
    branch_name: str
    series_name: str
    prefix: str
    financial_year: str
    last_number: int
    next_number: str


_SERIES = Statement(
    """
select branch.id,
       branch.branch_name,
       named.series_name,
       named.pattern,
       coalesce(counter.last_number, 0) as last_number
  from branches as branch
 cross join lateral (select %(default)s::text as series_name,
                            coalesce(branch.prefixes ->> %(series)s, %(usual)s) as pattern,
                            true as is_first
                      union all
                     select further ->> 'series_name', further ->> %(series)s, false
                       from jsonb_array_elements(branch.series) as further
                      where further ->> %(series)s is not null) as named
  left join number_counters as counter
    on counter.organization_id = branch.organization_id
   and counter.branch_id = branch.id
   and counter.document_kind = %(kind)s
   and counter.prefix = replace(named.pattern, '{FY}', %(year)s)
 where branch.organization_id = %(organization_id)s
 order by branch.branch_name, branch.id, named.is_first desc, named.series_name
"""
)

DEFAULT_SERIES = "default"
"""The series that every branch has: that of its ``prefixes``."""
_SELF_INVOICE = "self_invoice"
SELF_INVOICE_NUMBER = """
case when self_prefix is not null
     then take_number(%(organization_id)s, branch_id, 'SELF_INVOICE', self_prefix, number_scope, financial_year) end
""".strip()
"""SQL that takes the next number of a self-invoice; nothing for a ``self_prefix`` that is null. Locks its series."""


def series_of(kind: Kind, name: str, further: Sequence[Mapping[str, str | None]]) -> str:
    """The series of a branch that a document of this kind is numbered in: the default one where it has no such."""
    numbered = (kind.series, _SELF_INVOICE) if kind.writes_self_invoices else (kind.series,)
    names = {each["series_name"] for each in further if any(each.get(series) for series in numbered)}
    return name if name in names else DEFAULT_SERIES


def prefix_on(series: str, prefixes: Mapping[str, str], on: date) -> str:
    """What the numbers of a series begin with on this date: ``INV/{FY}/`` gives ``INV/26-27/``."""
    return (prefixes.get(series) or _usual(series)).replace(YEAR_MARK, financial_year_of(on).short)


def self_invoice_prefix(
    treatment: GstTreatment | None, *, is_reverse_charge: bool, prefixes: Mapping[str, str], on: date
) -> str | None:
    """What the number of the self-invoice for a purchase begins with; ``None`` where the vendor writes the invoice."""
    return (
        prefix_on(_SELF_INVOICE, prefixes, on)
        if needs_self_invoice(treatment, is_reverse_charge=is_reverse_charge)
        else None
    )


def _usual(series: str) -> str:
    """What a series begins with that a branch has no prefix for, because it is younger than the branch: initials."""
    initials = "".join(word[0] for word in series.split("_")).upper()
    return f"{initials}/{YEAR_MARK}/"


async def series(books: Books, kind: Kind) -> list[Series]:
    """Return the series of all branches for the present financial year, of each the default one first."""
    year = financial_year_of(books.today)
    asked = {"series": kind.series, "usual": _usual(kind.series), "default": DEFAULT_SERIES}
    rows = await books.rows(_SERIES, **asked, kind=kind.name, year=year.short)
    return [
        Series(
            branch_id=row["id"],
            branch_name=row["branch_name"],
            series_name=row["series_name"],
            prefix=row["pattern"].replace(YEAR_MARK, year.short),
            financial_year=year.label,
            last_number=row["last_number"],
            next_number=format_number(row["pattern"], year, row["last_number"] + 1),
        )
        for row in rows
    ]
