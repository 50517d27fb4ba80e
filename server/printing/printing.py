"""Documents on paper for whoever asks: a caller of the API gets an answer, a job a name and bytes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from adapters.files import disposition
from domain.books import Books, to_the_microsecond
from domain.documents.printing import prints
from domain.documents.printing.print import Print, Wanted
from domain.errors import Unavailable
from domain.file_names import clean
from domain.file_types import PDF
from domain.ids import new_id
from handlers.replies import File, Printed, PrintedTogether, Reply
from server.edge.etags import is_unchanged
from server.postgres import sessions
from server.postgres.database import Transaction
from server.printing.press import told_why
from server.printing.renders import Rendered, Renders
from server.printing.rows import Rows
from server.printing.together import Piece, file_of

_DIVIDERS = re.compile(r"[/\\\s]+")
_KEPT_BY_CALLERS = "private, max-age=900"
AS_EVER = Wanted()
_AT_ONCE = 2
"""PDFs of one call that are made at a time: so many can be, and others want theirs too."""
_BUNDLES_AT_ONCE = 2
BUNDLE_PATIENCE_SECONDS = 25
"""So long a caller waits for many papers, less than a request may take; they are made on meanwhile."""
_LONGEST_BUNDLE_SECONDS = 600
_VARY = "Authorization, X-AIBooks-Org"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a paper, and what copy he has: headers of his request, and the time of it."""

    organization_id: str
    user_id: str
    now: datetime
    if_none_match: bytes = b""
    cache_control: bytes = b""


@dataclass(frozen=True, slots=True)
class Printing:
    """Prints what the books have put on a sheet."""

    renders: Renders
    patience_seconds: float = BUNDLE_PATIENCE_SECONDS
    _bundles: dict[tuple[str, ...], asyncio.Task[list[Piece]]] = field(default_factory=dict)

    async def reply(self, printed: Printed | PrintedTogether, asker: Asker) -> Reply:
        """Answer with one PDF, or with several in one file. Raises Unavailable."""
        if isinstance(printed, PrintedTogether):
            return await self._together(printed, asker)
        return await self._one(printed, asker)

    async def _one(self, printed: Printed, asker: Asker) -> Reply:
        """Answer with a PDF: its bytes, the way to them where the storage is elsewhere, or that the caller has them.

        Raises: Unavailable where nothing makes PDFs, or too many are being made.
        """
        paper = printed.print
        print_hash = self.renders.hash_of(paper)
        tag = f'"{paper.version}-{print_hash[:16]}"'
        headers = {"Cache-Control": _KEPT_BY_CALLERS, "X-AIBooks-Version": str(paper.version), "Vary": _VARY}
        if is_unchanged(asker.if_none_match, tag.encode()):
            return Reply(304, None, {**headers, "ETag": tag})
        rows = Rows(self.renders.database, asker.organization_id, asker.user_id)
        is_checked = b"no-cache" in asker.cache_control
        with told_why():
            rendered = await self.renders.rendered(rows, paper, print_hash=print_hash, is_checked=is_checked)
        headers["X-AIBooks-Render"] = "cached" if rendered.is_cached else "fresh"
        named = disposition(file_name_of(paper), way="attachment" if printed.is_saved else "inline")
        if rendered.key is not None and self.renders.files.is_elsewhere:
            location = self.renders.files.direct_link(rendered.key, disposition=named, now=asker.now)
            return Reply(302, None, {**headers, "Location": location})
        return _sent(rendered, {**headers, "ETag": tag, "Content-Disposition": named})

    async def _together(self, printed: PrintedTogether, asker: Asker) -> Reply:
        """Answer with many PDFs in one file.

        What takes longer than a caller waits is made all the same, and whoever asks again finds it made.
        """
        making = self._made_together(printed.papers, asker)
        done, _ = await asyncio.wait([making], timeout=self.patience_seconds)
        if not done:
            raise Unavailable(
                f"These {len(printed.papers)} documents are still being printed; make the same call again.",
                headers={"Retry-After": "5"},
            )
        with told_why():
            file = await file_of(making.result(), printed.format)
        named = disposition(f"documents.{printed.format}", way="attachment" if printed.is_saved else "inline")
        return Reply(200, None, {"Content-Disposition": named, "Vary": _VARY}, file=file)

    def _made_together(self, papers: tuple[Print, ...], asker: Asker) -> "asyncio.Task[list[Piece]]":
        """The task that makes these papers: one for all who ask for the same, and not ended when they give up."""
        at = (asker.organization_id, *map(self.renders.hash_of, papers))
        making = self._bundles.get(at)
        if making is None:
            if len(self._bundles) >= _BUNDLES_AT_ONCE:
                raise Unavailable(
                    "Other files of many documents are being made; try again.", headers={"Retry-After": "5"}
                )
            rows = Rows(self.renders.database, asker.organization_id, asker.user_id)
            making = self._bundles[at] = asyncio.create_task(self._pieces(rows, papers))
            making.add_done_callback(lambda done: self._finished(at, done))
        return making

    async def _pieces(self, rows: Rows, papers: tuple[Print, ...]) -> list[Piece]:
        """Make each of the papers, a few at a time, or find it made."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def piece(paper: Print) -> Piece:
            async with turns:
                return Piece(file_name_of(paper), await self.renders.content_of(rows, paper), paper.changed_at)

        making = [asyncio.create_task(piece(paper)) for paper in papers]
        try:
            async with asyncio.timeout(_LONGEST_BUNDLE_SECONDS):
                return await asyncio.gather(*making)
        finally:
            for each in making:
                each.cancel()

    def _finished(self, at: tuple[str, ...], making: "asyncio.Task[list[Piece]]") -> None:
        self._bundles.pop(at, None)
        if not making.cancelled():
            making.exception()  # whoever waited was told; it is no news to the loop

    async def close(self) -> None:
        """End what makes PDFs."""
        for making in self._bundles.values():
            making.cancel()
        await self.renders.renderer.close()

    async def print_document(
        self, organization_id: str, entity_type: str, key: str, wanted: Wanted = AS_EVER
    ) -> tuple[str, bytes]:
        """Return the file name and the bytes of a document or payment, for a job, which has no transaction open.

        Raises: NotFound, Unavailable as ``reply`` does.
        """
        paper = await self.paper_of(organization_id, entity_type, key, wanted)
        with told_why():
            content = await self.renders.content_of(Rows(self.renders.database, organization_id, ""), paper)
        return file_name_of(paper), content

    async def previewed(
        self, organization_id: str, user_id: str, entity_type: str, key: str, change: Callable[[Books], Awaitable[Any]]
    ) -> bytes:
        """Return a document's PDF as it would be after ``change``, of which nothing stays, nor of the PDF.

        Raises: what ``change`` raises, NotFound, Unavailable as ``reply`` does.
        """
        paper: Print | None = None
        try:
            async with self.renders.database.opened(organization_id=organization_id, user_id=user_id) as transaction:
                await transaction.begin()
                books = await _books(transaction, organization_id)
                await change(books)
                paper = await prints.of(books, entity_type, key, AS_EVER)
                raise _Undone
        except _Undone:
            assert paper is not None, "it was printed before everything was undone"
        with told_why():
            return await self.renders.made(paper)

    async def paper_of(self, organization_id: str, entity_type: str, key: str, wanted: Wanted = AS_EVER) -> Print:
        """Put a document or payment on paper, for a job. Raises NotFound."""
        async with self.renders.database.opened(organization_id=organization_id, user_id="") as transaction:
            books = await _books(transaction, organization_id)
            return await prints.of(books, entity_type, key, wanted)


class _Undone(Exception):
    """Ends a transaction of which nothing may stay."""


def file_name_of(paper: Print) -> str:
    """The name of a paper's file: the number of what is printed, with ``-`` in place of what divides folders."""
    return clean(_DIVIDERS.sub("-", paper.sheet.file_name), PDF)


def _sent(rendered: Rendered, headers: dict[str, str]) -> Reply:
    content = rendered.content
    assert content is not None, "it is here, unless others send it"
    return Reply(200, None, headers, file=File(BytesIO(content), len(content), PDF.content_type))


async def _books(transaction: Transaction, organization_id: str) -> Books:
    books = Books(
        connection=transaction.connection,
        organization_id=organization_id,
        user_id="",
        now=to_the_microsecond(await sessions.time_of(transaction.connection)),
        request_id=new_id("req"),
    )
    await books.go_by_own_clock()
    books.snapshot_with = transaction.snapshot
    return books
