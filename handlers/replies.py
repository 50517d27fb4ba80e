"""The envelopes of the contract: what every successful answer looks like."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

from domain.documents.printing.print import Print
from domain.reports.sheet import Sheet
from domain.statements import Written
from domain.values import Struct, field, replace

Shown = Mapping[str, Any] | Written
"""A resource: its members, or the JSON that PostgreSQL wrote of it."""

SUCCESS = "success"
"""The message of an answer that has nothing more to say."""


class Head(Struct, frozen=True):
    """What stands above a report that people read: whose it is, what it is, and in ``lines`` of which days."""

    organization: str
    title: str
    lines: tuple[str, ...]
    generated_at: datetime


class Export(Struct, frozen=True):
    """A report that is to become a file of a format (``csv``, ``xlsx``, ``pdf``) while its snapshot is open."""

    format: str
    filename: str
    head: Head
    sheets: Sequence[Sheet]


class Pages(Struct, frozen=True):
    """A report laid out as HTML, upright or across, of which a PDF is made once the books are closed."""

    html: str
    title: str
    made_at: datetime
    is_across: bool


class File(Struct, frozen=True):
    """A file that is sent in place of JSON, to be saved: its open content, which is gone once it is closed."""

    content: BinaryIO
    size: int
    media_type: str


class Printed(Struct, frozen=True):
    """A paper that is to become a PDF when the transaction is over; ``is_saved``: under its name, not shown."""

    print: Print
    is_saved: bool


class PrintedTogether(Struct, frozen=True):
    """Papers that are to become one file when the transaction is over: a ``pdf``, or a ``zip`` with a PDF of each."""

    papers: tuple[Print, ...]
    format: str
    is_saved: bool


class Reply(Struct, frozen=True):
    """What a handler answers: a status, a JSON object (``None``: no body) and extra headers.

    ``version`` is that of the one resource shown, for its entity tag; ``payload`` is the body as bytes where it has
    been encoded already, to be kept or replayed as it is. In place of all these stands an ``export`` or a paper to be
    ``printed``, of which the server makes a ``file``; of a report on paper it makes ``pages`` before. Who is to be
    asked again, for so many seconds, has ``patience_seconds``: there is nothing to tell yet, and the caller waits.
    ``secret`` names the member of the resource that only this answer shows, so that it is kept sealed if it is kept.
    """

    status: int
    body: Mapping[str, Any] | None
    headers: dict[str, str] = field(default_factory=dict)
    version: int | None = None
    payload: bytes | None = None
    export: Export | None = None
    printed: Printed | PrintedTogether | None = None
    pages: Pages | None = None
    file: File | None = None
    patience_seconds: int = 0
    secret: str | None = None

    def with_secret(self, member: str) -> "Reply":
        """Return the same, of whose resource a member is shown this once."""
        return replace(self, secret=member)


def shown(singular: str, value: Shown, *, version: int | None = None, message: str = SUCCESS) -> Reply:
    """Answer 200 with one resource under its singular name; ``version`` where the value does not tell it."""
    body = {"code": 0, "message": message, singular: value}
    return Reply(200, body, version=_version_of(value) if version is None else version)


def created(singular: str, value: Mapping[str, Any], *, location: str, message: str = SUCCESS) -> Reply:
    """Answer 201 with the new resource and, in ``Location``, the path to read it again."""
    body = {"code": 0, "message": message, singular: value}
    return Reply(201, body, {"Location": location}, version=_version_of(value))


def listed(plural: str, rows: Sequence[Shown]) -> Reply:
    """Answer 200 with a whole look-up list, which is not paginated."""
    return Reply(200, {"code": 0, "message": SUCCESS, plural: rows})


def page(
    plural: str, rows: Sequence[Shown], *, per_page: int, next_cursor: str | None, mark: str | None = None
) -> Reply:
    """Answer 200 with one page of a list; ``next_cursor`` is ``None`` on the last one, ``mark`` where it takes none."""
    context = {
        "per_page": per_page,
        "has_more_page": next_cursor is not None,
        "next_cursor": next_cursor,
        "last_modified_mark": mark,
    }
    return Reply(200, {"code": 0, "message": SUCCESS, plural: rows, "page_context": context})


def attached(content: Mapping[str, Any], filename: str) -> Reply:
    """Answer 200 with a JSON file as others define it, to be saved under a name: without the envelope."""
    return Reply(200, content, {"Content-Disposition": saved_as(filename)})


def exported(export: Export) -> Reply:
    """Answer 200 with a report as a file."""
    return Reply(200, None, {"Content-Disposition": saved_as(export.filename)}, export=export)


def pictured(png: bytes, sha256: str) -> Reply:
    """Answer 200 with a picture, whose hash is its entity tag."""
    headers = {
        "ETag": f'"png-{sha256[:16]}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, X-AIBooks-Org",
    }
    return Reply(200, None, headers, file=File(BytesIO(png), len(png), "image/png"))


def printed(paper: Print, *, is_saved: bool) -> Reply:
    """Answer 200 with a document on paper."""
    return Reply(200, None, printed=Printed(paper, is_saved))


def printed_together(papers: tuple[Print, ...], form: str, *, is_saved: bool) -> Reply:
    """Answer 200 with several documents on paper in one file."""
    return Reply(200, None, printed=PrintedTogether(papers, form, is_saved))


def saved_as(filename: str) -> str:
    """Return the header that has a browser save a file under a name of letters, digits and ``. _ -``."""
    return f'attachment; filename="{filename}"'


def gone(message: str) -> Reply:
    """Answer 200 to a deletion."""
    return Reply(200, {"code": 0, "message": message})


def _version_of(value: Shown) -> int | None:
    return value.get("version") if isinstance(value, Mapping) else None
