"""Members who were removed: their row stays, so that the trail still names them, and lets them in nowhere.

The steward ends tokens and grants of the sandbox, too, whose id the transaction names beside; it saw those of other
members only in the live organization before. The operator's commands end the invitations that were sent.
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

SANDBOX = "organization_id = current_setting('app.sandbox_id', true)"
ACCESS = f"""
create policy steward_of_sandbox on tokens for all to finzbooks_steward
  using (kind = 'PAT' and {SANDBOX}) with check (kind = 'PAT' and {SANDBOX});
create policy steward_of_sandbox on oauth_grants to finzbooks_steward using ({SANDBOX}) with check ({SANDBOX});
create policy operator on account_links to finzbooks_operator using (true) with check (true);
grant select on account_links to finzbooks_operator;
grant update (used_at) on account_links to finzbooks_operator;
"""


def upgrade() -> None:
    """Note when somebody was removed, and say what else the two roles may."""
    op.add_column("memberships", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("memberships_removed_at_check"), "memberships", "removed_at is null or not is_active"
    )
    op.execute(ACCESS)


def downgrade() -> None:
    """Take both away; who was removed is suspended."""
    op.execute("revoke select, update on account_links from finzbooks_operator")
    op.execute("drop policy operator on account_links")
    op.execute("drop policy steward_of_sandbox on oauth_grants")
    op.execute("drop policy steward_of_sandbox on tokens")
    op.drop_column("memberships", "removed_at")
