"""Mails that are to be sent or were, how many went out on a day, and which reminders were."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, SmallInteger, text

from models.schema import document, instant, key, one_of, refers_to, tenant_table, verbatim, versioned, words

MAIL_PURPOSES = ("DOCUMENT", "REMINDER", "NOTICE")
MAIL_STATUSES = ("QUEUED", "SENT", "BOUNCED", "FAILED", "CANCELLED")

mails = tenant_table(
    "mails",
    key("entity_type"),
    key("entity_id"),
    words("entity_ref"),
    key("purpose"),
    Column("reminder_days", SmallInteger),
    key("status"),
    # Addresses, and what became of the mail for each.
    verbatim("recipients", optional=False),
    words("subject", optional=False),
    # What the caller wrote, cleaned; absent where the usual text is sent, which is made of the facts of the letter.
    words("body_html"),
    document("letter", optional=False),
    Column("attach_pdf", Boolean, nullable=False),
    words("reply_to"),
    # The same at every attempt, so that whoever gets a mail twice can tell.
    key("message_id", optional=True),
    verbatim("attempts", optional=False),
    # When it is tried (again) at the earliest. While it is being sent, the moment at which others may take it for lost.
    instant("next_attempt_at", optional=True),
    instant("sent_at", optional=True),
    verbatim("error"),
    key("created_by", optional=True),
    *versioned(),
    one_of("purpose", *MAIL_PURPOSES),
    one_of("status", *MAIL_STATUSES),
    CheckConstraint("(status = 'QUEUED') = (next_attempt_at is not null)", name="next_attempt_at"),
    CheckConstraint("(purpose = 'REMINDER') = (reminder_days is not null)", name="reminder_days"),
    Index("mails_entity_id_idx", "organization_id", "entity_id", "id"),
    Index("mails_status_idx", "organization_id", "status", "id"),
    # The sweep looks over all organizations.
    Index("mails_due_idx", "next_attempt_at", postgresql_where=text("next_attempt_at is not null")),
)

# Recipients of one day in India, so that the limit is kept however many ask at once.
mail_counts = tenant_table(
    "mail_counts",
    Column("counted_on", Date, nullable=False),
    Column("recipients", Integer, nullable=False),
    CheckConstraint("recipients >= 0", name="recipients"),
    keyed_by=("counted_on",),
)

# One row an invoice and step, written in the transaction that queues the mail: whatever crashes, and however many
# workers run, its key lets nobody queue a second one.
payment_reminders = tenant_table(
    "payment_reminders",
    key("document_id"),
    Column("days", SmallInteger, nullable=False),
    key("mail_id"),
    instant("created_at"),
    refers_to("documents", "document_id"),
    refers_to("mails", "mail_id"),
    keyed_by=("document_id", "days"),
)
