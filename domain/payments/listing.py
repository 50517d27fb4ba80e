"""Lists of payments, and one payment to be shown: with what each is applied to."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)

from domain.books import Books, found
from domain.contacts import contact_is_mentioned
from domain.documents.kinds import KINDS, Effect
from domain.pages import Columns, Listing, between_dates, equal_to, mentions, modified_after
from domain.statements import Statement, Written, gathered, of_tenant, written
from models.documents import documents
from models.payments import allocations, payments

_head = payments.c
_refunded = payments.alias("refunded")
_IS_KEPT = _head.deleted_at.is_(None)


def _of_target(column: str) -> ColumnElement[Any]:
    """What the document that an allocation goes to has in ``column``; of a payment that is paid back, nothing."""
    target = documents.alias("target")
    return (
        select(target.c[column])
        .where(target.c.organization_id == allocations.c.organization_id, target.c.id == allocations.c.document_id)
        .correlate(allocations)
        .scalar_subquery()
    )


_REFUNDED_NUMBER = (
    select(_refunded.c.number)
    .where(
        _refunded.c.organization_id == allocations.c.organization_id,
        _refunded.c.id == allocations.c.refunded_payment_id,
    )
    .correlate(allocations)
    .scalar_subquery()
)

SETTLED_BY_NAME = {kind.name: kind.field_of("id") for kind in KINDS if kind.effect is not Effect.NONE}
"""By the kinds of document that payments settle, what the id of one is called."""
DOCUMENT_NUMBER: ColumnElement[Any] = func.coalesce(_of_target("number"), _REFUNDED_NUMBER)
"""The number of what an allocation goes to."""


def target_of(kind: str) -> ColumnElement[Any]:
    """The document that an allocation goes to if it is of this kind, else null."""
    return case((_of_target("kind") == kind, allocations.c.document_id))


def _settles(kind: str, name: str) -> ColumnElement[bool]:
    """The payment is applied to the document of this kind that the filter ``name`` asks for."""
    return exists().where(
        allocations.c.organization_id == _head.organization_id,
        allocations.c.payment_id == _head.id,
        allocations.c.document_id == bindparam(name),
        allocations.c.unapplied_at.is_(None),
        _of_target("kind") == kind,
    )


LISTING = Listing(
    name="payments",
    table=payments,
    always=_IS_KEPT,
    filters={
        **equal_to(payments, "flow", "payment_type", "contact_id", "branch_id", "mode", "status", "currency_code"),
        **{name: _settles(kind, name) for kind, name in SETTLED_BY_NAME.items()},
        **between_dates(_head.dated_on),
        **modified_after(payments),
        "search": or_(mentions(_head.number, _head.reference_number), contact_is_mentioned(_head.contact_id)),
    },
    orders={"date": _head.dated_on, "created_time": _head.id, "last_modified_time": _head.modified_at},
)


def allocations_of(columns: Columns) -> ColumnElement[Any]:
    """What each payment is applied to, as one JSON array of ``columns``: a column for a selection of payments."""
    is_applied = allocations.c.unapplied_at.is_(None)
    return gathered(payments, allocations, allocations.c.payment_id, columns, order="id", only=is_applied)


def showing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one payment, and its version."""
    row, shown = written(payments, columns)
    query = select(shown.label("shown"), _head.version).select_from(payments.join(row, true()))
    return Statement(query.where(of_tenant(payments), _head.id == bindparam("id"), _IS_KEPT))


async def show(books: Books, statement: Statement, key: str) -> tuple[Written, int]:
    """Return one payment as ``statement`` (see ``showing``) selects it, and its version. Raises NotFound."""
    row = found(await books.row(statement, id=key), "Payment", key)
    return Written(row["shown"].encode()), row["version"]
