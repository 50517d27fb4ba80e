"""Webhooks: where an organization wants to be told what happens, what is told there, and how each attempt went."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Integer, SmallInteger, text

from models.schema import (
    change_number,
    document,
    flag,
    instant,
    key,
    labels,
    one_of,
    refers_to,
    tenant_table,
    verbatim,
    versioned,
    words,
)

WEBHOOK_PAYLOADS = ("SUMMARY", "ID_ONLY")
WEBHOOK_DISABLED_REASONS = ("MANUAL", "GONE", "FAILING")
WEBHOOK_DELIVERY_STATUSES = ("PENDING", "DELIVERED", "FAILED", "CANCELLED")

# What changes while an endpoint is served (from ``failing_since`` on) is written without a new version.
webhook_endpoints = tenant_table(
    "webhook_endpoints",
    words("url", optional=False),
    labels("events"),
    words("description"),
    key("payload"),
    # Sealed for the purpose "webhook <id>".
    words("secret_sealed", optional=False),
    words("previous_secret_sealed"),
    instant("previous_secret_until", optional=True),
    flag("is_active", default=True),
    key("disabled_reason", optional=True),
    instant("disabled_at", optional=True),
    key("created_by", optional=True),
    *versioned(),
    change_number(),
    # The first of the failures since the last success, and the last one.
    instant("failing_since", optional=True),
    instant("last_failed_at", optional=True),
    # The last sequence of the feed whose delivery is planned, or is not wanted.
    Column("reached", BigInteger, nullable=False),
    # Who serves it now, and from when on others may take him for lost; until when it is left alone.
    key("pumped_by", optional=True),
    instant("pumped_until", optional=True),
    instant("paused_until", optional=True),
    one_of("payload", *WEBHOOK_PAYLOADS),
    one_of("disabled_reason", *WEBHOOK_DISABLED_REASONS),
    CheckConstraint("cardinality(events) > 0", name="events"),
    CheckConstraint("(previous_secret_sealed is null) = (previous_secret_until is null)", name="previous_secret"),
    CheckConstraint("is_active = (disabled_reason is null)", name="disabled"),
    CheckConstraint("is_active = (disabled_at is null)", name="disabled_at"),
    CheckConstraint("(failing_since is null) = (last_failed_at is null)", name="failing_since"),
    CheckConstraint("(pumped_by is null) = (pumped_until is null)", name="pumped_by"),
    CheckConstraint("reached >= 0", name="reached"),
    # Who looks for work looks over all organizations.
    Index("webhook_endpoints_active_idx", "organization_id", "id", postgresql_where=text("is_active")),
)

# One delivery after the other in each lane, which is a thing that events are about: the first one that waits there has
# a moment at which it is due, those behind it have none. Whoever adds or ends deliveries holds the row of the endpoint.
# They outlive it, so no key refers to it.
webhook_deliveries = tenant_table(
    "webhook_deliveries",
    key("endpoint_id"),
    key("lane"),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    # Absent where a test is delivered, which is no event of the feed.
    Column("sequence", BigInteger),
    Column("previous_sequence", BigInteger),
    key("event_id"),
    key("event_type"),
    key("entity_type"),
    key("entity_id"),
    instant("occurred_at"),
    # As the event told it, or only the id: never the present state.
    document("summary", optional=False),
    key("status"),
    Column("attempt_count", Integer, nullable=False, server_default=text("0")),
    # Failures since it was last asked for, which tell how long to wait for the next attempt.
    Column("failure_count", SmallInteger, nullable=False, server_default=text("0")),
    instant("next_at", optional=True),
    # The run that sends it now; ``next_at`` is then the moment from which on others may take it for lost.
    key("taken_by", optional=True),
    flag("is_replay", default=False),
    instant("created_at"),
    instant("ended_at", optional=True),
    one_of("status", *WEBHOOK_DELIVERY_STATUSES),
    CheckConstraint("(status = 'PENDING') = (ended_at is null)", name="ended_at"),
    CheckConstraint("status = 'PENDING' or next_at is null", name="next_at"),
    CheckConstraint("taken_by is null or next_at is not null", name="taken_by"),
    CheckConstraint("attempt_count >= 0 and failure_count between 0 and attempt_count", name="attempt_count"),
    Index(
        "webhook_deliveries_head_key",
        "organization_id",
        "endpoint_id",
        "lane",
        unique=True,
        postgresql_where=text("next_at is not null"),
    ),
    Index(
        "webhook_deliveries_due_idx",
        "organization_id",
        "endpoint_id",
        "next_at",
        postgresql_where=text("next_at is not null"),
    ),
    Index(
        "webhook_deliveries_behind_idx",
        "organization_id",
        "endpoint_id",
        "lane",
        "position",
        postgresql_where=text("status = 'PENDING' and next_at is null"),
    ),
    Index("webhook_deliveries_endpoint_id_idx", "organization_id", "endpoint_id", "id"),
    # What is old is looked for in all organizations.
    Index("webhook_deliveries_ended_at_idx", "ended_at", postgresql_where=text("ended_at is not null")),
)

# Kept as long as the delivery. Headers hold signatures, never the secret.
webhook_attempts = tenant_table(
    "webhook_attempts",
    key("delivery_id"),
    Column("number", Integer, nullable=False),
    instant("began_at"),
    words("url", optional=False),
    verbatim("request_headers", optional=False),
    words("request_body", optional=False),
    # Absent where no answer came.
    Column("response_status", SmallInteger),
    verbatim("response_headers"),
    words("response_body"),
    Column("milliseconds", Integer, nullable=False),
    # Why no answer came, or why it does not count: a word for machines, and what people read.
    key("error_code", optional=True),
    words("error_message"),
    refers_to("webhook_deliveries", "delivery_id"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("response_status is not null or error_code is not null", name="response_status"),
    CheckConstraint("(error_code is null) = (error_message is null)", name="error_code"),
    keyed_by=("delivery_id", "number"),
)
