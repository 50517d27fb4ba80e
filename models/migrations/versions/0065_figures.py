"""What the reader of metrics may see, of all organizations: how much waits, and since when."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

GRANTS = """
grant select (id, queue_name, status, scheduled_at, worker_id) on procrastinate_jobs to finzbooks_housekeeper;
grant select (job_id, at) on procrastinate_events to finzbooks_housekeeper;
grant select on procrastinate_workers, outcome_counts to finzbooks_housekeeper;
grant select (created_at) on mails to finzbooks_housekeeper;
"""


def upgrade() -> None:
    """Grant it."""
    op.execute(GRANTS)


def downgrade() -> None:
    """Take it back."""
    op.execute("revoke select (created_at) on mails from finzbooks_housekeeper")
    op.execute("revoke select on procrastinate_workers, outcome_counts from finzbooks_housekeeper")
    op.execute("revoke select (job_id, at) on procrastinate_events from finzbooks_housekeeper")
    op.execute(
        "revoke select (id, queue_name, status, scheduled_at, worker_id) on procrastinate_jobs from finzbooks_housekeeper"
    )
