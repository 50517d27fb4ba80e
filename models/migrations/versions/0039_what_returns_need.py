"""What documents say besides for the GST returns: operators, shipping bills, originals of notes, cess a unit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TOTAL = "total = taxable_total + untaxed_charges + round_off + case when {} then 0 else tax_total end"
WITH_UNITS = ("expense_lines", "bill_of_entry_lines")


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=True)


def _claim(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _cess_per_unit() -> sa.Column[Any]:
    return sa.Column("cess_per_unit", sa.Numeric(18, 6), server_default=sa.text("0"), nullable=False)


OF_DOCUMENTS = (
    _word("ecommerce_operator_gst_no"),
    _word("ecommerce_section"),
    _word("ecommerce_supplier_gst_no"),
    _claim("is_tax_paid_by_operator"),
    _word("shipping_bill_number"),
    sa.Column("shipping_bill_on", sa.Date(), nullable=True),
    _word("port_code"),
    _claim("is_isd_invoice"),
    _word("original_invoice_number"),
    sa.Column("original_invoice_on", sa.Date(), nullable=True),
    sa.Column("original_invoice_total", sa.Numeric(18, 2), nullable=True),
)


def upgrade() -> None:
    """Add them; nothing of it was known before."""
    for column in OF_DOCUMENTS:
        op.add_column("documents", column._copy())
    op.create_check_constraint(
        op.f("documents_ecommerce_section_check"), "documents", "ecommerce_section = any ('{SECTION_52,SECTION_9_5}')"
    )
    _check("is_reverse_charge or is_export_tax_claimed or is_tax_paid_by_operator")
    op.add_column("document_lines", _cess_per_unit())
    op.add_column("document_lines", sa.Column("distributed_tax", sa.JSON(), nullable=True))
    for table in WITH_UNITS:
        op.add_column(table, _cess_per_unit())
        op.add_column(table, sa.Column("quantity", sa.Numeric(18, 6), nullable=True))
    op.add_column("items", sa.Column("cess_per_unit", sa.Numeric(18, 6), nullable=True))


def downgrade() -> None:
    """Take them away; no document may leave its tax to an operator any more."""
    op.drop_column("items", "cess_per_unit")
    for table in WITH_UNITS:
        op.drop_column(table, "quantity")
        op.drop_column(table, "cess_per_unit")
    op.drop_column("document_lines", "distributed_tax")
    op.drop_column("document_lines", "cess_per_unit")
    _check("is_reverse_charge or is_export_tax_claimed")
    op.drop_constraint("documents_ecommerce_section_check", "documents")
    for column in reversed(OF_DOCUMENTS):
        op.drop_column("documents", column.name)


def _check(leaves_tax_out: str) -> None:
    op.drop_constraint("documents_total_check", "documents")
    op.create_check_constraint(op.f("documents_total_check"), "documents", TOTAL.format(leaves_tax_out))
