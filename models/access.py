"""Users, their memberships and their tokens, what they sign in with, and what happened to all that.

These tables answer "who is calling, and for which organization?" before an organization is known, so they are not
tenant tables; only hashes of tokens, passwords and sessions are kept. The server's role sees the people of the
organization it serves and no token at all: it asks the functions ``token_of`` and ``standing_of``.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    func,
    text,
)

from models.schema import Key, document, flag, instant, key, labels, metadata, one_of, words

users = Table(
    "users",
    metadata,
    Column("id", Key, primary_key=True),
    words("name", optional=False),
    words("email", optional=False),
    flag("is_active"),
    instant("created_at"),
)
Index("users_email_key", func.lower(users.c.email), unique=True)

memberships = Table(
    "memberships",
    metadata,
    Column("organization_id", Key, ForeignKey("organizations.id"), nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    key("role"),
    flag("is_active"),
    instant("created_at"),
    # Who was removed is a member no more; the row stays, since by it the trail and comments name who did what.
    instant("removed_at", optional=True),
    PrimaryKeyConstraint("organization_id", "user_id"),
    one_of("role", "OWNER", "ACCOUNTANT", "SALES", "READ_ONLY"),
    CheckConstraint("removed_at is null or not is_active", name="removed_at"),
    Index("memberships_user_id_idx", "user_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Key, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    key("shown_prefix"),
    words("name", optional=False),
    key("kind"),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    Column("organization_id", Key, ForeignKey("organizations.id")),
    # The OAuth client that the token was given to; none for a personal access token.
    key("client_id", optional=True),
    labels("scopes"),
    key("tier"),
    Column("calls_per_minute", Integer, nullable=False),
    Column("is_sandbox", Boolean, nullable=False),
    instant("expires_at", optional=True),
    instant("revoked_at", optional=True),
    instant("created_at"),
    # Of tokens that were given to an OAuth client: the grant, and the how manieth token of its kind in it this is.
    Column("grant_id", Key, ForeignKey("oauth_grants.id")),
    Column("generation", Integer),
    # When the next refresh token took the place of this one.
    instant("superseded_at", optional=True),
    one_of("kind", "PAT", "OAUTH", "REFRESH"),
    CheckConstraint("(kind = 'PAT') = (grant_id is null)", name="grant"),
    CheckConstraint("(grant_id is null) = (generation is null)", name="generation"),
    one_of("tier", "DEFAULT", "PARTNER", "CUSTOM"),
    CheckConstraint("calls_per_minute between 1 and 100000000", name="calls_per_minute"),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
    Index("tokens_user_id_idx", "user_id"),
    Index("tokens_grant_id_idx", "grant_id", "kind", "generation", unique=True),
    Index("tokens_expires_at_idx", "expires_at"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    # As argon2id writes it, with its salt and costs.
    words("password_hash", optional=False),
    instant("changed_at"),
)

# One row for each browser in which somebody has signed in.
sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    words("address"),
    words("user_agent"),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at"),
    instant("revoked_at", optional=True),
    # Only the password was given: it opens nothing but the page that asks for the code.
    Column("awaits_code", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("octet_length(id_hash) = 32", name="id_hash"),
    Index("sessions_user_id_idx", "user_id"),
    Index("sessions_expires_at_idx", "expires_at"),
)

# What a user is told of the account, by mail too: when the next try is due, and how many there were.
security_events = Table(
    "security_events",
    metadata,
    Column("id", Key, primary_key=True),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    instant("at"),
    key("kind"),
    words("address"),
    words("agent"),
    document("detail", optional=False),
    Column("mail_tries", SmallInteger, nullable=False),
    instant("mail_at", optional=True),
    Index("security_events_user_id_idx", "user_id", "at", "id"),
    Index("security_events_at_idx", "at"),
    Index("security_events_mail_at_idx", "mail_at", postgresql_where=text("mail_at is not null")),
)

# What a user gives after the password; the secret is sealed, since codes are made of it.
second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    words("sealed_secret", optional=False),
    instant("created_at"),
    # Absent: the secret was shown, and no code has come of it yet.
    instant("confirmed_at", optional=True),
    Column("last_step", BigInteger, nullable=False),
    Column("wrong", SmallInteger, nullable=False),
    instant("paused_until", optional=True),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", Key, ForeignKey("users.id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
    CheckConstraint("octet_length(code_hash) = 32", name="code_hash"),
)

# What is mailed to prove an address. ``user_id`` is nobody's yet where it is to sign up.
account_links = Table(
    "account_links",
    metadata,
    Column("id", Key, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    key("purpose"),
    words("email", optional=False),
    key("user_id"),
    words("name"),
    Column("organization_id", Key, ForeignKey("organizations.id")),
    words("organization_name"),
    key("role", optional=True),
    Column("invited_by", Key, ForeignKey("users.id")),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", optional=True),
    instant("mail_at", optional=True),
    Column("mail_tries", SmallInteger, nullable=False),
    one_of("purpose", "SIGN_UP", "KNOWN", "RESET", "NOBODY", "INVITATION"),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
    CheckConstraint(
        "(purpose = 'INVITATION') = (organization_id is not null and role is not null and invited_by is not null)",
        name="organization",
    ),
    Index("account_links_organization_id_idx", "organization_id"),
    Index("account_links_expires_at_idx", "expires_at"),
    Index("account_links_mail_at_idx", "mail_at", postgresql_where=text("mail_at is not null")),
)
Index("account_links_email_idx", func.lower(account_links.c.email), account_links.c.created_at)
