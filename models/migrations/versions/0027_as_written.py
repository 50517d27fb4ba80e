"""What documents and payments keep as JSON stays as it was written, so that a read shows what the write answered."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEPT = {
    "documents": ("taxes", "billing_address", "shipping_address", "custom_fields"),
    "payments": ("custom_fields",),
}


def upgrade() -> None:
    for table, columns in KEPT.items():
        changes = ", ".join(f"alter column {column} type json using {column}::json" for column in columns)
        op.execute(f"alter table {table} {changes}")
