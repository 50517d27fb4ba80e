"""Mails by which an installation tells members of an organization something on its own account."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take one more purpose."""
    _allow("DOCUMENT,REMINDER,NOTICE")


def downgrade() -> None:
    """Take it no more; notices go."""
    op.execute("delete from mails where purpose = 'NOTICE'")
    _allow("DOCUMENT,REMINDER")


def _allow(purposes: str) -> None:
    name = op.f("mails_purpose_check")
    op.drop_constraint(name, "mails")
    op.create_check_constraint(name, "mails", f"purpose = any ('{{{purposes}}}')")
