"""Recurring documents."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("recurring_schedules", "recurring_runs")

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# The sweep looks for what is due in all organizations; it sees which schedule, and nothing of it.
GRANTS = """
grant select, insert, update, delete on recurring_schedules to finzbooks_app;
grant select, insert, update on recurring_runs to finzbooks_app;
create policy housekeeping on recurring_schedules for select to finzbooks_housekeeper using (next_run_at is not null);
grant select (organization_id, id, next_run_at) on recurring_schedules to finzbooks_housekeeper;
"""


def _key(name: str, *, optional: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recurring_schedules",
        _key("organization_id"),
        _key("id"),
        sa.Column("name", sa.Text(), nullable=False),
        _key("entity_type"),
        _key("frequency"),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("max_runs", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("auto_approve", sa.Boolean(), nullable=False),
        sa.Column("template", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _key("template_entity_id", optional=True),
        sa.Column("settled_until", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        _instant("next_run_at", optional=True),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("last_due_on", sa.Date(), nullable=True),
        _instant("last_run_at", optional=True),
        _key("last_entity_id", optional=True),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("last_error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        _instant("last_failed_at", optional=True),
        _key("run_by"),
        _key("created_by"),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.CheckConstraint(
            "entity_type in ('INVOICE', 'BILL', 'EXPENSE', 'JOURNAL')",
            name=op.f("recurring_schedules_entity_type_check"),
        ),
        sa.CheckConstraint(
            "frequency in ('DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY')",
            name=op.f("recurring_schedules_frequency_check"),
        ),
        sa.CheckConstraint(
            "every > 0 and run_count >= 0 and failure_count >= 0", name=op.f("recurring_schedules_counts_check")
        ),
        sa.CheckConstraint(
            "(next_due_on is null) = (next_run_at is null)", name=op.f("recurring_schedules_next_check")
        ),
        sa.CheckConstraint("is_active or next_run_at is null", name=op.f("recurring_schedules_paused_check")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("recurring_schedules_pkey")),
    )
    op.create_index(
        "recurring_schedules_due_idx",
        "recurring_schedules",
        ["next_run_at"],
        postgresql_where=sa.text("next_run_at is not null"),
    )
    op.create_table(
        "recurring_runs",
        _key("organization_id"),
        _key("id"),
        _key("schedule_id"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _key("status"),
        _key("entity_type"),
        _key("entity_id", optional=True),
        _key("entity_ref", optional=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        _instant("ran_at"),
        sa.CheckConstraint("status in ('MADE', 'FAILED', 'SKIPPED')", name=op.f("recurring_runs_status_check")),
        sa.CheckConstraint("(status = 'MADE') = (entity_id is not null)", name=op.f("recurring_runs_entity_id_check")),
        sa.CheckConstraint("(status = 'MADE') = (error is null)", name=op.f("recurring_runs_error_check")),
        sa.PrimaryKeyConstraint("organization_id", "schedule_id", "due_on", name=op.f("recurring_runs_pkey")),
    )
    for table in TABLES:
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
