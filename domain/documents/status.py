"""The status that a document shows today: what is stored, but OVERDUE once its due date has passed unpaid."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, case

from domain.documents.document import Document
from domain.statements import among
from models.documents import documents

DRAFT = "DRAFT"
CANCELLED = "CANCELLED"
PAID = "PAID"
OVERDUE = "OVERDUE"
_AWAITING_MONEY = ("SENT", "OPEN", "PARTIALLY_PAID")

STATUS_TODAY: ColumnElement[Any] = case(
    (
        and_(among(documents.c.status, _AWAITING_MONEY), documents.c.due_on < bindparam("today", type_=Date)),
        OVERDUE,
    ),
    else_=documents.c.status,
)
"""The same as ``status_today``, for a selection."""


def status_today(head: Document, today: date) -> str:
    """The status to show on ``today``."""
    is_late = head.due_on is not None and head.due_on < today
    return OVERDUE if is_late and head.status in _AWAITING_MONEY else head.status
