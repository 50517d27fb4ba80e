"""Recurring documents: schedules, and what came of each of their due dates."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, text

from models.schema import change_number, document, flag, instant, key, one_of, tenant_table, versioned, words

RECURRING_ENTITIES = ("INVOICE", "BILL", "EXPENSE", "JOURNAL")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY")
RUN_STATUSES = ("MADE", "FAILED", "SKIPPED")

recurring_schedules = tenant_table(
    "recurring_schedules",
    words("name", optional=False),
    key("entity_type"),
    key("frequency"),
    Column("every", Integer, nullable=False),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date),
    Column("max_runs", Integer),
    flag("is_active"),
    flag("auto_approve"),
    flag("auto_charge", default=False),
    # What each document is made from: the body of the call that creates one, and the document it was copied from.
    document("template", optional=False),
    key("template_entity_id", optional=True),
    # Due dates up to and including this day are settled: made, skipped, or passed by while the schedule was paused.
    Column("settled_until", Date),
    Column("next_due_on", Date),
    instant("next_run_at", optional=True),
    Column("run_count", Integer, nullable=False),
    Column("last_due_on", Date),
    instant("last_run_at", optional=True),
    key("last_entity_id", optional=True),
    # Failures since the last document was made.
    Column("failure_count", Integer, nullable=False),
    document("last_error"),
    instant("last_failed_at", optional=True),
    # In whose name documents are made: who made the schedule or last resumed it.
    key("run_by"),
    key("created_by"),
    *versioned(),
    change_number(),
    one_of("entity_type", *RECURRING_ENTITIES),
    one_of("frequency", *FREQUENCIES),
    CheckConstraint("every > 0 and run_count >= 0 and failure_count >= 0", name="counts"),
    CheckConstraint("(next_due_on is null) = (next_run_at is null)", name="next"),
    CheckConstraint("is_active or next_run_at is null", name="paused"),
    # The sweep looks over all organizations.
    Index("recurring_schedules_due_idx", "next_run_at", postgresql_where=text("next_run_at is not null")),
)

# One row a due date, written in the transaction of the document that it made: whatever crashes, and however many
# workers run, its key lets nobody make a second one. Rows stay when the schedule is deleted.
recurring_runs = tenant_table(
    "recurring_runs",
    key("id"),
    key("schedule_id"),
    Column("due_on", Date, nullable=False),
    key("status"),
    key("entity_type"),
    key("entity_id", optional=True),
    key("entity_ref", optional=True),
    Column("dated_on", Date),
    Column("attempts", Integer, nullable=False),
    document("error"),
    instant("ran_at"),
    one_of("status", *RUN_STATUSES),
    CheckConstraint("(status = 'MADE') = (entity_id is not null)", name="entity_id"),
    CheckConstraint("(status = 'MADE') = (error is null)", name="error"),
    keyed_by=("schedule_id", "due_on"),
)
