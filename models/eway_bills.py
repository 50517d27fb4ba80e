"""E-way bills of documents, and everything that the portal was asked of each: made, moved on, extended, cancelled."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, text

from models.schema import (
    flag,
    instant,
    key,
    money,
    one_of,
    refers_to,
    tenant_table,
    verbatim,
    versioned,
    words,
)

EWAY_BILL_STATUSES = ("PENDING", "ACTIVE", "FAILED", "CANCELLED", "CLOSED")
EWAY_BILL_ACTIONS = ("GENERATE", "UPDATE_VEHICLE", "EXTEND", "CANCEL", "CLOSE")
REQUEST_STATUSES = ("PENDING", "DONE", "REFUSED", "DROPPED")
TRANSPORT_MODES = ("ROAD", "RAIL", "AIR", "SHIP", "IN_TRANSIT")
VEHICLE_TYPES = ("REGULAR", "OVER_DIMENSIONAL")

# A document may have several after another, of which one stands: the others failed, or were cancelled. What it travels
# by is what the portal knows of it now. The status, number and end stand on the document, too.
eway_bills = tenant_table(
    "eway_bills",
    key("document_id"),
    key("status"),
    key("gst_no"),
    key("purpose"),
    key("document_type"),
    Column("transaction_type", Integer, nullable=False),
    money("consignment_value"),
    # Made by the e-invoice's number, not from the document's own values.
    key("irn", optional=True),
    Column("distance_km", Integer, nullable=False),
    key("mode", optional=True),
    key("vehicle_number", optional=True),
    key("vehicle_type"),
    key("transporter_id", optional=True),
    words("transporter_name"),
    key("transport_document_number", optional=True),
    Column("transport_document_on", Date),
    key("number", optional=True),
    instant("generated_at", optional=True),
    # Absent until the vehicle is known.
    instant("valid_until", optional=True),
    words("portal_remarks"),
    flag("is_simulated", default=False),
    instant("cancelled_at", optional=True),
    Column("closed_on", Date),
    key("created_by"),
    *versioned(),
    refers_to("documents", "document_id"),
    one_of("status", *EWAY_BILL_STATUSES),
    one_of("mode", *TRANSPORT_MODES),
    one_of("vehicle_type", *VEHICLE_TYPES),
    CheckConstraint("transaction_type between 1 and 4", name="transaction_type"),
    CheckConstraint("distance_km between 0 and 4000", name="distance_km"),
    CheckConstraint("number ~ '^[0-9]{12}$'", name="number"),
    CheckConstraint("(number is null) = (generated_at is null)", name="generated_at"),
    CheckConstraint("number is not null or status = any ('{PENDING,FAILED,CANCELLED}')", name="has_number"),
    CheckConstraint("(closed_on is null) = (status <> 'CLOSED')", name="closed_on"),
    CheckConstraint("(cancelled_at is null) = (status <> 'CANCELLED')", name="cancelled_at"),
)
Index("eway_bills_document_id_idx", eway_bills.c.organization_id, eway_bills.c.document_id, eway_bills.c.id)
Index(
    "eway_bills_standing_key",
    eway_bills.c.organization_id,
    eway_bills.c.document_id,
    unique=True,
    postgresql_where=text("status = any ('{PENDING,ACTIVE,CLOSED}')"),
)
Index(
    "eway_bills_number_key",
    eway_bills.c.organization_id,
    eway_bills.c.number,
    unique=True,
    postgresql_where=text("number is not null"),
)

# What the portal is asked, once: a row is written with the wish, sent by the worker, and keeps what became of it.
eway_bill_requests = tenant_table(
    "eway_bill_requests",
    key("eway_bill_id"),
    key("action"),
    key("status"),
    # What was said, by our own names, and what the portal is sent of it, in its words.
    verbatim("said", optional=False),
    verbatim("content", optional=False),
    verbatim("errors", optional=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("attempted_at", optional=True),
    # When the worker takes it up again; absent where there is nothing to do.
    instant("next_attempt_at", optional=True),
    # It was sent and the answer is not known: the portal is asked first whether it has done it.
    flag("is_in_doubt", default=False),
    instant("done_at", optional=True),
    # Until when the bill was valid after it.
    instant("valid_until", optional=True),
    key("created_by"),
    instant("created_at"),
    instant("modified_at"),
    refers_to("eway_bills", "eway_bill_id"),
    one_of("action", *EWAY_BILL_ACTIONS),
    one_of("status", *REQUEST_STATUSES),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("(next_attempt_at is not null) = (status = 'PENDING')", name="next_attempt_at"),
    CheckConstraint("(done_at is not null) = (status = 'DONE')", name="done_at"),
)
Index(
    "eway_bill_requests_eway_bill_id_idx",
    eway_bill_requests.c.organization_id,
    eway_bill_requests.c.eway_bill_id,
    eway_bill_requests.c.id,
)
# One at a time: what comes next depends on what the portal says to the one before.
Index(
    "eway_bill_requests_pending_key",
    eway_bill_requests.c.organization_id,
    eway_bill_requests.c.eway_bill_id,
    unique=True,
    postgresql_where=text("status = 'PENDING'"),
)
# What waits for the portal, of all organizations.
Index(
    "eway_bill_requests_due_idx",
    eway_bill_requests.c.next_attempt_at,
    postgresql_where=text("next_attempt_at is not null"),
)
