"""Ending what apps may do: by the app itself (RFC 7009), by who allowed it, or because the app is gone."""

from domain.access import tokens
from domain.access.oauth import clients, grants
from domain.access.oauth.clients import Client
from domain.access.oauth.refusals import Refused
from domain.books import Books
from domain.statements import Statement
from domain.values import Struct

OWN_PREFIXES = (tokens.ACCESS, tokens.REFRESH)


class Belonging(Struct, frozen=True):
    """Whose a token is."""

    grant_id: str
    client_id: str


_FIND = Statement("select grant_id, client_id from tokens where token_hash = %(token_hash)s and kind <> 'PAT'")


async def revoke_token(books: Books, client: Client, token: str) -> None:
    """End all that a token of the app belongs to, whichever of the two kinds it is; unknown ones are no error.

    Raises Refused for a token that was given to another app.
    """
    if not tokens.is_well_formed(token, OWN_PREFIXES):
        return
    kept = await books.load_one(Belonging, _FIND, token_hash=tokens.hash_of(token))
    if kept is None:
        return
    if kept.client_id != client.id:
        raise Refused("unauthorized_client", "The token was given to another client.")
    await grants.revoke(books, await grants.locked(books, kept.grant_id), "CLIENT")


async def revoke_of_user(books: Books, user_id: str) -> int:
    """End everything that a user allowed to apps; return how much that was."""
    return sum([await grants.revoke(books, grant, "USER") for grant in await grants.of_user(books, user_id)])


async def remove_client(books: Books, client: Client) -> int:
    """Let an app in no more and end all that it was allowed; return how much that was."""
    await clients.switch_off(books, client)
    return sum([await grants.revoke(books, grant, "OPERATOR") for grant in await grants.of_client(books, client.id)])
