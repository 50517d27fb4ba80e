"""What was paid of a document is called ``payment_made``, as the published pages print it."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the column; the checks follow it."""
    op.alter_column("documents", "amount_paid", new_column_name="payment_made")


def downgrade() -> None:
    """Give it its old name."""
    op.alter_column("documents", "payment_made", new_column_name="amount_paid")
