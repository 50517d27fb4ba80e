"""What time made of documents and was told: the due dates that have passed."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_OPEN = "'{SENT,OPEN,ISSUED,PARTIALLY_PAID}'"
# The sweep looks over all organizations; it sees what may lapse, and nothing else of it.
GRANTS = f"""
alter table lapses enable row level security;
alter table lapses force row level security;
create policy tenant on lapses
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
create policy housekeeping on lapses for select to finzbooks_housekeeper using (true);
create policy housekeeping_of_due_dates on documents for select to finzbooks_housekeeper
  using (due_on is not null and status = any ({_OPEN}));
grant select, insert on lapses to finzbooks_app;
grant select (organization_id, document_id, due_on) on lapses to finzbooks_housekeeper;
grant select (kind, status, due_on) on documents to finzbooks_housekeeper;
"""
# What had lapsed before is no news.
BEFORE = """
insert into lapses (organization_id, document_id, due_on, lapsed_at)
select organization_id, id, due_on, now()
  from documents
 where due_on < (now() at time zone 'Asia/Kolkata')::date
   and status = any ('{SENT,OPEN,ISSUED,PARTIALLY_PAID}')
   and kind = any ('{INVOICE,BILL,ESTIMATE,CUSTOMER_DEBIT_NOTE}')
"""


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def upgrade() -> None:
    """Make the table, fill it with what had lapsed before, and the index by which it is found."""
    op.create_table(
        "lapses",
        _key("organization_id"),
        _key("document_id"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "document_id"],
            ["documents.organization_id", "documents.id"],
            name=op.f("lapses_organization_id_document_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "document_id", "due_on", name=op.f("lapses_pkey")),
    )
    op.create_index(
        "documents_due_on_idx",
        "documents",
        ["organization_id", "due_on", "id"],
        postgresql_where=sa.text(f"due_on is not null and status = any ({_OPEN})"),
    )
    op.execute("alter table documents no force row level security")
    op.execute(BEFORE)
    op.execute("alter table documents force row level security")
    op.execute(GRANTS)


def downgrade() -> None:
    """Drop them."""
    op.execute("drop policy housekeeping_of_due_dates on documents")
    op.execute("revoke select (kind, status, due_on) on documents from finzbooks_housekeeper")
    op.drop_index("documents_due_on_idx", "documents")
    op.drop_table("lapses")
