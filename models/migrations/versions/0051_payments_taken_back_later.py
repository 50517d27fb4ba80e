"""A payment may be taken back on a later day than its own: what a filed return shows of it is told anew by the next."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day, and an index of those that say one."""
    op.add_column("payments", sa.Column("voided_on", sa.Date(), nullable=True))
    op.execute(
        "create index payments_voided_on_idx on payments (organization_id, voided_on) where voided_on is not null"
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("drop index payments_voided_on_idx")
    op.drop_column("payments", "voided_on")
