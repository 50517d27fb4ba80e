"""Self-invoices of expenses, in one series with those of bills: no number of them stands twice."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NUMBERED = ("documents", "expenses")

# As in 0014; of a self-invoice the kind is SELF_INVOICE.
TAKE_NUMBER = """
create or replace function take_number(organization text, branch text, kind text, series_prefix text, scope text,
                                       year text)
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
                      and number_key = upper(candidate))
       and not exists (select from payments
                        where organization_id = organization
                          and flow = take_number.kind
                          and number_scope = scope
                          and financial_year = year
                          and number_key = upper(candidate)){self_invoices} then
      return candidate;
    end if;
  end loop;
end $$;
"""
SELF_INVOICES = "".join(
    f"""
       and not exists (select from {table}
                        where take_number.kind = 'SELF_INVOICE'
                          and organization_id = organization
                          and number_scope = scope
                          and financial_year = year
                          and self_invoice_key = upper(candidate))"""
    for table in NUMBERED
)


def upgrade() -> None:
    """Add the columns, and let numbers of self-invoices step over each other."""
    for column in ("self_invoice_number", "number_scope", "financial_year"):
        op.add_column("expenses", sa.Column(column, sa.Text(collation="C"), nullable=True))
    op.create_check_constraint(
        op.f("expenses_self_invoice_check"),
        "expenses",
        "num_nonnulls(self_invoice_number, number_scope, financial_year) in (0, 3)",
    )
    for table in NUMBERED:
        op.add_column(
            table,
            sa.Column(
                "self_invoice_key",
                sa.Text(collation="C"),
                sa.Computed("upper(self_invoice_number)", persisted=True),
                nullable=True,
            ),
        )
        op.create_check_constraint(
            op.f(f"{table}_self_invoice_number_check"), table, "length(self_invoice_number) <= 16"
        )
        op.create_index(
            f"{table}_self_invoice_key",
            table,
            ["organization_id", "number_scope", "financial_year", "self_invoice_key"],
            unique=True,
            postgresql_where=sa.text("self_invoice_key is not null"),
        )
    op.execute(TAKE_NUMBER.format(self_invoices=SELF_INVOICES))


def downgrade() -> None:
    """Take the columns away."""
    op.execute(TAKE_NUMBER.format(self_invoices=""))
    op.drop_constraint("documents_self_invoice_number_check", "documents")
    for table in NUMBERED:
        op.drop_column(table, "self_invoice_key")
    for column in ("self_invoice_number", "number_scope", "financial_year"):
        op.drop_column("expenses", column)
