"""The IGST of an export may be claimed instead of owed, and a purchase may have its tax as the supplier printed it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TOTAL = "total = taxable_total + untaxed_charges + round_off + case when {} then 0 else tax_total end"


def upgrade() -> None:
    """Add both; until now the buyer owed what was paid on exports."""
    op.add_column(
        "documents", sa.Column("is_export_tax_claimed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("documents", sa.Column("tax_as_printed", sa.JSON(), nullable=True))
    _check("is_reverse_charge or is_export_tax_claimed")


def downgrade() -> None:
    """Take both away; no document may claim any more."""
    _check("is_reverse_charge")
    op.drop_column("documents", "tax_as_printed")
    op.drop_column("documents", "is_export_tax_claimed")


def _check(leaves_tax_out: str) -> None:
    op.drop_constraint("documents_total_check", "documents")
    op.create_check_constraint(op.f("documents_total_check"), "documents", TOTAL.format(leaves_tax_out))
