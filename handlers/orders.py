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
        """Make a draft of it; of the kinds that it can become, the answer names the others with ``null``."""
        wanted = body or {}
        target = KIND_NAMED[wanted.get("document_type", self._kind.becomes[0])]
        said, lines = SHAPES[target.name].said(wanted), SHAPES[self._kind.name].lines_said(wanted)
        made = await conversion.convert(books, self._kind, key, target, wanted=lines, said=said)
        draft = SHAPES[target.name].shown(books, made)
        others = {KIND_NAMED[name].series: None for name in self._kind.becomes}
        body = {"code": 0, "message": "success", **others, target.series: draft}
        location = f"/api/public/v1/{target.plural}/{made.head.id}"
        return Reply(201, body, {"Location": location}, version=made.head.version)

    async def _answered(self, books: Books, key: str, verb: str) -> Reply:
        paper = await lifecycle.answer(books, self._kind, key, verb)
        return shown(self._kind.series, SHAPES[self._kind.name].shown(books, paper))
