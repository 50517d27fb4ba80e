"""What comes before the deal can do besides: be accepted or declined, and become something else."""

from typing import Any

from domain.books import Books
from domain.documents import conversion, lifecycle
from domain.documents.kinds import KIND_NAMED, Kind
from handlers.replies import Reply, shown
from handlers.shapes.documents import SHAPES


class OrderHandlers:
    """The operations that one kind of estimate or order has beside those of every document."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    async def accept(self, books: Books, key: str) -> Reply:
        """Note that the customer accepts."""
        return await self._answered(books, key, "ACCEPTED")

    async def decline(self, books: Books, key: str) -> Reply:
        """Note that the customer declines."""
        return await self._answered(books, key, "DECLINED")

    async def convert(self, books: Books, key: str, body: dict[str, Any] | None) -> Reply:
        """Make a draft of it, and answer both; of the kinds that it can become, the others are ``null``."""
        wanted, kind = body or {}, self._kind
        target = KIND_NAMED[wanted.get("document_type", kind.becomes[0])]
        said, lines = SHAPES[target.name].said(wanted), SHAPES[kind.name].lines_said(wanted)
        done = await conversion.convert(books, kind, key, target, wanted=lines, said=said)
        both = {
            kind.series: SHAPES[kind.name].shown(books, done.source),
            **{KIND_NAMED[name].series: None for name in kind.becomes},
            target.series: SHAPES[target.name].shown(books, done.made),
        }
        message = f"The {kind.title.lower()} has been converted to {target.title.lower()} '{done.made.head.id}'."
        return Reply(200, {"code": 0, "message": message, **both}, version=done.source.head.version)

    async def _answered(self, books: Books, key: str, verb: str) -> Reply:
        paper = await lifecycle.answer(books, self._kind, key, verb)
        return shown(self._kind.series, SHAPES[self._kind.name].shown(books, paper))
