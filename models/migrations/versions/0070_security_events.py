"""What happened to a user's account that the user is told of: sign-ins, passwords, tokens; and ending all of it at once."""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

TABLE = """
create table security_events (
  id         text collate "C" primary key,
  user_id    text collate "C" not null references users (id),
  at         timestamptz      not null,
  kind       text collate "C" not null,
  address    text,
  agent      text,
  detail     jsonb            not null,
  mail_tries smallint         not null,
  mail_at    timestamptz
);
create index security_events_user_id_idx on security_events (user_id, at, id);
create index security_events_mail_at_idx on security_events (mail_at) where mail_at is not null;
create index security_events_at_idx on security_events (at);
"""

# The server sees what happened to whoever calls, and notes what happens to those, and to members of the organization.
ACCESS = """
alter table security_events enable row level security;
alter table security_events force row level security;
create policy operator on security_events to finzbooks_operator using (true) with check (true);
create policy doorkeeper on security_events to finzbooks_doorkeeper using (true) with check (true);
create policy housekeeping on security_events to finzbooks_housekeeper using (true);
create policy own on security_events for select to finzbooks_app
  using (user_id = current_setting('app.user_id', true));
create policy near on security_events for insert to finzbooks_app
  with check (user_id = current_setting('app.user_id', true)
              or exists (select from memberships as member
                          where member.organization_id = current_setting('app.organization_id', true)
                            and member.user_id = security_events.user_id));
grant select, insert on security_events to finzbooks_app, finzbooks_operator, finzbooks_doorkeeper;
grant update (mail_tries, mail_at) on security_events to finzbooks_doorkeeper;
grant select, delete on security_events to finzbooks_housekeeper;
"""

# The doorkeeper sees no personal access token and makes none, but ends those of somebody who asks for that. The steward
# sees no token of an app, but ends those of a grant that has ended. Neither does so for
# another than the user whom the transaction names, if it names one.
REVOKING = """
create function revoke_personal_tokens(bearer text, moment timestamptz)
returns table (id text, organization_id text, name text, shown_prefix text)
language sql security definer set search_path = pg_catalog, public, pg_temp
as 'update tokens
       set revoked_at = moment
     where tokens.user_id = bearer
       and coalesce(current_setting(''app.user_id'', true), '''') in ('''', bearer)
       and tokens.kind = ''PAT''
       and tokens.revoked_at is null
 returning tokens.id, tokens.organization_id, tokens.name, tokens.shown_prefix';
create function revoke_tokens_of_grant(ended text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as 'update tokens
       set revoked_at = allowed.revoked_at
      from oauth_grants as allowed
     where allowed.id = ended
       and allowed.revoked_at is not null
       and tokens.grant_id = allowed.id
       and tokens.revoked_at is null';
revoke execute on function revoke_personal_tokens(text, timestamptz), revoke_tokens_of_grant(text) from public;
grant execute on function revoke_personal_tokens(text, timestamptz), revoke_tokens_of_grant(text)
   to finzbooks_doorkeeper, finzbooks_operator, finzbooks_steward;
"""


def upgrade() -> None:
    """Make the table and the function."""
    op.execute(TABLE)
    op.execute(ACCESS)
    op.execute(REVOKING)


def downgrade() -> None:
    """Forget what happened to accounts."""
    op.execute("drop function revoke_tokens_of_grant(text)")
    op.execute("drop function revoke_personal_tokens(text, timestamptz)")
    op.execute("drop table security_events")
