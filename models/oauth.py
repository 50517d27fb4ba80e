"""What OAuth apps are, what people let them do, and what is on its way between the two.

None of these are tenant tables: a grant belongs to a user, for one organization or for all of theirs, and each row is
found before an organization is known. Only hashes of secrets, codes and handles are kept.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table

from models.schema import Key, flag, instant, key, labels, metadata, one_of, words

oauth_clients = Table(
    "oauth_clients",
    metadata,
    # ``app_…``, or the https address of its metadata document.
    Column("id", Key, primary_key=True),
    words("name", optional=False),
    words("client_uri"),
    # Absent: a public client, which can keep no secret.
    Column("secret_hash", LargeBinary),
    labels("redirect_uris"),
    # Whose app it is; absent: the operator's, or a stranger's with a metadata document.
    Column("organization_id", Key, ForeignKey("organizations.id")),
    key("tier"),
    flag("is_active"),
    instant("created_at"),
    # When the metadata document was read, and until when it counts.
    instant("fetched_at", optional=True),
    instant("fresh_until", optional=True),
    one_of("tier", "DEFAULT", "PARTNER"),
    CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
    CheckConstraint("(fetched_at is null) = (fresh_until is null)", name="fresh_until"),
    CheckConstraint("cardinality(redirect_uris) between 1 and 20", name="redirect_uris"),
)

# What one user allowed one app: the family of all tokens that come of it.
oauth_grants = Table(
    "oauth_grants",
    metadata,
    Column("id", Key, primary_key=True),
    Column("client_id", Key, ForeignKey("oauth_clients.id"), nullable=False),
    Column("user_id", Key, ForeignKey("users.id"), nullable=False),
    # Absent: for all organizations of the user.
    Column("organization_id", Key, ForeignKey("organizations.id")),
    Column("is_sandbox", Boolean, nullable=False),
    labels("scopes"),
    words("resource"),
    # How often tokens were given: the generation of the newest refresh token.
    Column("generation", Integer, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    instant("revoked_at", optional=True),
    # Why it ended: REPLAY of a code or a token, the app itself (CLIENT), the USER, a MEMBER who left, the OPERATOR.
    key("revoked_for", optional=True),
    one_of("revoked_for", "REPLAY", "CLIENT", "USER", "MEMBER", "OPERATOR"),
    CheckConstraint("(revoked_at is null) = (revoked_for is null)", name="revoked"),
    Index("oauth_grants_user_id_idx", "user_id"),
    Index("oauth_grants_client_id_idx", "client_id"),
    Index("oauth_grants_organization_id_idx", "organization_id"),
)

oauth_codes = Table(
    "oauth_codes",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("grant_id", Key, ForeignKey("oauth_grants.id"), nullable=False),
    words("redirect_uri", optional=False),
    key("code_challenge"),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", optional=True),
    CheckConstraint("octet_length(code_hash) = 32", name="code_hash"),
    Index("oauth_codes_expires_at_idx", "expires_at"),
)

# A consent that somebody who has signed in is being asked for.
oauth_requests = Table(
    "oauth_requests",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("session_hash", LargeBinary, ForeignKey("sessions.id_hash"), nullable=False),
    Column("client_id", Key, ForeignKey("oauth_clients.id"), nullable=False),
    # Absent: the person chooses.
    Column("organization_id", Key, ForeignKey("organizations.id")),
    words("redirect_uri", optional=False),
    labels("scopes"),
    words("state"),
    words("resource"),
    key("code_challenge"),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", optional=True),
    CheckConstraint("octet_length(id_hash) = 32", name="id_hash"),
    Index("oauth_requests_expires_at_idx", "expires_at"),
)
