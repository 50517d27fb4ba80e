"""Whether a customer is to be charged for each document of a schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody is charged by a schedule that is there."""
    column: sa.Column[bool] = sa.Column("auto_charge", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("recurring_schedules", column)


def downgrade() -> None:
    """Take it away."""
    op.drop_column("recurring_schedules", "auto_charge")
