"""Forms with a file (``multipart/form-data``, RFC 7578): parsed as they arrive, the file into a spool on this machine.

Nothing is held in memory but the fields and a mebibyte of the file. What is wrong is refused with the same words as in
a JSON body; what is too large is refused while it arrives.
"""

import asyncio
import hashlib
import logging
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive

from domain.errors import Failed, Invalid, Unavailable, UnsupportedMediaType
from server.contract.faults import Examiner, body_refused, refusal_for
from server.contract.parameters import SpecMistake
from server.contract.received import details_of
from server.contract.schemas import Schema, standalone
from server.edge.arrival import check_length, pieces, too_large
from server.exchange import Spooled

MEDIA_TYPE = "multipart/form-data"

_FIELDS_LIMIT_BYTES = 64 * 1024
_PARTS_LIMIT = 20
_FRAME_BYTES = 256 * 1024
"""Room in a body for fields, headers and boundaries beside the file."""
_WRITE_BYTES = 1024 * 1024
_LONGEST_BOUNDARY = 70
_LATER = {"Retry-After": "60"}

_logger = logging.getLogger("finzbooks.server")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, and its file, if it had one."""

    fields: dict[str, str]
    file: Spooled | None


@dataclass(frozen=True, slots=True)
class Spool:
    """Where files arrive, how large one may be, and how long its form may take."""

    directory: Path
    limit_bytes: int
    limit_seconds: float = 120


class FormRules:
    """What the contract asks of a form with one file, compiled once."""

    def __init__(self, media: Schema, schemas: Mapping[str, Any], operation_id: str) -> None:
        schema = standalone(media["schema"], schemas)
        properties = next(iter(schema.get("$defs", {}).values()), schema)["properties"]
        files = [name for name, each in properties.items() if each.get("format") == "binary"]
        if len(files) != 1:
            raise SpecMistake(f"{operation_id}: a form needs exactly one file.")
        (self.file_field,) = files
        self._most_bytes = properties[self.file_field].get("x-most-bytes")
        self._examiner = Examiner(schema, unknown=Failed)

    def limited(self, spool: Spool) -> Spool:
        """Return the spool with the limit of this form, where the contract says a lower one."""
        limit = spool.limit_bytes if self._most_bytes is None else min(self._most_bytes, spool.limit_bytes)
        return replace(spool, limit_bytes=limit)

    def check(self, form: Form) -> dict[str, Any]:
        """Return the body that the handler takes; the file counts by what it is. Raises the contract's refusals."""
        file = form.file
        values = form.fields if file is None else {**form.fields, self.file_field: file.filename}
        if not self._examiner.is_valid(values):
            raise refusal_for(self._examiner.faults(values))
        assert file is not None, "the contract requires the file"
        if not file.size_bytes:
            message, told = "The file is empty.", details_of(self.file_field, file.filename)
            raise Invalid(message, field=self.file_field, details=told)
        return {**form.fields, self.file_field: {"filename": file.filename, "sha256": file.sha256}}


def boundary_of(headers: Mapping[bytes, bytes]) -> bytes:
    """Return what separates the parts. Raises UnsupportedMediaType for a body that is no form."""
    media_type, options = parse_options_header(headers.get(b"content-type", b""))
    boundary = options.get(b"boundary", b"")
    if media_type != MEDIA_TYPE.encode() or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise UnsupportedMediaType(f"The body must be sent as Content-Type: {MEDIA_TYPE} with its boundary.")
    return boundary


async def read_form(receive: Receive, headers: Mapping[bytes, bytes], *, file_field: str, spool: Spool) -> Form:
    """Read a form to its end. Raises the contract's refusals; a file that was begun is then removed."""
    arriving = _Arriving(boundary_of(headers), file_field, spool)
    check_length(headers, spool.limit_bytes + _FRAME_BYTES, told=spool.limit_bytes)
    try:
        async for piece in pieces(receive, seconds=spool.limit_seconds):
            await arriving.take(piece)
        return await arriving.complete()
    except BaseException:
        arriving.discard()
        raise


@dataclass(slots=True)
class _Part:
    """The part of a form that arrives at the moment."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytes = b""
    header_value: bytes = b""
    name: str = ""
    filename: str | None = None
    text: bytearray = field(default_factory=bytearray)


class _Arriving:
    """A form while it arrives: the parser calls back for each piece, and what is to be written waits until then."""

    def __init__(self, boundary: bytes, file_field: str, spool: Spool) -> None:
        self._file_field = file_field
        self._spool = spool
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )
        self._fields: dict[str, str] = {}
        self._part = _Part()
        self._parts = self._text_bytes = 0
        self._is_whole = False
        self._filename: str | None = None
        self._file: IO[bytes] | None = None
        self._size = 0
        self._digest = hashlib.sha256()
        self._waiting = bytearray()

    async def take(self, chunk: bytes) -> None:
        """Parse what has come, and write what there is to write."""
        try:
            self._parser.write(chunk)
        except FormParserError as reason:
            raise body_refused(f"The form cannot be read: {reason}.") from None
        if len(self._waiting) >= _WRITE_BYTES:
            await self._write()

    async def complete(self) -> Form:
        """Return the form. Raises Failed when its end has not come."""
        if not self._is_whole:
            raise body_refused("The form ends before its last boundary.")
        if self._filename is None:
            return Form(self._fields, None)
        await self._write()
        assert self._file is not None
        self._file.close()
        path = Path(self._file.name)
        return Form(self._fields, Spooled(path, self._filename, self._size, self._digest.hexdigest()))

    def discard(self) -> None:
        """Remove the file, if one was begun."""
        if self._file is not None:
            _remove(self._file)

    async def _write(self) -> None:
        """Write what waits. Raises Unavailable where the disk takes no more."""
        data, self._waiting = bytes(self._waiting), bytearray()
        writing = asyncio.ensure_future(asyncio.to_thread(_written, self._file, self._spool.directory, data))
        try:
            self._file = await asyncio.shield(writing)
        except asyncio.CancelledError:
            with suppress(OSError):  # the thread goes on, and what it has made by then must be found
                self._file = await writing
            raise
        except OSError as reason:
            _logger.error("There is no room for files that arrive: %s", reason)
            raise Unavailable("There is no room for the file just now; nothing was kept.", headers=_LATER) from reason

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _PARTS_LIMIT:
            raise body_refused(f"The form has more than {_PARTS_LIMIT} parts.")
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.header_name.lower()] = part.header_value
        part.header_name = part.header_value = b""

    def _headers_finished(self) -> None:
        part = self._part
        disposition, options = parse_options_header(part.headers.get(b"content-disposition", b""))
        if disposition != b"form-data" or b"name" not in options:
            raise body_refused("A part of the form has no name.")
        part.name = _decoded(options[b"name"], field="")
        if part.name in self._fields or (part.name == self._file_field and self._filename is not None):
            raise Invalid(f"{part.name} was sent twice.", field=part.name)
        if b"filename" in options:
            # Browsers write a quotation mark so (WHATWG HTML, multipart/form-data encoding algorithm).
            part.filename = _decoded(options[b"filename"], field=part.name).replace("%22", '"')
        if part.name == self._file_field:
            if not part.filename:
                raise Invalid(f"{part.name} must be sent as a file, with its name.", field=part.name)
            self._filename = part.filename

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.name != self._file_field:
            self._text_bytes += end - start
            if self._text_bytes > _FIELDS_LIMIT_BYTES:
                raise too_large(_FIELDS_LIMIT_BYTES)
            self._part.text += data[start:end]
            return
        self._size += end - start
        if self._size > self._spool.limit_bytes:
            raise too_large(self._spool.limit_bytes)
        self._digest.update(data[start:end])
        self._waiting += data[start:end]

    def _end(self) -> None:
        if self._part.name != self._file_field:
            self._fields[self._part.name] = _decoded(bytes(self._part.text), field=self._part.name)

    def _finish(self) -> None:
        self._is_whole = True


def _written(file: IO[bytes] | None, directory: Path, data: bytes) -> IO[bytes]:
    """Append to the file in the spool; the first time, make it, for nobody else to read.

    Raises OSError, where the disk is full; a file that was made by this very call is then gone again.
    """
    begun = file
    if begun is None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = tempfile.NamedTemporaryFile(dir=directory, delete=False)  # noqa: SIM115  # closed when it is complete
    try:
        begun.write(data)
        begun.flush()  # so that nothing is left to fail when it is closed
    except OSError:
        if file is None:
            _remove(begun)
        raise
    return begun


def _remove(file: IO[bytes]) -> None:
    with suppress(OSError):
        file.close()
    Path(file.name).unlink(missing_ok=True)


def _decoded(text: bytes, *, field: str) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise Invalid("The form has text that is not UTF-8.", field=field or None) from None
    if "\x00" in decoded:
        raise Invalid("The form has a text with a NUL character.", field=field or None)
    return unicodedata.normalize("NFC", decoded)
