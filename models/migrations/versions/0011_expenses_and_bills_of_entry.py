"""Expenses that are paid at once, and bills of entry for goods from abroad."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("expenses", "expense_lines", "bills_of_entry", "bill_of_entry_lines")

# Nothing here is deleted but the lines that an update replaces.
GRANTS = """
grant select, insert, update on expenses, bills_of_entry to finzbooks_app;
grant select, insert, update, delete on expense_lines to finzbooks_app;
grant select, insert on bill_of_entry_lines to finzbooks_app;
"""

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "expenses",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("paid_through_account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Text(collation="C"), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("reference_number", sa.Text(collation="C"), nullable=True),
        sa.Column("place_of_supply", sa.Text(collation="C"), nullable=False),
        sa.Column("source_of_supply", sa.Text(collation="C"), nullable=True),
        sa.Column("supply_type", sa.Text(collation="C"), nullable=False),
        sa.Column("gst_treatment", sa.Text(collation="C"), nullable=True),
        sa.Column("gst_no", sa.Text(collation="C"), nullable=True),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("is_inclusive_tax", sa.Boolean(), nullable=False),
        sa.Column("is_reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("custom_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "gst_treatment in ('REGULAR', 'COMPOSITION', 'UNREGISTERED', 'CONSUMER', 'OVERSEAS', 'SEZ', 'DEEMED_EXPORT', 'UIN', 'TAX_DEDUCTOR', 'TAX_COLLECTOR')",
            name=op.f("expenses_gst_treatment_check"),
        ),
        sa.CheckConstraint("supply_type in ('INTRA_STATE', 'INTER_STATE')", name=op.f("expenses_supply_type_check")),
        sa.CheckConstraint("exchange_rate > 0", name=op.f("expenses_exchange_rate_check")),
        sa.CheckConstraint(
            "tax_total = cgst_total + sgst_total + igst_total + cess_total", name=op.f("expenses_tax_total_check")
        ),
        sa.CheckConstraint(
            "total = taxable_total + case when is_reverse_charge then 0 else tax_total end and total > 0",
            name=op.f("expenses_total_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("expenses_organization_id_branch_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contacts.organization_id", "contacts.id"],
            name=op.f("expenses_organization_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "paid_through_account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("expenses_organization_id_paid_through_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("expenses_pkey")),
        info={"tenant": True},
    )
    op.create_index(
        "expenses_contact_id_idx", "expenses", ["organization_id", "contact_id", "dated_on", "id"], unique=False
    )
    op.create_index("expenses_dated_on_idx", "expenses", ["organization_id", "dated_on", "id"], unique=False)
    op.create_index("expenses_modified_at_idx", "expenses", ["organization_id", "modified_at", "id"], unique=False)
    op.create_table(
        "bills_of_entry",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("port_code", sa.Text(collation="C"), nullable=False),
        sa.Column("financial_year", sa.Text(collation="C"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("bill_id", sa.Text(collation="C"), nullable=True),
        sa.Column("assessable_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("customs_duty_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("custom_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(voided_at is not null) = (status = 'CANCELLED')", name=op.f("bills_of_entry_voided_at_check")
        ),
        sa.CheckConstraint("status in ('OPEN', 'CANCELLED')", name=op.f("bills_of_entry_status_check")),
        sa.CheckConstraint(
            "taxable_total = assessable_total + customs_duty_total", name=op.f("bills_of_entry_taxable_total_check")
        ),
        sa.CheckConstraint(
            "total = customs_duty_total + igst_total + cess_total", name=op.f("bills_of_entry_total_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "bill_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("bills_of_entry_organization_id_bill_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("bills_of_entry_organization_id_branch_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("bills_of_entry_pkey")),
        info={"tenant": True},
    )
    op.create_index("bills_of_entry_bill_id_idx", "bills_of_entry", ["organization_id", "bill_id"], unique=False)
    op.create_index(
        "bills_of_entry_dated_on_idx", "bills_of_entry", ["organization_id", "dated_on", "id"], unique=False
    )
    op.create_index(
        "bills_of_entry_modified_at_idx", "bills_of_entry", ["organization_id", "modified_at", "id"], unique=False
    )
    op.create_index(
        "bills_of_entry_number_key",
        "bills_of_entry",
        ["organization_id", "port_code", "number", "financial_year"],
        unique=True,
        postgresql_where=sa.text("voided_at is null"),
    )
    op.create_table(
        "expense_lines",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("expense_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("hsn_or_sac", sa.Text(collation="C"), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_id", sa.Text(collation="C"), nullable=True),
        sa.Column("tax_name", sa.Text(), nullable=True),
        sa.Column("tax_category", sa.Text(collation="C"), nullable=True),
        sa.Column("tax_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("cess_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("taxable_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("itc_said", sa.Text(collation="C"), nullable=True),
        sa.Column("itc_eligibility", sa.Text(collation="C"), nullable=False),
        sa.Column("itc_blocked_reason", sa.Text(), nullable=True),
        sa.Column("cost_center_id", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint(
            "itc_eligibility in ('ELIGIBLE', 'BLOCKED', 'POS_RESTRICTED', 'TIME_BARRED', 'NONE')",
            name=op.f("expense_lines_itc_eligibility_check"),
        ),
        sa.CheckConstraint(
            "itc_said in ('ELIGIBLE', 'BLOCKED', 'POS_RESTRICTED', 'TIME_BARRED', 'NONE')",
            name=op.f("expense_lines_itc_said_check"),
        ),
        sa.CheckConstraint(
            "tax_category in ('TAXABLE', 'EXEMPT', 'NIL_RATED', 'NON_GST')",
            name=op.f("expense_lines_tax_category_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("expense_lines_organization_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "cost_center_id"],
            ["cost_centers.organization_id", "cost_centers.id"],
            name=op.f("expense_lines_organization_id_cost_center_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "expense_id"],
            ["expenses.organization_id", "expenses.id"],
            name=op.f("expense_lines_organization_id_expense_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("expense_lines_tax_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "expense_id", "id", name=op.f("expense_lines_pkey")),
        info={"tenant": True},
    )
    op.create_index("expense_lines_account_id_idx", "expense_lines", ["organization_id", "account_id"], unique=False)
    op.create_table(
        "bill_of_entry_lines",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("bill_of_entry_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("hsn_or_sac", sa.Text(collation="C"), nullable=True),
        sa.Column("assessable_value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("customs_duty", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_id", sa.Text(collation="C"), nullable=True),
        sa.Column("tax_name", sa.Text(), nullable=True),
        sa.Column("tax_category", sa.Text(collation="C"), nullable=False),
        sa.Column("tax_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("cess_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("taxable_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("itc_eligibility", sa.Text(collation="C"), nullable=False),
        sa.Column("itc_blocked_reason", sa.Text(), nullable=True),
        sa.Column("cost_center_id", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint(
            "itc_eligibility in ('ELIGIBLE', 'BLOCKED', 'POS_RESTRICTED', 'TIME_BARRED', 'NONE')",
            name=op.f("bill_of_entry_lines_itc_eligibility_check"),
        ),
        sa.CheckConstraint(
            "tax_category in ('TAXABLE', 'EXEMPT', 'NIL_RATED', 'NON_GST')",
            name=op.f("bill_of_entry_lines_tax_category_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("bill_of_entry_lines_organization_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "bill_of_entry_id"],
            ["bills_of_entry.organization_id", "bills_of_entry.id"],
            name=op.f("bill_of_entry_lines_organization_id_bill_of_entry_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "cost_center_id"],
            ["cost_centers.organization_id", "cost_centers.id"],
            name=op.f("bill_of_entry_lines_organization_id_cost_center_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("bill_of_entry_lines_tax_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "bill_of_entry_id", "id", name=op.f("bill_of_entry_lines_pkey")),
        info={"tenant": True},
    )
    op.create_index(
        "bill_of_entry_lines_account_id_idx", "bill_of_entry_lines", ["organization_id", "account_id"], unique=False
    )
    op.execute(GRANTS)
    for table in TABLES:
        op.execute(TENANT_POLICY.format(table=table))


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
