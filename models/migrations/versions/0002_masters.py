"""Contacts, items, taxes and the chart of accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_type", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=True),
        sa.Column("parent_id", sa.Text(collation="C"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("ifsc", sa.Text(), nullable=True),
        sa.Column("upi_id", sa.Text(), nullable=True),
        sa.Column("is_primary_bank", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "account_type in ('CASH', 'BANK', 'ACCOUNTS_RECEIVABLE', 'OTHER_CURRENT_ASSET', 'INPUT_TAX', 'FIXED_ASSET', 'OTHER_ASSET', 'ACCOUNTS_PAYABLE', 'OTHER_CURRENT_LIABILITY', 'OUTPUT_TAX', 'LONG_TERM_LIABILITY', 'EQUITY', 'INCOME', 'OTHER_INCOME', 'COST_OF_GOODS_SOLD', 'EXPENSE', 'OTHER_EXPENSE')",
            name=op.f("accounts_account_type_check"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("accounts_parent_id_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("accounts_organization_id_parent_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("accounts_pkey")),
    )
    op.create_index("accounts_code_key", "accounts", ["organization_id", "code"], unique=True)
    op.create_index("accounts_name_key", "accounts", ["organization_id", sa.literal_column("lower(name)")], unique=True)
    op.create_index(
        "accounts_role_key",
        "accounts",
        ["organization_id", "role"],
        unique=True,
        postgresql_where=sa.text("role is not null"),
    )
    op.create_table(
        "contacts",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("contact_type", sa.Text(collation="C"), nullable=False),
        sa.Column("gst_treatment", sa.Text(collation="C"), nullable=False),
        sa.Column("gst_no", sa.Text(collation="C"), nullable=True),
        sa.Column("gst_no_status", sa.Text(collation="C"), nullable=True),
        sa.Column("pan_no", sa.Text(collation="C"), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("payment_terms", sa.Integer(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("place_of_contact", sa.Text(collation="C"), nullable=True),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("shipping_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("contact_persons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("custom_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("contact_type in ('CUSTOMER', 'VENDOR', 'BOTH')", name=op.f("contacts_contact_type_check")),
        sa.CheckConstraint(
            "gst_no_status in ('VALID', 'CHECK_DIGIT_MISMATCH')", name=op.f("contacts_gst_no_status_check")
        ),
        sa.CheckConstraint(
            "gst_treatment in ('REGULAR', 'COMPOSITION', 'UNREGISTERED', 'CONSUMER', 'OVERSEAS', 'SEZ', 'DEEMED_EXPORT', 'UIN', 'TAX_DEDUCTOR', 'TAX_COLLECTOR')",
            name=op.f("contacts_gst_treatment_check"),
        ),
        sa.CheckConstraint("status in ('ACTIVE', 'ARCHIVED')", name=op.f("contacts_status_check")),
        sa.CheckConstraint("(gst_no is null) = (gst_no_status is null)", name=op.f("contacts_gst_no_check")),
        sa.CheckConstraint("payment_terms between 0 and 365", name=op.f("contacts_payment_terms_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("contacts_pkey")),
    )
    op.create_index("contacts_contact_name_idx", "contacts", ["organization_id", "contact_name", "id"], unique=False)
    op.create_index("contacts_modified_at_idx", "contacts", ["organization_id", "modified_at", "id"], unique=False)
    op.create_table(
        "taxes",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("tax_name", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(collation="C"), nullable=False),
        sa.Column("tax_percentage", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("cgst", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("sgst", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("igst", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("cess", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "shape in ('INTRA_STATE', 'INTER_STATE', 'RCM', 'EXEMPT', 'NIL_RATED', 'NON_GST')",
            name=op.f("taxes_shape_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("taxes_pkey")),
    )
    op.create_table(
        "items",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(collation="C"), nullable=True),
        sa.Column("item_type", sa.Text(collation="C"), nullable=False),
        sa.Column("hsn_or_sac", sa.Text(collation="C"), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(collation="C"), nullable=True),
        sa.Column("rate", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("purchase_rate", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("tax_id", sa.Text(collation="C"), nullable=True),
        sa.Column("account_id", sa.Text(collation="C"), nullable=True),
        sa.Column("purchase_account_id", sa.Text(collation="C"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("item_type in ('GOODS', 'SERVICE')", name=op.f("items_item_type_check")),
        sa.CheckConstraint("status in ('ACTIVE', 'ARCHIVED')", name=op.f("items_status_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("items_organization_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "purchase_account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("items_organization_id_purchase_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("items_tax_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("items_pkey")),
    )
    op.create_index("items_modified_at_idx", "items", ["organization_id", "modified_at", "id"], unique=False)
    op.create_index(
        "items_sku_key",
        "items",
        ["organization_id", "sku"],
        unique=True,
        postgresql_where=sa.text("sku is not null"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("items")
    op.drop_table("accounts")
    op.drop_table("taxes")
    op.drop_table("contacts")
