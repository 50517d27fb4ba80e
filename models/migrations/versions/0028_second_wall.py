"""What the server's role may not see or do even if a statement of ours went wrong: who has tokens, where, and which.

The operator's commands get a role of their own, ``finzbooks_operator``: it may what the server may, and manage users,
memberships and tokens. Before an organization is known, the server asks two functions instead of the tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# Who may make no role finds it made already; what another owner has granted need not be granted again.
OPERATOR = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'finzbooks_operator') then
    create role finzbooks_operator nologin nosuperuser nobypassrls inherit;
  end if;
  if not pg_has_role('finzbooks_operator', 'finzbooks_app', 'usage') then
    grant finzbooks_app to finzbooks_operator;
  end if;
  begin
    grant finzbooks_operator to current_user;
  exception when insufficient_privilege then null;
  end;
end $$;
grant usage on schema public to finzbooks_operator;
"""

ACCESS = """
revoke all on users, memberships, tokens from finzbooks_app;
grant select on users, memberships to finzbooks_app;
grant select, insert, update on users, memberships, tokens to finzbooks_operator;

alter table users enable row level security;
alter table memberships enable row level security;
alter table tokens enable row level security;
create policy operator on users to finzbooks_operator using (true) with check (true);
create policy operator on memberships to finzbooks_operator using (true) with check (true);
create policy operator on tokens to finzbooks_operator using (true) with check (true);
create policy near on memberships for select to finzbooks_app
  using (organization_id = current_setting('app.organization_id', true)
         or user_id = current_setting('app.user_id', true));
create policy near on users for select to finzbooks_app
  using (id = current_setting('app.user_id', true)
         or exists (select from memberships as member
                     where member.organization_id = current_setting('app.organization_id', true)
                       and member.user_id = users.id));
"""

# Both run as the tables' owner, whom row-level security does not bind here: it is not forced on these three.
LOOKING_UP = """
create function token_of(hash bytea) returns setof tokens
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as 'select * from tokens where token_hash = hash';

create function is_live_token(token_id text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return exists (select from tokens as token
                   join users as bearer on bearer.id = token.user_id
                   left join memberships as member
                     on member.organization_id = token.organization_id
                    and member.user_id = token.user_id
                    and member.is_active
                  where token.id = token_id
                    and token.revoked_at is null
                    and (token.expires_at is null or token.expires_at > clock_timestamp())
                    and bearer.is_active
                    and (token.organization_id is null or member.user_id is not null));
end $$;
revoke execute on function token_of(bytea), is_live_token(text) from public;
grant execute on function token_of(bytea), is_live_token(text) to finzbooks_app;
"""

# A temporary table of the caller's would be found before ours of the same name, unless pg_temp is named last.
NO_STRANGE_TABLES = """
revoke all on alembic_version from finzbooks_app;
revoke create on schema public from public;
do $$
declare
  routine regprocedure;
begin
  for routine in select oid from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
  loop
    execute format('alter function %s set search_path = pg_catalog, public, pg_temp', routine);
  end loop;
end $$;
"""


def upgrade() -> None:
    """Raise the wall, and let tokens say through which client they were given."""
    op.add_column("tokens", sa.Column("client_id", sa.Text(collation="C"), nullable=True))
    op.execute(OPERATOR)
    op.execute(ACCESS)
    op.execute(LOOKING_UP)
    op.execute(NO_STRANGE_TABLES)


def downgrade() -> None:
    """Lower it; the role stays, for it belongs to the whole cluster, and so does what makes functions safe."""
    op.execute("drop function token_of(bytea)")
    op.execute("drop function is_live_token(text)")
    for table in ("users", "memberships"):
        op.execute(f"drop policy near on {table}")
    for table in ("users", "memberships", "tokens"):
        op.execute(f"drop policy operator on {table}")
        op.execute(f"alter table {table} disable row level security")
    op.execute("revoke all on users, memberships, tokens from finzbooks_operator")
    op.execute("revoke all on schema public from finzbooks_operator")
    op.execute("grant select, insert, update on users, memberships, tokens to finzbooks_app")
    op.drop_column("tokens", "client_id")
