"""Balances are kept for thirds of months, so that any day lies within five of a whole one."""

from importlib import import_module

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# Thirds begin on the 1st, the 11th and the 21st.
THIRD = """
create function third_of_month(day date) returns date language sql immutable parallel safe
return day - (date_part('day', day)::integer - 1) + 10 * least((date_part('day', day)::integer - 1) / 10, 2);
"""

# As in 0041, but for the third.
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
  insert into account_balances as kept (organization_id, account_id, branch_id, begins_on, slot, debit, credit)
  select organization_id, account_id, branch_id, third_of_month(entry_on), pg_backend_pid() % 16,
         sum(debit), sum(credit)
    from new_lines
   group by organization_id, account_id, branch_id, third_of_month(entry_on)
   order by organization_id, account_id, branch_id, third_of_month(entry_on)
      on conflict (organization_id, account_id, branch_id, begins_on, slot)
      do update set debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
  if exists (select from new_lines where cost_center_id is not null) then
    insert into cost_center_balances as kept
           (organization_id, cost_center_id, account_id, branch_id, begins_on, slot, debit, credit)
    select organization_id, cost_center_id, account_id, branch_id, third_of_month(entry_on),
           pg_backend_pid() % 16, sum(debit), sum(credit)
      from new_lines
     where cost_center_id is not null
     group by organization_id, cost_center_id, account_id, branch_id, third_of_month(entry_on)
     order by organization_id, cost_center_id, account_id, branch_id, third_of_month(entry_on)
        on conflict (organization_id, cost_center_id, account_id, branch_id, begins_on, slot)
        do update set debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
  end if;
  return null;
end $$;
"""
FOLD = """
create or replace function fold_balances(organization text, before date) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  kept record;
  gone integer;
  folded integer := 0;
begin
  perform set_config('app.organization_id', organization, true);
  for kept in
    select *
      from (values ('account_balances', 'organization_id, account_id, branch_id, begins_on'),
                   ('cost_center_balances', 'organization_id, cost_center_id, account_id, branch_id, begins_on'))
        as named(name, keys)
  loop
    execute format($fold$
      with held as (
        select %2$s, slot, debit, credit
          from %1$I
         where organization_id = $1
           and begins_on < $2
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
"""

BALANCES = {
    "account_balances": ("organization_id, account_id, branch_id", "true"),
    "cost_center_balances": ("organization_id, cost_center_id, account_id, branch_id", "cost_center_id is not null"),
}
FILL = """
truncate {table};
insert into {table} ({keys}, {begins_on}, slot, debit, credit)
select {keys}, {begins}, 0, sum(debit), sum(credit)
  from journal_lines
 where {condition}
 group by {keys}, {begins};
"""


def upgrade() -> None:
    """Name the first day of what a balance is of, and add all lines up anew."""
    op.execute(THIRD)
    for table in BALANCES:
        op.alter_column(table, "month", new_column_name="begins_on")
    _fill(begins_on="begins_on", begins="third_of_month(entry_on)")
    op.execute(CHECK_AND_CARRY)
    op.execute(FOLD)


def downgrade() -> None:
    """Keep them for months again."""
    for table in BALANCES:
        op.alter_column(table, "begins_on", new_column_name="month")
    _fill(begins_on="month", begins="date_trunc('month', entry_on)::date")
    before = import_module("models.migrations.versions.0041_balances_of_cost_centres")
    op.execute(before.CHECK_AND_CARRY.format(centres=before.CARRY_CENTRES))
    op.execute("drop function fold_balances(text, date)")
    op.execute(before.FOLD)
    op.execute("drop function third_of_month(date)")


def _fill(*, begins_on: str, begins: str) -> None:
    """Write the balances from the lines; the tables' owner does so for every tenant."""
    guarded = ("journal_lines", "accounts", "cost_centers", *BALANCES)
    for table in guarded:
        op.execute(f"alter table {table} no force row level security")
    for table, (keys, condition) in BALANCES.items():
        op.execute(FILL.format(table=table, keys=keys, condition=condition, begins_on=begins_on, begins=begins))
    for table in guarded:
        op.execute(f"alter table {table} force row level security")
