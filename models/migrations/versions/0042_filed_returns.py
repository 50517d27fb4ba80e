"""Filed returns of GST: their bytes, their documents, and the days that they close."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

GUARDS = """
grant select, insert, update on return_filings to finzbooks_app;
grant select, insert, delete on return_rows to finzbooks_app;
"""
TENANT_POLICY = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy tenant on {table}
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# Whoever files waits for whoever posts, and they for him, as with the lock date (0010): what is posted stands in the
# return, or is refused.
WAIT_FOR_POSTINGS = """
create function file_after_postings() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('lock date', 0) # hashtext(new.organization_id));
  return new;
end $$;
create trigger file_after_postings before update of status on return_filings
  for each row when (old.status is distinct from new.status)
  execute function file_after_postings();
"""

# A filed return closes three things up to its last day: a sales document that is not said to be late, an adjustment of
# credit, and taking back what it shows. All else is entered as ever: the salaries, receipts and bills of October
# come after its GSTR-1.
CLOSES = """
create function closed_by_return(journal journals) returns text
language plpgsql stable security definer set search_path = public as $$
begin
  if not exists (select from return_filings
                  where organization_id = journal.organization_id
                    and status = 'FILED'
                    and to_on >= journal.entry_on) then
    return null;
  end if;
  if journal.reverses_id is not null then
    return (select filing.form || ' of ' || filing.period
              from return_rows as shown
              join return_filings as filing on filing.organization_id = shown.organization_id
                                           and filing.id = shown.filing_id
             where shown.organization_id = journal.organization_id
               and shown.document_id = journal.source_id
               and filing.status = 'FILED'
               and filing.to_on >= journal.entry_on
               and not exists (select from allocations
                                where organization_id = journal.organization_id
                                  and document_id = journal.source_id
                                  and journal_id = journal.reverses_id)
             limit 1);
  end if;
  return (select filing.form || ' of ' || filing.period
            from branches as branch
            join return_filings as filing on filing.organization_id = branch.organization_id
                                         and filing.gstin = branch.gst_no
           where branch.organization_id = journal.organization_id
             and branch.id = journal.branch_id
             and filing.status = 'FILED'
             and filing.to_on >= journal.entry_on
             and (filing.form = 'GSTR3B' and journal.source_type = 'ITC_ADJUSTMENT'
                  or filing.form = 'GSTR1'
                     and journal.source_type = 'DOCUMENT'
                     and exists (select from documents
                                  where organization_id = journal.organization_id
                                    and id = journal.source_id
                                    and journal_id = journal.id
                                    and kind = any ('{{INVOICE,CREDIT_NOTE,CUSTOMER_DEBIT_NOTE}}')
                                    and not is_late_entry
                                    and not is_opening_balance
                                    and not is_without_gst))
           limit 1);
end $$;
"""
RETURN_IS_OPEN = """
  if new.source_type = any ('{DOCUMENT,EXPENSE,BILL_OF_ENTRY,ITC_ADJUSTMENT,PAYMENT}') then
    closing := closed_by_return(new);
    if closing is not null then
      raise exception 'Journal % is dated %, and % is filed.', new.id, new.entry_on, closing
        using errcode = 'check_violation', constraint = 'journals_return_check';
    end if;
  end if;
  return null;
end $$;
"""


def upgrade() -> None:
    """Add the tables, the two columns and the lock."""
    op.add_column(
        "documents", sa.Column("is_late_entry", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("documents", sa.Column("voided_on", sa.Date(), nullable=True))
    _create_filings()
    _create_rows()
    op.execute(GUARDS)
    for table in ("return_filings", "return_rows"):
        op.execute(TENANT_POLICY.format(table=table))
    op.execute(WAIT_FOR_POSTINGS)
    op.execute(CLOSES.replace("{{", "{").replace("}}", "}"))
    op.execute(_check_at_commit())


def downgrade() -> None:
    """Take them away again."""
    before = import_module("models.migrations.versions.0010_journals_by_hand")
    op.execute(before.HOLD_PERIOD.format(holding=before.HOLDING))
    op.execute("drop function closed_by_return(journals)")
    op.drop_table("return_rows")
    op.drop_table("return_filings")
    op.execute("drop function file_after_postings")
    op.drop_column("documents", "voided_on")
    op.drop_column("documents", "is_late_entry")


def _check_at_commit() -> str:
    """The function of 0010, which then looks at the returns as well."""
    before = import_module("models.migrations.versions.0010_journals_by_hand")
    body: str = before.HOLD_PERIOD.format(holding=before.HOLDING)
    declared = body.replace("\nbegin\n", "\ndeclare\n  closing text;\nbegin\n", 1)
    return declared.replace("  return null;\nend $$;\n", RETURN_IS_OPEN.lstrip("\n"), 1)


def _create_filings() -> None:
    op.create_table(
        "return_filings",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("gstin", sa.Text(collation="C"), nullable=False),
        sa.Column("form", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("frequency", sa.Text(collation="C"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(collation="C"), nullable=False),
        sa.Column("arn", sa.Text(collation="C"), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_by", sa.Text(collation="C"), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("payload_sha256", sa.Text(collation="C"), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form = any ('{GSTR1,IFF,GSTR1A,GSTR3B}')", name=op.f("return_filings_form_check")),
        sa.CheckConstraint("frequency = any ('{MONTHLY,QUARTERLY}')", name=op.f("return_filings_frequency_check")),
        sa.CheckConstraint("status = any ('{DRAFT,FILED,REOPENED}')", name=op.f("return_filings_status_check")),
        sa.CheckConstraint(
            "from_on <= to_on and length(gstin) = 15 and length(period) = 6", name=op.f("return_filings_period_check")
        ),
        sa.CheckConstraint(
            "num_nonnulls(arn, filed_on, filed_at, filed_by, payload, payload_sha256)"
            " = case when status = 'DRAFT' then 0 else 6 end",
            name=op.f("return_filings_filed_check"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("return_filings_pkey")),
    )
    place = ["organization_id", "gstin", "form", "period"]
    op.create_index("return_filings_period_key", "return_filings", place, unique=True)
    op.create_index("return_filings_to_on_idx", "return_filings", ["organization_id", "to_on", "id"])
    op.create_index(
        "return_filings_filed_idx",
        "return_filings",
        ["organization_id", "to_on", "gstin", "form"],
        postgresql_where=sa.text("status = 'FILED'"),
    )
    op.create_index(
        "return_filings_arn_key",
        "return_filings",
        ["organization_id", "arn"],
        unique=True,
        postgresql_where=sa.text("arn is not null"),
    )


def _create_rows() -> None:
    op.create_table(
        "return_rows",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("filing_id", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.Text(collation="C"), nullable=False),
        sa.Column("document_type", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("section", sa.Text(collation="C"), nullable=False),
        sa.Column("is_amendment", sa.Boolean(), nullable=False),
        sa.Column("row_hash", sa.Text(collation="C"), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "filing_id"],
            ["return_filings.organization_id", "return_filings.id"],
            name=op.f("return_rows_organization_id_filing_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "filing_id", "document_id", name=op.f("return_rows_pkey")),
    )
    op.create_index("return_rows_document_id_idx", "return_rows", ["organization_id", "document_id"])
