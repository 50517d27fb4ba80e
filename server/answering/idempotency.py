"""Idempotent POSTs: the first finished answer to a key is kept with the work it belongs to, in one transaction.

After a crash at any point a retry either replays the kept answer or does the work once: answer and work commit
together or not at all. Two requests with one key that run at once are kept apart by a transaction's advisory lock, and
in the last resort by the primary key. An answer that shows a secret is kept sealed (decision 0053).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
from psycopg.rows import tuple_row

from domain.errors import Invalid, InvalidState, KeyInProgress, KeyReused
from domain.statements import as_json
from domain.values import replace
from handlers.replies import Reply
from server.contract.codec import encode
from server.exchange import Call
from server.postgres.database import Connection
from server.sealing import Sealer, Unsealable

_REPLAYED = {"Idempotent-Replayed": "true"}
_SEALED = "sealed"
_CANONICAL = msgspec.json.Encoder(decimal_format="number", order="sorted")

# The snapshot may be older than the lock: a twin that committed in between is then caught by the primary key.
_CLAIM = """
select pg_try_advisory_xact_lock(%(lock)s), kept.request_hash, kept.status, kept.headers, kept.body
  from (select 1) as always
  left join idempotency_keys as kept on kept.organization_id = %(organization_id)s
                                    and kept.key_hash = %(key_hash)s
"""

_KEEP = """
insert into idempotency_keys (organization_id, key_hash, request_hash, status, headers, body, created_at)
values (%(organization_id)s, %(key_hash)s, %(request_hash)s, %(status)s, %(headers)s::jsonb, %(body)s, now())
"""


@dataclass(frozen=True, slots=True)
class Key:
    """One caller's key for one operation, and the fingerprint of the request that came with it."""

    organization_id: str
    key_hash: bytes
    request_hash: bytes

    async def claim(self, connection: Connection, sealer: Sealer) -> Reply | None:
        """Return the kept answer, or ``None`` when the work is ours to do.

        Locks the key until the transaction ends. Raises: KeyInProgress, KeyReused, and InvalidState for a secret
        that was sealed with another key of the installation.
        """
        async with connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(_CLAIM, {**self._values(), "lock": int.from_bytes(self.key_hash[:8], signed=True)})
            row = await cursor.fetchone()
        assert row is not None, "the statement always gives one row"
        is_ours, request_hash, status, kept, body = row
        if request_hash is not None:
            return self._replay(request_hash, status, kept, body, sealer)
        if not is_ours:
            raise KeyInProgress("A request with this Idempotency-Key is still running.", headers={"Retry-After": "1"})
        return None

    async def keep(self, connection: Connection, reply: Reply, sealer: Sealer) -> Reply:
        """Keep the answer with the work, in the same transaction, and return it as it will be replayed."""
        payload = encode(reply.body)
        told: list[Any] = [reply.headers, reply.version]
        body = payload
        if reply.secret is not None:
            told, body = [*told, _SEALED], sealer.seal(payload.decode(), self._purpose()).encode()
        kept = {"status": reply.status, "headers": as_json(told), "body": body}
        async with connection.cursor() as cursor:
            await cursor.execute(_KEEP, {**self._values(), **kept})
        return replace(reply, payload=payload)

    def _replay(self, request_hash: bytes, status: int, kept: list[Any], body: bytes, sealer: Sealer) -> Reply:
        if request_hash != self.request_hash:
            raise KeyReused("This Idempotency-Key was used before, with a different request.", field="Idempotency-Key")
        headers, version, *how = kept
        payload = self._opened(body, sealer) if _SEALED in how else body
        return Reply(status, None, {**headers, **_REPLAYED}, version=version, payload=payload)

    def _opened(self, body: bytes, sealer: Sealer) -> bytes:
        try:
            return sealer.unseal(body.decode(), self._purpose()).encode()
        except Unsealable:
            raise InvalidState("The answer held a secret that cannot be opened any more; ask for a new one.") from None

    def _purpose(self) -> str:
        return f"answer {self.key_hash.hex()}"

    def _values(self) -> dict[str, Any]:
        return {
            "organization_id": self.organization_id,
            "key_hash": self.key_hash,
            "request_hash": self.request_hash,
        }


def key_of(call: Call, organization_id: str) -> Key | None:
    """The idempotency key of a POST, if it brought one. Raises Invalid for an empty one."""
    header = call.headers.get(b"idempotency-key")
    if header is None or call.operation.method != "POST":
        return None
    sent = header.decode("latin-1").removeprefix('"').removesuffix('"')
    if not sent:
        raise Invalid("The Idempotency-Key is empty.", field="Idempotency-Key")
    path = call.operation.path.format_map(call.path)
    subject = "\n".join((call.identity.subject, organization_id, call.operation.method, path, sent))
    return Key(organization_id, _hash(subject.encode()), _hash(_request(call)))


def _request(call: Call) -> bytes:
    """What makes two requests the same: for JSON the values, however they are written, else every byte."""
    if call.body is None or isinstance(call.body, dict):
        return _CANONICAL.encode([call.query, call.body])
    return _CANONICAL.encode([call.query]) + call.raw_body


def _hash(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
