"""The tables of the job queue, as the pinned procrastinate makes them.

A later release of procrastinate that changes its schema needs a migration of its own with the changes it publishes.
"""

from importlib.resources import files

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the queue; the server may defer jobs and the worker may run them."""
    op.get_bind().exec_driver_sql(_schema())
    op.execute(
        """
        do $$
        declare
          name text;
        begin
          for name in select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate%'
          loop
            execute format('grant select, insert, update, delete on %I to finzbooks_app', name);
          end loop;
          for name in select sequencename from pg_sequences
                       where schemaname = 'public' and sequencename like 'procrastinate%'
          loop
            execute format('grant usage on sequence %I to finzbooks_app', name);
          end loop;
        end $$
        """
    )


def downgrade() -> None:
    """Drop the queue with all that belongs to it."""
    op.execute(
        """
        drop table procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers cascade;
        drop type procrastinate_job_event_type, procrastinate_job_status, procrastinate_job_to_defer_v1 cascade;
        do $$
        declare
          routine regprocedure;
        begin
          for routine in select oid from pg_proc
                          where pronamespace = 'public'::regnamespace and proname like 'procrastinate%'
          loop
            execute format('drop function %s', routine);
          end loop;
        end $$
        """
    )


def _schema() -> str:
    # A percent sign is a placeholder to the driver.
    return files("procrastinate").joinpath("sql/schema.sql").read_text().replace("%", "%%")
