"""A paper of a vendor stands once in a financial year, by its number in any writing, unless it is meant twice."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KEY = "nullif(upper(btrim(reference_number)), '')"
TABLES = ("documents", "expenses")

# Those of one number that were taken when that was allowed stay, the later ones as meant.
MEANT = """
update documents
   set is_duplicate_meant = true
  from (select organization_id, id,
               row_number() over (partition by organization_id, kind, contact_id, financial_year, reference_key
                                  order by created_at, id) as place
          from documents
         where kind in ('BILL', 'DEBIT_NOTE')
           and reference_key is not null
           and voided_at is null) as entered
 where documents.organization_id = entered.organization_id
   and documents.id = entered.id
   and entered.place > 1
"""


def upgrade() -> None:
    """Add what is compared, keep what is there twice, and guard the rest."""
    for table in TABLES:
        op.add_column(
            table, sa.Column("reference_key", sa.Text(collation="C"), sa.Computed(KEY, persisted=True), nullable=True)
        )
        op.add_column(
            table, sa.Column("is_duplicate_meant", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    op.execute(MEANT)
    op.drop_index("documents_bill_key", "documents")
    op.create_index(
        "documents_bill_key",
        "documents",
        ["organization_id", "contact_id", "dated_on", "total"],
        unique=True,
        postgresql_where=sa.text(
            "kind = 'BILL' and reference_key is null and voided_at is null and not is_duplicate_meant"
        ),
    )
    op.create_index(
        "documents_vendor_paper_key",
        "documents",
        ["organization_id", "kind", "reference_key", "financial_year", "contact_id"],
        unique=True,
        postgresql_where=sa.text(
            "kind = any ('{BILL,DEBIT_NOTE}') and reference_key is not null and voided_at is null"
            " and not is_duplicate_meant"
        ),
    )
    op.create_index(
        "expenses_reference_key_idx",
        "expenses",
        ["organization_id", "reference_key"],
        postgresql_where=sa.text("reference_key is not null and deleted_at is null and not is_duplicate_meant"),
    )


def downgrade() -> None:
    """Take it away; what was meant twice with one date and total has to differ before."""
    op.drop_index("expenses_reference_key_idx", "expenses")
    op.drop_index("documents_vendor_paper_key", "documents")
    op.drop_index("documents_bill_key", "documents")
    op.create_index(
        "documents_bill_key",
        "documents",
        ["organization_id", "contact_id", "dated_on", "total", "reference_number"],
        unique=True,
        postgresql_where=sa.text("kind = 'BILL' and voided_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    for table in TABLES:
        op.drop_column(table, "is_duplicate_meant")
        op.drop_column(table, "reference_key")
