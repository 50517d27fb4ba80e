"""Lists of documents: their filters and orders, the same for every kind."""

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, func, or_, select

from domain.documents.kinds import Kind
from domain.documents.status import status_column
from domain.pages import Listing
from domain.statements import of_tenant
from models.documents import documents
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
            "status": bindparam("status") == status_column(kind),
            "branch_id": head.branch_id == bindparam("branch_id"),
            "currency_code": head.currency_code == bindparam("currency_code"),
            "date_from": head.dated_on >= bindparam("date_from", type_=day),
            "date_to": head.dated_on <= bindparam("date_to", type_=day),
            "last_modified_after": head.modified_at > bindparam("last_modified_after", type_=instant),
            "search": _matches(),
        },
        orders={"date": head.dated_on, "created_time": head.id, "last_modified_time": head.modified_at},
    )


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
