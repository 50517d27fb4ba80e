"""The commands ``finzbooks import``: take over books from other programs."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.books import Books
from domain.errors import Invalid, Refusal
from domain.imports.cells import read_day
from domain.imports.openings import day_before
from domain.imports.sheets import Sheet
from domain.imports.translation import ForeignFile, foreign_records
from domain.imports.zoho import FILES
from domain.imports.zoho_contacts import OPENING_DATE
from server import desk
from server.importing.takeover import Errand, Line, Outcome, Source, read_sheet, rehearse, take_over

app = typer.Typer(name="import", help="Take over books from other programs.", no_args_is_help=True)

Directory = Annotated[
    Path, typer.Argument(help="Where the exported CSV files are.", exists=True, file_okay=False, show_default=False)
]
Organization = Annotated[
    str | None, typer.Option("--organization", "--org", help="Name or id of the organization; the only one by default.")
]
User = Annotated[str | None, typer.Option("--user", help="Who does it, by e-mail address; the owner by default.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Try all of it and keep nothing.")]
OpeningDate = Annotated[
    datetime | None,
    typer.Option(
        "--opening-date",
        formats=["%Y-%m-%d"],
        help="Day of the contacts' opening balances; by default 31 March before the first record.",
        show_default=False,
    ),
]
ReportFile = Annotated[Path, typer.Option("--report", help="Where to write what was not simply imported, and why.")]

_SOURCE = "ZOHO_BOOKS"
_NUMBERED = re.compile(r"[ _-]?\(?\d+\)?$")
_HEADINGS = ("File", *(outcome.value.capitalize() for outcome in Outcome))


@app.command(epilog="Example: finzbooks import zoho ./zoho-export --organization Sahyadri --dry-run")
def zoho(
    directory: Directory,
    *,
    organization: Organization = None,
    user: User = None,
    opening_date: OpeningDate = None,
    is_dry_run: DryRun = False,
    report: ReportFile = Path("zoho-import-report.csv"),
) -> None:
    """Take over the files that Zoho Books exports: accounts, contacts, items and documents.

    Each record is written whole or not at all, and only once: run it again, after a mistake is mended or the command
    was stopped, and it goes on with what is not here yet.
    """
    sources = _sources(directory, opening_date.date() if opening_date else None)
    if not sources:
        desk.say(f"There is no file of Zoho Books in {directory}, such as Contacts.csv or Invoice.csv.")
        raise typer.Exit(1)
    lines: list[Line] = []
    with _written(report) as write, _bar(sum(len(source.records) for source in sources)) as bar:

        def tell(line: Line) -> None:
            lines.append(line)
            write(line)
            bar.update(bar.task_ids[0], advance=1, description=line.file)

        async def work(url: str) -> None:
            errand = await desk.in_one_transaction(url, partial(_errand, organization, user))
            await (rehearse if is_dry_run else take_over)(url, errand, sources, tell)

        desk.with_database(work)
    _tell(lines, sources, report, is_dry_run=is_dry_run)
    if any(line.outcome is Outcome.FAILED for line in lines):
        raise typer.Exit(1)


async def _errand(organization: str | None, user: str | None, books: Books) -> Errand:
    opened = await desk.books_of(books, organization)
    person = await desk.user_called(opened, user)
    return Errand(_SOURCE, opened.organization_id, person.id)


def _sources(directory: Path, opening_date: date | None) -> list[Source]:
    """The files that are taken over, in the order in which one refers to the other. A file that is no CSV ends it."""
    read = cache(_read)
    paths = sorted(path for path in directory.iterdir() if path.suffix.lower() == ".csv")
    found = [(file, path) for file in FILES for path in paths if _called(path) in file.names]
    opening_date = opening_date or _opening_date((file, read(path)) for file, path in found)
    given = {OPENING_DATE: opening_date.isoformat()} if opening_date else {}
    sources = [Source(path, file, foreign_records(file, read(path), given)) for file, path in found]
    return [source for source in sources if source.records or not source.file.part]


def _read(path: Path) -> Sheet:
    try:
        return read_sheet(path)
    except Refusal as refusal:
        desk.say(f"{path.name}: {refusal.message}")
        raise typer.Exit(1) from None


def _opening_date(sheets: Iterable[tuple[ForeignFile, Sheet]]) -> date | None:
    """The last day of the year before the earliest record's; ``None`` where no record has a day that can be read."""
    days = []
    for file, sheet in sheets:
        for record in foreign_records(file, sheet) if "date" in file.columns else ():
            with suppress(Invalid):
                days.append(date.fromisoformat(read_day(file.columns["date"](record.head))))
    return day_before(min(days)) if days else None


def _called(path: Path) -> str:
    return _NUMBERED.sub("", path.stem.lower()).replace(" ", "_")


@contextmanager
def _written(report: Path) -> Iterator[partial[None]]:
    """Write the report line by line, so that it is there also when the command is stopped."""
    with report.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "row", "record", "outcome", "code", "field", "message"))

        def write(line: Line) -> None:
            if line.message:
                cells = (line.file, line.row, line.record, line.outcome, line.code, line.field, line.message)
                writer.writerow(cells)
                file.flush()

        yield partial(write)


def _bar(total: int) -> Progress:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("", total=total)
    return bar


def _tell(lines: list[Line], sources: list[Source], report: Path, *, is_dry_run: bool) -> None:
    counts = Counter((line.file, line.outcome) for line in lines)
    names = list(dict.fromkeys(source.name for source in sources))
    desk.show_table(_HEADINGS, [(name, *(str(counts[name, outcome]) for outcome in Outcome)) for name in names])
    if is_dry_run:
        desk.say("It was a dry run: nothing is kept.")
    if any(line.message for line in lines):
        desk.say(f"What was not simply imported, and why, stands in {report}.")
