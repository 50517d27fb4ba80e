"""How contacts are shown and what they are called by law; what was brought forward of each is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# Until now the name served for both, but for the registered name of a company.
TAKE_OVER = """
update contacts
   set display_name = contact_name,
       legal_name = coalesce(company_name, contact_name)
"""
OPENING = "documents_opening_idx"


def upgrade() -> None:
    """Add the names and the index."""
    op.add_column("contacts", sa.Column("display_name", sa.Text(), nullable=True))
    op.add_column("contacts", sa.Column("legal_name", sa.Text(), nullable=True))
    op.execute("alter table contacts no force row level security")  # the owner of the table writes every tenant's
    op.execute(TAKE_OVER)
    op.execute("alter table contacts force row level security")
    op.alter_column("contacts", "display_name", nullable=False)
    op.alter_column("contacts", "legal_name", nullable=False)
    op.create_index(
        OPENING,
        "documents",
        ["organization_id", "contact_id"],
        postgresql_where=sa.text("is_opening_balance and journal_id is not null and voided_at is null"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index(OPENING, table_name="documents")
    op.drop_column("contacts", "legal_name")
    op.drop_column("contacts", "display_name")
