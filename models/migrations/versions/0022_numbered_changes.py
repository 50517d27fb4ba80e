"""Each change of what can be listed carries the number of its transaction, which a reader's mark is compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBERED = (
    "contacts",
    "items",
    "accounts",
    "documents",
    "expenses",
    "bills_of_entry",
    "payments",
    "recurring_schedules",
)

INDEXES = {
    "contacts_change_number_idx": ("contacts", ["organization_id", "change_number", "id"]),
    "items_change_number_idx": ("items", ["organization_id", "change_number", "id"]),
    "documents_change_number_idx": ("documents", ["organization_id", "kind", "change_number", "id"]),
    "expenses_change_number_idx": ("expenses", ["organization_id", "change_number", "id"]),
    "payments_change_number_idx": ("payments", ["organization_id", "change_number", "id"]),
}

# The shift stands in a function and not in a row, so that PostgreSQL puts it into plans as a constant.
FUNCTIONS = """
create function change_shift() returns bigint language sql immutable parallel safe as 'select 0::bigint';

create function change_mark() returns bigint language sql stable parallel safe
as 'select change_shift() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint';

create function number_change() returns trigger language plpgsql as $$
begin
  new.change_number := change_shift() + pg_current_xact_id()::text::bigint;
  return new;
end $$;

create function renew_change_shift() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  cluster bigint;
  line text := substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
  beginning bigint := floor(extract(epoch from clock_timestamp()) * 1000000);
  earlier bigint;
begin
  select system_identifier into cluster from pg_control_system();
  if exists (select from change_lines where system_identifier = cluster and timeline = line) then
    return;
  end if;
  perform pg_advisory_xact_lock(7266002);
  if exists (select from change_lines where system_identifier = cluster and timeline = line) then
    return;
  end if;
  -- Numbers grow more slowly than microseconds pass, so all that were given before lie below; if the clock went back,
  -- beyond more transactions than there can have been.
  select began_at into earlier from change_lines;
  if beginning <= earlier then
    beginning := earlier + 1000000000000;
  end if;
  insert into change_lines (system_identifier, timeline, began_at) values (cluster, line, beginning)
      on conflict (is_only) do update
     set system_identifier = excluded.system_identifier, timeline = excluded.timeline, began_at = excluded.began_at;
  execute format('create or replace function public.change_shift() returns bigint language sql immutable '
                 'parallel safe as ''select %s::bigint''', beginning - pg_current_xact_id()::text::bigint);
end $$;
revoke execute on function renew_change_shift() from public;
grant execute on function renew_change_shift() to finzbooks_app;
"""

TRIGGER = """
create trigger number_change before insert or update on {table} for each row execute function number_change();
"""


def upgrade() -> None:
    """Number changes from here on; what is stored lies below every mark, and the first reading shows it."""
    op.create_table(
        "change_lines",
        sa.Column("is_only", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("system_identifier", sa.BigInteger(), nullable=False),
        sa.Column("timeline", sa.Text(collation="C"), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("change_lines_is_only_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("change_lines_pkey")),
    )
    op.execute(FUNCTIONS)
    op.execute("select renew_change_shift()")
    for table in NUMBERED:
        op.add_column(table, sa.Column("change_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
        op.execute(TRIGGER.format(table=table))
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Number them no longer."""
    for name in INDEXES:
        op.drop_index(name)
    for table in NUMBERED:
        op.execute(f"drop trigger number_change on {table}")
        op.drop_column(table, "change_number")
    for function in ("renew_change_shift", "number_change", "change_mark", "change_shift"):
        op.execute(f"drop function {function}")
    op.drop_table("change_lines")
