"""Further number series of a branch by their names, and the one that each document is numbered in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; all that is there was numbered in the series that every branch has."""
    series: sa.Column[object] = sa.Column("series", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    name: sa.Column[str] = sa.Column(
        "series_name", sa.Text(collation="C"), server_default=sa.text("'default'"), nullable=False
    )
    op.add_column("branches", series)
    op.add_column("documents", name)


def downgrade() -> None:
    """Take them away; numbers that were given stay as they are."""
    op.drop_column("documents", "series_name")
    op.drop_column("branches", "series")
