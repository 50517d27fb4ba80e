"""A takeover: each record of another program's files in a transaction of its own, with the note that it is here.

So a run that is killed at any moment has left whole records only, and the next run goes on with the rest. A dry run
does the same in one transaction that it takes back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from domain import happenings
from domain.books import Books
from domain.errors import Duplicate, Failed, Refusal
from domain.imports import progress, references
from domain.imports.cells import amount
from domain.imports.kinds import STATUS
from domain.imports.records import body_of
from domain.imports.sheets import Sheet, decoded, parsed
from domain.imports.translation import ForeignFile, ForeignRecord, said, translated
from domain.imports.twins import refuse_twin
from domain.organization import open_organization
from server import desk
from server.importing.operations import Made, Operations
from server.postgres import sessions

_NOT_IN_FORCE = "DRAFT"


class Outcome(StrEnum):
    """What became of a record."""

    IMPORTED = "imported"
    BEFORE = "imported before"
    THERE = "there already"
    LEFT_OUT = "left out"
    FAILED = "failed"
    DIFFERS = "settled otherwise"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one record, for the report; ``row`` as a spreadsheet shows it."""

    file: str
    row: int
    record: str
    outcome: Outcome
    code: str = ""
    field: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One file on the disk, how it is read, and its records."""

    path: Path
    file: ForeignFile
    records: list[ForeignRecord]

    @property
    def name(self) -> str:
        """What it is called in reports and notes: the file, and the part of it that is read."""
        return f"{self.path.name}: {self.file.part}" if self.file.part else self.path.name


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom the books are written: an organization, by a user, from a program."""

    source: str
    organization_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Work:
    """What every record needs: the operations that make things, and for whom."""

    operations: Operations
    errand: Errand


Tell = Callable[[Line], None]
"""Hears what became of a record, as soon as it is known."""


def read_sheet(path: Path) -> Sheet:
    """Read a file of any number of rows. Raises: Invalid, Failed for what is no CSV in UTF-8."""
    return parsed(decoded(path.read_bytes()), max_rows=None)


async def take_over(url: str, errand: Errand, sources: list[Source], tell: Tell) -> None:
    """Take over all records, each in a transaction of its own, and tell of each as it is done.

    Raises: TimeoutError for a record that takes longer than a job may; the next run goes on with it.
    """
    work = Work(Operations(), errand)
    async with desk.connected(url) as connection:
        for source in sources:
            done = await desk.acting(connection, partial(_done_before, work, source))
            for record in source.records:
                if record.key in done:
                    tell(Line(source.name, record.row, record.key, Outcome.BEFORE))
                else:
                    async with asyncio.timeout(sessions.JOB_SECONDS):  # what is known at an instant rests on it
                        line = await desk.acting(connection, partial(_alone, work, source, record))
                    tell(line)
        for source in sources:
            for line in await desk.acting(connection, partial(_compared, work, source)):
                tell(line)


async def rehearse(url: str, errand: Errand, sources: list[Source], tell: Tell) -> None:
    """Do the same in one transaction, tell of each record, and take all of it back."""
    work = Work(Operations(), errand)
    async with desk.connected(url) as connection:
        await desk.acting(connection, partial(_all_taken_back, work, sources, tell))


async def _done_before(work: Work, source: Source, books: Books) -> frozenset[str]:
    opened = await _opened(books, work.errand)
    return await progress.done(opened, source=work.errand.source, file=source.name)


async def _alone(work: Work, source: Source, record: ForeignRecord, books: Books) -> Line:
    opened = await _opened(books, work.errand)
    line = await _line(opened, work, source, record)
    await happenings.record(opened)
    return line


async def _all_taken_back(work: Work, sources: list[Source], tell: Tell, books: Books) -> None:
    opened = await _opened(books, work.errand)
    async with opened.part() as whole:
        whole.is_kept = False
        for source in sources:
            done = await progress.done(opened, source=work.errand.source, file=source.name)
            for record in source.records:
                is_new = record.key not in done
                before = Line(source.name, record.row, record.key, Outcome.BEFORE)
                tell(await _line(opened, work, source, record) if is_new else before)
        for source in sources:
            for line in await _compared(work, source, opened):
                tell(line)


async def _compared(work: Work, source: Source, books: Books) -> list[Line]:
    """The documents of a file of which more or less is settled here than there."""
    say = source.file.open_amount
    if say is None:
        return []
    opened = await _opened(books, work.errand)
    settled = await progress.settled(opened, source=work.errand.source, file=source.name)
    lines = []
    for record in source.records:
        balance, total = say(record.head), said(*source.file.total)(record.head)
        there = amount(total) - amount(balance) if balance else None
        here = settled.get(record.key)
        if there is not None and here is not None and here != there:
            message = f"{here} of it is settled here, {there} there."
            lines.append(Line(source.name, record.row, record.key, Outcome.DIFFERS, message=message))
    return lines


async def _opened(books: Books, errand: Errand) -> Books:
    return await open_organization(replace(books, user_id=errand.user_id), errand.organization_id)


async def _line(
    books: Books, work: Work, source: Source, record: ForeignRecord, taken: frozenset[str] = frozenset()
) -> Line:
    """Take over one record, or say why not; the members in ``taken`` are another thing's already."""
    file, line = source.file, Line(source.name, record.row, record.key, Outcome.IMPORTED)
    why = file.left_out(record.head) if work.operations.has(file.operation) else "Such records are not taken over yet."
    if why:
        return replace(line, outcome=Outcome.LEFT_OUT, message=why)
    try:
        async with books.part():
            made = await _made(books, work.operations, file, record, taken)
            place = {"source": work.errand.source, "file": source.name, "record": record.key}
            await progress.remember(books, **place, entity_id=made.id)
    except OtherFigures as refusal:
        return replace(line, outcome=Outcome.LEFT_OUT, message=refusal.message)
    except Refusal as refusal:
        field, is_duplicate = refusal.field or "", isinstance(refusal, Duplicate)
        if is_duplicate and field in file.if_taken.keys() - taken:
            return await _line(books, work, source, record, taken | {field})
        outcome = Outcome.THERE if is_duplicate and field == file.known_by else Outcome.FAILED
        return replace(line, outcome=outcome, code=refusal.code, field=field, message=refusal.message)
    return replace(line, message=_note(file, record, made))


async def _made(
    books: Books, operations: Operations, file: ForeignFile, record: ForeignRecord, taken: frozenset[str]
) -> Made:
    operation = operations.get(file.operation)
    ours = translated(file, record, operation.columns)
    known = await references.found(books, (name for row in ours.said for name in row.names))
    body, orders = body_of(ours, known)
    body |= {member: file.if_taken[member](body[member]) for member in taken}
    if file.twin:
        await refuse_twin(books, file.twin, body)
    status = orders.get(STATUS.name, "")
    made = await operation.make(books, body)
    _refuse_other_figures(file, record, made, status)
    if status in file.afterwards:
        await operations.get(file.afterwards[status]).follow(books, made.id)
    return made


class OtherFigures(Failed):
    """An issued paper would come to another total here: it keeps its figures to the paisa, or is left out."""


def _refuse_other_figures(file: ForeignFile, record: ForeignRecord, made: Made, status: str) -> None:
    there = said(*file.total)(record.head) if file.total else ""
    if there and status != _NOT_IN_FORCE and amount(there) != made.total:
        raise OtherFigures(
            f"Its total would be {made.total} here, but is {there} there; mend the file, or enter it by hand."
        )


def _note(file: ForeignFile, record: ForeignRecord, made: Made) -> str:
    """What the owner should know of a record that is here: parts that are not, and a total that differs."""
    notes = [file.to_note(record.head) or ""]
    there = said(*file.total)(record.head) if file.total else ""
    if there and amount(there) != made.total:
        notes.append(f"Its total is {made.total} here, {there} there.")
    return " ".join(filter(None, notes))
