"""Who looks after all organizations finds the documents that wait for the e-invoice portal."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_GIVEN = """
create policy housekeeping on einvoices for select to finzbooks_housekeeper using (true);
grant select (organization_id, document_id, next_attempt_at) on einvoices to finzbooks_housekeeper;
create policy housekeeping on documents for select to finzbooks_housekeeper using (einvoice_status = 'PENDING');
grant select (organization_id, id, einvoice_status, approved_at) on documents to finzbooks_housekeeper;
"""
_TAKEN = """
revoke select on documents from finzbooks_housekeeper;
drop policy housekeeping on documents;
revoke select on einvoices from finzbooks_housekeeper;
drop policy housekeeping on einvoices;
"""


def upgrade() -> None:
    """Let it see what it needs."""
    op.execute(_GIVEN)


def downgrade() -> None:
    """Take that away."""
    op.execute(_TAKEN)
