"""The published types of accounts: stock, GST, tax at source, sales and retained earnings each have their own."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = (
    "CASH,BANK,ACCOUNTS_RECEIVABLE,OTHER_CURRENT_ASSET,INPUT_TAX,FIXED_ASSET,OTHER_ASSET,ACCOUNTS_PAYABLE,"
    "OTHER_CURRENT_LIABILITY,OUTPUT_TAX,LONG_TERM_LIABILITY,EQUITY,INCOME,OTHER_INCOME,COST_OF_GOODS_SOLD,EXPENSE,"
    "OTHER_EXPENSE"
)
NOW = (
    "CASH,BANK,ACCOUNTS_RECEIVABLE,STOCK,OTHER_CURRENT_ASSET,TDS_ASSET,GST_ASSET,FIXED_ASSET,OTHER_ASSET,"
    "ACCOUNTS_PAYABLE,OTHER_CURRENT_LIABILITY,TDS_LIABILITY,GST_LIABILITY,LONG_TERM_LIABILITY,EQUITY,"
    "RETAINED_EARNINGS,SALES,INCOME,OTHER_INCOME,COST_OF_GOODS_SOLD,EXPENSE,OTHER_EXPENSE"
)
RENAMED = (("INPUT_TAX", "GST_ASSET"), ("OUTPUT_TAX", "GST_LIABILITY"))
# What postings rely on, by its part in them, and the two seeded accounts of tax collected at source, which have none:
# theirs is the type of a class of its own from now on. What else an organization has made keeps the type it chose.
NARROWED = (
    ("role = 'inventory'", "OTHER_CURRENT_ASSET", "STOCK"),
    ("role = 'tds_receivable' or role is null and code = '1360'", "OTHER_CURRENT_ASSET", "TDS_ASSET"),
    ("role in ('gst_cash_ledger', 'export_tax_refundable')", "OTHER_CURRENT_ASSET", "GST_ASSET"),
    ("role = 'tds_payable' or role is null and code = '2130'", "OTHER_CURRENT_LIABILITY", "TDS_LIABILITY"),
    ("role in ('sales', 'sales_returns')", "INCOME", "SALES"),
    ("role = 'retained_earnings'", "EQUITY", "RETAINED_EARNINGS"),
)
NARROW = "update accounts set account_type = '{now}' where account_type = '{before}' and ({condition})"
RENAME = "update accounts set account_type = '{now}' where account_type = '{before}'"
REWORD_TRAIL = """
update activity
   set changes = jsonb_set(changes, '{{account_type,{when}}}', '"{now}"')
 where changes #>> '{{account_type,{when}}}' = '{before}'
"""


def upgrade() -> None:
    """Give accounts their types of today."""
    _unguarded(is_unguarded=True)
    for before, now in RENAMED:
        _rename(before, now)
    for condition, before, now in NARROWED:
        op.execute(NARROW.format(condition=condition, before=before, now=now))
    _unguarded(is_unguarded=False)
    op.create_check_constraint(op.f("accounts_account_type_check"), "accounts", f"account_type = any ('{{{NOW}}}')")


def downgrade() -> None:
    """Give accounts the wider types again."""
    _unguarded(is_unguarded=True)
    for before, now in RENAMED:
        _rename(now, before)
    for _, before, now in NARROWED:
        _rename(now, before)
    _unguarded(is_unguarded=False)
    op.create_check_constraint(op.f("accounts_account_type_check"), "accounts", f"account_type = any ('{{{BEFORE}}}')")


def _rename(before: str, now: str) -> None:
    op.execute(RENAME.format(before=before, now=now))
    for when in ("old", "new"):
        op.execute(REWORD_TRAIL.format(when=when, before=before, now=now))


def _unguarded(*, is_unguarded: bool) -> None:
    """Let the owner of the tables write every tenant's rows, or no more; the check falls while types change."""
    for table in ("accounts", "activity"):
        op.execute(f"alter table {table} {'no force' if is_unguarded else 'force'} row level security")
    op.execute(f"alter table activity {'disable' if is_unguarded else 'enable'} trigger never_changed")
    if is_unguarded:
        op.drop_constraint("accounts_account_type_check", "accounts")
