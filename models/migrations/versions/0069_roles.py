"""Roles that mean something: owner, accountant, sales and read-only.

Before, a role was a word, and every token did what its scopes said. Who was admin or staff becomes accountant, so that
tokens in use go on writing the books; who was viewer now only reads. ``standing_of`` tells the role of a token's user
in the statement that counts the call, so that a change of role holds at the next one.
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

ROLES = """
alter table memberships drop constraint memberships_role_check;
update memberships
   set role = case role when 'ADMIN' then 'ACCOUNTANT' when 'STAFF' then 'ACCOUNTANT' else 'READ_ONLY' end
 where role <> 'OWNER';
alter table memberships
  add constraint memberships_role_check check (role = any ('{OWNER,ACCOUNTANT,SALES,READ_ONLY}'));
"""

# Calls of an app are counted by its grant, so that is what is asked for. Null: good no longer; empty: good in all
# organizations of its user.
STANDING = """
create function standing_of(caller text) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if starts_with(caller, 'grt_') then
    return (select coalesce(member.role, '')
              from oauth_grants as allowed
              join users as bearer on bearer.id = allowed.user_id
              left join memberships as member
                on member.organization_id = allowed.organization_id
               and member.user_id = allowed.user_id
               and member.is_active
             where allowed.id = caller
               and allowed.revoked_at is null
               and bearer.is_active
               and (allowed.organization_id is null or member.user_id is not null));
  end if;
  return (select coalesce(member.role, '')
            from tokens as token
            join users as bearer on bearer.id = token.user_id
            left join memberships as member
              on member.organization_id = token.organization_id
             and member.user_id = token.user_id
             and member.is_active
           where token.id = caller
             and token.revoked_at is null
             and (token.expires_at is null or token.expires_at > clock_timestamp())
             and bearer.is_active
             and (token.organization_id is null or member.user_id is not null));
end $$;
revoke execute on function standing_of(text) from public;
grant execute on function standing_of(text) to finzbooks_app;

create or replace function is_live_token(token_id text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as 'select standing_of(token_id) is not null';
"""

ROLES_BEFORE = """
alter table memberships drop constraint memberships_role_check;
update memberships
   set role = case role when 'ACCOUNTANT' then 'ADMIN' when 'SALES' then 'STAFF' else 'VIEWER' end
 where role <> 'OWNER';
alter table memberships
  add constraint memberships_role_check check (role = any ('{OWNER,ADMIN,STAFF,VIEWER}'));
"""
LIVE_BEFORE = """
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


def upgrade() -> None:
    """Name the roles anew, and let the count of calls tell them."""
    op.execute(ROLES)
    op.execute(STANDING)


def downgrade() -> None:
    """Make them words again."""
    op.execute(LIVE_BEFORE)
    op.execute("drop function standing_of(text)")
    op.execute(ROLES_BEFORE)
