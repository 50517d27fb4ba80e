"""The log of calls: each call of the last days, in a ring of parts, one a day, so that old ones go at once.

Sixteen parts are there for good, and day after day takes the next one: nothing has to be made in time, and no statement
changes the schema. They stand in a schema of their own, which nobody but the owner may use: the table is the only way.
"""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

PARTS = 16

TABLE = """
create table api_calls (
  organization_id text collate "C" not null,
  slot            smallint         not null,
  at              timestamptz      not null,
  id              text collate "C" not null,
  token_id        text collate "C" not null,
  method          text collate "C" not null,
  path            text             not null,
  status          smallint         not null,
  duration_us     integer          not null,
  request_id      text collate "C" not null,
  error_code      text collate "C",
  constraint api_calls_pkey primary key (organization_id, at, id, slot)
) partition by list (slot);
create index api_calls_request_id_idx on api_calls (organization_id, request_id);
create index api_calls_errors_idx on api_calls (organization_id, at, id) where status >= 400;
create index api_calls_at_idx on api_calls using brin (at);
create schema api_call_days;
"""

# The doorkeeper notes calls of all organizations in one statement, and reads none of them.
ACCESS = """
alter table api_calls enable row level security;
alter table api_calls force row level security;
create policy tenant on api_calls
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
create policy noting on api_calls for insert to finzbooks_doorkeeper with check (true);
grant select on api_calls to finzbooks_app;
grant insert on api_calls to finzbooks_doorkeeper;
"""

# A part whose rows are all old is emptied without a look at them. One that a day has been missed in, because no job
# ran for a week and more, holds both. Who reads just now is not waited for long: the next round comes.
FORGETTING = """
create function forget_api_calls(slot integer, since timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  part text := format('api_call_days.day_%s', lpad(slot::text, 2, '0'));
  is_there boolean;
begin
  perform set_config('lock_timeout', '1s', true);
  execute format('select exists (select from %s where at < $1)', part) into is_there using since;
  if not is_there then
    return false;
  end if;
  execute format('select exists (select from %s where at >= $1)', part) into is_there using since;
  if is_there then
    execute format('delete from %s where at < $1', part) using since;
  else
    execute format('truncate %s', part);
  end if;
  return true;
end $$;
revoke execute on function forget_api_calls(integer, timestamptz) from public;
grant execute on function forget_api_calls(integer, timestamptz) to finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Make the table with its parts."""
    op.execute(TABLE)
    for slot in range(PARTS):
        op.execute(f"create table api_call_days.day_{slot:02} partition of api_calls for values in ({slot})")
    op.execute(ACCESS)
    op.execute(FORGETTING)


def downgrade() -> None:
    """Forget all calls."""
    op.execute("drop function forget_api_calls(integer, timestamptz)")
    op.execute("drop table api_calls")
    op.execute("drop schema api_call_days")
