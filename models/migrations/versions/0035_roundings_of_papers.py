"""A paper may have a rounding off of its own, which is not reckoned anew."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# What vendors' papers add or take off was always said; our own was reckoned.
SAID = """
update documents
   set round_off_said = round_off
 where kind in ('BILL', 'PURCHASE_ORDER', 'DEBIT_NOTE')
   and parent_id is null
   and round_off <> 0
"""


def upgrade() -> None:
    """Add the column."""
    op.add_column("documents", sa.Column("round_off_said", sa.Numeric(precision=18, scale=2), nullable=True))
    op.execute(SAID)


def downgrade() -> None:
    """Take it away."""
    op.drop_column("documents", "round_off_said")
