"""Papers made once: a PDF is looked for by the hash of all that is printed, else made by one caller for all who wait.

Nothing is locked and no transaction is open while a PDF is made or its bytes are under way. The cache may fail: then
the PDF is made for this caller alone.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psycopg
from psycopg_pool import PoolTimeout

from adapters.files import Files, StorageAway
from adapters.pdf import Renderer
from domain.attachments import key_of
from domain.documents.printing.print import Print
from domain.documents.printing.sheet import Sheet
from domain.ids import new_id
from server.postgres.database import Database
from server.printing.rows import Found, Rows

_log = logging.getLogger("finzbooks.printing")

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 5
"""Longest time for which a caller who waits for his PDF waits for the storage as well."""
_STORAGE_LEFT_ALONE_SECONDS = 30
"""For so long nothing is kept once the storage was away, so that not every caller waits for it."""


Layout = Callable[[Sheet, str], str]
"""Makes HTML of a sheet by the template of a name."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF: its bytes; without them it lies under ``key`` in a storage elsewhere.

    One that ``is_cached`` was at hand. Without ``key`` it is not kept.
    """

    content: bytes | None
    key: str | None
    is_cached: bool


@dataclass(slots=True)
class Renders:
    """All papers of this installation. ``edition`` changes with the code and the templates that lay them out."""

    database: Database
    files: Files
    renderer: Renderer
    layout: Layout
    edition: str
    spool: Path
    _under_way: dict[tuple[str, str, str], asyncio.Task[Rendered]] = field(default_factory=dict)
    _storage_back_at: float = 0.0

    def hash_of(self, wanted: Print) -> str:
        """Return the hash of all that is printed: two papers with the same one are the same to the byte.

        The version is there because callers are promised that a change is printed anew.
        """
        about = (wanted.document_id, wanted.version, wanted.changed_at, wanted.template)
        told = (self.edition, self.renderer.name, *about, wanted.sheet)
        return hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest()

    async def content_of(self, rows: Rows, wanted: Print) -> bytes:
        """Return the bytes of a paper, wherever they are. Raises what the renderer raises."""
        rendered = await self.rendered(rows, wanted, is_checked=True)
        assert rendered.content is not None, "what is checked has been read"
        return rendered.content

    async def rendered(
        self, rows: Rows, wanted: Print, *, print_hash: str | None = None, is_checked: bool = False
    ) -> Rendered:
        """Return a paper, from the cache or made; callers at the same time get the same one.

        One that ``is_checked`` is read from the storage also where that is elsewhere. Raises what the renderer raises.
        """
        print_hash = print_hash or self.hash_of(wanted)
        at = (rows.organization_id, print_hash, str(is_checked))
        task = self._under_way.get(at)
        if task is None:
            task = asyncio.create_task(self._found_or_made(rows, wanted, print_hash, is_checked=is_checked))
            self._under_way[at] = task
            task.add_done_callback(lambda done: self._finished(at, done))
        return await asyncio.shield(task)  # one who gives up takes it away from nobody

    def _finished(self, at: tuple[str, str, str], task: asyncio.Task[Rendered]) -> None:
        self._under_way.pop(at, None)
        if not task.cancelled():
            task.exception()  # whoever waited was told; it is no news to the loop

    async def _found_or_made(self, rows: Rows, wanted: Print, print_hash: str, *, is_checked: bool) -> Rendered:
        while True:
            found = await rows.find(wanted.document_id, print_hash)
            if found is not None and found.sha256 is not None:
                if kept := await self._kept(rows, found, is_checked=is_checked):
                    return kept
            elif found is None or found.is_given_up:
                claimed = await rows.claim(wanted, print_hash, row_id=new_id("rnd"), renderer=self.renderer.name)
                if claimed is not None:
                    return await self._made_and_kept(rows, wanted, claimed)
            else:
                await asyncio.sleep(_POLL_SECONDS)

    async def _kept(self, rows: Rows, found: Found, *, is_checked: bool) -> Rendered | None:
        """What the cache has under a row; ``None`` if that is not what was put there, and then the row is gone."""
        key = key_of(rows.organization_id, found.id)
        if found.is_ending and not await rows.renew(found.id):
            return None
        if self.files.is_elsewhere and not is_checked:
            return Rendered(None, key, is_cached=True)
        content = await self._read(key)
        if content is None or hashlib.sha256(content).hexdigest() != found.sha256:
            await rows.drop(found.id)
            return None
        return Rendered(content, key, is_cached=True)

    async def _made_and_kept(self, rows: Rows, wanted: Print, row_id: str) -> Rendered:
        key, is_kept = key_of(rows.organization_id, row_id), False
        try:
            content = await self.made(wanted)
            is_kept = await self._keep(key, content)
            if is_kept:
                sha256, name = hashlib.sha256(content).hexdigest(), self.renderer.name
                await rows.settle(wanted, row_id=row_id, renderer=name, sha256=sha256, size_bytes=len(content))
        finally:
            if not is_kept:
                with suppress(psycopg.Error, PoolTimeout):  # then the claim is given up by its age
                    await rows.drop(row_id)
        return Rendered(content, key if is_kept else None, is_cached=False)

    async def made(self, wanted: Print) -> bytes:
        """Make a PDF that is kept nowhere. Raises what the renderer raises."""
        html = await asyncio.to_thread(self.layout, wanted.sheet, wanted.template)
        title = f"{wanted.sheet.title} {wanted.sheet.number}".strip()
        return await self.renderer.render(html, title=title, made_at=wanted.changed_at)

    async def _keep(self, key: str, content: bytes) -> bool:
        """Put a PDF into the storage, and say whether that worked."""
        if time.monotonic() < self._storage_back_at:
            return False
        path = self.spool / new_id("rnd")
        try:
            await asyncio.to_thread(_write, path, content)
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.files.keep(key, path, filename="document.pdf", content_type="application/pdf")
        except (StorageAway, OSError, TimeoutError) as reason:
            _log.warning("A PDF is not kept, the file storage is away: %r", reason)
            self._storage_back_at = time.monotonic() + _STORAGE_LEFT_ALONE_SECONDS
            return False
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return True

    async def _read(self, key: str) -> bytes | None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self.files.fetch(key)
        except (StorageAway, TimeoutError) as reason:
            _log.warning("A PDF that was kept cannot be read: %r", reason)
            return None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
