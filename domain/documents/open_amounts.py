"""What contacts owe and are owed: the open balances of posted documents, in rupees."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from domain.documents.kinds import KINDS, Effect, Side
from domain.statements import among
from models.documents import documents
from models.masters import contacts


def open_amount(side: Side) -> ColumnElement[Any]:
    """The open balance of each contact on one side, unused credits taken off: a column for a selection of contacts."""
    posting = [kind.name for kind in KINDS if kind.side is side and kind.effect is Effect.POSTS]
    reversing = [kind.name for kind in KINDS if kind.side is side and kind.effect is Effect.REVERSES]
    in_rupees = func.round(documents.c.balance * documents.c.exchange_rate, 2)
    total = func.sum(case((among(documents.c.kind, reversing), -in_rupees), else_=in_rupees))
    return (
        select(func.coalesce(total, 0))
        .where(
            documents.c.organization_id == contacts.c.organization_id,
            documents.c.contact_id == contacts.c.id,
            among(documents.c.kind, posting + reversing),
            documents.c.balance > 0,
            documents.c.journal_id.is_not(None),
        )
        .correlate(contacts)
        .scalar_subquery()
    )
