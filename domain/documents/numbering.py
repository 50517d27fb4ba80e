"""Number series: each branch has one per kind of document, and a number stands once in its registration and year.

Source: CGST Rules 2017, rule 46(b): consecutive, at most 16 characters, unique for a financial year.
"""

from collections.abc import Mapping
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
    """The numbers of one kind of document of one branch in one financial year."""

    branch_id: str
    branch_name: str
    prefix: str
    financial_year: str
    last_number: int
    next_number: str


_SERIES = Statement(
    """
select branch.id,
       branch.branch_name,
       coalesce(branch.prefixes ->> %(series)s, %(usual)s) as pattern,
       coalesce(counter.last_number, 0) as last_number
  from branches as branch
  left join number_counters as counter
    on counter.organization_id = branch.organization_id
   and counter.branch_id = branch.id
   and counter.document_kind = %(kind)s
   and counter.prefix = replace(coalesce(branch.prefixes ->> %(series)s, %(usual)s), '{FY}', %(year)s)
 where branch.organization_id = %(organization_id)s
 order by branch.branch_name, branch.id
"""
)

_SELF_INVOICE = "self_invoice"
SELF_INVOICE_NUMBER = """
case when self_prefix is not null
     then take_number(%(organization_id)s, branch_id, 'SELF_INVOICE', self_prefix, number_scope, financial_year) end
""".strip()
"""SQL that takes the next number of a self-invoice; nothing for a ``self_prefix`` that is null. Locks its series."""


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
    """Return the series of all branches for the present financial year."""
    year = financial_year_of(books.today)
    rows = await books.rows(_SERIES, series=kind.series, usual=_usual(kind.series), kind=kind.name, year=year.short)
    return [
        Series(
            branch_id=row["id"],
            branch_name=row["branch_name"],
            prefix=row["pattern"].replace(YEAR_MARK, year.short),
            financial_year=year.label,
            last_number=row["last_number"],
            next_number=format_number(row["pattern"], year, row["last_number"] + 1),
        )
        for row in rows
    ]
