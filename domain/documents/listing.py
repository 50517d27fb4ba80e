"""Lists of documents: their filters and orders, the same for every kind."""

from sqlalchemy import bindparam, or_

from domain.contacts import contact_is_mentioned
from domain.documents.kinds import Kind
from domain.documents.status import status_column
from domain.pages import Listing, between_dates, equal_to, mentions, modified_after
from models.documents import documents


def listing_of(kind: Kind) -> Listing:
    """The list of all documents of one kind, newest date first."""
    head = documents.c
    return Listing(
        name=kind.name,
        table=documents,
        always=head.kind == kind.name,
        filters={
            kind.side.value.contact_field: head.contact_id == bindparam(kind.side.value.contact_field),
            "status": bindparam("status") == status_column(kind),
            **equal_to(documents, "branch_id", "currency_code"),
            **between_dates(head.dated_on),
            **modified_after(documents),
            "search": or_(mentions(head.number, head.reference_number), contact_is_mentioned(head.contact_id)),
        },
        orders={"date": head.dated_on, "created_time": head.id, "last_modified_time": head.modified_at},
    )
