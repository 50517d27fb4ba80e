"""How an expense was paid, and clauses of section 17(5) as the law numbers them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# The word that was stored, and the clause.
CLAUSES = (
    ("MOTOR_VEHICLE", "17(5)(a)"),
    ("VESSEL_OR_AIRCRAFT", "17(5)(aa)"),
    ("VEHICLE_INSURANCE_OR_REPAIR", "17(5)(ab)"),
    ("FOOD_BEAUTY_OR_HEALTH", "17(5)(b)(i)"),
    ("CLUB_MEMBERSHIP", "17(5)(b)(ii)"),
    ("EMPLOYEE_TRAVEL", "17(5)(b)(iii)"),
    ("WORKS_CONTRACT", "17(5)(c)"),
    ("OWN_CONSTRUCTION", "17(5)(d)"),
    ("COMPOSITION_SUPPLY", "17(5)(e)"),
    ("NON_RESIDENT", "17(5)(f)"),
    ("CSR", "17(5)(fa)"),
    ("PERSONAL_USE", "17(5)(g)"),
    ("LOST_OR_GIFTED", "17(5)(h)"),
    ("FRAUD_DEMAND", "17(5)(i)"),
)
# Clause (b) without its part had no word of its own.
PLAIN_B = "17(5)(b)"
LINES = ("document_lines", "expense_lines", "bill_of_entry_lines")
# Where the reason stands inside a document: what recurs, and the trail of what happened.
INSIDE = (("recurring_schedules", "template"), ("activity", "changes"))
GUARDED = (*LINES, "expenses", "accounts", "recurring_schedules", "activity")
"""Tables whose rows belong to organizations; the owner of the tables writes every tenant's."""

MODES = "mode = any ('{BANK,CASH,UPI,CHEQUE,CARD,OTHER}')"
PROPOSED = """
update expenses
   set mode = case account.account_type when 'CASH' then 'CASH' else 'BANK' end
  from accounts as account
 where account.organization_id = expenses.organization_id
   and account.id = expenses.paid_through_account_id
"""
REWORD = "update {table} set itc_blocked_reason = '{now}' where itc_blocked_reason = '{before}'"
REWORD_INSIDE = """
update {table}
   set {column} = replace({column}::text, '"itc_blocked_reason": "{before}"', '"itc_blocked_reason": "{now}"')::jsonb
 where position('"itc_blocked_reason": "{before}"' in {column}::text) > 0
"""


def upgrade() -> None:
    """Add the mode, as the account proposes it, and call the clauses by their numbers."""
    _guard(is_on=False)
    op.add_column("expenses", sa.Column("mode", sa.Text(collation="C"), nullable=True))
    op.execute(PROPOSED)
    op.alter_column("expenses", "mode", nullable=False)
    op.create_check_constraint(op.f("expenses_mode_check"), "expenses", MODES)
    for word, clause in CLAUSES:
        _reword(word, clause)
    _guard(is_on=True)


def downgrade() -> None:
    """Take the mode away, and call the clauses by their words."""
    _guard(is_on=False)
    op.drop_column("expenses", "mode")
    for word, clause in (*CLAUSES, ("FOOD_BEAUTY_OR_HEALTH", PLAIN_B)):
        _reword(clause, word)
    _guard(is_on=True)


def _reword(before: str, now: str) -> None:
    for table in LINES:
        op.execute(REWORD.format(table=table, before=before, now=now))
    for table, column in INSIDE:
        op.execute(REWORD_INSIDE.format(table=table, column=column, before=before, now=now))


def _guard(*, is_on: bool) -> None:
    for table in GUARDED:
        op.execute(f"alter table {table} {'' if is_on else 'no '}force row level security")
    op.execute(f"alter table activity {'enable' if is_on else 'disable'} trigger never_changed")
