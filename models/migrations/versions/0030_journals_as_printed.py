"""Whom a journal by hand concerns, and templates of journals under the published names."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

RENAME = """
update recurring_schedules
   set template = template - '{before}' || jsonb_build_object('{now}', template -> '{before}')
 where entity_type = 'JOURNAL'
   and template ? '{before}'
"""
NAMES = (("line_items", "lines"), ("notes", "memo"))


def upgrade() -> None:
    """Add the contact; those that are posted have none."""
    op.add_column("journals", sa.Column("contact_id", sa.Text(collation="C"), nullable=True))
    op.create_foreign_key(
        op.f("journals_organization_id_contact_id_fkey"),
        "journals",
        "contacts",
        ["organization_id", "contact_id"],
        ["organization_id", "id"],
    )
    op.create_index(
        "journals_contact_id_idx",
        "journals",
        ["organization_id", "contact_id"],
        postgresql_where=sa.text("contact_id is not null"),
    )
    _rename(NAMES)


def downgrade() -> None:
    """Take it away."""
    _rename([(now, before) for before, now in NAMES])
    op.drop_index("journals_contact_id_idx", "journals")
    op.drop_column("journals", "contact_id")


def _rename(names: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    op.execute("alter table recurring_schedules no force row level security")
    for before, now in names:
        op.execute(RENAME.format(before=before, now=now))
    op.execute("alter table recurring_schedules force row level security")
