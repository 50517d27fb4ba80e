"""Webhooks: endpoints, what is delivered to them, and each attempt.

``webhook_endpoints``: url, events ('*' for all), description, payload (SUMMARY, ID_ONLY), secret_sealed,
previous_secret_sealed, previous_secret_until, is_active, disabled_reason (MANUAL, GONE, FAILING), disabled_at,
created_by, version, created_at, modified_at, change_number; and of the pump: failing_since, last_failed_at, reached,
pumped_by, pumped_until, paused_until. Secrets are sealed for the purpose "webhook <id>". The change number is renewed
with ``version``, not by what the pump writes. A new endpoint has ``reached`` at the present end of the feed; one that
is switched on again goes on from where it was.

``webhook_deliveries``: endpoint_id, lane, position, sequence (null: a test), previous_sequence, event_id, event_type,
entity_type, entity_id, occurred_at, summary, status (PENDING, DELIVERED, FAILED, CANCELLED), attempt_count,
failure_count, next_at, taken_by, is_replay, created_at, ended_at. The lane is the entity's id, of a test the delivery's
own. Of those that wait in a lane the first has ``next_at``, the others null; whoever adds, ends or asks again for one
first locks the endpoint's row. To ask again: PENDING, failure_count 0, ended_at null.

``webhook_attempts``: delivery_id, number, began_at, url, request_headers, request_body, response_status,
response_headers, response_body, milliseconds, error_code, error_message. They go with their delivery, 30 days after it
has ended.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLES = ("webhook_endpoints", "webhook_deliveries", "webhook_attempts")

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# Who looks for work over all organizations sees that there is some, and says who does it; it reads nothing of it. What
# waits for an endpoint that was switched off long ago is given up, and what is old goes.
GRANTS = """
grant select, insert, update, delete on webhook_endpoints to finzbooks_app;
grant select, insert, update on webhook_deliveries to finzbooks_app;
grant select, insert on webhook_attempts to finzbooks_app;
create policy housekeeping on webhook_endpoints to finzbooks_housekeeper using (true) with check (true);
create policy housekeeping on webhook_deliveries to finzbooks_housekeeper using (true) with check (true);
create policy housekeeping on webhook_attempts to finzbooks_housekeeper using (true);
grant select (organization_id, id, is_active, disabled_at, failing_since, reached, pumped_by, pumped_until,
              paused_until),
      update (pumped_by, pumped_until)
   on webhook_endpoints to finzbooks_housekeeper;
grant select (organization_id, id, endpoint_id, status, next_at, created_at, ended_at),
      update (status, next_at, taken_by, ended_at), delete
   on webhook_deliveries to finzbooks_housekeeper;
grant select (organization_id, delivery_id), delete on webhook_attempts to finzbooks_housekeeper;
"""

# What the pump notes is no change of the endpoint.
NUMBERING = """
create trigger number_change before insert or update of version on webhook_endpoints
  for each row execute function number_change();
"""


def _key(name: str, *, optional: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    """Make the tables."""
    _create_endpoints()
    _create_deliveries()
    _create_attempts()
    for table in TABLES:
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(GRANTS)
    op.execute(NUMBERING)


def _create_endpoints() -> None:
    checks = {
        "payload": "payload = any ('{SUMMARY,ID_ONLY}')",
        "disabled_reason": "disabled_reason = any ('{MANUAL,GONE,FAILING}')",
        "events": "cardinality(events) > 0",
        "previous_secret": "(previous_secret_sealed is null) = (previous_secret_until is null)",
        "disabled": "is_active = (disabled_reason is null)",
        "disabled_at": "is_active = (disabled_at is null)",
        "failing_since": "(failing_since is null) = (last_failed_at is null)",
        "pumped_by": "(pumped_by is null) = (pumped_until is null)",
        "reached": "reached >= 0",
    }
    op.create_table(
        "webhook_endpoints",
        _key("organization_id"),
        _key("id"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.Text()),
        _key("payload"),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("previous_secret_sealed", sa.Text()),
        _instant("previous_secret_until", optional=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _key("disabled_reason", optional=True),
        _instant("disabled_at", optional=True),
        _key("created_by", optional=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.Column("change_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _instant("failing_since", optional=True),
        _instant("last_failed_at", optional=True),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        _key("pumped_by", optional=True),
        _instant("pumped_until", optional=True),
        _instant("paused_until", optional=True),
        *[sa.CheckConstraint(text, name=op.f(f"webhook_endpoints_{name}_check")) for name, text in checks.items()],
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("webhook_endpoints_pkey")),
    )
    op.create_index(
        "webhook_endpoints_active_idx",
        "webhook_endpoints",
        ["organization_id", "id"],
        postgresql_where=sa.text("is_active"),
    )


def _create_deliveries() -> None:
    checks = {
        "status": "status = any ('{PENDING,DELIVERED,FAILED,CANCELLED}')",
        "ended_at": "(status = 'PENDING') = (ended_at is null)",
        "next_at": "status = 'PENDING' or next_at is null",
        "taken_by": "taken_by is null or next_at is not null",
        "attempt_count": "attempt_count >= 0 and failure_count between 0 and attempt_count",
    }
    op.create_table(
        "webhook_deliveries",
        _key("organization_id"),
        _key("id"),
        _key("endpoint_id"),
        _key("lane"),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("previous_sequence", sa.BigInteger()),
        _key("event_id"),
        _key("event_type"),
        _key("entity_type"),
        _key("entity_id"),
        _instant("occurred_at"),
        sa.Column("summary", JSONB(), nullable=False),
        _key("status"),
        sa.Column("attempt_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_count", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _instant("next_at", optional=True),
        _key("taken_by", optional=True),
        sa.Column("is_replay", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _instant("created_at"),
        _instant("ended_at", optional=True),
        *[sa.CheckConstraint(text, name=op.f(f"webhook_deliveries_{name}_check")) for name, text in checks.items()],
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("webhook_deliveries_pkey")),
    )
    endpoint = ["organization_id", "endpoint_id"]
    is_head = sa.text("next_at is not null")
    op.create_index(
        "webhook_deliveries_head_key",
        "webhook_deliveries",
        [*endpoint, "lane"],
        unique=True,
        postgresql_where=is_head,
    )
    op.create_index(
        "webhook_deliveries_due_idx", "webhook_deliveries", [*endpoint, "next_at"], postgresql_where=is_head
    )
    op.create_index(
        "webhook_deliveries_behind_idx",
        "webhook_deliveries",
        [*endpoint, "lane", "position"],
        postgresql_where=sa.text("status = 'PENDING' and next_at is null"),
    )
    op.create_index("webhook_deliveries_endpoint_id_idx", "webhook_deliveries", [*endpoint, "id"])
    op.create_index(
        "webhook_deliveries_ended_at_idx",
        "webhook_deliveries",
        ["ended_at"],
        postgresql_where=sa.text("ended_at is not null"),
    )


def _create_attempts() -> None:
    checks = {
        "number": "number > 0",
        "response_status": "response_status is not null or error_code is not null",
        "error_code": "(error_code is null) = (error_message is null)",
    }
    op.create_table(
        "webhook_attempts",
        _key("organization_id"),
        _key("delivery_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _instant("began_at"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("request_headers", JSON(), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=False),
        sa.Column("response_status", sa.SmallInteger()),
        sa.Column("response_headers", JSON()),
        sa.Column("response_body", sa.Text()),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        _key("error_code", optional=True),
        sa.Column("error_message", sa.Text()),
        sa.ForeignKeyConstraint(
            ["organization_id", "delivery_id"],
            ["webhook_deliveries.organization_id", "webhook_deliveries.id"],
            name=op.f("webhook_attempts_organization_id_delivery_id_fkey"),
        ),
        *[sa.CheckConstraint(text, name=op.f(f"webhook_attempts_{name}_check")) for name, text in checks.items()],
        sa.PrimaryKeyConstraint("organization_id", "delivery_id", "number", name=op.f("webhook_attempts_pkey")),
    )


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)
