"""E-invoices: their state on documents, what the portal said, and how a registration signs in there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSON

revision = "0053"
down_revision = "0052"
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


def _key(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=optional)


def _instant(name: str, *, optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("organizations", _flag("is_portal_simulated"))
    op.add_column("documents", _key("einvoice_status", optional=True))
    op.add_column("documents", _key("irn", optional=True))
    op.create_check_constraint(
        op.f("documents_einvoice_status_check"),
        "documents",
        "einvoice_status = any ('{PENDING,REGISTERED,FAILED,CANCELLED}')",
    )
    op.create_check_constraint(
        op.f("documents_irn_check"),
        "documents",
        "(irn is not null) = (einvoice_status is not null and einvoice_status = any ('{REGISTERED,CANCELLED}'))",
    )
    op.create_index(
        "documents_einvoice_pending_idx",
        "documents",
        ["approved_at", "organization_id", "id"],
        postgresql_where=sa.text("einvoice_status = 'PENDING'"),
    )
    _create_einvoices()
    op.create_table(
        "einvoice_credentials",
        _key("organization_id"),
        _key("gst_no"),
        sa.Column("user_name", sa.Text(), nullable=False),
        _key("sealed_password"),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("modified_at"),
        sa.CheckConstraint("length(gst_no) = 15", name=op.f("einvoice_credentials_gst_no_check")),
        sa.PrimaryKeyConstraint("organization_id", "gst_no", name=op.f("einvoice_credentials_pkey")),
    )
    op.create_table(
        "einvoice_sessions",
        _key("organization_id"),
        _key("gst_no"),
        _key("sealed_session"),
        _instant("ends_at"),
        sa.PrimaryKeyConstraint("organization_id", "gst_no", name=op.f("einvoice_sessions_pkey")),
    )
    for table in ("einvoices", "einvoice_credentials", "einvoice_sessions"):
        op.execute(TENANT_POLICY.format(table=table))


def _create_einvoices() -> None:
    op.create_table(
        "einvoices",
        _key("organization_id"),
        _key("document_id"),
        _key("gst_no"),
        _key("document_type"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        _instant("attempted_at", optional=True),
        _instant("next_attempt_at", optional=True),
        _flag("is_in_doubt"),
        sa.Column("errors", JSON(), nullable=False),
        _key("irn", optional=True),
        _key("ack_number", optional=True),
        _instant("acknowledged_at", optional=True),
        sa.Column("signed_invoice", sa.Text()),
        sa.Column("signed_qr", sa.Text()),
        _flag("is_simulated"),
        _instant("cancel_asked_at", optional=True),
        _key("cancel_reason", optional=True),
        sa.Column("cancel_remarks", sa.Text()),
        _instant("cancelled_at", optional=True),
        _instant("created_at"),
        _instant("modified_at"),
        sa.CheckConstraint("document_type = any ('{INV,CRN,DBN}')", name=op.f("einvoices_document_type_check")),
        sa.CheckConstraint(
            "cancel_reason = any ('{DUPLICATE,DATA_ENTRY_MISTAKE,ORDER_CANCELLED,OTHERS}')",
            name=op.f("einvoices_cancel_reason_check"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("einvoices_attempts_check")),
        sa.CheckConstraint(
            "num_nonnulls(irn, ack_number, acknowledged_at, signed_invoice, signed_qr) = any ('{0,5}')",
            name=op.f("einvoices_irn_check"),
        ),
        sa.CheckConstraint(
            "(cancel_asked_at is null) = (cancel_reason is null)", name=op.f("einvoices_cancel_asked_at_check")
        ),
        sa.CheckConstraint("cancelled_at is null or irn is not null", name=op.f("einvoices_cancelled_at_check")),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("einvoices_organization_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "document_id", name=op.f("einvoices_pkey")),
    )
    op.create_index(
        "einvoices_next_attempt_at_idx",
        "einvoices",
        ["next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at is not null"),
    )
    op.create_index(
        "einvoices_irn_key",
        "einvoices",
        ["organization_id", "irn"],
        unique=True,
        postgresql_where=sa.text("irn is not null"),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("einvoice_sessions", "einvoice_credentials", "einvoices"):
        op.drop_table(table)
    op.drop_index("documents_einvoice_pending_idx", "documents")
    op.drop_constraint(op.f("documents_irn_check"), "documents")
    op.drop_constraint(op.f("documents_einvoice_status_check"), "documents")
    for table, column in (
        ("documents", "irn"),
        ("documents", "einvoice_status"),
        ("organizations", "is_portal_simulated"),
    ):
        op.drop_column(table, column)
