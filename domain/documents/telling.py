"""What the audit trail and the event stream are told of a document."""

from typing import Any

from domain.books import Books
from domain.documents.document import Document, Paper
from domain.documents.kinds import Kind
from domain.happenings import Happening, difference, told_of

_TOLD = told_of(Document)


def note(books: Books, kind: Kind, head: Document, verb: str, changes: dict[str, dict[str, Any]] | None = None) -> None:
    """Note that something happened to a document, such as ``APPROVED``."""
    summary = {"status": head.status, "total": head.total, "contact_id": head.contact_id, "date": head.dated_on}
    books.happened(Happening(f"{kind.name}_{verb}", kind.name, head.id, head.number, changes or {}, summary))


def changes_of(old: Paper, new: Paper) -> dict[str, dict[str, Any]]:
    """What the audit trail tells: each field of the head that differs, and all lines if one of them does."""
    lines = {"line_items": {"old": old.lines, "new": new.lines}} if old.lines != new.lines else {}
    return difference(old.head, new.head, _TOLD) | lines
