"""The role under which somebody who has signed in minds their own account, and an owner the people of the books.

``finzbooks_steward`` may what the server may, and besides, for the user and the organization that the transaction names:
found users and organizations, write memberships of that organization, change the user's own password and sessions, and
mint and revoke personal access tokens.
"""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

# Who may make no role finds it made already; what another owner has granted need not be granted again.
STEWARD = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'finzbooks_steward') then
    create role finzbooks_steward nologin nosuperuser nobypassrls inherit;
  end if;
  if not pg_has_role('finzbooks_steward', 'finzbooks_app', 'usage') then
    grant finzbooks_app to finzbooks_steward;
  end if;
  begin
    grant finzbooks_steward to current_user;
  exception when insufficient_privilege then null;
  end;
end $$;
grant usage on schema public to finzbooks_steward;
"""

SELF = "user_id = current_setting('app.user_id', true)"
HERE = "organization_id = current_setting('app.organization_id', true)"
ACCESS = f"""
grant select, insert, update on users, credentials, memberships, tokens to finzbooks_steward;
grant select, update on sessions, oauth_grants to finzbooks_steward;
grant select on oauth_clients to finzbooks_steward;
create policy steward on users to finzbooks_steward
  using (id = current_setting('app.user_id', true)) with check (id = current_setting('app.user_id', true));
create policy steward on credentials to finzbooks_steward using ({SELF}) with check ({SELF});
create policy steward on memberships to finzbooks_steward using ({HERE}) with check ({HERE});
create policy steward on tokens to finzbooks_steward
  using (kind = 'PAT' and ({SELF} or {HERE})) with check (kind = 'PAT' and ({SELF} or {HERE}));
create policy steward on sessions to finzbooks_steward using ({SELF}) with check ({SELF});
create policy steward on oauth_grants to finzbooks_steward using ({SELF} or {HERE}) with check ({SELF} or {HERE});
create policy steward on oauth_clients for select to finzbooks_steward using (true);
"""
TABLES = ("users", "credentials", "memberships", "tokens", "sessions", "oauth_grants", "oauth_clients")


def upgrade() -> None:
    """Make the role, and say what it sees."""
    op.execute(STEWARD)
    op.execute(ACCESS)


def downgrade() -> None:
    """Take its rights away; the role stays, for it belongs to the whole cluster."""
    for table in TABLES:
        op.execute(f"drop policy steward on {table}")
        op.execute(f"revoke all on {table} from finzbooks_steward")
    op.execute("revoke all on schema public from finzbooks_steward")
