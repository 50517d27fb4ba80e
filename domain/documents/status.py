"""The status of a document: what its money makes of it, and how it shows once its due date has passed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, and_, bindparam, case

from domain.documents.document import Document
from domain.documents.kinds import KIND_NAMED, Effect, Kind
from domain.statements import among
from models.documents import documents

DRAFT = "DRAFT"
CANCELLED = "CANCELLED"


def after_opening(kind: Kind, owed: Decimal) -> str:
    """The status on approval; what owes nothing is settled at once."""
    return kind.statuses.opened if owed or kind.effect is Effect.NONE else kind.statuses.in_full


def after_settling(kind: Kind, *, balance: Decimal, paid: Decimal, credited: Decimal) -> str:
    """The status of an open document of which ``balance`` is left after ``paid`` and ``credited`` (its currency).

    What was written off counts as paid: nobody waits for it.
    """
    statuses = kind.statuses
    if balance:
        return statuses.in_part if paid or credited else statuses.opened
    return statuses.credited if statuses.credited and credited and not paid else statuses.in_full


def after_converting(kind: Kind, lines: Iterable[tuple[Decimal, Decimal]]) -> str:
    """The status of an open document of which something was made or taken back: quantity and made of it, by line."""
    statuses, made = kind.statuses, list(lines)
    if not any(converted for _, converted in made):
        return statuses.reopened or statuses.opened
    return statuses.in_full if all(converted == quantity for quantity, converted in made) else statuses.in_part


def status_column(kind: Kind) -> ColumnElement[Any]:
    """The same as ``status_today``, for a selection of documents of this kind."""
    late = kind.statuses.late
    return documents.c.status if late is None else case((_is_late(kind, documents), late), else_=documents.c.status)


def status_column_of_all(table: FromClause) -> ColumnElement[Any]:
    """The same for a selection of documents of every kind, out of ``table``: the documents under another name."""
    late = [
        (and_(table.c.kind == kind.name, _is_late(kind, table)), kind.statuses.late)
        for kind in KIND_NAMED.values()
        if kind.statuses.late is not None
    ]
    return case(*late, else_=table.c.status)


def _is_late(kind: Kind, table: FromClause) -> ColumnElement[bool]:
    return and_(among(table.c.status, kind.statuses.late_from), table.c.due_on < bindparam("today", type_=Date))


def status_today(kind: Kind, head: Document, today: date) -> str:
    """The status to show on ``today``."""
    late = kind.statuses.late
    is_late = head.due_on is not None and head.due_on < today and head.status in kind.statuses.late_from
    return late if late and is_late else head.status
