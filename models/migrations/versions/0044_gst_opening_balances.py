"""What the running statements of GST credit stood at before the books began, and an index of what they follow."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TENANT_POLICY = """
alter table gst_opening_balances enable row level security;
alter table gst_opening_balances force row level security;
create policy tenant on gst_opening_balances
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert, update on gst_opening_balances to finzbooks_app;
"""
_FOLLOWED = ("documents", "expenses")
_AMOUNTS = [f"{name}_{head}" for name in ("reclaim", "reverse_charge") for head in ("igst", "cgst", "sgst", "cess")]


def upgrade() -> None:
    """Add the table and the indexes."""
    op.create_table(
        "gst_opening_balances",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("gstin", sa.Text(collation="C"), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        *[sa.Column(name, sa.Numeric(18, 2), nullable=False) for name in _AMOUNTS],
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(gstin) = 15", name=op.f("gst_opening_balances_gstin_check")),
        sa.CheckConstraint(
            "reclaim_igst >= 0 and reclaim_cgst >= 0 and reclaim_sgst >= 0 and reclaim_cess >= 0",
            name=op.f("gst_opening_balances_reclaim_check"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "gstin", name=op.f("gst_opening_balances_pkey")),
    )
    op.execute(TENANT_POLICY)
    for table in _FOLLOWED:
        op.create_index(
            f"{table}_reverse_charge_idx",
            table,
            ["organization_id", "dated_on"],
            postgresql_where=sa.text("is_reverse_charge"),
        )


def downgrade() -> None:
    """Take them away."""
    for table in _FOLLOWED:
        op.drop_index(f"{table}_reverse_charge_idx", table)
    op.drop_table("gst_opening_balances")
