"""What was taken over from another program's files."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GUARD = """
alter table imported_records enable row level security;
alter table imported_records force row level security;
create policy tenant on imported_records
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert on imported_records to finzbooks_app;
"""


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "imported_records",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("file", sa.Text(collation="C"), nullable=False),
        sa.Column("record", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "source", "file", "record", name=op.f("imported_records_pkey")),
    )
    op.execute(GUARD)


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("imported_records")
