"""Events are numbered by the transaction that wrote them, and, once it has ended, in one dense sequence."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

NUMBER = "change_shift() + pg_current_xact_id()::text::bigint"

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
create policy housekeeping on {table} to finzbooks_housekeeper using (true) with check (true);
"""

GRANTS = """
grant select, insert on event_sequence to finzbooks_app;
grant select, insert, update on event_frontiers to finzbooks_app;
grant select, insert, delete on event_sequence to finzbooks_housekeeper;
grant select, insert, update on event_frontiers to finzbooks_housekeeper;
"""

# What was written before stays in its order, below all that comes.
RENUMBER = """
alter table events no force row level security;
update events
   set change_number = placed.place
  from (select organization_id, id, row_number() over (order by transaction_id, position) as place from events) as placed
 where (events.organization_id, events.id) = (placed.organization_id, placed.id);
alter table events force row level security;
"""

# Each statement of the function sees what had been committed when it began, so whoever waited for the row of the
# frontier sees what the one before has numbered. All that is below the mark has ended: nothing can come in between.
NUMBER_EVENTS = """
create function number_events(organization text, at_most integer) returns bigint
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  reached record;
  numbered bigint;
begin
  select change_number, position, sequence into reached from event_frontiers where organization_id = organization;
  if not exists (select from events
                  where organization_id = organization
                    and (change_number, position) > (coalesce(reached.change_number, -1), coalesce(reached.position, 0))
                    and change_number < change_mark()) then
    return coalesce(reached.sequence, 0);
  end if;
  insert into event_frontiers (organization_id, change_number, position, sequence) values (organization, -1, 0, 0)
      on conflict do nothing;
  select change_number, position, sequence into reached
    from event_frontiers
   where organization_id = organization
     for update;
  with fresh as (
    select id, entity_id, change_number, position,
           reached.sequence + row_number() over (order by change_number, position) as sequence
      from events
     where organization_id = organization
       and (change_number, position) > (reached.change_number, reached.position)
       and change_number < change_mark()
     order by change_number, position
     limit at_most
  ), kept as (
    insert into event_sequence (organization_id, sequence, event_id, entity_id, previous_sequence)
    select organization, sequence, id, entity_id,
           coalesce(lag(sequence) over (partition by entity_id order by sequence),
                    (select max(earlier.sequence)
                       from event_sequence as earlier
                      where earlier.organization_id = organization
                        and earlier.entity_id = fresh.entity_id))
      from fresh
  ), last as (
    select change_number, position, sequence from fresh order by sequence desc limit 1
  )
  update event_frontiers as frontier
     set change_number = last.change_number, position = last.position, sequence = last.sequence
    from last
   where frontier.organization_id = organization
  returning frontier.sequence into numbered;
  return coalesce(numbered, reached.sequence);
end $$;
revoke execute on function number_events(text, integer) from public;
grant execute on function number_events(text, integer) to finzbooks_app, finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Number events by transaction as lists are, so that they survive a restore, and keep their sequence."""
    op.add_column("events", sa.Column("change_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(RENUMBER)
    op.alter_column("events", "change_number", server_default=sa.text(NUMBER))
    op.drop_index("events_stream_idx")
    op.drop_column("events", "transaction_id")
    op.create_index("events_stream_idx", "events", ["organization_id", "change_number", "position"])
    op.create_table(
        "event_sequence",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.Text(collation="C"), nullable=False),
        sa.Column("previous_sequence", sa.BigInteger()),
        sa.CheckConstraint("sequence > 0", name=op.f("event_sequence_sequence_check")),
        sa.CheckConstraint("previous_sequence < sequence", name=op.f("event_sequence_previous_sequence_check")),
        sa.PrimaryKeyConstraint("organization_id", "sequence", name=op.f("event_sequence_pkey")),
    )
    op.create_index("event_sequence_event_id_key", "event_sequence", ["organization_id", "event_id"], unique=True)
    op.create_index("event_sequence_entity_id_idx", "event_sequence", ["organization_id", "entity_id", "sequence"])
    op.create_table(
        "event_frontiers",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("event_frontiers_pkey")),
    )
    for table in ("event_sequence", "event_frontiers"):
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(GRANTS)
    op.execute(NUMBER_EVENTS)


def downgrade() -> None:
    """Go back to the transaction's own id."""
    op.execute("drop function number_events(text, integer)")
    op.drop_table("event_frontiers")
    op.drop_table("event_sequence")
    op.drop_index("events_stream_idx")
    op.execute("alter table events add column transaction_id xid8 not null default pg_current_xact_id()")
    op.drop_column("events", "change_number")
    op.create_index("events_stream_idx", "events", ["organization_id", "transaction_id", "position"])
