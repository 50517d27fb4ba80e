"""What an organization does about invoices beyond a customer's credit limit."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the setting; until now a limit was only shown, so it warns."""
    op.add_column(
        "organizations",
        sa.Column("credit_limit_action", sa.Text(collation="C"), server_default=sa.text("'WARN'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("organizations_credit_limit_action_check"),
        "organizations",
        "credit_limit_action = any ('{WARN,REFUSE}'::text[])",
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("organizations", "credit_limit_action")
