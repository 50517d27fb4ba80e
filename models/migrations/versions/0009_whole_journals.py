"""A journal takes its lines once: lines of the same number and total, added later, are refused as well."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The lines of a journal stand at the positions 1 to line_count, and each position is taken once (the primary key), so
# that a second set of lines finds no place, whatever it comes to.
CHECK = """
create or replace function check_and_carry_journal_lines() returns trigger
language plpgsql security definer set search_path = public as $$
declare
  wrong text;
begin
  select journal.id
    into wrong
    from (select organization_id, journal_id, count(*) as lines, sum(debit) as debit, sum(credit) as credit{positions}
            from new_lines
           group by organization_id, journal_id) as added
    join journals as journal on journal.organization_id = added.organization_id
                            and journal.id = added.journal_id
   where added.lines <> journal.line_count
      or added.debit <> journal.total
      or added.credit <> journal.total{places}
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
  return null;
end $$;
"""
POSITIONS = """,
                 min(position) as first_position, max(position) as last_position"""
PLACES = """
      or added.first_position <> 1
      or added.last_position <> journal.line_count"""


def upgrade() -> None:
    """Check the positions too."""
    op.execute(CHECK.format(positions=POSITIONS, places=PLACES))


def downgrade() -> None:
    """Check numbers and totals only."""
    op.execute(CHECK.format(positions="", places=""))
