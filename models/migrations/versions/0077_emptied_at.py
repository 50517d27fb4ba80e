"""When a sandbox was last emptied: the simulated portal knows by it what it has to forget."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give it a place; only a sandbox is emptied."""
    op.add_column("organizations", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("organizations_emptied_at_check"), "organizations", "emptied_at is null or is_sandbox"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("organizations", "emptied_at")
