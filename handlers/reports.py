"""The door of all reports: each is bound here by a row, which gets it its snapshot, its formats and its envelope."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from domain.books import Books
from domain.reports.question import Scope
from domain.reports.sheet import Sheet
from handlers.replies import Export, Head, Reply, exported, shown
from handlers.shapes.reports.scope import lines_of_head, shown_scope

JSON = "json"


class Asked(Protocol):
    """A question: whatever else it asks, it says which part of the books is read."""

    @property
    def scope(self) -> Scope:
        """Organization, days, branch, and what else all reports can be asked for."""


Question = TypeVar("Question", bound=Asked)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Report(Generic[Question, Answer]):
    """A report under its name in the contract, which is the member of its envelope and the last part of its path.

    ``ask`` makes the question of a validated query, and refuses what is not there; ``answer`` reads the books; ``show``
    gives the members of the JSON answer, besides those of the question, which are added here. ``sheets`` are made of
    the answer; of a report that can be long, ``stream`` makes them of the question instead, and they are read batch by
    batch.
    """

    name: str
    title: str
    ask: Callable[[Books, Mapping[str, Any]], Awaitable[Question]]
    answer: Callable[[Books, Question], Awaitable[Answer]]
    show: Callable[[Answer], dict[str, Any]]
    sheets: Callable[[Answer], Sequence[Sheet]] | None = None
    stream: Callable[[Books, Question], Sequence[Sheet]] | None = None

    async def get(self, books: Books, query: dict[str, Any]) -> Reply:
        """Answer a call, in the format that it asks for. Raises what ``ask`` raises."""
        wanted = query["format"]
        async with books.snapshot():
            question = await self.ask(books, query)
            if wanted != JSON:
                return exported(await self.export(books, question, wanted))
            answer = await self.answer(books, question)
            return shown(self.name, {**shown_scope(books, question.scope), **self.show(answer)})

    async def export(self, books: Books, question: Question, wanted: str) -> Export:
        """Return the report as sheets for a file; those of a long one are read later, in the same snapshot."""
        scope = question.scope
        return Export(
            format=wanted,
            filename=f"{self.name}-{scope.period.slug}.{wanted}",
            head=Head(scope.keeper.name, self.title, lines_of_head(books, scope), books.now),
            sheets=await self._sheets(books, question),
        )

    async def _sheets(self, books: Books, question: Question) -> Sequence[Sheet]:
        if self.stream is not None:
            return self.stream(books, question)
        assert self.sheets is not None, "a report has sheets of its answer or of its question"
        return self.sheets(await self.answer(books, question))
