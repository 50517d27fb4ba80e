"""What was written off a document, and the account for balances of vendors that are written back."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Table, name, the condition before, and the one with write-offs.
CHECKS = (
    (
        "documents",
        "balance",
        "balance = total - tds_amount - amount_paid - amount_credited or journal_id is null or voided_at is not null",
        "balance = total - tds_amount - amount_paid - amount_credited - amount_written_off or journal_id is null"
        " or voided_at is not null",
    ),
    (
        "documents",
        "settled",
        "balance >= 0 and amount_paid >= 0 and amount_credited >= 0",
        "balance >= 0 and amount_paid >= 0 and amount_credited >= 0 and amount_written_off >= 0",
    ),
    (
        "allocations",
        "source",
        "num_nonnulls(payment_id, note_id) = 1",
        "num_nonnulls(payment_id, note_id) + is_write_off::int = 1",
    ),
)

# Whoever has made such an account by hand keeps it, with its part in postings.
TAKE_OVER = """
update accounts
   set role = 'balances_written_back',
       is_system = true,
       is_active = true,
       version = version + 1,
       modified_at = now()
 where lower(name) = 'balances written back'
   and account_type = 'OTHER_INCOME'
   and role is null
"""
WITHOUT = """
select id, (extract(epoch from now()) * 1000)::bigint as milliseconds
  from organizations as organization
 where not exists (select from accounts
                    where accounts.organization_id = organization.id
                      and role = 'balances_written_back')
"""
# Under the first number from 4540 on that is free; another account may have the name as well.
ADD = """
insert into accounts (organization_id, id, code, name, account_type, role, currency_code, is_active, is_system,
                      is_primary_bank, version, created_at, modified_at)
select :organization_id, :id, free.code,
       case when exists (select from accounts
                          where organization_id = :organization_id
                            and lower(name) = 'balances written back')
            then 'Balances written back (' || free.code || ')' else 'Balances written back' end,
       'OTHER_INCOME', 'balances_written_back', 'INR', true, true, false, 1, now(), now()
  from (select number::text as code
          from generate_series(4540, 99999) as number
         where not exists (select from accounts
                            where organization_id = :organization_id
                              and code = number::text)
         order by number
         limit 1) as free
"""
LEAVE = "update accounts set role = null, is_system = false where role = 'balances_written_back'"
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def _account_id(milliseconds: int) -> str:
    bits = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return "acc_" + "".join(DIGITS[bits >> shift & 31] for shift in range(125, -1, -5))


def _add_accounts() -> None:
    """Give each organization the account; the owner of the tables writes every tenant's."""
    connection = op.get_bind()
    for table in ("organizations", "accounts"):
        op.execute(f"alter table {table} no force row level security")
    op.execute(TAKE_OVER)
    rows = connection.execute(sa.text(WITHOUT))
    without = [{"organization_id": row.id, "id": _account_id(row.milliseconds)} for row in rows]
    if without:
        connection.execute(sa.text(ADD), without)
    for table in ("organizations", "accounts"):
        op.execute(f"alter table {table} force row level security")


def upgrade() -> None:
    """Add the columns and the account."""
    amount = sa.Numeric(precision=18, scale=2)
    op.add_column("documents", sa.Column("amount_written_off", amount, server_default=sa.text("0"), nullable=False))
    op.add_column(
        "allocations", sa.Column("is_write_off", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    for table, name, _, condition in CHECKS:
        _check(table, name, condition)
    op.create_check_constraint(
        op.f("allocations_write_off_check"), "allocations", "not is_write_off or document_id is not null"
    )
    _add_accounts()


def downgrade() -> None:
    """Take the columns away; the accounts stay as ordinary ones, for they may have entries."""
    op.drop_constraint("allocations_write_off_check", "allocations")
    for table, name, condition, _ in CHECKS:
        _check(table, name, condition)
    op.drop_column("allocations", "is_write_off")
    op.drop_column("documents", "amount_written_off")
    op.execute("alter table accounts no force row level security")
    op.execute(LEAVE)
    op.execute("alter table accounts force row level security")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(f"{table}_{name}_check", table)
    op.create_check_constraint(op.f(f"{table}_{name}_check"), table, condition)
