"""Until when what an app's own document said of it counts."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give it a place."""
    op.add_column("oauth_clients", sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("oauth_clients_fresh_until_check"), "oauth_clients", "(fetched_at is null) = (fresh_until is null)"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("oauth_clients", "fresh_until")
