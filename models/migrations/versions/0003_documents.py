"""The seven documents in one set of tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "documents",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=True),
        sa.Column("number_key", sa.Text(collation="C"), sa.Computed("upper(number)", persisted=True), nullable=True),
        sa.Column("number_scope", sa.Text(collation="C"), nullable=True),
        sa.Column("financial_year", sa.Text(collation="C"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("payment_terms", sa.Integer(), nullable=True),
        sa.Column("reference_number", sa.Text(collation="C"), nullable=True),
        sa.Column("place_of_supply", sa.Text(collation="C"), nullable=False),
        sa.Column("supply_type", sa.Text(collation="C"), nullable=False),
        sa.Column("gst_treatment", sa.Text(collation="C"), nullable=False),
        sa.Column("gst_no", sa.Text(collation="C"), nullable=True),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("is_inclusive_tax", sa.Boolean(), nullable=False),
        sa.Column("is_reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("is_export_with_payment", sa.Boolean(), nullable=False),
        sa.Column("is_opening_balance", sa.Boolean(), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount_percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("sub_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("untaxed_charges", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("round_off", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount_paid", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount_credited", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("shipping_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("salesperson_name", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("custom_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(voided_at is not null) = (status = 'CANCELLED')", name=op.f("documents_voided_at_check")),
        sa.CheckConstraint(
            "gst_treatment in ('REGULAR', 'COMPOSITION', 'UNREGISTERED', 'CONSUMER', 'OVERSEAS', 'SEZ', 'DEEMED_EXPORT', 'UIN', 'TAX_DEDUCTOR', 'TAX_COLLECTOR')",
            name=op.f("documents_gst_treatment_check"),
        ),
        sa.CheckConstraint(
            "kind in ('INVOICE', 'BILL', 'ESTIMATE', 'SALES_ORDER', 'PURCHASE_ORDER', 'CREDIT_NOTE', 'DEBIT_NOTE')",
            name=op.f("documents_kind_check"),
        ),
        sa.CheckConstraint("supply_type in ('INTRA_STATE', 'INTER_STATE')", name=op.f("documents_supply_type_check")),
        sa.CheckConstraint(
            "balance = total - amount_paid - amount_credited or journal_id is null or voided_at is not null",
            name=op.f("documents_balance_check"),
        ),
        sa.CheckConstraint(
            "balance >= 0 and amount_paid >= 0 and amount_credited >= 0", name=op.f("documents_settled_check")
        ),
        sa.CheckConstraint("discount is null or discount_percent is null", name=op.f("documents_discount_check")),
        sa.CheckConstraint("exchange_rate > 0", name=op.f("documents_exchange_rate_check")),
        sa.CheckConstraint(
            "length(number) between 1 and 16 or number_scope is null", name=op.f("documents_number_check")
        ),
        sa.CheckConstraint(
            "tax_total = cgst_total + sgst_total + igst_total + cess_total",
            name=op.f("documents_tax_total_check"),
        ),
        sa.CheckConstraint(
            "total = taxable_total + untaxed_charges + round_off + case when is_reverse_charge then 0 else tax_total end",
            name=op.f("documents_total_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("documents_organization_id_branch_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contacts.organization_id", "contacts.id"],
            name=op.f("documents_organization_id_contact_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("documents_pkey")),
    )
    op.create_index(
        "documents_contact_id_idx",
        "documents",
        ["organization_id", "contact_id", "kind", "dated_on", "id"],
        unique=False,
    )
    op.create_index("documents_dated_on_idx", "documents", ["organization_id", "kind", "dated_on", "id"], unique=False)
    op.create_index(
        "documents_modified_at_idx",
        "documents",
        ["organization_id", "kind", "modified_at", "id"],
        unique=False,
    )
    op.create_index(
        "documents_number_key",
        "documents",
        ["organization_id", "kind", "number_scope", "financial_year", "number_key"],
        unique=True,
        postgresql_where=sa.text("number_key is not null and number_scope is not null"),
    )
    op.create_index(
        "documents_open_idx",
        "documents",
        ["organization_id", "contact_id", "kind"],
        unique=False,
        postgresql_where=sa.text("balance > 0 and journal_id is not null"),
    )
    op.create_table(
        "document_lines",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(collation="C"), nullable=True),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("hsn_or_sac", sa.Text(collation="C"), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(collation="C"), nullable=True),
        sa.Column("rate", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount_percent", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("tax_id", sa.Text(collation="C"), nullable=True),
        sa.Column("tax_name", sa.Text(), nullable=True),
        sa.Column("tax_category", sa.Text(collation="C"), nullable=False),
        sa.Column("tax_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("cess_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("item_total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taxable_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cost_center_id", sa.Text(collation="C"), nullable=True),
        sa.Column("itc_eligibility", sa.Text(collation="C"), nullable=True),
        sa.Column("itc_blocked_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "tax_category in ('TAXABLE', 'EXEMPT', 'NIL_RATED', 'NON_GST')",
            name=op.f("document_lines_tax_category_check"),
        ),
        sa.CheckConstraint("discount is null or discount_percent is null", name=op.f("document_lines_discount_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("document_lines_organization_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "cost_center_id"],
            ["cost_centers.organization_id", "cost_centers.id"],
            name=op.f("document_lines_organization_id_cost_center_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("document_lines_organization_id_document_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["items.organization_id", "items.id"],
            name=op.f("document_lines_organization_id_item_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("document_lines_tax_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "document_id", "id", name=op.f("document_lines_pkey")),
    )
    op.create_index("document_lines_item_id_idx", "document_lines", ["organization_id", "item_id"], unique=False)
    op.create_table(
        "document_links",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source_id", sa.Text(collation="C"), nullable=False),
        sa.Column("target_id", sa.Text(collation="C"), nullable=False),
        sa.Column("relation", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "relation in ('CONVERTED', 'CREDITED', 'DEBITED')", name=op.f("document_links_relation_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "source_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("document_links_organization_id_source_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "target_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("document_links_organization_id_target_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "source_id", "target_id", "relation", name=op.f("document_links_pkey")
        ),
    )
    op.create_index("document_links_target_id_idx", "document_links", ["organization_id", "target_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("document_links")
    op.drop_table("document_lines")
    op.drop_table("documents")
