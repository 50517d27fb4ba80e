"""What contacts owe and are owed, and what they have in credit: posted documents and payments, in rupees."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, func, literal_column, select
from sqlalchemy.sql.selectable import LateralFromClause

from domain.documents.kinds import KINDS, Effect, Side
from domain.payments.payment import FLOWS
from domain.statements import among
from models.documents import documents
from models.masters import contacts
from models.payments import payments


def _kinds(side: Side, effect: Effect) -> list[str]:
    return [kind.name for kind in KINDS if kind.side is side and kind.effect is effect]


def _flows(side: Side) -> list[str]:
    """The flows of a side; a refund, which is of the other one, is always applied in full."""
    return [name for name, flow in FLOWS.items() if flow.side is side]


def _of_contact(
    table: Table, amounts: Sequence[ColumnElement[Any]], is_open: ColumnElement[bool], name: str
) -> LateralFromClause:
    """Sums over the open rows of each contact: one look at an index of open rows, whatever is summed."""
    mine = (table.c.organization_id == contacts.c.organization_id, table.c.contact_id == contacts.c.id)
    return select(*amounts).where(*mine, is_open).correlate(contacts).lateral(name)


def _sum(amount: ColumnElement[Any], column: ColumnElement[Any], words: Sequence[str]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(amount).filter(among(column, words)), 0)


# Written out, as the conditions of the indexes are: of a parameter PostgreSQL would not know that it is nought.
_NOUGHT: ColumnElement[int] = literal_column("0")
_BALANCE = func.round(documents.c.balance * documents.c.exchange_rate, 2)
_UNALLOCATED = func.round(payments.c.unallocated * payments.c.exchange_rate, 2)
_DOCUMENTS = _of_contact(
    documents,
    [
        _sum(_BALANCE, documents.c.kind, _kinds(side, effect)).label(f"{side.name}_{effect.name}")
        for side in Side
        for effect in (Effect.POSTS, Effect.REVERSES)
    ],
    (documents.c.balance > _NOUGHT) & documents.c.journal_id.is_not(None),
    "open_documents",
)
_PAYMENTS = _of_contact(
    payments,
    [_sum(_UNALLOCATED, payments.c.flow, _flows(side)).label(side.name) for side in Side],
    payments.c.unallocated > _NOUGHT,
    "open_payments",
)


def open_amount(side: Side) -> ColumnElement[Any]:
    """The open balance of each contact on one side, open notes taken off: a column for a selection of contacts.

    It comes out of a lateral, so another column of ``contacts`` has to stand before it.
    """
    return _noted(side, Effect.POSTS) - _noted(side, Effect.REVERSES)


def unused_credit(side: Side) -> ColumnElement[Any]:
    """The open notes of each contact on one side, and of its payments what is not applied: a column like the other."""
    return _noted(side, Effect.REVERSES) + _PAYMENTS.c[side.name]


def owed(side: Side) -> ColumnElement[Any]:
    """What each contact owes on one side, less all that it has in credit: a column like the other."""
    return _noted(side, Effect.POSTS) - unused_credit(side)


def _noted(side: Side, effect: Effect) -> ColumnElement[Any]:
    return _DOCUMENTS.c[f"{side.name}_{effect.name}"]
