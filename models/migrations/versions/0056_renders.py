"""Documents on paper that have been made, and who makes one now."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_KEY = sa.Text(collation="C")
GUARDS = """
alter table renders enable row level security;
alter table renders force row level security;
create policy tenant on renders
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert, update, delete on renders to finzbooks_app;
create policy housekeeping on renders to finzbooks_housekeeper using (true);
grant select, delete on renders to finzbooks_housekeeper;
grant insert on unclaimed_files to finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "renders",
        sa.Column("organization_id", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("document_id", _KEY, nullable=False),
        sa.Column("print_hash", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("paper", _KEY, nullable=False),
        sa.Column("template", _KEY, nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("renderer", _KEY, nullable=False),
        sa.Column("sha256", _KEY, nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(size_bytes is null) = (sha256 is null) and size_bytes > 0", name=op.f("renders_size_bytes_check")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("renders_pkey")),
        sa.UniqueConstraint(
            "organization_id",
            "document_id",
            "print_hash",
            name=op.f("renders_organization_id_document_id_print_hash_key"),
        ),
    )
    op.create_index("renders_due_at_idx", "renders", ["due_at"])
    op.execute(GUARDS)


def downgrade() -> None:
    """Take it away, and have the bytes removed."""
    op.execute(
        "insert into unclaimed_files (organization_id, id, due_at) select organization_id, id, now() from renders"
    )
    op.drop_table("renders")
    op.execute("revoke insert on unclaimed_files from finzbooks_housekeeper")
