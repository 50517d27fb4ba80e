"""Opening balances out of a sheet: one entry of all its rows, those left out that the books refuse.

They are one thing, which each import replaces as a whole: a row that is refused is dropped, and the rest tried again.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from domain.books import Books
from domain.errors import Failed, Refusal, Required
from domain.imports import references
from domain.imports.cells import Reading
from domain.imports.columns import Body, Column, Layout
from domain.imports.records import Record, body_of, records_of
from domain.imports.references import Reference
from domain.imports.running import Check, ImportKind, Made, Outcome, Report, Sent, note
from domain.values import Struct, replace

DATE = Column(("date",), Reading.DAY)
"""The day before the books begin, the same in every row."""

REFERENCES = (
    Reference("account_code", ("account_id",), "Account", references.accounts_by_code),
    Reference("account_name", ("account_id",), "Account", references.accounts_by_name),
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {"account": "account_name", "code": "account_code", "dr": "debit", "cr": "credit", "as_of": "date", "as_on": "date"}
)

Names = Mapping[str, str]
"""What each account is called, by its id."""
Write = Callable[[Books, str, Sequence[Body]], Awaitable[Names]]
"""Puts balances of a day in the place of those that stand, and returns the names of the accounts."""

_PLACE = re.compile(r"balances\[(\d+)\]\.?")


class _Row(Struct, frozen=True):
    """A row that can be read: its number, the balance, and the day that it says."""

    number: int
    body: Body
    day: str | None


async def run(
    books: Books,
    kind: ImportKind,
    sent: Sent,
    write: Write,
    *,
    is_dry_run: bool = False,
    is_all_or_nothing: bool = False,
) -> Report:
    """Put the balances of a sheet in the place of those that stand. Locks opening balances, then balances.

    Raises: Failed for a header that stands for nothing, Required where no row says the date.
    """
    records = records_of(Layout(sent.columns, kind.references, kind.orders, kind.aliases), sent.sheet, grouped_by=None)
    async with books.part() as whole:
        said, refused = await _read(books, records, sent.check)
        outcomes = [*refused, *await _written(books, said, write)]
        report = Report(sorted(outcomes, key=lambda outcome: outcome.row), is_written=not is_dry_run)
        if is_all_or_nothing and report.failed:
            report = replace(report, is_written=False)
        whole.is_kept = report.is_written
        if report.is_written:
            note(books, kind, report)
    return report


async def _read(books: Books, records: Sequence[Record], check: Check) -> tuple[list[_Row], list[Outcome]]:
    known = await references.found(books, (name for record in records for said in record.said for name in said.names))
    rows: list[_Row] = []
    refused: list[Outcome] = []
    for record in records:
        try:
            said, orders = body_of(record, known)
            body = {name: value for name, value in said.items() if value != 0}  # a side of nought says nothing
            check(body)
            rows.append(_Row(record.row, body, orders.get(DATE.name)))
        except Refusal as refusal:
            refused.append(Outcome(record.row, refusal=refusal))
    return rows, refused


async def _written(books: Books, rows: list[_Row], write: Write) -> list[Outcome]:
    """Write the rows, without those that are refused one after the other."""
    day = next((row.day for row in rows if row.day), None)
    if rows and day is None:
        raise Required("No row says the date of the balances.", field=DATE.name)
    other = Failed(f"Another row says {day}; all balances are of one day.", field=DATE.name)
    outcomes = [Outcome(row.number, refusal=other) for row in rows if row.day not in (None, day)]
    rows = [row for row in rows if row.day in (None, day)]
    while rows and day:
        try:
            async with books.part():
                names = await write(books, day, [row.body for row in rows])
        except Refusal as refusal:
            place = _PLACE.match(refusal.field or "")
            if place is None:
                return outcomes + [Outcome(row.number, refusal=refusal) for row in rows]
            refusal.field = (refusal.field or "").removeprefix(place[0]) or None
            outcomes.append(Outcome(rows.pop(int(place[1])).number, refusal=refusal))
        else:
            keys = [(row.number, str(row.body["account_id"])) for row in rows]
            return outcomes + [Outcome(number, made=Made(key, names.get(key))) for number, key in keys]
    return outcomes
