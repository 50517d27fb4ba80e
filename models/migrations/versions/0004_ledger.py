"""Journals, their lines, and balances."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_balances",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("debit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("account_balances_organization_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "account_id", "branch_id", "month", "slot", name=op.f("account_balances_pkey")
        ),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "journals",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("entry_on", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source_type", sa.Text(collation="C"), nullable=False),
        sa.Column("source_id", sa.Text(collation="C"), nullable=True),
        sa.Column("reference", sa.Text(collation="C"), nullable=True),
        sa.Column("narration", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Text(collation="C"), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", sa.Text(collation="C"), nullable=False),
        sa.CheckConstraint(
            "source_type in ('MANUAL', 'DOCUMENT', 'PAYMENT', 'EXPENSE')",
            name=op.f("journals_source_type_check"),
        ),
        sa.CheckConstraint("line_count >= 2 and total > 0", name=op.f("journals_lines_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "branch_id"],
            ["branches.organization_id", "branches.id"],
            name=op.f("journals_organization_id_branch_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "reverses_id"],
            ["journals.organization_id", "journals.id"],
            name=op.f("journals_organization_id_reverses_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("journals_pkey")),
    )
    op.create_index("journals_entry_on_idx", "journals", ["organization_id", "entry_on", "id"], unique=False)
    op.create_index(
        "journals_reverses_id_key",
        "journals",
        ["organization_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id is not null"),
    )
    op.create_index("journals_source_id_idx", "journals", ["organization_id", "source_id"], unique=False)
    op.create_table(
        "journal_lines",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("entry_on", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Text(collation="C"), nullable=True),
        sa.Column("cost_center_id", sa.Text(collation="C"), nullable=True),
        sa.Column("debit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)",
            name=op.f("journal_lines_one_side_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "account_id"],
            ["accounts.organization_id", "accounts.id"],
            name=op.f("journal_lines_organization_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "journal_id", "position", name=op.f("journal_lines_pkey")),
    )
    op.create_index(
        "journal_lines_account_id_idx",
        "journal_lines",
        ["organization_id", "account_id", "entry_on", "journal_id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("account_balances")
    op.drop_table("journal_lines")
    op.drop_table("journals")
