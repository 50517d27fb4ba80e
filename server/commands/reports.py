"""The commands ``finzbooks report``: each report of the contract, as a table or a file.

A command is made of each operation that a report is bound to: its options are the parameters of the contract, and what
is typed is checked by the same rules as a request.
"""

import inspect
import os
import pkgutil
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Protocol
from urllib.parse import urlencode

import msgspec
import typer
from psycopg import IsolationLevel
from rich.console import Console
from sqlalchemy import Table, bindparam, func, or_

from domain.books import Books
from domain.errors import Failed
from domain.reports.sheet import Line, Sheet
from domain.statements import Statement, tenant_select
from domain.values import Struct
from handlers.replies import Export, File, Head, Reply
from models.masters import accounts, contacts, items
from models.organization import branches, cost_centers
from openapi.bundle import bundle, operations_of, resolve
from openapi.fragments import CONTROLLER, Json
from server import desk
from server.commands import tables
from server.contract.codec import encode
from server.contract.parameters import ParameterGroups
from server.edge.validation import OperationRules
from server.exports.making import Exports, batches
from server.printing.press import press_of
from server.settings import Settings

app = typer.Typer(name="report", help="Reports of the books, as tables or files.", no_args_is_help=True)

JSON, TABLE = "json", "table"
FORMATS = (TABLE, JSON, "csv", "xlsx", "pdf")
_BYTES = frozenset(("xlsx", "pdf"))
_MOST_LINES = 5000
"""Lines of a table on the terminal."""

_WIDTH = 100
"""Characters of a line where there is no terminal that says how many."""

_IN_FORMATS = "#/components/parameters/ReportFormat"
"""The parameter that every report takes, and nothing else."""

_ELSEWHERE = frozenset(("organization_id", "format", "cursor"))
"""Parameters that are no options: the organization is named as in all commands, and a table has no pages."""

_ENDS = ("_date", "_id")
_NAMED: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "branch_id": (branches, ("branch_name", "code")),
    "cost_center_id": (cost_centers, ("name",)),
    "account_id": (accounts, ("code", "name")),
    "contact_id": (contacts, ("contact_name",)),
    "customer_id": (contacts, ("contact_name",)),
    "vendor_id": (contacts, ("contact_name",)),
    "item_id": (items, ("item_name",)),
}
"""What people call a thing whose id a report asks for: an option takes the id or one of these names."""

_Query = Mapping[str, Any]


class _Report(Protocol):
    """What a handler is bound to that answers a report."""

    name: str

    async def get(self, books: Books, query: dict[str, Any]) -> Reply:
        """Answer a call."""

    async def ask(self, books: Books, query: _Query) -> Any:
        """Return the question."""

    async def export(self, books: Books, question: Any, wanted: str) -> Export:
        """Return the report as sheets."""


class _Tables(Struct, frozen=True):
    """A report to be printed: each sheet with its first lines, and whether these are all."""

    head: Head
    sheets: list[tuple[Sheet, list[Line], bool]]


def _commands() -> None:
    """Make a command of each operation that a report is bound to."""
    spec = bundle()
    groups = ParameterGroups(spec["components"]["schemas"])
    for item in spec["paths"].values():
        for method, operation in operations_of(item):
            handler = pkgutil.resolve_name(f"{operation[CONTROLLER]}:{operation['operationId']}")
            if {"$ref": _IN_FORMATS} in operation["parameters"]:
                report: _Report = handler.__self__
                rules = OperationRules(method.upper(), operation, [], spec["components"], groups)
                options = _options_of(operation, spec)
                command = _command(report, rules, options)
                text = f"{operation['summary']}.\n\n{operation['description'].partition(' Scope `')[0]}"
                app.command(report.name, help=text, epilog=_example(report.name, options))(command)


def _options_of(operation: Json, spec: Json) -> dict[str, Json]:
    """The parameters of an operation that can be said, by the names that options have in Python."""
    declared = (resolve(spec, each) for each in operation["parameters"])
    said = {each["name"]: each for each in declared if each["in"] == "query" and each["name"] not in _ELSEWHERE}
    return {_short(name): {**each, "schema": resolve(spec, each["schema"])} for name, each in said.items()}


def _short(name: str) -> str:
    for end in _ENDS:
        name = name.removesuffix(end)
    return name


def _command(report: _Report, rules: OperationRules, options: Mapping[str, Json]) -> Callable[..., None]:
    def command(**said: Any) -> None:
        organization, wanted, output = (said.pop(name) for name in ("organization", "file_format", "output"))
        query = {options[name[:-1]]["name"]: value for name, value in said.items() if value is not None}
        _carry_out(report, rules, query, organization=organization, wanted=wanted, output=output)

    parameters = [_parameter(name, each) for name, each in options.items()]
    parameters += [
        _keyword("organization", str | None, ("--organization", "--org"), "Name or id; the only one by default."),
        _keyword("file_format", str, ("--format",), f"One of {', '.join(FORMATS)}.", default=TABLE),
        _keyword("output", Path | None, ("--output", "-o"), "File to write into."),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads options there
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    command.__name__ = report.name
    return command


def _parameter(name: str, declared: Json) -> inspect.Parameter:
    """The option of a parameter; a line is added to its name, for some of them are words of Python."""
    is_needed = declared.get("required", False)
    allowed = declared["schema"].get("enum")
    words = declared["description"].strip().rstrip(".") + (f": {', '.join(allowed)}." if allowed else ".")
    kind = str if is_needed else str | None
    default = inspect.Parameter.empty if is_needed else None
    return _keyword(f"{name}_", kind, (f"--{name.replace('_', '-')}",), words, default=default)


def _keyword(name: str, kind: Any, flags: tuple[str, ...], words: str, *, default: Any = None) -> inspect.Parameter:
    option = Annotated[kind, typer.Option(*flags, help=words, show_default=False)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)


def _example(name: str, options: Mapping[str, Json]) -> str:
    needed = [
        f"--{option.replace('_', '-')} {each['schema'].get('example', '…')}"
        for option, each in options.items()
        if each.get("required")
    ]
    return " ".join(("Example: finzbooks report", name, *needed))


def _carry_out(
    report: _Report,
    rules: OperationRules,
    said: _Query,
    *,
    organization: str | None,
    wanted: str,
    output: Path | None,
) -> None:
    """Make the report in a transaction that only reads, and write it to a file or on the terminal."""
    if wanted not in FORMATS:
        desk.fail(f"There is no format {wanted}; take one of {', '.join(FORMATS)}.")
    if wanted in _BYTES and output is None and sys.stdout.isatty():
        desk.fail(f"What {wanted} has in it is no text; say with --output into which file it is written.")

    async def act(books: Books) -> bytes | File | _Tables:
        opened = await desk.books_of(books, organization)
        named = {name: await _id_of(opened, name, value) for name, value in said.items()}
        text = urlencode({**named, "format": JSON if wanted == TABLE else wanted})
        _, query = rules.check_parameters({}, text.encode(), {})
        return await _made(opened, report, query, wanted)

    async def work(url: str) -> bytes | File | _Tables:
        async with desk.connected(url) as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            await connection.set_read_only(True)
            return await desk.acting(connection, act)

    made = desk.with_database(work)
    if isinstance(made, _Tables):
        _print(made, output)
    else:
        with nullcontext(sys.stdout.buffer) if output is None else output.open("wb") as target:
            _write(made, target)


async def _made(books: Books, report: _Report, query: dict[str, Any], wanted: str) -> bytes | File | _Tables:
    if wanted == JSON:
        return msgspec.json.format(encode((await report.get(books, query)).body), indent=1) + b"\n"
    export = await report.export(books, await report.ask(books, query), wanted)
    if wanted != TABLE:
        return await _file(export)
    return _Tables(export.head, [(sheet, *await _first_lines(sheet)) for sheet in export.sheets])


async def _file(export: Export) -> File:
    press = press_of(Settings.from_environment())
    exports = Exports(press)
    try:
        made = await exports.made(export)
        return made if isinstance(made, File) else await exports.rendered(made)
    finally:
        await press.close()


def _write(made: bytes | File, target: BinaryIO) -> None:
    if isinstance(made, bytes):
        target.write(made)
        return
    with made.content:
        shutil.copyfileobj(made.content, target)


def _print(made: _Tables, output: Path | None) -> None:
    with nullcontext(None) if output is None else output.open("w", encoding="utf-8") as file:
        console = Console(file=file)
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = _WIDTH
        tables.print_head(console, made.head)
        for sheet, lines, is_all in made.sheets:
            tables.print_sheet(console, sheet, lines, is_titled=len(made.sheets) > 1 or sheet.title != made.head.title)
            if not is_all:
                console.print(f"These are the first {_MOST_LINES:,} lines; --format csv writes all.")


async def _first_lines(sheet: Sheet) -> tuple[list[Line], bool]:
    lines: list[Line] = []
    async for batch in batches(sheet.lines):
        lines += batch
        if len(lines) > _MOST_LINES:
            return lines[:_MOST_LINES], False
    return lines, True


async def _id_of(books: Books, name: str, said: str) -> str:
    """The id of what is said: an id, or what people call it. Raises Failed when several are called so."""
    if name not in _NAMED:
        return said
    table, columns = _NAMED[name]
    known_as = or_(
        table.c.id == bindparam("said"),
        *(func.lower(table.c[each]) == func.lower(bindparam("said")) for each in columns),
    )
    found = await books.rows(Statement(tenant_select(table, table.c.id).where(known_as).limit(3)), said=said)
    if len(found) > 1:
        raise Failed(f"Several are called {said}; say which one by its id.")
    return found[0]["id"] if found else said


_commands()
