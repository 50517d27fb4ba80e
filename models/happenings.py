"""What happened: the audit trail, and the same as a stream of events for integrators."""

from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlalchemy.types import UserDefinedType

from models.schema import document, instant, key, tenant_table


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id, which never wraps around."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Name the column type."""
        return "xid8"


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

# The same happenings as a stream for integrators. Readers go by (transaction_id, position) and stop short of the
# oldest transaction still running, so that an event that commits late is never skipped.
events = tenant_table(
    "events",
    key("event_type"),
    key("entity_type"),
    key("entity_id"),
    document("summary", optional=False),
    instant("occurred_at"),
    Column("transaction_id", TransactionId(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Index("events_stream_idx", "organization_id", "transaction_id", "position"),
)
