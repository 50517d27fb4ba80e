"""The clock of a sandbox: by how much it is ahead of the real one."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

# What is live stays live, and a sandbox the sandbox of the same: the guards go by it.
GUARD = """
create function refuse_another_kind() returns trigger language plpgsql as $$
begin
  raise exception 'Organization % stays % for ever.', old.id, case when old.is_sandbox then 'a sandbox' else 'live' end
    using errcode = 'restrict_violation', constraint = 'organizations_is_sandbox_stays';
end $$;
create trigger never_another_kind before update on organizations
  for each row when (new.id is distinct from old.id or new.is_sandbox is distinct from old.is_sandbox
                     or new.live_organization_id is distinct from old.live_organization_id)
  execute function refuse_another_kind();
"""


def upgrade() -> None:
    """Add the clock, which only a sandbox may set, and an index of those that have one."""
    op.add_column("organizations", sa.Column("clock_offset", sa.Interval()))
    op.create_check_constraint(
        op.f("organizations_clock_offset_check"), "organizations", "clock_offset is null or is_sandbox"
    )
    op.create_index(
        "organizations_clock_offset_idx",
        "organizations",
        ["id"],
        postgresql_where=sa.text("clock_offset is not null"),
    )
    op.execute(GUARD)


def downgrade() -> None:
    """Take them away."""
    op.execute("drop trigger never_another_kind on organizations")
    op.execute("drop function refuse_another_kind")
    op.drop_index("organizations_clock_offset_idx", "organizations")
    op.drop_column("organizations", "clock_offset")
