"""What every import does, once: run a sheet through the operation that makes one of its things, show the report."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.books import Books
from domain.imports.columns import Body
from domain.imports.running import Create, ImportKind, Made, Sent, run
from domain.imports.twins import Twin, refuse_twin
from handlers.replies import Reply, shown
from handlers.shapes.imports import shown_report

Operation = Callable[..., Awaitable[Reply]]


class ImportHandlers:
    """The import of one kind of thing."""

    def __init__(self, kind: ImportKind) -> None:
        self._kind = kind

    async def run(self, books: Books, query: dict[str, Any], body: Sent) -> Reply:
        """Import a sheet and show what became of its rows."""
        is_dry_run, is_all_or_nothing = query["dry_run"], query["all_or_nothing"]
        report = await run(books, self._kind, body, is_dry_run=is_dry_run, is_all_or_nothing=is_all_or_nothing)
        return shown("import", shown_report(self._kind, report, is_dry_run=is_dry_run))


def adding(operation: Operation, *, singular: str, twin: Twin) -> Create:
    """Make a row of a master list, unless it has a twin."""

    async def create(books: Books, body: Body, orders: Body) -> Made:
        await refuse_twin(books, twin, body)
        return _made(await operation(books, body), singular, twin.members[0])

    return create


def drafting(operation: Operation, *, singular: str, number_field: str) -> Create:
    """Make a document."""

    async def create(books: Books, body: Body, orders: Body) -> Made:
        return _made(await operation(books, body), singular, number_field)

    return create


def _made(reply: Reply, singular: str, number: str) -> Made:
    assert reply.body is not None, "what is created is shown"
    resource: Mapping[str, Any] = reply.body[singular]
    return Made(resource[f"{singular}_id"], resource[number])
