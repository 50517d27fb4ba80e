"""The same guarantees for less: numbers, lists of allowed words, and the accounts of entries."""

from importlib import import_module

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# As in 0017, but each kind looks only where its own numbers stand: what is in one expression is begun at every call.
TAKE_NUMBER = """
create or replace function take_number(organization text, branch text, kind text, series_prefix text, scope text,
                                       year text)
returns text language plpgsql as $$
declare
  taken integer;
  candidate text;
  is_given boolean;
begin
  loop
    insert into number_counters as counter (organization_id, branch_id, document_kind, prefix, last_number)
    values (organization, branch, take_number.kind, series_prefix, 1)
        on conflict (organization_id, branch_id, document_kind, prefix)
        do update set last_number = counter.last_number + 1
    returning last_number into taken;
    candidate := series_prefix || lpad(taken::text, greatest(4, length(taken::text)), '0');
    if take_number.kind = 'SELF_INVOICE' then
      is_given := exists (select from documents
                           where organization_id = organization
                             and number_scope = scope
                             and financial_year = year
                             and self_invoice_key = upper(candidate))
               or exists (select from expenses
                           where organization_id = organization
                             and number_scope = scope
                             and financial_year = year
                             and self_invoice_key = upper(candidate));
    elsif take_number.kind in ('INCOMING', 'OUTGOING') then
      is_given := exists (select from payments
                           where organization_id = organization
                             and flow = take_number.kind
                             and number_scope = scope
                             and financial_year = year
                             and number_key = upper(candidate));
    else
      is_given := exists (select from documents
                           where organization_id = organization
                             and documents.kind = take_number.kind
                             and number_scope = scope
                             and financial_year = year
                             and number_key = upper(candidate));
    end if;
    if not is_given then
      return candidate;
    end if;
  end loop;
end $$;
"""

# ``in (…)`` is stored as a list of constants that each statement reads and folds anew, an array as one constant.
ONE_CONSTANT = """
do $$
declare
  listing record;
begin
  for listing in
    select conrelid::regclass as listed_in, conname, pg_get_constraintdef(oid) as definition
      from pg_constraint
     where contype = 'c'
       and connamespace = 'public'::regnamespace
       and conname not like 'procrastinate%'
       and pg_get_constraintdef(oid) like '% = ANY (ARRAY[''%''::text])%'
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s',
                   listing.listed_in, listing.conname, listing.conname,
                   replace(replace(replace(listing.definition, '''::text, ''', ','),
                                   'ARRAY[''', '''{'), '''::text]', '}''::text[]'));
  end loop;
end $$;
"""

ACCOUNT_OF_ENTRY = "journal_lines_organization_id_account_id_fkey"


def upgrade() -> None:
    """Lighten them; that an entry's account is there is what the foreign key of its balance says."""
    op.execute(TAKE_NUMBER)
    op.execute(ONE_CONSTANT)
    op.drop_constraint(ACCOUNT_OF_ENTRY, "journal_lines")


def downgrade() -> None:
    """Take the weight back; the lists of words say the same in either form."""
    op.create_foreign_key(
        ACCOUNT_OF_ENTRY, "journal_lines", "accounts", ["organization_id", "account_id"], ["organization_id", "id"]
    )
    before = import_module("models.migrations.versions.0017_self_invoices_of_expenses")
    op.execute(before.TAKE_NUMBER.format(self_invoices=before.SELF_INVOICES))
