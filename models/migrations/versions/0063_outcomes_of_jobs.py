"""What came of jobs: counts by outcome, and why the failed ones failed."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    """Make the tables; the worker writes them, and the server reads them for its metrics."""
    op.create_table(
        "outcome_counts",
        _key("kind"),
        _key("name"),
        _key("outcome"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "outcome", name=op.f("outcome_counts_pkey")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "job_failures",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("job_failures_pkey")),
    )
    op.execute("grant select, insert, update on outcome_counts to finzbooks_app")
    op.execute("grant select, insert, update, delete on job_failures to finzbooks_app")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("job_failures")
    op.drop_table("outcome_counts")
