"""Lists of documents: their filters and orders, the same for every kind."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, func, or_, select

from domain.books import Books
from domain.documents.kinds import Kind
from domain.documents.status import STATUS_TODAY
from domain.pages import Columns, Listing
from domain.statements import Statement, of_tenant, tenant_select
from models.documents import document_lines, documents
from models.masters import contacts


def listing_of(kind: Kind) -> Listing:
    """The list of all documents of one kind, newest date first."""
    head = documents.c
    instant, day = DateTime(timezone=True), Date()
    return Listing(
        name=kind.name,
        table=documents,
        always=head.kind == kind.name,
        filters={
            kind.side.value.contact_field: head.contact_id == bindparam(kind.side.value.contact_field),
            "status": bindparam("status") == STATUS_TODAY,
            "branch_id": head.branch_id == bindparam("branch_id"),
            "currency_code": head.currency_code == bindparam("currency_code"),
            "date_from": head.dated_on >= bindparam("date_from", type_=day),
            "date_to": head.dated_on <= bindparam("date_to", type_=day),
            "last_modified_after": head.modified_at > bindparam("last_modified_after", type_=instant),
            "search": _matches(),
        },
        orders={"date": head.dated_on, "created_time": head.id, "last_modified_time": head.modified_at},
    )


def lines_of_page(columns: Columns) -> Statement:
    """The statement that selects the lines of several documents (``ids``), in their order."""
    lines = document_lines.c
    wanted: ColumnElement[Any] = lines.document_id == func.any(bindparam("ids"))
    query = tenant_select(document_lines, *columns, lines.document_id.label("document_id"))
    return Statement(query.where(wanted).order_by(lines.document_id, lines.position))


async def lines_by_document(books: Books, statement: Statement, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of each document as ``statement`` (see ``lines_of_page``) selects them."""
    found: dict[str, list[dict[str, Any]]] = {key: [] for key in ids}
    for row in await books.rows(statement, ids=list(ids)):
        found[row.pop("document_id")].append(row)
    return found


def _matches() -> ColumnElement[bool]:
    """The text stands in the number, in the reference, or in the contact's name as it is now."""
    text = func.lower(bindparam("search"))
    named = select(contacts.c.id).where(of_tenant(contacts), func.strpos(func.lower(contacts.c.contact_name), text) > 0)
    head = documents.c
    return or_(
        func.strpos(func.lower(head.number), text) > 0,
        func.strpos(func.lower(head.reference_number), text) > 0,
        head.contact_id.in_(named),
    )
