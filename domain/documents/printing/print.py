"""What is to be printed: a sheet and the template that lays it out, with the document that it is of."""

from datetime import datetime

from domain.documents.printing.sheet import Sheet
from domain.values import Struct


class Wanted(Struct, frozen=True):
    """How a document is to be printed; ``None``: by the template of its branch, as often as usual."""

    template: str | None = None
    copies: int | None = None


class Print(Struct, frozen=True, kw_only=True):
    """One paper of a document, a payment or an expense: its id, its version, and when that was made.

    ``paper`` says what is printed; with ``copies`` 0 it is printed once and not marked.
    """

    document_id: str
    version: int
    changed_at: datetime
    paper: str
    template: str
    copies: int
    sheet: Sheet
