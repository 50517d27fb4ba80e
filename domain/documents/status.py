"""The status of a document: what its money makes of it, and how it shows once its due date has passed."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, case

from domain.documents.document import Document
from domain.documents.kinds import Effect, Kind
from domain.statements import among
from models.documents import documents

DRAFT = "DRAFT"
CANCELLED = "CANCELLED"


def after_opening(kind: Kind, owed: Decimal) -> str:
    """The status on approval; what owes nothing is settled at once."""
    return kind.statuses.opened if owed or kind.effect is Effect.NONE else kind.statuses.in_full


def after_settling(kind: Kind, *, balance: Decimal, paid: Decimal, credited: Decimal) -> str:
    """The status of an open document of which ``balance`` is left after ``paid`` and ``credited`` (its currency)."""
    statuses = kind.statuses
    if balance:
        return statuses.in_part if paid or credited else statuses.opened
    return statuses.credited if statuses.credited and credited and not paid else statuses.in_full


def status_column(kind: Kind) -> ColumnElement[Any]:
    """The same as ``status_today``, for a selection of documents of this kind."""
    late, stored = kind.statuses.late, documents.c.status
    if late is None:
        return stored
    is_late = and_(among(stored, kind.statuses.late_from), documents.c.due_on < bindparam("today", type_=Date))
    return case((is_late, late), else_=stored)


def status_today(kind: Kind, head: Document, today: date) -> str:
    """The status to show on ``today``."""
    late = kind.statuses.late
    is_late = head.due_on is not None and head.due_on < today and head.status in kind.statuses.late_from
    return late if late and is_late else head.status
