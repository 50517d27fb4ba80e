"""Salespersons as a list of their own, named by documents; names that documents have in words stay."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TENANT_POLICY = """
alter table salespersons enable row level security;
alter table salespersons force row level security;
create policy tenant on salespersons
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert, update, delete on salespersons to finzbooks_app;
create trigger number_change before insert or update on salespersons for each row execute function number_change();
"""


def _key(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    """Add the table, and the column by which documents name one."""
    op.create_table(
        "salespersons",
        _key("organization_id"),
        _key("id"),
        sa.Column("salesperson_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        _key("status"),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.Column("change_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("status = any ('{ACTIVE,INACTIVE}')", name=op.f("salespersons_status_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("salespersons_pkey")),
    )
    op.create_index(
        "salespersons_name_key",
        "salespersons",
        ["organization_id", sa.literal_column("lower(salesperson_name)")],
        unique=True,
    )
    op.execute(TENANT_POLICY)
    op.add_column("documents", _key("salesperson_id", optional=True))
    op.create_foreign_key(
        op.f("documents_organization_id_salesperson_id_fkey"),
        "documents",
        "salespersons",
        ["organization_id", "salesperson_id"],
        ["organization_id", "id"],
    )
    op.create_index(
        "documents_salesperson_id_idx",
        "documents",
        ["organization_id", "salesperson_id"],
        postgresql_where=sa.text("salesperson_id is not null"),
    )


def downgrade() -> None:
    """Take both away; documents keep the name that they were last written with."""
    op.drop_column("documents", "salesperson_id")
    op.drop_table("salespersons")
