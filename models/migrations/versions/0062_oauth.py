"""What people sign in with, OAuth apps, what they were allowed, and the role that answers for all of it.

``finzbooks_doorkeeper`` may what the server may, and besides look people up, keep their sessions, and give tokens to
apps. It sees no personal access token, and changes no user and no membership.
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

# Who may make no role finds it made already; what another owner has granted need not be granted again.
DOORKEEPER = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'finzbooks_doorkeeper') then
    create role finzbooks_doorkeeper nologin nosuperuser nobypassrls inherit;
  end if;
  if not pg_has_role('finzbooks_doorkeeper', 'finzbooks_app', 'usage') then
    grant finzbooks_app to finzbooks_doorkeeper;
  end if;
  begin
    grant finzbooks_doorkeeper to current_user;
  exception when insufficient_privilege then null;
  end;
end $$;
grant usage on schema public to finzbooks_doorkeeper;
"""

TABLES = """
create table credentials (
  user_id       text collate "C" primary key references users (id),
  password_hash text not null,
  changed_at    timestamptz not null
);
create table sessions (
  id_hash      bytea primary key,
  user_id      text collate "C" not null references users (id),
  address      text,
  user_agent   text,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at   timestamptz not null,
  revoked_at   timestamptz,
  constraint sessions_id_hash_check check (octet_length(id_hash) = 32)
);
create index sessions_user_id_idx on sessions (user_id);
create index sessions_expires_at_idx on sessions (expires_at);

create table oauth_clients (
  id              text collate "C" primary key,
  name            text not null,
  client_uri      text,
  secret_hash     bytea,
  redirect_uris   text[] not null default '{}',
  organization_id text collate "C" references organizations (id),
  tier            text collate "C" not null,
  is_active       boolean not null,
  created_at      timestamptz not null,
  fetched_at      timestamptz,
  constraint oauth_clients_tier_check check (tier = any ('{DEFAULT,PARTNER}')),
  constraint oauth_clients_secret_hash_check check (octet_length(secret_hash) = 32),
  constraint oauth_clients_redirect_uris_check check (cardinality(redirect_uris) between 1 and 20)
);

create table oauth_grants (
  id              text collate "C" primary key,
  client_id       text collate "C" not null references oauth_clients (id),
  user_id         text collate "C" not null references users (id),
  organization_id text collate "C" references organizations (id),
  is_sandbox      boolean not null,
  scopes          text[] not null default '{}',
  resource        text,
  generation      integer not null,
  created_at      timestamptz not null,
  expires_at      timestamptz not null,
  revoked_at      timestamptz,
  revoked_for     text collate "C",
  constraint oauth_grants_revoked_for_check
    check (revoked_for = any ('{REPLAY,CLIENT,USER,MEMBER,OPERATOR}')),
  constraint oauth_grants_revoked_check check ((revoked_at is null) = (revoked_for is null))
);
create index oauth_grants_user_id_idx on oauth_grants (user_id);
create index oauth_grants_client_id_idx on oauth_grants (client_id);
create index oauth_grants_organization_id_idx on oauth_grants (organization_id);

create table oauth_codes (
  code_hash      bytea primary key,
  grant_id       text collate "C" not null references oauth_grants (id),
  redirect_uri   text not null,
  code_challenge text collate "C" not null,
  created_at     timestamptz not null,
  expires_at     timestamptz not null,
  used_at        timestamptz,
  constraint oauth_codes_code_hash_check check (octet_length(code_hash) = 32)
);
create index oauth_codes_expires_at_idx on oauth_codes (expires_at);

create table oauth_requests (
  id_hash         bytea primary key,
  session_hash    bytea not null references sessions (id_hash),
  client_id       text collate "C" not null references oauth_clients (id),
  organization_id text collate "C" references organizations (id),
  redirect_uri    text not null,
  scopes          text[] not null default '{}',
  state           text,
  resource        text,
  code_challenge  text collate "C" not null,
  created_at      timestamptz not null,
  expires_at      timestamptz not null,
  used_at         timestamptz,
  constraint oauth_requests_id_hash_check check (octet_length(id_hash) = 32)
);
create index oauth_requests_expires_at_idx on oauth_requests (expires_at);
"""

TOKENS = """
alter table tokens
  add grant_id      text collate "C" references oauth_grants (id),
  add generation    integer,
  add superseded_at timestamptz,
  drop constraint tokens_kind_check,
  add constraint tokens_kind_check check (kind = any ('{PAT,OAUTH,REFRESH}')),
  add constraint tokens_grant_check check ((kind = 'PAT') = (grant_id is null)),
  add constraint tokens_generation_check check ((grant_id is null) = (generation is null));
create unique index tokens_grant_id_idx on tokens (grant_id, kind, generation);
create index tokens_expires_at_idx on tokens (expires_at);
"""

# As on users, memberships and tokens, row-level security is not forced on the owner where is_live_token looks.
ACCESS = """
revoke all on credentials, sessions, oauth_clients, oauth_grants, oauth_codes, oauth_requests from finzbooks_app;
grant select, insert, update on credentials, sessions, oauth_clients, oauth_grants, oauth_codes, oauth_requests
   to finzbooks_operator;
grant select, update on credentials to finzbooks_doorkeeper;
grant select, insert, update on sessions, oauth_clients, oauth_grants, oauth_codes, oauth_requests, tokens
   to finzbooks_doorkeeper;
grant select, delete on sessions, oauth_codes, oauth_requests, tokens to finzbooks_housekeeper;
create policy doorkeeper on users for select to finzbooks_doorkeeper using (true);
create policy doorkeeper on memberships for select to finzbooks_doorkeeper using (true);
create policy doorkeeper on tokens to finzbooks_doorkeeper using (kind <> 'PAT') with check (kind <> 'PAT');
create policy housekeeping on tokens to finzbooks_housekeeper using (kind <> 'PAT');
"""
OWN_TABLES = ("credentials", "sessions", "oauth_clients", "oauth_grants", "oauth_codes", "oauth_requests")
POLICIES = """
alter table {table} enable row level security;
create policy operator on {table} to finzbooks_operator using (true) with check (true);
create policy doorkeeper on {table} to finzbooks_doorkeeper using (true) with check (true);
create policy housekeeping on {table} to finzbooks_housekeeper using (true);
"""

# A refresh token opens nothing. Calls of an app are counted by its grant, so that is what is asked for.
LOOKING_UP = """
create or replace function token_of(hash bytea) returns setof tokens
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as 'select * from tokens where token_hash = hash and kind <> ''REFRESH''';

create or replace function is_live_token(token_id text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if starts_with(token_id, 'grt_') then
    return exists (select from oauth_grants as allowed
                     join users as bearer on bearer.id = allowed.user_id
                     left join memberships as member
                       on member.organization_id = allowed.organization_id
                      and member.user_id = allowed.user_id
                      and member.is_active
                    where allowed.id = token_id
                      and allowed.revoked_at is null
                      and bearer.is_active
                      and (allowed.organization_id is null or member.user_id is not null));
  end if;
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
"""
AS_BEFORE = """
create or replace function token_of(hash bytea) returns setof tokens
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as 'select * from tokens where token_hash = hash';
"""


def upgrade() -> None:
    """Make the role, the tables, and the new columns of tokens."""
    op.execute(DOORKEEPER)
    op.execute(TABLES)
    op.execute(TOKENS)
    op.execute(ACCESS)
    for table in OWN_TABLES:
        op.execute(POLICIES.format(table=table))
        if table != "oauth_grants":
            op.execute(f"alter table {table} force row level security")
    op.execute(LOOKING_UP)


def downgrade() -> None:
    """Take them away, with all that was given to apps; the role stays, for it belongs to the whole cluster."""
    op.execute(AS_BEFORE)
    op.execute("delete from tokens where kind <> 'PAT'")
    op.execute("drop policy housekeeping on tokens")
    for table in ("users", "memberships", "tokens"):
        op.execute(f"drop policy doorkeeper on {table}")
    op.execute("revoke all on tokens from finzbooks_doorkeeper, finzbooks_housekeeper")
    op.execute("alter table tokens drop constraint tokens_kind_check")
    op.execute("alter table tokens add constraint tokens_kind_check check (kind = any ('{PAT,OAUTH}'))")
    op.execute("alter table tokens drop grant_id, drop generation, drop superseded_at")
    for table in ("oauth_requests", "oauth_codes", "oauth_grants", "oauth_clients", "sessions", "credentials"):
        op.execute(f"drop table {table}")
    op.execute("revoke all on schema public from finzbooks_doorkeeper")
