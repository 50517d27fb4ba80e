"""Logos and signatures: what organizations and branches tell of them, and their bytes by their hashes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TENANT_POLICY = """
alter table pictures enable row level security;
alter table pictures force row level security;
create policy tenant on pictures
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert, update, delete on pictures to finzbooks_app;
"""
OWNERS, NAMES = ("organizations", "branches"), ("logo", "signature")


def upgrade() -> None:
    """Add the columns and the table."""
    for owner in OWNERS:
        for name in NAMES:
            op.add_column(owner, sa.Column(name, JSONB(), nullable=True))
    op.create_table(
        "pictures",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(png) between 1 and 2000000", name=op.f("pictures_png_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pictures_pkey")),
    )
    op.execute(TENANT_POLICY)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("pictures")
    for owner in OWNERS:
        for name in NAMES:
            op.drop_column(owner, name)
