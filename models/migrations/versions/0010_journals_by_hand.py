"""Journals by hand and adjustments of input tax credit; and a lock date that no posting slips past."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SOURCES = ("MANUAL", "DOCUMENT", "PAYMENT", "EXPENSE")
NEW_SOURCES = (*SOURCES, "OPENING_BALANCE", "ITC_ADJUSTMENT", "BILL_OF_ENTRY")

GUARDS = """
grant select, insert, update on itc_adjustments to finzbooks_app;
alter table itc_adjustments enable row level security;
alter table itc_adjustments force row level security;
create policy tenant on itc_adjustments
  using (organization_id = current_setting('app.organization_id', true))
  with check (organization_id = current_setting('app.organization_id', true));
"""

# Whoever posts holds the books' lock together with all who post, from this check to the end of the commit; whoever
# moves the lock date waits for them, and they for him. So a journal is either there before the period closes, or
# refused.
HOLD_PERIOD = """
create or replace function check_journal_at_commit() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  if not exists (select from journal_lines
                  where organization_id = new.organization_id and journal_id = new.id) then
    raise exception 'Journal % has no lines.', new.id
      using errcode = 'check_violation', constraint = 'journals_lines_at_commit_check';
  end if;
  {holding}
  -- Code has checked the lock date at the start; here it is as it stands now, should it have moved meanwhile.
  if exists (select from organizations
              where id = new.organization_id and locked_until >= new.entry_on) then
    raise exception 'Journal % is dated %, in a locked period.', new.id, new.entry_on
      using errcode = 'check_violation', constraint = 'journals_period_check';
  end if;
  return null;
end $$;
"""
HOLDING = "perform pg_advisory_xact_lock_shared(hashtextextended('lock date', 0) # hashtext(new.organization_id));"
MOVE_LOCK_DATE = """
create function wait_for_postings() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('lock date', 0) # hashtext(new.id));
  return new;
end $$;
create trigger wait_for_postings before update of locked_until on organizations
  for each row when (old.locked_until is distinct from new.locked_until)
  execute function wait_for_postings();
"""


def upgrade() -> None:
    """Add the table, the column and the lock."""
    op.drop_constraint("journals_source_type_check", "journals")
    op.create_check_constraint(op.f("journals_source_type_check"), "journals", f"source_type in {NEW_SOURCES}")
    op.add_column("journal_lines", sa.Column("description", sa.Text(), nullable=True))
    op.create_table(
        "itc_adjustments",
        sa.Column("organization_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("gstr3b_table", sa.Text(collation="C"), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Text(collation="C"), nullable=False),
        sa.Column("igst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sgst_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("cess_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("bill_id", sa.Text(collation="C"), nullable=True),
        sa.Column("reversal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("journal_id", sa.Text(collation="C"), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('REVERSAL', 'RECLAIM')", name=op.f("itc_adjustments_kind_check")),
        sa.CheckConstraint("reversal_id is null or kind = 'RECLAIM'", name=op.f("itc_adjustments_reversal_id_check")),
        sa.CheckConstraint(
            "igst_amount >= 0 and cgst_amount >= 0 and sgst_amount >= 0 and cess_amount >= 0 and total > 0",
            name=op.f("itc_adjustments_amounts_check"),
        ),
        sa.CheckConstraint(
            "total = igst_amount + cgst_amount + sgst_amount + cess_amount",
            name=op.f("itc_adjustments_total_check"),
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"itc_adjustments_organization_id_{column}_fkey"),
            )
            for table, column in (
                ("branches", "branch_id"),
                ("accounts", "account_id"),
                ("documents", "bill_id"),
                ("itc_adjustments", "reversal_id"),
                ("journals", "journal_id"),
            )
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("itc_adjustments_pkey")),
    )
    op.create_index("itc_adjustments_dated_on_idx", "itc_adjustments", ["organization_id", "dated_on", "id"])
    op.create_index(
        "itc_adjustments_reason_idx", "itc_adjustments", ["organization_id", "reason", "branch_id", "account_id"]
    )
    op.create_index(
        "itc_adjustments_reversal_id_idx",
        "itc_adjustments",
        ["organization_id", "reversal_id"],
        postgresql_where=sa.text("reversal_id is not null"),
    )
    op.execute(GUARDS)
    op.execute(HOLD_PERIOD.format(holding=HOLDING))
    op.execute(MOVE_LOCK_DATE)


def downgrade() -> None:
    """Take them away."""
    op.execute("drop trigger wait_for_postings on organizations")
    op.execute("drop function wait_for_postings")
    op.execute(HOLD_PERIOD.format(holding=""))
    op.drop_table("itc_adjustments")
    op.drop_column("journal_lines", "description")
    op.drop_constraint("journals_source_type_check", "journals")
    op.create_check_constraint(op.f("journals_source_type_check"), "journals", f"source_type in {SOURCES}")
