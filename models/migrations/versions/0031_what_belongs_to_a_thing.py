"""Published names of comments and files, and the things that they belong to in the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# Table, column before, column now.
COLUMNS = (
    ("comments", "description", "body"),
    ("comments", "created_by", "author_user_id"),
    ("attachments", "uploaded_by", "uploaded_by_user_id"),
)
GUARDED = ("activity", "events")
"""Tables whose rows belong to organizations; the owner of the tables writes every tenant's."""

# What integrators were told of the same change names the thing.
BELONGS = """
update activity
   set parent_type = event.summary ->> 'entity_type',
       parent_id = event.summary ->> 'entity_id'
  from events as event
 where event.organization_id = activity.organization_id
   and event.id = activity.id
   and event.entity_type in ('COMMENT', 'ATTACHMENT')
"""
# The trail keeps what happened; only what the words are is told anew, or old rows would speak another language.
REWORD = "update activity set action = '{now}' where action = '{before}'"
TELL_ANEW = """
update activity
   set changes = changes - '{before}' || jsonb_build_object('{now}', changes -> '{before}')
 where entity_type = 'COMMENT'
   and changes ? '{before}'
"""
CAME_BY_THE_API = """
update activity
   set metadata = metadata || jsonb_build_object('source', 'PUBLIC_API', 'token_kind', metadata -> 'source')
 where metadata ->> 'source' in ('PAT', 'OAUTH')
"""
CAME_BEFORE = """
update activity
   set metadata = metadata - 'token_kind' || jsonb_build_object('source', metadata -> 'token_kind')
 where metadata ->> 'source' = 'PUBLIC_API'
"""


def upgrade() -> None:
    """Rename, add what a row of the trail belongs to, and tell old rows in the new words."""
    for table, before, now in COLUMNS:
        op.alter_column(table, before, new_column_name=now)
    for name in ("parent_type", "parent_id"):
        op.add_column("activity", sa.Column(name, sa.Text(collation="C"), nullable=True))
    op.create_index(
        "activity_parent_id_idx",
        "activity",
        ["organization_id", "parent_id", "occurred_at", "id"],
        postgresql_where=sa.text("parent_id is not null"),
    )
    _tell(
        BELONGS,
        REWORD.format(before="COMMENT_CREATED", now="COMMENT_ADDED"),
        TELL_ANEW.format(before="description", now="body"),
        CAME_BY_THE_API,
    )


def downgrade() -> None:
    """Call all as before, and forget what belongs to what."""
    _tell(
        REWORD.format(before="COMMENT_ADDED", now="COMMENT_CREATED"),
        TELL_ANEW.format(before="body", now="description"),
        CAME_BEFORE,
    )
    op.drop_index("activity_parent_id_idx", "activity")
    for name in ("parent_type", "parent_id"):
        op.drop_column("activity", name)
    for table, before, now in COLUMNS:
        op.alter_column(table, now, new_column_name=before)


def _tell(*statements: str) -> None:
    for table in GUARDED:
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table activity disable trigger never_changed")
    for statement in statements:
        op.execute(statement)
    op.execute("alter table activity enable trigger never_changed")
    for table in GUARDED:
        op.execute(f"alter table {table} force row level security")
