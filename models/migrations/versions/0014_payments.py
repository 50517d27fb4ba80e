"""Payments, and what each of them settled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SETTLEMENT = "amount + tds_amount + case flow when 'INCOMING' then bank_charges else 0 end"

# Rows are never deleted.
GUARDS = """
grant select, insert, update on {table} to finzbooks_app;
revoke delete on {table} from finzbooks_app;
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# As in 0006; of a voucher the kind is the flow of the payment.
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
                      and number_key = upper(candidate)){vouchers} then
      return candidate;
    end if;
  end loop;
end $$;
"""
VOUCHERS = """
       and not exists (select from payments
                        where organization_id = organization
                          and flow = take_number.kind
                          and number_scope = scope
                          and financial_year = year
                          and number_key = upper(candidate))"""


def upgrade() -> None:
    """Make the tables, and let numbers step over those of vouchers."""
    op.create_table(
        "payments",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("flow", sa.Text(collation="C"), nullable=False),
        sa.Column("payment_type", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("number_key", sa.Text(collation="C"), sa.Computed("upper(number)", persisted=True), nullable=True),
        sa.Column("number_scope", sa.Text(collation="C"), nullable=False),
        sa.Column("financial_year", sa.Text(collation="C"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(collation="C"), nullable=False),
        sa.Column("reference_number", sa.Text(), nullable=True),
        sa.Column("paid_through_account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("currency_code", sa.Text(collation="C"), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("bank_charges", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tds_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tds_section", sa.Text(collation="C"), nullable=True),
        sa.Column("unallocated", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_left", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_left", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_left", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("is_service_advance", sa.Boolean(), nullable=False),
        sa.Column("tax_id", sa.Text(collation="C"), nullable=True),
        sa.Column("tax_percentage", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("place_of_supply", sa.Text(collation="C"), nullable=True),
        sa.Column("supply_type", sa.Text(collation="C"), nullable=True),
        sa.Column("cgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("custom_fields", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"{SETTLEMENT} > 0 and unallocated between 0 and {SETTLEMENT}",
            name=op.f("payments_unallocated_check"),
        ),
        sa.CheckConstraint(
            "cgst_amount + sgst_amount + igst_amount = 0 or is_service_advance and flow = 'INCOMING'"
            " and payment_type = 'ADVANCE' and exchange_rate = 1",
            name=op.f("payments_advance_check"),
        ),
        sa.CheckConstraint("flow in ('INCOMING', 'OUTGOING')", name=op.f("payments_flow_check")),
        sa.CheckConstraint(
            "mode in ('BANK', 'CASH', 'UPI', 'CHEQUE', 'CARD', 'OTHER')", name=op.f("payments_mode_check")
        ),
        sa.CheckConstraint(
            "payment_type <> 'REFUND' or unallocated = 0 and tds_amount = 0", name=op.f("payments_refund_check")
        ),
        sa.CheckConstraint(
            "payment_type in ('REGULAR', 'ADVANCE', 'REFUND')", name=op.f("payments_payment_type_check")
        ),
        sa.CheckConstraint(
            "status = case when voided_at is not null then 'CANCELLED' when unallocated = 0 then 'APPLIED'"
            f" when unallocated = {SETTLEMENT} then 'UNAPPLIED' else 'PARTIALLY_APPLIED' end",
            name=op.f("payments_status_check"),
        ),
        sa.CheckConstraint("supply_type in ('INTRA_STATE', 'INTER_STATE')", name=op.f("payments_supply_type_check")),
        sa.CheckConstraint("amount >= 0 and bank_charges >= 0 and tds_amount >= 0", name=op.f("payments_amount_check")),
        sa.CheckConstraint(
            "cgst_left between 0 and cgst_amount and sgst_left between 0 and sgst_amount"
            " and igst_left between 0 and igst_amount and cgst_left + sgst_left + igst_left <= unallocated",
            name=op.f("payments_tax_left_check"),
        ),
        sa.CheckConstraint("deleted_at is null or voided_at is not null", name=op.f("payments_deleted_at_check")),
        sa.CheckConstraint("exchange_rate > 0", name=op.f("payments_exchange_rate_check")),
        sa.CheckConstraint("voided_at is null or unallocated = 0", name=op.f("payments_voided_at_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("payments_organization_id_branch_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contacts.organization_id", "contacts.id"],
            name=op.f("payments_organization_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "paid_through_account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("payments_organization_id_paid_through_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tax_id"], ["taxes.id"], name=op.f("payments_tax_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("payments_pkey")),
    )
    op.create_index(
        "payments_contact_id_idx", "payments", ["organization_id", "contact_id", "dated_on", "id"], unique=False
    )
    op.create_index("payments_dated_on_idx", "payments", ["organization_id", "dated_on", "id"], unique=False)
    op.create_index("payments_modified_at_idx", "payments", ["organization_id", "modified_at", "id"], unique=False)
    op.create_index(
        "payments_number_key",
        "payments",
        ["organization_id", "flow", "number_scope", "financial_year", "number_key"],
        unique=True,
    )
    op.create_index(
        "payments_open_idx",
        "payments",
        ["organization_id", "contact_id"],
        unique=False,
        postgresql_where=sa.text("unallocated > 0"),
    )
    op.create_table(
        "allocations",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("payment_id", sa.Text(collation="C"), nullable=True),
        sa.Column("note_id", sa.Text(collation="C"), nullable=True),
        sa.Column("document_id", sa.Text(collation="C"), nullable=True),
        sa.Column("refunded_payment_id", sa.Text(collation="C"), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("unapplied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unapplied_by", sa.Text(collation="C"), nullable=True),
        sa.CheckConstraint("(unapplied_at is null) = (unapplied_by is null)", name=op.f("allocations_unapplied_check")),
        sa.CheckConstraint(
            "amount > 0 and cgst_amount >= 0 and sgst_amount >= 0 and igst_amount >= 0"
            " and cgst_amount + sgst_amount + igst_amount <= amount",
            name=op.f("allocations_amount_check"),
        ),
        sa.CheckConstraint("note_id <> document_id", name=op.f("allocations_note_check")),
        sa.CheckConstraint("num_nonnulls(document_id, refunded_payment_id) = 1", name=op.f("allocations_target_check")),
        sa.CheckConstraint("num_nonnulls(payment_id, note_id) = 1", name=op.f("allocations_source_check")),
        sa.CheckConstraint(
            "refunded_payment_id is null or payment_id <> refunded_payment_id", name=op.f("allocations_refunded_check")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("allocations_organization_id_document_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "note_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("allocations_organization_id_note_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "payment_id"],
            ["payments.organization_id", "payments.id"],
            name=op.f("allocations_organization_id_payment_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "refunded_payment_id"],
            ["payments.organization_id", "payments.id"],
            name=op.f("allocations_organization_id_refunded_payment_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("allocations_pkey")),
    )
    op.create_index(
        "allocations_document_id_idx",
        "allocations",
        ["organization_id", "document_id"],
        unique=False,
        postgresql_where=sa.text("document_id is not null"),
    )
    op.create_index(
        "allocations_note_id_idx",
        "allocations",
        ["organization_id", "note_id"],
        unique=False,
        postgresql_where=sa.text("note_id is not null"),
    )
    op.create_index(
        "allocations_payment_id_idx",
        "allocations",
        ["organization_id", "payment_id"],
        unique=False,
        postgresql_where=sa.text("payment_id is not null"),
    )
    op.create_index(
        "allocations_refunded_payment_id_idx",
        "allocations",
        ["organization_id", "refunded_payment_id"],
        unique=False,
        postgresql_where=sa.text("refunded_payment_id is not null"),
    )
    for table in ("payments", "allocations"):
        op.execute(GUARDS.format(table=table))
    op.execute(TAKE_NUMBER.format(vouchers=VOUCHERS))


def downgrade() -> None:
    """Drop the tables."""
    op.execute(TAKE_NUMBER.format(vouchers=""))
    op.drop_table("allocations")
    op.drop_table("payments")
