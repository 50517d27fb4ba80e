"""What an organization says of how its documents look, and what a branch may say otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TEXTS = ("terms", "footer")
OF_ORGANIZATION = ("signatory_name", "declaration", *TEXTS)


def upgrade() -> None:
    """Add the texts, the colours, the template of a branch and whether a UPI code is printed."""
    for name in OF_ORGANIZATION:
        op.add_column("organizations", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("organizations", sa.Column("bank_details", JSONB(), nullable=True))
    op.add_column("organizations", sa.Column("accent_colour", sa.Text(collation="C"), nullable=True))
    op.add_column(
        "organizations", sa.Column("is_upi_qr_printed", sa.Boolean(), nullable=False, server_default=sa.text("true"))
    )
    for name in TEXTS:
        op.add_column("branches", sa.Column(name, sa.Text(), nullable=True))
    for name in ("default_template", "accent_colour"):
        op.add_column("branches", sa.Column(name, sa.Text(collation="C"), nullable=True))
    op.add_column("branches", sa.Column("is_upi_qr_printed", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    for name in ("is_upi_qr_printed", "accent_colour", "default_template", *TEXTS):
        op.drop_column("branches", name)
    for name in ("is_upi_qr_printed", "accent_colour", "bank_details", *OF_ORGANIZATION):
        op.drop_column("organizations", name)
