"""Uploaded files on their way from the edge into the storage, and the removal of those that nobody claims.

Bytes are kept before the transaction of their request begins: slow storage holds no row locked. A row that says so is
committed before them; the request that claims the bytes deletes it, and what is left the housekeeping removes.
"""

import asyncio
import mmap
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import PoolTimeout

from adapters.files import Files, StorageAway
from domain.attachments import Upload, key_of
from domain.errors import Failed, Invalid, Unavailable
from domain.file_names import clean
from domain.file_types import FileType, recognise
from domain.ids import new_id
from server.contract.received import details_of
from server.exchange import Spooled
from server.postgres import sessions
from server.postgres.database import Connection, Database

_FILE = "file"
_PATIENCE_SECONDS = 20
"""Longest time in which bytes may be kept; a request has 30 seconds in all."""

# By then the request that brought the bytes has claimed them or is long over.
ANNOUNCE = """
insert into unclaimed_files (organization_id, id, due_at) values (%s, %s, now() + interval '1 hour')
"""
# Bytes that are still under way when the request is given up arrive within the storage's own patience.
_HASTEN = """
update unclaimed_files
   set due_at = now() + interval '2 minutes'
 where organization_id = %s
   and id = %s
"""
_ROOM_TAKEN = "select coalesce(sum(size_bytes), 0) from attachments where organization_id = %s"

_DUE = """
select organization_id, id
  from unclaimed_files
 where due_at < now()
 order by due_at
 limit 100
   for update skip locked
"""
_REMOVED = "delete from unclaimed_files where organization_id = %s and id = %s"
_SPOOLED_KEPT_SECONDS = 3600


@dataclass(slots=True)
class Uploads:
    """Puts uploaded files into the storage; ``room_bytes`` is what one organization may keep there."""

    database: Database
    files: Files
    room_bytes: int

    async def stow(self, file: Spooled, organization_id: str, connection: Connection) -> Upload:
        """Keep the bytes, as yet unclaimed. ``connection`` has no transaction, and is turned to the organization.

        Raises: Invalid for a file that is none of the kinds that are kept, Failed when there is no room, Unavailable.
        """
        upload = await asyncio.to_thread(_examined, file)
        await self._check_room(upload, organization_id, connection)
        await connection.execute(ANNOUNCE, (organization_id, upload.id))
        key = key_of(organization_id, upload.id)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.files.keep(key, file.path, filename=upload.filename, content_type=upload.content_type)
        except (StorageAway, TimeoutError) as reason:
            await connection.execute(_HASTEN, (organization_id, upload.id))
            raise Unavailable("The file storage is away; nothing was kept.", headers={"Retry-After": "10"}) from reason
        return upload

    async def settle(self, upload: Upload, organization_id: str, user_id: str) -> None:
        """Have the bytes removed soon if the request did not claim them; if this fails, they are removed later."""
        with suppress(psycopg.Error, PoolTimeout):
            async with self.database.opened(organization_id=organization_id, user_id=user_id) as transaction:
                await transaction.connection.execute(_HASTEN, (organization_id, upload.id))

    async def _check_room(self, upload: Upload, organization_id: str, connection: Connection) -> None:
        row = await (await connection.execute(_ROOM_TAKEN, (organization_id,))).fetchone()
        assert row is not None, "a sum is always one row"
        if row[0] + upload.size_bytes > self.room_bytes:
            raise Failed(f"The organization's files may take {self.room_bytes} bytes together.", field=_FILE)


async def remove_unclaimed(url: str, files: Files) -> int:
    """Remove the bytes that nobody claims and that are due, in every organization, and say how many files went.

    Locks their rows: who would claim one of them waits, and finds it gone. Raises StorageAway.
    """
    removed = 0
    async with await sessions.connect(url, sessions.HOUSEKEEPING, row_factory=tuple_row) as connection:
        while found := await _remove_some(connection, files):
            removed += found
    return removed


async def _remove_some(connection: Connection, files: Files) -> int:
    async with connection.transaction():
        due = await (await connection.execute(_DUE)).fetchall()
        for organization_id, attachment_id in due:
            await files.remove(key_of(organization_id, attachment_id))
            await connection.execute(_REMOVED, (organization_id, attachment_id))
    return len(due)


def remove_stale(spool: Path) -> None:
    """Remove what a crash left behind in the spool."""
    for path in spool.glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _SPOOLED_KEPT_SECONDS:
                path.unlink()


def _examined(file: Spooled) -> Upload:
    file_type = _type_of(file)
    if file_type is None:
        raise Invalid(
            "The file is none of the kinds that are kept: PDF, images, Office and OpenDocument files, ZIP, and texts "
            "that are no programs and no HTML or SVG.",
            field=_FILE,
            details=details_of(_FILE, file.filename),
        )
    return Upload(
        id=new_id("att"),
        filename=clean(file.filename, file_type),
        content_type=file_type.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )


def _type_of(file: Spooled) -> FileType | None:
    """Look at the bytes where they lie; the system brings only those into memory that are looked at."""
    with file.path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return recognise(content, filename=file.filename)
