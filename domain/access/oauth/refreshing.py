"""A refresh token for the next pair. It is good once: who sends it again later has stolen it, or was stolen from.

An answer may be lost, though, and several threads of one app may refresh at once. So for a minute the same token gives
the same pair, until that pair's own refresh token has been used.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.access import scopes as scope_rules
from domain.access import tokens
from domain.access.oauth import grants, issuing
from domain.access.oauth.clients import Client
from domain.access.oauth.exchanging import Ended
from domain.access.oauth.grants import Grant
from domain.access.oauth.issuing import Pair
from domain.access.oauth.refusals import Refused
from domain.books import Books
from domain.statements import Statement
from domain.values import Struct

GRACE = timedelta(seconds=60)


class RefreshToken(Struct, frozen=True):
    """A refresh token as it is kept."""

    grant_id: str
    client_id: str
    generation: int
    expires_at: datetime
    superseded_at: datetime | None


_FIND = Statement(
    """
select grant_id, client_id, generation, expires_at, superseded_at
  from tokens
 where token_hash = %(token_hash)s
   and kind = 'REFRESH'
"""
)
_SUPERSEDE = Statement("update tokens set superseded_at = %(now)s where token_hash = %(token_hash)s")
_UNKNOWN = "The refresh token is unknown, revoked, too old, or was given to somebody else."


async def refresh(
    books: Books, client: Client, *, token: str, wanted: Sequence[str] | None, resource: str | None, key: bytes
) -> Pair | Ended:
    """Give the next pair. Locks the grant. Raises Refused: ``invalid_grant``, ``invalid_scope``, ``invalid_target``.

    ``wanted`` narrows what the access token may do; absent: all that was allowed.
    """
    if not tokens.is_well_formed(token, (tokens.REFRESH,)):
        raise Refused("invalid_grant", _UNKNOWN)
    token_hash = tokens.hash_of(token)
    kept = await books.load_one(RefreshToken, _FIND, token_hash=token_hash)
    if kept is None or kept.client_id != client.id:
        raise Refused("invalid_grant", _UNKNOWN)
    grant = await grants.locked(books, kept.grant_id)
    # Once more: what was read before the lock may have been superseded while we waited for it.
    kept = await books.load_one(RefreshToken, _FIND, token_hash=token_hash)
    if kept is None or grant.revoked_at is not None or kept.expires_at <= books.real_now:
        raise Refused("invalid_grant", _UNKNOWN)
    if kept.superseded_at is not None and not _is_in_grace(books, grant, kept):
        await grants.revoke(books, grant, "REPLAY")
        return Ended("The refresh token was used before; everything that it belongs to is revoked.")
    allowed = await grants.allowed_now(books, grant)
    if allowed is None:
        await grants.revoke(books, grant, "MEMBER")
        return Ended("The user is no active member of the organization any more.")
    if resource is not None and resource != grant.resource:
        raise Refused("invalid_target", "resource is another than the one that was allowed.")
    held = _narrowed(grant, wanted, allowed)
    if kept.superseded_at is not None:
        return await issuing.issued_again(books, grant, source=token, key=key)
    await books.run(_SUPERSEDE, token_hash=token_hash, now=books.real_now)
    return await issuing.issue(books, grant, client, source=token, scopes=held, key=key)


def _is_in_grace(books: Books, grant: Grant, kept: RefreshToken) -> bool:
    """Whether the pair that took this token's place may be told again: it is a minute old, and nobody has used it."""
    assert kept.superseded_at is not None, "its place was taken"
    return books.real_now - kept.superseded_at <= GRACE and kept.generation == grant.generation - 1


def _narrowed(grant: Grant, wanted: Sequence[str] | None, allowed: Sequence[str]) -> Sequence[str]:
    """Return what the access token may do: what is wanted of the grant, as far as it is ``allowed`` at present."""
    if wanted is None:
        return allowed
    beyond = scope_rules.lacking(frozenset(grant.scopes), tuple(wanted))
    if beyond or not wanted:
        raise Refused("invalid_scope", f"This was not allowed: {' '.join(beyond) or 'no scope at all'}.")
    refused = scope_rules.lacking(frozenset(allowed), tuple(wanted))
    if refused:
        raise Refused("invalid_scope", f"The user's role in the organization does not allow {' '.join(refused)}.")
    return tuple(dict.fromkeys(wanted))
