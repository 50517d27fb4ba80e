"""What is kept of calls: the answers to idempotency keys, and how often each caller called."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table
from sqlalchemy.dialects.postgresql import JSONB

from models.schema import Key, instant, metadata, tenant_table

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
