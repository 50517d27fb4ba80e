"""What is kept of calls: the answers to idempotency keys, how often each caller called, and the log of a week."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from models.schema import Key, instant, key, metadata, tenant_table, words

# The first finished answer to each Idempotency-Key. ``key_hash`` covers subject, method, path and key.
idempotency_keys = tenant_table(
    "idempotency_keys",
    Column("key_hash", LargeBinary, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    instant("created_at"),
    Index("idempotency_keys_created_at_idx", "created_at"),
    keyed_by=("key_hash",),
)

# One row a caller, overwritten in each window. Unlogged: a crash forgets the count of one minute, and no call waits
# for the disk. Half-empty pages let each count be a cheap in-page update.
call_counts = Table(
    "call_counts",
    metadata,
    Column("caller", Key, primary_key=True),
    Column("window_number", BigInteger, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("window_seconds", SmallInteger, nullable=False),
    prefixes=["UNLOGGED"],
    postgresql_with={"fillfactor": "50"},
)

# Each call by a known token, without what was sent and answered. The day decides the part (``slot``) of sixteen that a
# row is in, round and round, so that what is old goes without a look at it.
api_calls = tenant_table(
    "api_calls",
    Column("slot", SmallInteger, nullable=False),
    instant("at"),
    key("id"),
    key("token_id"),
    key("method"),
    # As it was called, without the query.
    words("path", optional=False),
    Column("status", SmallInteger, nullable=False),
    Column("duration_us", Integer, nullable=False),
    key("request_id"),
    key("error_code", optional=True),
    Index("api_calls_request_id_idx", "organization_id", "request_id"),
    Index("api_calls_token_id_idx", "organization_id", "token_id", "at", "id"),
    Index("api_calls_errors_idx", "organization_id", "at", "id", postgresql_where=text("status >= 400")),
    Index("api_calls_at_idx", "at", postgresql_using="brin"),
    keyed_by=("at", "id", "slot"),
    postgresql_partition_by="list (slot)",
)
