"""The clock of a sandbox, and the function that empties one: it does so to nothing else, and alone is let by the guards."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

# What is live stays live, and a sandbox the sandbox of the same: the guards go by it.
GUARD = """
create function refuse_another_kind() returns trigger language plpgsql as $$
begin
  raise exception 'Organization % stays % for ever.', old.id, case when old.is_sandbox then 'a sandbox' else 'live' end
    using errcode = 'restrict_violation', constraint = 'organizations_is_sandbox_stays';
end $$;
create trigger never_another_kind before update on organizations
  for each row when (new.id is distinct from old.id or new.is_sandbox is distinct from old.is_sandbox
                     or new.live_organization_id is distinct from old.live_organization_id)
  execute function refuse_another_kind();
"""

# What is not emptied: the organization itself and its way into it, where it is told what happens and how far that is
# numbered, and the bytes that are to be removed from the storage.
EMPTIED = (
    "account_balances",
    "accounts",
    "activity",
    "allocations",
    "attachments",
    "bill_of_entry_lines",
    "bills_of_entry",
    "branches",
    "comments",
    "contacts",
    "cost_center_balances",
    "cost_centers",
    "document_lines",
    "document_links",
    "documents",
    "einvoice_credentials",
    "einvoice_sessions",
    "einvoices",
    "event_sequence",
    "events",
    "eway_bill_requests",
    "eway_bills",
    "exchange_rates",
    "expense_lines",
    "expenses",
    "gst_opening_balances",
    "idempotency_keys",
    "imported_records",
    "itc_adjustments",
    "items",
    "journal_lines",
    "journals",
    "lapses",
    "mail_counts",
    "mails",
    "number_counters",
    "payment_reminders",
    "payments",
    "pictures",
    "recurring_runs",
    "recurring_schedules",
    "renders",
    "return_filings",
    "return_rows",
    "salespersons",
    "webhook_attempts",
    "webhook_deliveries",
)

# Rows of a sandbox go while it is being emptied, and no others ever: whoever says that live books are being emptied is
# refused all the same.
REFUSE_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE'
     and current_setting('app.emptied', true) = old.organization_id
     and exists (select from organizations where id = old.organization_id and is_sandbox) then
    return old;
  end if;
  raise exception 'Rows of % are never changed or deleted.', tg_table_name using errcode = 'restrict_violation';
end $$;
"""
# As 0006 made it.
REFUSE_EVERY_CHANGE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or deleted.', tg_table_name using errcode = 'restrict_violation';
end $$;
"""


def _deletion(table: str) -> str:
    returning = " returning id" if table in ("attachments", "renders") else ""
    return f"emptied_{table} as (delete from {table} where organization_id = organization{returning})"  # noqa: S608


def emptying() -> str:
    """One statement deletes all, so that all of it is of one moment: what others commit meanwhile stays whole."""
    deletions = ",\n  ".join(map(_deletion, EMPTIED))
    return f"""
create function empty_sandbox(organization text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1
     from organizations
    where id = organization
      and is_sandbox
      and id = current_setting('app.organization_id', true)
      for no key update;
  if not found then
    raise exception '% is no sandbox whose books are open.', organization using errcode = 'restrict_violation';
  end if;
  perform set_config('app.emptied', organization, true);
  with {deletions}
  insert into unclaimed_files (organization_id, id, due_at)
  select organization, id, now()
    from (select id from emptied_attachments union all select id from emptied_renders) as gone
      on conflict do nothing;
  perform set_config('app.emptied', '', true);
end $$;
revoke all on function empty_sandbox(text) from public;
grant execute on function empty_sandbox(text) to finzbooks_app, finzbooks_operator;
"""  # noqa: S608  # names of tables only


def upgrade() -> None:
    """Add the clock, which only a sandbox may set, and an index of those that have one."""
    op.add_column("organizations", sa.Column("clock_offset", sa.Interval()))
    op.create_check_constraint(
        op.f("organizations_clock_offset_check"), "organizations", "clock_offset is null or is_sandbox"
    )
    op.create_index(
        "organizations_clock_offset_idx",
        "organizations",
        ["id"],
        postgresql_where=sa.text("clock_offset is not null"),
    )
    op.execute(GUARD)
    op.execute(REFUSE_CHANGE)
    op.execute(emptying())


def downgrade() -> None:
    """Take them away."""
    op.execute("drop function empty_sandbox(text)")
    op.execute(REFUSE_EVERY_CHANGE)
    op.execute("drop trigger never_another_kind on organizations")
    op.execute("drop function refuse_another_kind")
    op.drop_index("organizations_clock_offset_idx", "organizations")
    op.drop_column("organizations", "clock_offset")
