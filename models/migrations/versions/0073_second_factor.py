"""A second factor at sign-in: its sealed secret, recovery codes, and sessions that still wait for a code."""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

TABLES = """
create table second_factors (
  user_id       text collate "C" primary key references users (id),
  sealed_secret text not null,
  created_at    timestamptz not null,
  confirmed_at  timestamptz,
  last_step     bigint not null,
  wrong         smallint not null,
  paused_until  timestamptz
);
create table recovery_codes (
  user_id   text collate "C" not null references users (id),
  code_hash bytea not null,
  constraint recovery_codes_pkey primary key (user_id, code_hash),
  constraint recovery_codes_code_hash_check check (octet_length(code_hash) = 32)
);
alter table sessions add awaits_code boolean not null default false;
"""

# A factor is set up and taken away by its user; the doorkeeper takes codes, and the operator helps who has lost all.
ACCESS = """
alter table {table} enable row level security;
alter table {table} force row level security;
revoke all on {table} from finzbooks_app;
grant select, update, delete on {table} to finzbooks_doorkeeper;
grant select, insert, update, delete on {table} to finzbooks_steward;
grant select, delete on {table} to finzbooks_operator;
create policy operator on {table} to finzbooks_operator using (true);
create policy doorkeeper on {table} to finzbooks_doorkeeper using (true) with check (true);
create policy steward on {table} to finzbooks_steward
  using (user_id = current_setting('app.user_id', true)) with check (user_id = current_setting('app.user_id', true));
"""
OWN_TABLES = ("second_factors", "recovery_codes")


def upgrade() -> None:
    """Make the tables and the mark."""
    op.execute(TABLES)
    for table in OWN_TABLES:
        op.execute(ACCESS.format(table=table))


def downgrade() -> None:
    """Take them away; who waits for a code must begin again."""
    op.execute("delete from sessions where awaits_code")
    op.execute("alter table sessions drop awaits_code")
    for table in OWN_TABLES:
        op.execute(f"drop table {table}")
