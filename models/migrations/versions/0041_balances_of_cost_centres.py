"""Balances per cost centre beside those per account, slots folded once a month is past, and journals by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

GUARDS = """
grant select on cost_center_balances to finzbooks_app;
alter table cost_center_balances enable row level security;
alter table cost_center_balances force row level security;
create policy tenant on cost_center_balances
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

FILL = """
insert into cost_center_balances
       (organization_id, cost_center_id, account_id, branch_id, month, slot, debit, credit)
select organization_id, cost_center_id, account_id, branch_id, date_trunc('month', entry_on)::date, 0,
       sum(debit), sum(credit)
  from journal_lines
 where cost_center_id is not null
 group by organization_id, cost_center_id, account_id, branch_id, date_trunc('month', entry_on)
"""

# As in 0006, and beside each balance that of the cost centre, for the lines that name one: most name none.
CHECK_AND_CARRY = """
create or replace function check_and_carry_journal_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  wrong text;
begin
  select added.journal_id
    into wrong
    from (select organization_id, journal_id, count(*) as lines, min(position) as first_position,
                 max(position) as last_position, sum(debit) as debit, sum(credit) as credit
            from new_lines
           group by organization_id, journal_id) as added
    left join journals as journal on journal.organization_id = added.organization_id
                                 and journal.id = added.journal_id
   where added.lines is distinct from journal.line_count
      or added.debit is distinct from journal.total
      or added.credit is distinct from journal.total
      or added.first_position <> 1
      or added.last_position <> journal.line_count
   limit 1;
  if wrong is not null then
    raise exception 'Journal % does not balance, or is complete already.', wrong
      using errcode = 'check_violation', constraint = 'journal_lines_balance_check';
  end if;
  insert into account_balances as kept (organization_id, account_id, branch_id, month, slot, debit, credit)
  select organization_id, account_id, branch_id, date_trunc('month', entry_on)::date, pg_backend_pid() % 16,
         sum(debit), sum(credit)
    from new_lines
   group by organization_id, account_id, branch_id, date_trunc('month', entry_on)
   order by organization_id, account_id, branch_id, date_trunc('month', entry_on)
      on conflict (organization_id, account_id, branch_id, month, slot)
      do update set debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
{centres}  return null;
end $$;
"""
CARRY_CENTRES = """\
  if exists (select from new_lines where cost_center_id is not null) then
    insert into cost_center_balances as kept
           (organization_id, cost_center_id, account_id, branch_id, month, slot, debit, credit)
    select organization_id, cost_center_id, account_id, branch_id, date_trunc('month', entry_on)::date,
           pg_backend_pid() % 16, sum(debit), sum(credit)
      from new_lines
     where cost_center_id is not null
     group by organization_id, cost_center_id, account_id, branch_id, date_trunc('month', entry_on)
     order by organization_id, cost_center_id, account_id, branch_id, date_trunc('month', entry_on)
        on conflict (organization_id, cost_center_id, account_id, branch_id, month, slot)
        do update set debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
  end if;
"""

# Whoever posts into an old month meanwhile is not waited for: what is locked stays for the next time. Slot 0 is
# written before the others go, so that an account with entries has a balance at every moment.
FOLD = """
create function fold_balances(organization text, before date) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  kept record;
  gone integer;
  folded integer := 0;
begin
  perform set_config('app.organization_id', organization, true);
  for kept in
    select *
      from (values ('account_balances', 'organization_id, account_id, branch_id, month'),
                   ('cost_center_balances', 'organization_id, cost_center_id, account_id, branch_id, month'))
        as named(name, keys)
  loop
    execute format($fold$
      with held as (
        select %2$s, slot, debit, credit
          from %1$I
         where organization_id = $1
           and month < $2
           and slot <> 0
         order by %2$s, slot
           for update skip locked
      ), whole as (
        insert into %1$I as stored (%2$s, slot, debit, credit)
        select %2$s, 0, sum(debit), sum(credit)
          from held
         group by %2$s
         order by %2$s
            on conflict (%2$s, slot)
            do update set debit = stored.debit + excluded.debit, credit = stored.credit + excluded.credit
        returning %2$s
      )
      delete from %1$I
       where (%2$s, slot) in (select %2$s, slot from held join whole using (%2$s))
    $fold$, kept.name, kept.keys) using organization, before;
    get diagnostics gone = row_count;
    folded := folded + gone;
  end loop;
  return folded;
end $$;
revoke execute on function fold_balances(text, date) from public;
grant execute on function fold_balances(text, date) to finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Make the table, fill it from the lines there are, and carry new ones to it."""
    op.create_table(
        "cost_center_balances",
        *(
            sa.Column(name, sa.Text(collation="C"), nullable=False)
            for name in ("organization_id", "cost_center_id", "account_id", "branch_id")
        ),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("debit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "cost_center_id"],
            ["cost_centers.organization_id", "cost_centers.id"],
            name=op.f("cost_center_balances_organization_id_cost_center_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id",
            "cost_center_id",
            "account_id",
            "branch_id",
            "month",
            "slot",
            name=op.f("cost_center_balances_pkey"),
        ),
        postgresql_with={"fillfactor": "70"},
    )
    for table in ("journal_lines", "cost_centers"):
        op.execute(f"alter table {table} no force row level security")  # the owner of the table reads every tenant's
    op.execute(FILL)
    for table in ("journal_lines", "cost_centers"):
        op.execute(f"alter table {table} force row level security")
    op.execute(GUARDS)
    op.execute(CHECK_AND_CARRY.format(centres=CARRY_CENTRES))
    op.execute(FOLD)
    op.create_index("journals_posted_at_idx", "journals", ["organization_id", "posted_at"])


def downgrade() -> None:
    """Take it away; what is folded stays so, for readers add all slots up."""
    op.drop_index("journals_posted_at_idx", "journals")
    op.execute("drop function fold_balances(text, date)")
    op.execute(CHECK_AND_CARRY.format(centres=""))
    op.drop_table("cost_center_balances")
