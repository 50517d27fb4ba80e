"""E-invoices: what the portal was asked and said of each document, and how a registration signs in there."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, text

from models.schema import flag, instant, key, one_of, refers_to, tenant_table, verbatim, versioned, words

EINVOICE_STATUSES = ("PENDING", "REGISTERED", "FAILED", "CANCELLED")
DOCUMENT_TYPES = ("INV", "CRN", "DBN")
CANCEL_REASONS = ("DUPLICATE", "DATA_ENTRY_MISTAKE", "ORDER_CANCELLED", "OTHERS")

# One of each document, made when the portal is to be asked first: a number is registered once, and its IRN is never
# given again. The status stands on the document. What the portal signed is kept unchanged.
einvoices = tenant_table(
    "einvoices",
    key("document_id"),
    key("gst_no"),
    key("document_type"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("attempted_at", optional=True),
    # When the worker takes it up again; absent where there is nothing to do.
    instant("next_attempt_at", optional=True),
    # A request was sent and its answer is not known: the portal is asked by the document's details first.
    flag("is_in_doubt", default=False),
    verbatim("errors", optional=False),
    key("irn", optional=True),
    key("ack_number", optional=True),
    instant("acknowledged_at", optional=True),
    words("signed_invoice"),
    words("signed_qr"),
    flag("is_simulated", default=False),
    instant("cancel_asked_at", optional=True),
    key("cancel_reason", optional=True),
    words("cancel_remarks"),
    instant("cancelled_at", optional=True),
    instant("created_at"),
    instant("modified_at"),
    refers_to("documents", "document_id"),
    one_of("document_type", *DOCUMENT_TYPES),
    one_of("cancel_reason", *CANCEL_REASONS),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint(
        "num_nonnulls(irn, ack_number, acknowledged_at, signed_invoice, signed_qr) = any ('{0,5}')", name="irn"
    ),
    CheckConstraint("(cancel_asked_at is null) = (cancel_reason is null)", name="cancel_asked_at"),
    CheckConstraint("cancelled_at is null or irn is not null", name="cancelled_at"),
    Index("einvoices_next_attempt_at_idx", "next_attempt_at", postgresql_where=text("next_attempt_at is not null")),
    keyed_by=("document_id",),
)
Index(
    "einvoices_irn_key",
    einvoices.c.organization_id,
    einvoices.c.irn,
    unique=True,
    postgresql_where=text("irn is not null"),
)

# User and password of a registration at the portal, sealed with the server's key: nobody is ever shown the password.
einvoice_credentials = tenant_table(
    "einvoice_credentials",
    key("gst_no"),
    words("user_name", optional=False),
    key("sealed_password"),
    *versioned(),
    CheckConstraint("length(gst_no) = 15", name="gst_no"),
    keyed_by=("gst_no",),
)

# The session that the portal has given to a registration, sealed alike, so that all processes share it until it ends.
einvoice_sessions = tenant_table(
    "einvoice_sessions",
    key("gst_no"),
    key("sealed_session"),
    instant("ends_at"),
    keyed_by=("gst_no",),
)
