"""What the console's pages for developers ask: when a token was last used, and the apps of an organization.

The steward sees which app an access token of the log was given to, and an owner registers and keeps the apps of the
organization that the transaction names.
"""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

INDEX = "create index api_calls_token_id_idx on api_calls (organization_id, token_id, at, id)"

SELF = "user_id = current_setting('app.user_id', true)"
HERE = "organization_id = current_setting('app.organization_id', true)"
ACCESS = f"""
create policy steward_apps on tokens for select to finzbooks_steward using (kind = 'OAUTH' and ({SELF} or {HERE}));
grant insert, update on oauth_clients to finzbooks_steward;
create policy steward_insert on oauth_clients for insert to finzbooks_steward with check ({HERE});
create policy steward_update on oauth_clients for update to finzbooks_steward using ({HERE}) with check ({HERE});
"""


def upgrade() -> None:
    """Make the index, and say what else the steward may."""
    op.execute(INDEX)
    op.execute(ACCESS)


def downgrade() -> None:
    """Take both away."""
    op.execute("drop policy steward_update on oauth_clients")
    op.execute("drop policy steward_insert on oauth_clients")
    op.execute("revoke insert, update on oauth_clients from finzbooks_steward")
    op.execute("drop policy steward_apps on tokens")
    op.execute("drop index api_calls_token_id_idx")
