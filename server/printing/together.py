"""Many papers in one file: one PDF, in which each can be jumped to, or a ZIP archive with a PDF of each."""

import asyncio
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from os import SEEK_END
from typing import BinaryIO

from pypdf import PdfWriter

from domain.books import INDIA
from domain.file_types import PDF, ZIP
from handlers.replies import File

_IN_MEMORY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """One PDF of several: under which name, and of when."""

    name: str
    content: bytes
    changed_at: datetime


async def file_of(pieces: Sequence[Piece], form: str) -> File:
    """Return one file of these PDFs, rewound; ``form`` is ``pdf`` or ``zip``."""
    write, media_type = _FORMS[form]
    content: BinaryIO = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # type: ignore[assignment]  # noqa: SIM115  # sent later
    try:
        await asyncio.to_thread(write, content, pieces)
        size = content.seek(0, SEEK_END)
        content.seek(0)
    except BaseException:
        content.close()
        raise
    return File(content, size, media_type)


def _join(content: BinaryIO, pieces: Sequence[Piece]) -> None:
    writer = PdfWriter()
    for piece in pieces:
        writer.append(BytesIO(piece.content), outline_item=piece.name.removesuffix(".pdf"))
    writer.write(content)


def _pack(content: BinaryIO, pieces: Sequence[Piece]) -> None:
    taken: set[str] = set()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for piece in pieces:
            entry = zipfile.ZipInfo(_unlike(piece.name, taken), piece.changed_at.astimezone(INDIA).timetuple()[:6])
            archive.writestr(entry, piece.content)


def _unlike(name: str, taken: set[str]) -> str:
    """Return a name that none before had: two kinds of documents, or two branches, may have one number."""
    stem, count, own = name.removesuffix(".pdf"), 1, name
    while own.casefold() in taken:
        count += 1
        own = f"{stem} ({count}).pdf"
    taken.add(own.casefold())
    return own


_FORMS: Mapping[str, tuple[Callable[[BinaryIO, Sequence[Piece]], None], str]] = {
    "pdf": (_join, PDF.content_type),
    "zip": (_pack, ZIP.content_type),
}
