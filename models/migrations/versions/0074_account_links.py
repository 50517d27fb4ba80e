"""Links by mail: to sign up, to set a forgotten password, to accept an invitation."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

# ``user_id`` refers to nobody yet where the link is to sign up.
TABLE = """
create table account_links (
  id                text collate "C" primary key,
  token_hash        bytea not null,
  purpose           text collate "C" not null,
  email             text not null,
  user_id           text collate "C" not null,
  name              text,
  organization_id   text collate "C" references organizations (id),
  organization_name text,
  role              text collate "C",
  invited_by        text collate "C" references users (id),
  created_at        timestamptz not null,
  expires_at        timestamptz not null,
  used_at           timestamptz,
  mail_at           timestamptz,
  mail_tries        smallint not null,
  constraint account_links_token_hash_key unique (token_hash),
  constraint account_links_token_hash_check check (octet_length(token_hash) = 32),
  constraint account_links_purpose_check check (purpose = any ('{SIGN_UP,KNOWN,RESET,NOBODY,INVITATION}')),
  constraint account_links_organization_check check
    ((purpose = 'INVITATION') = (organization_id is not null and role is not null and invited_by is not null))
);
create index account_links_email_idx on account_links (lower(email), created_at);
create index account_links_organization_id_idx on account_links (organization_id);
create index account_links_expires_at_idx on account_links (expires_at);
create index account_links_mail_at_idx on account_links (mail_at) where mail_at is not null;
"""

# The steward uses up a link of the account that it minds, and writes invitations into the books that it is on.
ACCESS = """
alter table account_links enable row level security;
alter table account_links force row level security;
revoke all on account_links from finzbooks_app;
grant select, insert, update on account_links to finzbooks_doorkeeper;
grant select, insert on account_links to finzbooks_steward;
grant update (used_at) on account_links to finzbooks_steward;
grant select, delete on account_links to finzbooks_housekeeper;
create policy doorkeeper on account_links to finzbooks_doorkeeper using (true) with check (true);
create policy housekeeping on account_links to finzbooks_housekeeper using (true);
create policy steward on account_links to finzbooks_steward
  using (user_id = current_setting('app.user_id', true)
         or organization_id = current_setting('app.organization_id', true))
  with check (user_id = current_setting('app.user_id', true)
              or organization_id = current_setting('app.organization_id', true));
"""

# A membership holds for the sandbox, too, whose id the transaction names beside.
SANDBOX = """
create policy steward_of_sandbox on memberships to finzbooks_steward
  using (organization_id = current_setting('app.sandbox_id', true))
  with check (organization_id = current_setting('app.sandbox_id', true));
"""


def upgrade() -> None:
    """Make the table, and let the steward write memberships of the sandbox."""
    op.execute(TABLE)
    op.execute(ACCESS)
    op.execute(SANDBOX)


def downgrade() -> None:
    """Take them away."""
    op.execute("drop policy steward_of_sandbox on memberships")
    op.execute("drop table account_links")
