"""A filed GSTR-1 closes its days to what moves the tax of an advance as well."""

from importlib import import_module

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BEFORE = "             and (filing.form = 'GSTR3B' and journal.source_type = 'ITC_ADJUSTMENT'\n"
# What a payment posts besides its own journal carries it to documents, or takes that back.
ADVANCES = """\
                  or filing.form = 'GSTR1'
                     and journal.source_type = 'PAYMENT'
                     and exists (select from payments
                                  where organization_id = journal.organization_id
                                    and id = journal.source_id
                                    and journal_id <> journal.id
                                    and cgst_amount + sgst_amount + igst_amount > 0)
"""


def upgrade() -> None:
    """Say so in the trigger's function."""
    op.execute(_closes().replace(BEFORE, BEFORE + ADVANCES, 1))


def downgrade() -> None:
    """Put back the one before."""
    op.execute(_closes())


def _closes() -> str:
    before = import_module("models.migrations.versions.0042_filed_returns")
    text: str = before.CLOSES.replace("{{", "{").replace("}}", "}")
    return text.replace("create function", "create or replace function", 1)
