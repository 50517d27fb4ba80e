"""Tokens that were found where anybody can read them: whoever sends one ends it, and its owner is told."""

from domain.access import security_events, tokens
from domain.access.oauth import grants
from domain.access.tokens import TokenRow
from domain.books import Books
from domain.errors import InvalidState
from domain.statements import Statement
from domain.values import Struct

PREFIXES = (*tokens.PREFIXES, tokens.REFRESH)


class _Given(Struct, frozen=True):
    """A token that was given to an app: of which grant, and how it begins."""

    grant_id: str
    shown_prefix: str
    app: str


_FIND = Statement(
    """
select token.grant_id, token.shown_prefix, client.name as app
  from tokens        as token
  join oauth_clients as client on client.id = token.client_id
 where token.token_hash = %(token_hash)s
   and token.kind <> 'PAT'
"""
)


async def reported(books: Books, token: str) -> TokenRow | None:
    """Return the personal access token that was reported, for ``end_personal``; end the grant of an app's token.

    One that is not good is no error. Only the doorkeeper may.
    """
    if not tokens.is_well_formed(token, PREFIXES):
        return None
    if not token.startswith(tokens.PAT):
        await _end_grant(books, tokens.hash_of(token))
        return None
    row = await books.load_one(TokenRow, tokens.FIND_BY_HASH, token_hash=tokens.hash_of(token))
    return None if row is None or row.revoked_at is not None else row


async def end_personal(books: Books, token: TokenRow) -> None:
    """End a personal access token in its organization's books, and tell its bearer. Only the steward may."""
    try:
        await tokens.revoke(books, token)
    except InvalidState:
        return  # two have found it at once
    await security_events.of_token(books, token, "TOKEN_LEAKED")


async def _end_grant(books: Books, token_hash: bytes) -> None:
    given = await books.load_one(_Given, _FIND, token_hash=token_hash)
    if given is None:
        return
    # It is with others than the app, as one that is sent a second time.
    grant = await grants.locked(books, given.grant_id)
    if await grants.revoke(books, grant, "REPLAY"):
        await security_events.record(books, grant.user_id, "TOKEN_LEAKED", name=given.app, prefix=given.shown_prefix)
