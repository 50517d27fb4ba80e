"""Notes: the line of the original that goes back by quantity, goods by line instead of by note, reasons in both words."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = ("documents", "document_lines")
# A buyer's reasons were kept in the supplier's words.
REASONS = """
update documents
   set gst_reason = reason,
       reason = case when kind <> 'DEBIT_NOTE' then reason
                     when reason = 'SALES_RETURN' then 'PURCHASE_RETURN'
                     when reason = 'POST_SALE_DISCOUNT' then 'POST_PURCHASE_DISCOUNT'
                     when reason = 'CORRECTION_IN_INVOICE' then 'CORRECTION_IN_BILL'
                     else reason end
 where reason is not null
"""
RESTOCK = """
update document_lines as line
   set is_restocked = true,
       stock_direction = 'SALES_RETURN_IN'
  from documents as note
 where note.organization_id = line.organization_id
   and note.id = line.document_id
   and note.is_restocked
"""
# Lines at the price of the only line of the original with their item (or name) went back by quantity.
CORRECTED = """
with meant as (
  select line.organization_id, line.document_id, line.id, min(other.id) as other_id, min(other.quantity) as quantity
    from documents as note
    join document_lines as line on line.organization_id = note.organization_id and line.document_id = note.id
    join document_lines as other
      on other.organization_id = note.organization_id
     and other.document_id = note.parent_id
     and coalesce(other.item_id, other.name) = coalesce(line.item_id, line.name)
   where not note.is_without_gst
     and coalesce(note.discount, 0) = 0
   group by line.organization_id, line.document_id, line.id
  having count(*) = 1
     and bool_and(other.rate = line.rate and other.quantity >= line.quantity)
     and bool_and((other.tax_category, other.tax_percentage, other.cess_percentage)
                  = (line.tax_category, line.tax_percentage, line.cess_percentage))
)
update document_lines as line
   set corrected_line_id = meant.other_id
  from meant
 where meant.organization_id = line.organization_id
   and meant.document_id = line.document_id
   and meant.id = line.id
"""


def upgrade() -> None:
    """Add the columns, carry over what notes say, and drop the note's own word on goods."""
    collated = sa.Text(collation="C")
    op.add_column("documents", sa.Column("gst_reason", collated, nullable=True))
    op.alter_column("documents", "reason", type_=sa.Text(), existing_type=collated, existing_nullable=True)
    op.add_column("document_lines", sa.Column("corrected_line_id", collated, nullable=True))
    op.add_column(
        "document_lines", sa.Column("is_restocked", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("document_lines", sa.Column("stock_direction", collated, nullable=True))
    for table in TABLES:
        op.execute(f"alter table {table} no force row level security")
    op.execute(REASONS)
    op.execute(RESTOCK)
    op.execute(CORRECTED)
    for table in TABLES:
        op.execute(f"alter table {table} force row level security")
    op.create_check_constraint(
        op.f("document_lines_stock_direction_check"),
        "document_lines",
        "stock_direction = any ('{SALES_RETURN_IN,PURCHASE_RETURN_OUT}')",
    )
    op.create_check_constraint(
        op.f("document_lines_is_restocked_check"), "document_lines", "is_restocked = (stock_direction is not null)"
    )
    op.drop_column("documents", "is_restocked")


def downgrade() -> None:
    """Put the words of one note for all its goods back, and the supplier's reasons."""
    op.add_column("documents", sa.Column("is_restocked", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for table in TABLES:
        op.execute(f"alter table {table} no force row level security")
    op.execute(
        "update documents as note set is_restocked = true where exists (select from document_lines as line"
        " where line.organization_id = note.organization_id and line.document_id = note.id and line.is_restocked)"
    )
    op.execute("update documents set reason = gst_reason where gst_reason is not null")
    for table in TABLES:
        op.execute(f"alter table {table} force row level security")
    for name in ("stock_direction", "is_restocked"):
        op.drop_constraint(op.f(f"document_lines_{name}_check"), "document_lines")
    for column in ("stock_direction", "is_restocked", "corrected_line_id"):
        op.drop_column("document_lines", column)
    op.drop_column("documents", "gst_reason")
    op.alter_column(
        "documents", "reason", type_=sa.Text(collation="C"), existing_type=sa.Text(), existing_nullable=True
    )
