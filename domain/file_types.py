"""Which files the books keep, told by their bytes; a name only chooses among kinds of plain text.

What is not recognised is refused: programs, HTML and SVG above all, for a browser or a desktop would carry them out.
"""

import re
from mmap import mmap

from domain.values import Struct

Content = bytes | mmap

_SAMPLE_BYTES = 64 * 1024


class FileType(Struct, frozen=True):
    """A kind of file: its media type, and the endings of its name, of which the first is the usual one."""

    content_type: str
    endings: tuple[str, ...]


PDF = FileType("application/pdf", ("pdf",))
ZIP = FileType("application/zip", ("zip",))

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

_BEGINNINGS: tuple[tuple[re.Pattern[bytes], FileType], ...] = (
    (re.compile(rb"%PDF-"), PDF),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileType("image/png", ("png",))),
    (re.compile(rb"\xff\xd8\xff"), FileType("image/jpeg", ("jpg", "jpeg", "jpe"))),
    (re.compile(rb"GIF8[79]a"), FileType("image/gif", ("gif",))),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), FileType("image/webp", ("webp",))),
    (re.compile(rb"II\*\x00|MM\x00\*"), FileType("image/tiff", ("tif", "tiff"))),
    (re.compile(rb"....ftyp(heic|heix|mif1)", re.DOTALL), FileType("image/heic", ("heic", "heif"))),
)

# What stands somewhere in a ZIP archive, which most Office files are; the first that is found decides.
_ZIP, _PROGRAMS_IN_ZIP = b"PK\x03\x04", (b"META-INF/MANIFEST.MF", b"AndroidManifest.xml", b"vbaProject.bin")
_IN_ZIP: tuple[tuple[bytes, FileType], ...] = (
    (b"word/document.xml", FileType(f"{_OFFICE}wordprocessingml.document", ("docx",))),
    (b"xl/workbook.", FileType(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",))),
    (b"ppt/presentation.xml", FileType(f"{_OFFICE}presentationml.presentation", ("pptx",))),
    (f"mimetype{_OPEN}text".encode(), FileType(f"{_OPEN}text", ("odt",))),
    (f"mimetype{_OPEN}spreadsheet".encode(), FileType(f"{_OPEN}spreadsheet", ("ods",))),
    (f"mimetype{_OPEN}presentation".encode(), FileType(f"{_OPEN}presentation", ("odp",))),
    (b"PK", ZIP),
)

# The names in the older Office files; an installer for Windows has the same form and other names.
_OLDER_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLDER_OFFICE: tuple[tuple[bytes, FileType], ...] = (
    ("WordDocument".encode("utf-16-le"), FileType("application/msword", ("doc",))),
    ("Workbook".encode("utf-16-le"), FileType("application/vnd.ms-excel", ("xls",))),
    ("PowerPoint Document".encode("utf-16-le"), FileType("application/vnd.ms-powerpoint", ("ppt",))),
    ("__substg1.0_".encode("utf-16-le"), FileType("application/vnd.ms-outlook", ("msg",))),
)

_TEXT = FileType("text/plain", ("txt", "log", "md"))
_XML = FileType("application/xml", ("xml",))
_NAMED_TEXTS = {
    "csv": FileType("text/csv", ("csv",)),
    "tsv": FileType("text/tab-separated-values", ("tsv",)),
    "json": FileType("application/json", ("json",)),
}
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARK = re.compile(rb"\A(\xef\xbb\xbf)?\s*")
_SHOWN_BY_BROWSERS = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|svg|iframe|img|object|embed|style|form|link|meta|a|div|p|table)[\s>/]"
    rb"|http://www\.w3\.org/(1999/xhtml|2000/svg|1999/XSL/Transform)",
    re.IGNORECASE,
)


def recognise(content: Content, *, filename: str) -> FileType | None:
    """Return the kind of a file that the books keep; ``None`` for any other. Reads the bytes in place."""
    for beginning, file_type in _BEGINNINGS:
        if beginning.match(content):
            return file_type
    if content[:4] == _ZIP:
        if any(content.find(name) >= 0 for name in _PROGRAMS_IN_ZIP):
            return None
        return _first_in(content, _IN_ZIP)
    if content[:8] == _OLDER_OFFICE:
        return _first_in(content, _IN_OLDER_OFFICE)
    return _text_type(content, filename)


def _first_in(content: Content, kinds: tuple[tuple[bytes, FileType], ...]) -> FileType | None:
    return next((file_type for name, file_type in kinds if content.find(name) >= 0), None)


def _text_type(content: Content, filename: str) -> FileType | None:
    """What a text is; ``None`` for what has other bytes than a text, or is carried out by shells or browsers."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf_16_type(content)
    if _NOT_IN_TEXT.search(content):
        return None
    sample = _MARK.sub(b"", bytes(content[:_SAMPLE_BYTES]))
    if sample.startswith(b"#!"):
        return None
    if sample.startswith(b"<"):
        return None if _SHOWN_BY_BROWSERS.search(sample) else _XML
    return _NAMED_TEXTS.get(filename.rpartition(".")[2].lower(), _TEXT)


def _utf_16_type(content: Content) -> FileType | None:
    """Texts as Excel exports them, with a mark of their byte order at the beginning; never one with marks of HTML."""
    sample = bytes(content[:_SAMPLE_BYTES]).decode("utf-16", errors="replace")
    return None if sample.lstrip().startswith("<") or "\x00" in sample else _TEXT
