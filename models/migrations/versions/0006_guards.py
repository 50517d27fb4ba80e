"""What the database itself guarantees: the server's role, row-level security, balanced journals, gapless numbers."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "branches",
    "number_counters",
    "cost_centers",
    "exchange_rates",
    "contacts",
    "accounts",
    "items",
    "documents",
    "document_lines",
    "document_links",
    "journals",
    "journal_lines",
    "account_balances",
    "activity",
    "events",
    "idempotency_keys",
)
APPEND_ONLY = ("journals", "journal_lines", "activity")

ROLES = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'finzbooks_app') then
    create role finzbooks_app nologin nosuperuser nobypassrls;
  end if;
exception when duplicate_object then null;
end $$;
do $$
begin
  if not exists (select from pg_roles where rolname = 'finzbooks_housekeeper') then
    create role finzbooks_housekeeper nologin nosuperuser nobypassrls;
  end if;
exception when duplicate_object then null;
end $$;
do $$
begin
  grant finzbooks_app, finzbooks_housekeeper to current_user;
exception when insufficient_privilege then null;  -- the roles are another owner's, who has granted them already
end $$;
grant usage on schema public to finzbooks_app, finzbooks_housekeeper;
"""

GRANTS = f"""
grant select, insert, update, delete on all tables in schema public to finzbooks_app;
revoke update, delete on {", ".join(APPEND_ONLY)}, events from finzbooks_app;
revoke insert, update, delete on account_balances, taxes, currencies from finzbooks_app;
revoke delete on organizations, users, memberships, tokens from finzbooks_app;
"""

# The organization of the request's transaction; nothing when none is set, so that a forgotten one shows no row.
ORGANIZATION_POLICIES = """
alter table organizations enable row level security;
alter table organizations force row level security;
create policy own on organizations
  using (id = current_setting('app.organization_id', true))
  with check (id = current_setting('app.organization_id', true));
create policy of_member on organizations for select
  using (id in (select organization_id
                  from memberships
                 where user_id = current_setting('app.user_id', true)
                   and is_active));
create policy housekeeping on organizations for select to finzbooks_housekeeper using (true);
"""

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

HOUSEKEEPING = """
create policy housekeeping on idempotency_keys to finzbooks_housekeeper using (true);
create policy housekeeping on events to finzbooks_housekeeper using (true);
grant select, delete on idempotency_keys, events, call_counts to finzbooks_housekeeper;
grant select on organizations to finzbooks_housekeeper;
"""

# All lines of a journal come in one statement, so the transition table alone tells whether they balance and are all
# there. They stand at the positions 1 to line_count, and each position is taken once (the primary key): a second set
# of lines finds no place, whatever it comes to. Balances are carried in the same statement, accounts in one order, in
# a slot of the backend's own so that simultaneous postings rarely meet.
JOURNAL_LINES = """
create function check_and_carry_journal_lines() returns trigger
language plpgsql security definer set search_path = public as $$
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
  return null;
end $$;
create trigger check_and_carry after insert on journal_lines
  referencing new table as new_lines
  for each statement execute function check_and_carry_journal_lines();

create function check_journal_at_commit() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  if not exists (select from journal_lines
                  where organization_id = new.organization_id and journal_id = new.id) then
    raise exception 'Journal % has no lines.', new.id
      using errcode = 'check_violation', constraint = 'journals_lines_at_commit_check';
  end if;
  -- Code has checked the lock date at the start; here it is as it stands now, should it have moved meanwhile.
  if exists (select from organizations
              where id = new.organization_id and locked_until >= new.entry_on) then
    raise exception 'Journal % is dated %, in a locked period.', new.id, new.entry_on
      using errcode = 'check_violation', constraint = 'journals_period_check';
  end if;
  return null;
end $$;
create constraint trigger at_commit after insert on journals
  deferrable initially deferred
  for each row execute function check_journal_at_commit();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or deleted.', tg_table_name using errcode = 'restrict_violation';
end $$;
"""

REFUSE_CHANGE = """
create trigger never_changed before update or delete on {table}
  for each row execute function refuse_change();
"""

# Consecutive numbers without gaps (CGST Rules 2017, rule 46(b)): the counter row stays locked until the posting
# commits, so a rolled-back document gives its number back. Numbers given by hand are stepped over.
TAKE_NUMBER = """
create function take_number(organization text, branch text, kind text, series_prefix text, scope text, year text)
returns text language plpgsql as $$
declare
  taken integer;
  candidate text;
begin
  loop
    insert into number_counters as counter (organization_id, branch_id, document_kind, prefix, last_number)
    values (organization, branch, take_number.kind, series_prefix, 1)
        on conflict (organization_id, branch_id, document_kind, prefix)
        do update set last_number = counter.last_number + 1
    returning last_number into taken;
    candidate := series_prefix || lpad(taken::text, greatest(4, length(taken::text)), '0');
    if not exists (select from documents
                    where organization_id = organization
                      and documents.kind = take_number.kind
                      and number_scope = scope
                      and financial_year = year
                      and number_key = upper(candidate)) then
      return candidate;
    end if;
  end loop;
end $$;
"""


def upgrade() -> None:
    """Raise the guards."""
    op.execute(ROLES)
    op.execute(GRANTS)
    op.execute(ORGANIZATION_POLICIES)
    for table in TENANT_TABLES:
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(HOUSEKEEPING)
    op.execute(JOURNAL_LINES)
    for table in APPEND_ONLY:
        op.execute(REFUSE_CHANGE.format(table=table))
    op.execute(TAKE_NUMBER)


def downgrade() -> None:
    """Lower the guards; the roles stay, for they belong to the whole cluster."""
    op.execute("drop function take_number")
    for table in APPEND_ONLY:
        op.execute(f"drop trigger never_changed on {table}")
    op.execute("drop function refuse_change")
    op.execute("drop trigger at_commit on journals")
    op.execute("drop trigger check_and_carry on journal_lines")
    op.execute("drop function check_journal_at_commit")
    op.execute("drop function check_and_carry_journal_lines")
    op.execute("drop policy housekeeping on idempotency_keys")
    op.execute("drop policy housekeeping on events")
    for table in TENANT_TABLES:
        op.execute(f"drop policy tenant on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
    for policy in ("own", "of_member", "housekeeping"):
        op.execute(f"drop policy {policy} on organizations")
    op.execute("alter table organizations no force row level security")
    op.execute("alter table organizations disable row level security")
    op.execute("revoke all on all tables in schema public from finzbooks_app, finzbooks_housekeeper")
