"""Lists of payments, and one payment to be shown: with what each is applied to."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from domain.books import Books, found
from domain.pages import Columns, Listing
from domain.statements import Statement, Written, of_tenant, written
from models.documents import documents
from models.masters import contacts
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

TARGET_ID: ColumnElement[Any] = func.coalesce(allocations.c.document_id, allocations.c.refunded_payment_id)
"""What an allocation goes to."""
DOCUMENT_TYPE: ColumnElement[Any] = func.coalesce(_of_target("kind"), "PAYMENT")
"""Its kind, or PAYMENT of one that is paid back."""
DOCUMENT_NUMBER: ColumnElement[Any] = func.coalesce(_of_target("number"), _REFUNDED_NUMBER)
"""Its number."""


def _touches(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The payment is applied to the document or advance that ``column`` of an allocation names."""
    return exists().where(
        allocations.c.organization_id == _head.organization_id,
        allocations.c.payment_id == _head.id,
        column == bindparam(column.name),
        allocations.c.unapplied_at.is_(None),
    )


def _matches() -> ColumnElement[bool]:
    """The text stands in the number, in the reference, or in the contact's name as it is now."""
    text = func.lower(bindparam("search"))
    named = select(contacts.c.id).where(of_tenant(contacts), func.strpos(func.lower(contacts.c.contact_name), text) > 0)
    return or_(
        func.strpos(func.lower(_head.number), text) > 0,
        func.strpos(func.lower(_head.reference_number), text) > 0,
        _head.contact_id.in_(named),
    )


LISTING = Listing(
    name="payments",
    table=payments,
    always=_IS_KEPT,
    filters={
        **{
            name: _head[name] == bindparam(name)
            for name in ("flow", "payment_type", "contact_id", "branch_id", "mode", "status", "currency_code")
        },
        "document_id": _touches(allocations.c.document_id),
        "date_from": _head.dated_on >= bindparam("date_from", type_=Date()),
        "date_to": _head.dated_on <= bindparam("date_to", type_=Date()),
        "last_modified_after": _head.modified_at > bindparam("last_modified_after", type_=DateTime(timezone=True)),
        "search": _matches(),
    },
    orders={"date": _head.dated_on, "created_time": _head.id, "last_modified_time": _head.modified_at},
)


def allocations_of(columns: Columns) -> ColumnElement[Any]:
    """What each payment is applied to, as one JSON array of ``columns``: a column for a selection of payments."""
    row, shown = written(allocations, columns, name="allocation")
    objects = func.json_agg(aggregate_order_by(cast(shown, JSON), allocations.c.id))
    return (
        select(func.coalesce(objects, literal_column("'[]'::json")))
        .select_from(allocations.join(row, true()))
        .where(
            allocations.c.organization_id == _head.organization_id,
            allocations.c.payment_id == _head.id,
            allocations.c.unapplied_at.is_(None),
        )
        .correlate(payments)
        .scalar_subquery()
    )


def showing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one payment, and its version."""
    row, shown = written(payments, columns)
    query = select(shown.label("shown"), _head.version).select_from(payments.join(row, true()))
    return Statement(query.where(of_tenant(payments), _head.id == bindparam("id"), _IS_KEPT))


async def show(books: Books, statement: Statement, key: str) -> tuple[Written, int]:
    """Return one payment as ``statement`` (see ``showing``) selects it, and its version. Raises NotFound."""
    row = found(await books.row(statement, id=key), "Payment", key)
    return Written(row["shown"].encode()), row["version"]
