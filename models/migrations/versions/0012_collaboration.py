"""Comments and attachments; and the audit trail by entity and by time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GUARDS = """
grant select, insert, update, delete on {table} to finzbooks_app;
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# The housekeeper removes the bytes that nobody claims, of every organization.
HOUSEKEEPING = """
create policy housekeeping on unclaimed_files to finzbooks_housekeeper using (true);
grant select, update, delete on unclaimed_files to finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Make the tables and the indexes."""
    op.create_table(
        "comments",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_type", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_ref", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("comments_pkey")),
    )
    op.create_index("comments_entity_id_idx", "comments", ["organization_id", "entity_id", "id"])
    op.create_table(
        "attachments",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_type", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_ref", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(collation="C"), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("uploaded_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("attachments_size_bytes_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("attachments_pkey")),
    )
    op.create_index("attachments_entity_id_idx", "attachments", ["organization_id", "entity_id", "id"])
    op.create_table(
        "unclaimed_files",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("unclaimed_files_pkey")),
    )
    op.create_index("unclaimed_files_due_at_idx", "unclaimed_files", ["due_at"])
    for table in ("comments", "attachments", "unclaimed_files"):
        op.execute(GUARDS.format(table=table))
    op.execute(HOUSEKEEPING)
    op.drop_index("activity_entity_idx", "activity")
    op.create_index("activity_entity_id_idx", "activity", ["organization_id", "entity_id", "occurred_at", "id"])
    op.create_index("activity_occurred_at_idx", "activity", ["organization_id", "occurred_at", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("activity_occurred_at_idx", "activity")
    op.drop_index("activity_entity_id_idx", "activity")
    op.create_index("activity_entity_idx", "activity", ["organization_id", "entity_type", "entity_id", "id"])
    for table in ("unclaimed_files", "attachments", "comments"):
        op.drop_table(table)
