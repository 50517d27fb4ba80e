"""E-way bills: their state on documents, the bills, and what the portal was asked of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSON

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
grant select, insert, update, delete on {table} to finzbooks_app;
"""
HOUSEKEEPING = """
create policy housekeeping on eway_bill_requests for select to finzbooks_housekeeper using (true);
grant select (organization_id, id, next_attempt_at) on eway_bill_requests to finzbooks_housekeeper;
"""
STATUSES = "PENDING,ACTIVE,FAILED,CANCELLED,CLOSED"


def _key(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("documents", _key("eway_bill_status", optional=True))
    op.add_column("documents", _key("eway_bill_number", optional=True))
    op.add_column("documents", _instant("eway_bill_valid_until", optional=True))
    op.create_check_constraint(
        op.f("documents_eway_bill_status_check"), "documents", f"eway_bill_status = any ('{{{STATUSES}}}')"
    )
    _create_bills()
    _create_requests()
    for table in ("eway_bills", "eway_bill_requests"):
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(HOUSEKEEPING)


def _create_bills() -> None:
    checks = {
        "status": f"status = any ('{{{STATUSES}}}')",
        "mode": "mode = any ('{ROAD,RAIL,AIR,SHIP,IN_TRANSIT}')",
        "vehicle_type": "vehicle_type = any ('{REGULAR,OVER_DIMENSIONAL}')",
        "transaction_type": "transaction_type between 1 and 4",
        "distance_km": "distance_km between 0 and 4000",
        "number": "number ~ '^[0-9]{12}$'",
        "generated_at": "(number is null) = (generated_at is null)",
        "has_number": "number is not null or status = any ('{PENDING,FAILED,CANCELLED}')",
        "closed_on": "(closed_on is null) = (status <> 'CLOSED')",
        "cancelled_at": "(cancelled_at is null) = (status <> 'CANCELLED')",
    }
    op.create_table(
        "eway_bills",
        _key("organization_id"),
        _key("id"),
        _key("document_id"),
        _key("status"),
        _key("gst_no"),
        _key("purpose"),
        _key("document_type"),
        sa.Column("transaction_type", sa.Integer(), nullable=False),
        sa.Column("consignment_value", sa.Numeric(18, 2), nullable=False),
        _key("irn", optional=True),
        sa.Column("distance_km", sa.Integer(), nullable=False),
        _key("mode", optional=True),
        _key("vehicle_number", optional=True),
        _key("vehicle_type"),
        _key("transporter_id", optional=True),
        sa.Column("transporter_name", sa.Text()),
        _key("transport_document_number", optional=True),
        sa.Column("transport_document_on", sa.Date()),
        _key("number", optional=True),
        _instant("generated_at", optional=True),
        _instant("valid_until", optional=True),
        sa.Column("portal_remarks", sa.Text()),
        _flag("is_simulated"),
        _instant("cancelled_at", optional=True),
        sa.Column("closed_on", sa.Date()),
        _key("created_by"),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("eway_bills_organization_id_document_id_fkey"),
        ),
        *[sa.CheckConstraint(text, name=op.f(f"eway_bills_{name}_check")) for name, text in checks.items()],
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("eway_bills_pkey")),
    )
    op.create_index("eway_bills_document_id_idx", "eway_bills", ["organization_id", "document_id", "id"])
    op.create_index(
        "eway_bills_standing_key",
        "eway_bills",
        ["organization_id", "document_id"],
        unique=True,
        postgresql_where=sa.text("status = any ('{PENDING,ACTIVE,CLOSED}')"),
    )
    op.create_index(
        "eway_bills_number_key",
        "eway_bills",
        ["organization_id", "number"],
        unique=True,
        postgresql_where=sa.text("number is not null"),
    )


def _create_requests() -> None:
    checks = {
        "action": "action = any ('{GENERATE,UPDATE_VEHICLE,EXTEND,CANCEL,CLOSE}')",
        "status": "status = any ('{PENDING,DONE,REFUSED,DROPPED}')",
        "attempts": "attempts >= 0",
        "next_attempt_at": "(next_attempt_at is not null) = (status = 'PENDING')",
        "done_at": "(done_at is not null) = (status = 'DONE')",
    }
    op.create_table(
        "eway_bill_requests",
        _key("organization_id"),
        _key("id"),
        _key("eway_bill_id"),
        _key("action"),
        _key("status"),
        sa.Column("said", JSON(), nullable=False),
        sa.Column("content", JSON(), nullable=False),
        sa.Column("errors", JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        _instant("attempted_at", optional=True),
        _instant("next_attempt_at", optional=True),
        _flag("is_in_doubt"),
        _instant("done_at", optional=True),
        _instant("valid_until", optional=True),
        _key("created_by"),
        _instant("created_at"),
        _instant("modified_at"),
        sa.ForeignKeyConstraint(
            ["organization_id", "eway_bill_id"],
            ["eway_bills.organization_id", "eway_bills.id"],
            name=op.f("eway_bill_requests_organization_id_eway_bill_id_fkey"),
        ),
        *[sa.CheckConstraint(text, name=op.f(f"eway_bill_requests_{name}_check")) for name, text in checks.items()],
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("eway_bill_requests_pkey")),
    )
    op.create_index(
        "eway_bill_requests_eway_bill_id_idx", "eway_bill_requests", ["organization_id", "eway_bill_id", "id"]
    )
    op.create_index(
        "eway_bill_requests_pending_key",
        "eway_bill_requests",
        ["organization_id", "eway_bill_id"],
        unique=True,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "eway_bill_requests_due_idx",
        "eway_bill_requests",
        ["next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at is not null"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("eway_bill_requests")
    op.drop_table("eway_bills")
    op.drop_constraint(op.f("documents_eway_bill_status_check"), "documents")
    for column in ("eway_bill_valid_until", "eway_bill_number", "eway_bill_status"):
        op.drop_column("documents", column)
