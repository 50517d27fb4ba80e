"""Mails, how many went out on a day, and reminders of payments with the setting that asks for them."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLES = ("mails", "mail_counts", "payment_reminders")

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# The sweep looks over all organizations; it sees which mail is due, and nothing of it.
GRANTS = """
grant select, insert, update on mails to finzbooks_app;
grant select, insert, update on mail_counts to finzbooks_app;
grant select, insert on payment_reminders to finzbooks_app;
create policy housekeeping on mails for select to finzbooks_housekeeper using (next_attempt_at is not null);
grant select (organization_id, id, next_attempt_at) on mails to finzbooks_housekeeper;
"""
NONE_YET = json.dumps({"is_enabled": False, "days": [1, 7, 30], "subject": None, "body_html": None})


def _key(name: str, *, optional: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    """Make the tables, and the setting: nobody is reminded until it is switched on."""
    op.create_table(
        "mails",
        _key("organization_id"),
        _key("id"),
        _key("entity_type"),
        _key("entity_id"),
        sa.Column("entity_ref", sa.Text(), nullable=True),
        _key("purpose"),
        sa.Column("reminder_days", sa.SmallInteger(), nullable=True),
        _key("status"),
        sa.Column("recipients", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("letter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attach_pdf", sa.Boolean(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=True),
        _key("message_id", optional=True),
        sa.Column("attempts", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        _instant("next_attempt_at", optional=True),
        _instant("sent_at", optional=True),
        sa.Column("error", postgresql.JSON(astext_type=sa.Text()), nullable=True),
        _key("created_by", optional=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.CheckConstraint("purpose = any ('{DOCUMENT,REMINDER}')", name=op.f("mails_purpose_check")),
        sa.CheckConstraint("status = any ('{QUEUED,SENT,BOUNCED,FAILED,CANCELLED}')", name=op.f("mails_status_check")),
        sa.CheckConstraint(
            "(status = 'QUEUED') = (next_attempt_at is not null)", name=op.f("mails_next_attempt_at_check")
        ),
        sa.CheckConstraint(
            "(purpose = 'REMINDER') = (reminder_days is not null)", name=op.f("mails_reminder_days_check")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("mails_pkey")),
    )
    op.create_index("mails_entity_id_idx", "mails", ["organization_id", "entity_id", "id"])
    op.create_index("mails_status_idx", "mails", ["organization_id", "status", "id"])
    op.create_index(
        "mails_due_idx", "mails", ["next_attempt_at"], postgresql_where=sa.text("next_attempt_at is not null")
    )
    op.create_table(
        "mail_counts",
        _key("organization_id"),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.CheckConstraint("recipients >= 0", name=op.f("mail_counts_recipients_check")),
        sa.PrimaryKeyConstraint("organization_id", "counted_on", name=op.f("mail_counts_pkey")),
    )
    op.create_table(
        "payment_reminders",
        _key("organization_id"),
        _key("document_id"),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        _key("mail_id"),
        _instant("created_at"),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("payment_reminders_organization_id_document_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "mail_id"],
            ["mails.organization_id", "mails.id"],
            name=op.f("payment_reminders_organization_id_mail_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "document_id", "days", name=op.f("payment_reminders_pkey")),
    )
    for table in TABLES:
        op.execute(TENANT_POLICY.format(table=table))
    op.add_column(
        "organizations",
        sa.Column(
            "payment_reminders",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            server_default=sa.text(f"'{NONE_YET}'"),
        ),
    )
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("organizations", "payment_reminders")
    for table in reversed(TABLES):
        op.drop_table(table)
