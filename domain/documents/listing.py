"""Lists of documents: their filters and orders, the same for every kind."""

from sqlalchemy import ColumnElement, bindparam, literal, or_

from domain.contacts import contact_is_mentioned
from domain.documents.kinds import Kind
from domain.documents.status import status_column
from domain.pages import Listing, between_dates, equal_to, mentions, modified_after
from models.documents import documents


def listing_of(kind: Kind) -> Listing:
    """The list of all documents of one kind, newest date first."""
    head, contact = documents.c, kind.side.value.contact_field
    names_of_contact = {contact, kind.contact_alias or contact}
    return Listing(
        name=kind.name,
        table=documents,
        always=head.kind == kind.name,
        filters={
            **{name: head.contact_id == bindparam(name) for name in names_of_contact},
            **_of_notes(kind),
            "status": bindparam("status") == status_column(kind),
            **equal_to(documents, "branch_id", "currency_code", *kind.found_by),
            **between_dates(head.dated_on),
            **modified_after(documents),
            "search": or_(mentions(head.number, head.reference_number), contact_is_mentioned(head.contact_id)),
        },
        orders={"date": head.dated_on, "created_time": head.id, "last_modified_time": head.modified_at},
    )


def _of_notes(kind: Kind) -> dict[str, ColumnElement[bool]]:
    """What notes are found by besides: what they correct, and whose they are, which is the same for a whole kind."""
    if kind.corrects is None:
        return {}
    field = kind.field_of("parent_id")
    return {
        field: documents.c.parent_id == bindparam(field),
        "type": literal(kind.side.value.contact_noun) == bindparam("type"),
    }
