"""What is told of a document: to the audit trail and the event stream, and to the caller what is odd about it."""

from datetime import date
from typing import Any

from domain.books import Books
from domain.documents.document import Document, Paper
from domain.documents.kinds import Kind
from domain.gst.rate_cautions import BorneCess, warn_of_cess
from domain.gst.rate_cautions import warn_of_rates as warn_of
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


def warn_of_own_rates(books: Books, kind: Kind, paper: Paper) -> None:
    """Warn of rates that are not in force on the document's own day; those of a note on something are that day's."""
    if paper.head.parent_id is None:
        warn_of_rates(books, kind, paper, supplied_on=paper.head.original_invoice_on or paper.head.dated_on)


def warn_of_rates(books: Books, kind: Kind, paper: Paper, *, supplied_on: date) -> None:
    """Warn of the rates of lines that are not in force on the day of the supply."""
    noun = kind.title.lower()
    warn_of(
        books, noun, {f"line_items[{index}].tax_id": line.tax_id for index, line in enumerate(paper.lines)}, supplied_on
    )
    borne = {
        f"line_items[{index}].cess_per_unit": BorneCess(line.cess_per_unit, line.hsn_or_sac, line.unit_code)
        for index, line in enumerate(paper.lines)
        if line.cess_per_unit
    }
    warn_of_cess(books, noun, borne, supplied_on)
