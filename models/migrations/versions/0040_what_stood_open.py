"""Indexes that find what was settled or taken back after a day: what stood open then is what is open now and those."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# Name, table, column, and the rows that it is about; None for all of them.
INDEXES = (
    ("allocations_applied_on_idx", "allocations", "applied_on", None),
    ("allocations_created_at_idx", "allocations", "created_at", None),
    ("allocations_unapplied_at_idx", "allocations", "unapplied_at", "unapplied_at is not null"),
    ("documents_voided_at_idx", "documents", "voided_at", "voided_at is not null"),
    ("payments_voided_at_idx", "payments", "voided_at", "voided_at is not null"),
)


def upgrade() -> None:
    """Build them."""
    for name, table, column, rows in INDEXES:
        where = "" if rows is None else f" where {rows}"
        op.execute(f"create index {name} on {table} (organization_id, {column}){where}")


def downgrade() -> None:
    """Drop them."""
    for name, *_ in INDEXES:
        op.execute(f"drop index {name}")
