"""The published names: REGISTERED, INACTIVE, ``pan``, and ``name`` for what a tax is called."""

from collections.abc import Callable

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TREATMENTS = "COMPOSITION,UNREGISTERED,CONSUMER,OVERSEAS,SEZ,DEEMED_EXPORT,UIN,TAX_DEDUCTOR,TAX_COLLECTOR"
# Table, column, the words of the column that stay, and the one that is called otherwise: before and now.
WORDS = (
    ("contacts", "gst_treatment", TREATMENTS, "REGULAR", "REGISTERED"),
    ("documents", "gst_treatment", TREATMENTS, "REGULAR", "REGISTERED"),
    ("expenses", "gst_treatment", TREATMENTS, "REGULAR", "REGISTERED"),
    ("contacts", "status", "ACTIVE", "ARCHIVED", "INACTIVE"),
    ("items", "status", "ACTIVE", "ARCHIVED", "INACTIVE"),
)
# Table, column before, column now.
COLUMNS = (
    ("contacts", "pan_no", "pan"),
    ("organizations", "pan_no", "pan"),
    ("taxes", "tax_name", "name"),
)
GUARDED = ("contacts", "items", "documents", "expenses", "organizations", "recurring_schedules", "activity")
"""Tables whose rows belong to organizations; the owner of the tables writes every tenant's."""

REWORD = "update {table} set {column} = '{now}' where {column} = '{before}'"
# The trail keeps what happened; only what the words are is told anew, or old rows would speak another language.
TELL_ANEW = """
update activity
   set changes = changes #- '{{{old_name}}}' || jsonb_build_object('{new_name}', changes -> '{old_name}')
 where entity_type in ('CONTACT', 'ORGANIZATION')
   and changes ? '{old_name}'
"""
REWORD_TRAIL = """
update activity
   set changes = jsonb_set(changes, '{{{column},{when}}}', '"{now}"')
 where changes #>> '{{{column},{when}}}' = '{before}'
"""
REWORD_TEMPLATES = """
update recurring_schedules
   set template = jsonb_set(template, '{{gst_treatment}}', '"{now}"')
 where template ->> 'gst_treatment' = '{before}'
"""


def upgrade() -> None:
    """Rename, and carry over what is stored."""
    _unguarded(lambda: _rename(forwards=True))


def downgrade() -> None:
    """Call all as before."""
    _unguarded(lambda: _rename(forwards=False))


def _unguarded(change: Callable[[], None]) -> None:
    for table in GUARDED:
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table activity disable trigger never_changed")
    change()
    op.execute("alter table activity enable trigger never_changed")
    for table in GUARDED:
        op.execute(f"alter table {table} force row level security")


def _rename(*, forwards: bool) -> None:
    for table, column, others, *words in WORDS:
        before, now = words if forwards else reversed(words)
        _reword(table, column, others, before, now)
    for table, *names in COLUMNS:
        old, new = names if forwards else reversed(names)
        op.alter_column(table, old, new_column_name=new)
    old, new = ("pan_no", "pan") if forwards else ("pan", "pan_no")
    op.execute(TELL_ANEW.format(old_name=old, new_name=new))
    before, now = ("REGULAR", "REGISTERED") if forwards else ("REGISTERED", "REGULAR")
    op.execute(REWORD_TEMPLATES.format(before=before, now=now))


def _reword(table: str, column: str, others: str, before: str, now: str) -> None:
    op.drop_constraint(f"{table}_{column}_check", table)
    op.execute(REWORD.format(table=table, column=column, before=before, now=now))
    op.create_check_constraint(op.f(f"{table}_{column}_check"), table, f"{column} = any ('{{{now},{others}}}')")
    for when in ("old", "new"):
        op.execute(REWORD_TRAIL.format(column=column, when=when, before=before, now=now))
