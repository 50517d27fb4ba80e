"""Payments are described as the pages print it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the remarks of a payment their published name."""
    op.alter_column("payments", "notes", new_column_name="description")


def downgrade() -> None:
    """Take the name back."""
    op.alter_column("payments", "description", new_column_name="notes")
