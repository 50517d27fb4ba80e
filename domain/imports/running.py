"""Runs an import: each record through the create function of its kind, refused alone, and reported in its order.

A dry run does all of it and takes it back, so it finds exactly what a real run would.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from domain.books import Books
from domain.cautions import Caution
from domain.errors import Forbidden, Refusal
from domain.happenings import Happening
from domain.ids import new_id
from domain.imports import references
from domain.imports.columns import Body, Column, Layout
from domain.imports.records import Record, body_of, records_of
from domain.imports.references import Found, Reference
from domain.imports.sheets import Sheet
from domain.values import Struct, field


class Made(Struct, frozen=True):
    """What a record has become: its id, and the number or name that people know it by."""

    id: str
    number: str | None


Check = Callable[[Body], None]
"""Holds a body to the contract. Raises the contract's refusals."""
Create = Callable[[Books, Body, Body], Awaitable[Made]]
"""Writes what a body says, by the orders for it. Raises what the books refuse."""


class Sent(Struct, frozen=True):
    """A sheet as it came in: the members that its columns may be, and the check that every body goes through."""

    sheet: Sheet
    columns: Sequence[Column]
    check: Check


class ImportKind(Struct, frozen=True):
    """What can be imported. ``grouped_by`` is the member whose value rows of one record share.

    ``create`` makes one record; there is none where all rows together are one thing.
    """

    entity_type: str
    create: Create | None = None
    references: Sequence[Reference] = ()
    orders: Sequence[Column] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    grouped_by: str | None = None


class Outcome(Struct, frozen=True):
    """What became of a record: what it made and what is odd about that, or why it was refused."""

    row: int
    made: Made | None = None
    refusal: Refusal | None = None
    cautions: list[Caution] = field(default_factory=list)


class Report(Struct, frozen=True):
    """What became of all records; ``is_written`` is false when everything was taken back."""

    outcomes: list[Outcome]
    is_written: bool

    @property
    def failed(self) -> int:
        """How many were refused."""
        return sum(outcome.refusal is not None for outcome in self.outcomes)


async def run(
    books: Books, kind: ImportKind, sent: Sent, *, is_dry_run: bool = False, is_all_or_nothing: bool = False
) -> Report:
    """Import a sheet. Locks what the create function locks, record after record.

    Raises Failed for a header that stands for nothing, Forbidden where an order asks for a scope that is not held.
    """
    assert kind.create is not None, "each record is made by itself"
    layout = Layout(sent.columns, kind.references, kind.orders, kind.aliases)
    records = records_of(layout, sent.sheet, grouped_by=kind.grouped_by)
    async with books.part() as whole:
        known = await references.found(
            books, (name for record in records for said in record.said for name in said.names)
        )
        outcomes = [await _outcome(books, kind.create, record, known, sent.check) for record in records]
        report = Report(outcomes, is_written=not is_dry_run)
        if is_all_or_nothing and report.failed:
            report = Report(outcomes, is_written=False)
        whole.is_kept = report.is_written
        if report.is_written:
            note(books, kind, report)
    return report


async def _outcome(books: Books, create: Create, record: Record, known: dict[str, Found], check: Check) -> Outcome:
    try:
        with books.warned_apart() as cautions:
            async with books.part():
                body, orders = body_of(record, known)
                check(body)
                return Outcome(record.row, made=await create(books, body, orders), cautions=cautions)
    except Forbidden:
        raise  # not this record is refused, but the caller
    except Refusal as refusal:
        return Outcome(record.row, refusal=refusal)


def note(books: Books, kind: ImportKind, report: Report) -> None:
    """Note the import as a whole, beside what each record noted; an import that wrote nothing is no change."""
    created = len(report.outcomes) - report.failed
    if created:
        summary = {"count": created, "failed": report.failed, "batch_size": len(report.outcomes)}
        action = f"{kind.entity_type}_IMPORTED"
        books.happened(Happening(action, kind.entity_type, new_id("imp"), None, summary=summary))
