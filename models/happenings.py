"""What happened: the audit trail, and the same as a stream of events for integrators."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text

from models.schema import document, instant, key, tenant_table

# The audit trail: appended only, and the app's role may neither update nor delete it
# (Companies (Accounts) Rules 2014, rule 3(1), proviso).
activity = tenant_table(
    "activity",
    key("action"),
    key("entity_type"),
    key("entity_id"),
    key("entity_ref", optional=True),
    # What a comment or a file belongs to.
    key("parent_type", optional=True),
    key("parent_id", optional=True),
    key("actor_user_id", optional=True),
    document("changes", optional=False),
    document("metadata", optional=False),
    instant("occurred_at"),
    Index("activity_entity_id_idx", "organization_id", "entity_id", "occurred_at", "id"),
    Index(
        "activity_parent_id_idx",
        "organization_id",
        "parent_id",
        "occurred_at",
        "id",
        postgresql_where=text("parent_id is not null"),
    ),
    Index("activity_occurred_at_idx", "organization_id", "occurred_at", "id"),
)

# The same happenings as a stream for integrators, each with the number of its transaction (see decision 0022).
events = tenant_table(
    "events",
    key("event_type"),
    key("entity_type"),
    key("entity_id"),
    document("summary", optional=False),
    instant("occurred_at"),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column(
        "change_number",
        BigInteger,
        nullable=False,
        server_default=text("change_shift() + pg_current_xact_id()::text::bigint"),
    ),
    Index("events_stream_idx", "organization_id", "change_number", "position"),
)

# The place of each event in the feed: 1, 2, 3 …, which ``number_events`` gives once its transaction has ended.
event_sequence = tenant_table(
    "event_sequence",
    Column("sequence", BigInteger, nullable=False),
    key("event_id"),
    key("entity_id"),
    Column("previous_sequence", BigInteger),
    CheckConstraint("sequence > 0", name="sequence"),
    CheckConstraint("previous_sequence < sequence", name="previous_sequence"),
    Index("event_sequence_event_id_key", "organization_id", "event_id", unique=True),
    Index("event_sequence_entity_id_idx", "organization_id", "entity_id", "sequence"),
    keyed_by=("sequence",),
)

# How far the events of an organization are numbered: the last one's transaction and position, and its sequence.
event_frontiers = tenant_table(
    "event_frontiers",
    Column("change_number", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    keyed_by=(),
)
