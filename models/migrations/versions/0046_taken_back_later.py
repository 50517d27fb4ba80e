"""An index of the documents that are taken back on a later day than their own: reports look for them by that day."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.execute(
        "create index documents_voided_on_idx on documents (organization_id, voided_on) where voided_on is not null"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index documents_voided_on_idx")
