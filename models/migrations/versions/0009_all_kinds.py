"""What the other six kinds of documents need beside an invoice: notes, bills, and conversion in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BALANCE = "balance = total - {tds}amount_paid - amount_credited or journal_id is null or voided_at is not null"

# Branches made before these series existed number them like their invoices, by another word.
NEW_SERIES = """
update branches as branch
   set prefixes = jsonb_build_object('self_invoice', 'SI' || rest, 'receipt', 'RV' || rest, 'payment', 'PV' || rest)
                  || branch.prefixes
  from (select organization_id, id,
               case when is_primary then '' else (row_number() over (partition by organization_id
                                                                     order by is_primary desc, id))::text end
               || '/{FY}/' as rest
          from branches) as numbered
 where numbered.organization_id = branch.organization_id
   and numbered.id = branch.id
"""


def upgrade() -> None:
    """Add the columns."""
    op.add_column("documents", sa.Column("parent_id", sa.Text(collation="C"), nullable=True))
    op.add_column("documents", sa.Column("reason", sa.Text(collation="C"), nullable=True))
    for flag in ("is_restocked", "is_without_gst"):
        op.add_column("documents", sa.Column(flag, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("documents", sa.Column("tds_section", sa.Text(collation="C"), nullable=True))
    op.add_column("documents", sa.Column("tds_percent", sa.Numeric(precision=6, scale=3), nullable=True))
    op.add_column(
        "documents",
        sa.Column("tds_amount", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("documents", sa.Column("self_invoice_number", sa.Text(collation="C"), nullable=True))
    op.create_foreign_key(
        op.f("documents_organization_id_parent_id_fkey"),
        "documents",
        "documents",
        ["organization_id", "parent_id"],
        ["organization_id", "id"],
    )
    op.drop_constraint("documents_balance_check", "documents")
    op.create_check_constraint(op.f("documents_balance_check"), "documents", BALANCE.format(tds="tds_amount - "))
    op.create_check_constraint(
        op.f("documents_tds_amount_check"), "documents", "tds_amount >= 0 and tds_amount <= total"
    )
    op.create_index(
        "documents_parent_id_idx",
        "documents",
        ["organization_id", "parent_id"],
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_index(
        "documents_bill_key",
        "documents",
        ["organization_id", "contact_id", "dated_on", "total", "reference_number"],
        unique=True,
        postgresql_where=sa.text("kind = 'BILL' and voided_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.add_column(
        "document_lines",
        sa.Column("converted_quantity", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("document_lines", sa.Column("source_id", sa.Text(collation="C"), nullable=True))
    op.add_column("document_lines", sa.Column("source_line_id", sa.Text(collation="C"), nullable=True))
    op.create_check_constraint(
        op.f("document_lines_itc_eligibility_check"),
        "document_lines",
        "itc_eligibility in ('ELIGIBLE', 'BLOCKED', 'POS_RESTRICTED', 'TIME_BARRED', 'NONE')",
    )
    op.create_check_constraint(
        op.f("document_lines_converted_quantity_check"),
        "document_lines",
        "converted_quantity between 0 and quantity",
    )
    op.drop_constraint("document_links_relation_check", "document_links")
    op.create_check_constraint(op.f("document_links_relation_check"), "document_links", "relation in ('CONVERTED')")
    op.execute("alter table branches no force row level security")  # the owner of the table writes every tenant's
    op.execute(NEW_SERIES)
    op.execute("alter table branches force row level security")


def downgrade() -> None:
    """Take the columns away."""
    op.drop_constraint("document_links_relation_check", "document_links")
    op.create_check_constraint(
        op.f("document_links_relation_check"), "document_links", "relation in ('CONVERTED', 'CREDITED', 'DEBITED')"
    )
    for column in ("converted_quantity", "source_id", "source_line_id"):
        op.drop_column("document_lines", column)
    op.drop_constraint("document_lines_itc_eligibility_check", "document_lines")
    op.drop_index("documents_bill_key", "documents")
    op.drop_constraint("documents_balance_check", "documents")
    for column in (
        "parent_id",
        "reason",
        "is_restocked",
        "is_without_gst",
        "tds_section",
        "tds_percent",
        "tds_amount",
        "self_invoice_number",
    ):
        op.drop_column("documents", column)
    op.create_check_constraint(op.f("documents_balance_check"), "documents", BALANCE.format(tds=""))
