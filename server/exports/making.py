"""Files made of reports: within the report's snapshot, which ends before the first byte is sent.

A caller who reads slowly, or not at all, then holds a nameless file that vanishes with his connection, and neither
memory nor a snapshot, for whose sake the database would keep what it could clear away. A report on paper is laid out
within the snapshot, and rendered when it has ended.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from itertools import islice
from os import SEEK_END
from typing import BinaryIO

from adapters.pdf import Page, Renderer
from domain.errors import Failed, Unavailable
from domain.reports.sheet import Line
from handlers.replies import Export, File, Head, Pages
from server.exports import csv_files, paper, workbooks
from server.exports.csv_files import CsvFile
from server.exports.paper import PaperFile
from server.exports.sheets import Writer
from server.exports.workbooks import Workbook
from server.printing.press import told_why

MOST_BYTES = 512 * 1024 * 1024
"""Bytes that the lines of a file may take; a million lines of a day book take less than half in csv."""

MOST_AT_ONCE = 2
"""Files that a worker makes at a time: each keeps a core busy and a connection to the database."""

_IN_MEMORY_BYTES = 256 * 1024
_BATCH = 1000

_WRITERS: Mapping[str, tuple[str, Callable[[BinaryIO, Head], Writer]]] = {
    "csv": (csv_files.MEDIA_TYPE, lambda file, _: CsvFile(file)),
    "xlsx": (workbooks.MEDIA_TYPE, Workbook),
}


PDF = "pdf"


class Exports:
    """Makes files of reports, a few at a time; ``renderer`` those on paper."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._made_now = 0

    async def made(self, export: Export) -> File | Pages:
        """Return a report as a file, read to its last line and rewound, or as what is still to be rendered.

        Raises: Unavailable when too many are made at the moment or the disk is full; Failed for a file that would be
        too large for its format, or for us.
        """
        if self._made_now >= MOST_AT_ONCE:
            raise Unavailable("Other files are being made; try again.", headers={"Retry-After": "3"})
        self._made_now += 1
        try:
            return await (_laid_out(export) if export.format == PDF else _made(export))
        except OSError as failure:
            raise Unavailable(
                f"The file cannot be made: {failure.strerror}.", headers={"Retry-After": "60"}
            ) from failure
        finally:
            self._made_now -= 1

    async def rendered(self, pages: Pages) -> File:
        """Return laid out pages as a PDF. Raises Unavailable when nothing renders them, or not in time."""
        page = Page.A4_ACROSS if pages.is_across else Page.A4
        with told_why():
            content = await self._renderer.render(pages.html, title=pages.title, made_at=pages.made_at, page=page)
        return File(BytesIO(content), len(content), paper.MEDIA_TYPE)


async def _laid_out(export: Export) -> Pages:
    file = PaperFile(export.head)
    for sheet in export.sheets:
        file.begin(sheet)
        async for lines in batches(sheet.lines):
            file.write(lines)
    return await asyncio.to_thread(file.laid_out)


async def _made(export: Export) -> File:
    media_type, writer_of = _WRITERS[export.format]
    content: BinaryIO = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # type: ignore[assignment]  # noqa: SIM115  # sent later
    writer = writer_of(content, export.head)
    try:
        for sheet in export.sheets:
            writer.begin(sheet)
            async for lines in batches(sheet.lines):
                await asyncio.to_thread(writer.write, lines)
                _check_size(writer.written)
        await asyncio.to_thread(writer.close)
        size = content.seek(0, SEEK_END)
        content.seek(0)
    except BaseException:
        with suppress(Exception):
            writer.discard()
        content.close()
        raise
    return File(content, size, media_type)


async def batches(lines: Iterable[Line] | AsyncIterator[Sequence[Line]]) -> AsyncIterator[Sequence[Line]]:
    """Yield the lines of a sheet, a batch at a time, whether they are at hand or come out of the database."""
    if isinstance(lines, AsyncIterator):
        async for batch in lines:
            yield batch
    else:
        for batch in _parts(lines):
            yield batch


def _parts(lines: Iterable[Line]) -> Iterator[Sequence[Line]]:
    rest = iter(lines)
    while part := list(islice(rest, _BATCH)):
        yield part


def _check_size(written: int) -> None:
    if written > MOST_BYTES:
        raise Failed(f"The file would be over {MOST_BYTES >> 20} MiB; ask for fewer days.", field="from_date")
