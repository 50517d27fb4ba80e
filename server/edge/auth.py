"""Who is calling: verifies bearer tokens, checks scopes, counts the call."""

from collections import OrderedDict
from typing import Any

from psycopg import AsyncRawCursor
from psycopg.rows import class_row

from domain.access import tokens
from domain.access.identity import Identity
from domain.errors import Forbidden, Unauthenticated
from server.edge.rate_limits import CallCounter, Count, refuse_over, state_of
from server.exchange import Exchange
from server.postgres.database import Database, answering

# Tokens remembered by a process. The count of each call tells whether a token is still good, so a remembered one is
# never used after it was revoked.
_REMEMBERED = 10_000


class TokenDoor:
    """Admits the bearers of good tokens."""

    def __init__(self, database: Database, *, stranger_calls_per_minute: int) -> None:
        self._database = database
        self._counter = CallCounter(database)
        self._stranger_limit = stranger_calls_per_minute
        self._known: OrderedDict[bytes, Identity] = OrderedDict()

    async def admit(self, *, authorization: bytes | None, scopes: tuple[str, ...], exchange: Exchange) -> Identity:
        """Return who is calling, after counting the call.

        A token that is bound to an organization does what the role of its user there allows at this moment; of a token
        of all organizations that is known once one is called. Raises: Unauthenticated, RateLimited, and Forbidden when
        a scope is lacking.
        """
        if exchange.identity is not None:
            return await self._admit_known(exchange.identity, scopes, exchange)
        token = _bearer(authorization)
        token_hash = tokens.hash_of(token)
        identity = self._known.get(token_hash) or await self._look_up(token_hash, exchange)
        exchange.bearer = identity
        count = await self._counter.count(identity.counted_as)
        if count.standing is None:
            await self._refuse_dead(token_hash, count, exchange)
        elif count.standing != (identity.role or ""):
            identity = self._known[token_hash] = identity.in_role(count.standing)
        _refuse_expired(identity, count.counted_at)
        exchange.identity = identity
        exchange.rate = state_of(count, identity.calls_per_minute)
        exchange.is_noted = count.calls <= identity.calls_per_minute + 1  # of those too many, the first is enough
        refuse_over(count, identity.calls_per_minute)
        identity.need(scopes)
        return identity

    async def _admit_known(self, identity: Identity, scopes: tuple[str, ...], exchange: Exchange) -> Identity:
        """Admit somebody who was looked up for this very call; it counts as any other, unless it was counted then."""
        if exchange.is_counted:
            identity.need(scopes)
            return identity
        count = await self._counter.count(identity.counted_as)
        exchange.rate = state_of(count, identity.calls_per_minute)
        refuse_over(count, identity.calls_per_minute)
        identity.need(scopes)
        return identity

    async def stranger(self, exchange: Exchange) -> None:
        """Count a call that comes without identity, by its address. Raises RateLimited."""
        count: Count = await self._counter.count(f"address:{exchange.client_address}")
        exchange.rate = state_of(count, self._stranger_limit)
        refuse_over(count, self._stranger_limit)

    async def _look_up(self, token_hash: bytes, exchange: Exchange) -> Identity:
        row = await self._stored(token_hash)
        if row is None:
            raise Unauthenticated("auth.invalid_token", "The token is not known.")
        exchange.bearer = row.identity()
        if row.revoked_at is not None:
            raise Unauthenticated("auth.revoked_token", "The token has been revoked.")
        identity = self._known[token_hash] = exchange.bearer
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return identity

    async def _stored(self, token_hash: bytes) -> tokens.TokenRow | None:
        async with answering(), self._database.lookup() as connection:
            find = tokens.FIND_BY_HASH
            cursor: Any = AsyncRawCursor(connection, row_factory=class_row(tokens.TokenRow))
            await cursor.execute(find.text, find.arguments({"token_hash": token_hash}))
            row: tokens.TokenRow | None = await cursor.fetchone()
            return row

    async def _refuse_dead(self, token_hash: bytes, count: Count, exchange: Exchange) -> None:
        """Say why a token that was good is good no longer."""
        self._known.pop(token_hash, None)
        _refuse_expired(await self._look_up(token_hash, exchange), count.counted_at)
        raise Forbidden("auth.no_membership", "The token's user is no longer an active member.")


def _bearer(authorization: bytes | None) -> str:
    if not authorization:
        raise Unauthenticated("auth.missing_token", "Send the header 'Authorization: Bearer <token>'.")
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not tokens.is_well_formed(token):
        raise Unauthenticated("auth.invalid_token", "The token is malformed: it may have been mistyped or cut off.")
    return token


def _refuse_expired(identity: Identity, now: float) -> None:
    if identity.expires_at is not None and identity.expires_at.timestamp() <= now:
        raise Unauthenticated("auth.expired_token", "The token has expired.")
