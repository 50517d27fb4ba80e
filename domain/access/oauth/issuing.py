"""Tokens for apps: an access token for an hour, and a refresh token for the next pair.

A pair is derived from the code or the refresh token that asks for it, by HMAC with a key of the server. So the same
request gives the same pair again, where an answer was lost, and no token has to be kept to do so.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from domain.access import tokens
from domain.access.oauth.clients import Client
from domain.access.oauth.grants import Grant
from domain.access.tokens import CALLS_PER_MINUTE, TokenRow
from domain.books import Books
from domain.ids import new_id
from domain.statements import Statement
from domain.values import Struct, asdict

ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=60)


class Pair(Struct, frozen=True):
    """What an app is given. ``expires_in`` are the seconds for which the access token is good."""

    access_token: str
    refresh_token: str
    scopes: Sequence[str]
    expires_in: int


_COUNT_ON = Statement(
    """
update oauth_grants
   set generation = %(generation)s,
       expires_at = %(expires_at)s
 where id = %(id)s
"""
)
_ACCESS_TOKEN = Statement(
    """
select scopes, expires_at
  from tokens
 where grant_id = %(grant_id)s
   and kind = 'OAUTH'
   and generation = %(generation)s
"""
)


async def issue(books: Books, grant: Grant, client: Client, *, source: str, scopes: Sequence[str], key: bytes) -> Pair:
    """Give the next pair of the grant, which is locked, to whoever sent ``source``, a code or a refresh token."""
    generation = grant.generation + 1
    access, refresh = _derived(key, source, generation)
    await books.run(_COUNT_ON, id=grant.id, generation=generation, expires_at=books.real_now + REFRESH_LIFE)
    for token, kind, held, life in (
        (access, "OAUTH", scopes, ACCESS_LIFE),
        (refresh, "REFRESH", grant.scopes, REFRESH_LIFE),
    ):
        row = _row(books, grant, client, token=token, kind=kind, held=held, life=life, generation=generation)
        await books.run(tokens.INSERT, **asdict(row))
    return Pair(access, refresh, tuple(scopes), int(ACCESS_LIFE.total_seconds()))


async def issued_again(books: Books, grant: Grant, *, source: str, key: bytes) -> Pair:
    """Give the newest pair of the grant once more, to whoever sent what it was derived from."""
    access, refresh = _derived(key, source, grant.generation)
    row = await books.row(_ACCESS_TOKEN, grant_id=grant.id, generation=grant.generation)
    assert row is not None, "a pair has both"
    left = int((row["expires_at"] - books.real_now).total_seconds())
    return Pair(access, refresh, tuple(row["scopes"]), min(left, int(ACCESS_LIFE.total_seconds())))


def _derived(key: bytes, source: str, generation: int) -> tuple[str, str]:
    access, refresh = (
        tokens.token_from(prefix, hmac.digest(key, f"{prefix} {generation} {source}".encode(), hashlib.sha256))
        for prefix in (tokens.ACCESS, tokens.REFRESH)
    )
    return access, refresh


def _row(
    books: Books,
    grant: Grant,
    client: Client,
    *,
    token: str,
    kind: str,
    held: Sequence[str],
    life: timedelta,
    generation: int,
) -> TokenRow:
    return TokenRow(
        id=new_id("tok"),
        token_hash=tokens.hash_of(token),
        shown_prefix=tokens.shown_of(token),
        name=client.name,
        kind=kind,
        user_id=grant.user_id,
        organization_id=grant.organization_id,
        scopes=list(held),
        tier=client.tier,
        calls_per_minute=CALLS_PER_MINUTE[client.tier],
        is_sandbox=grant.is_sandbox,
        expires_at=books.real_now + life,
        revoked_at=None,
        created_at=books.real_now,
        client_id=client.id,
        grant_id=grant.id,
        generation=generation,
    )
