"""What a token is good for, told to the app that it was given to (RFC 7662)."""

from datetime import datetime

from domain.access import tokens
from domain.access.oauth import grants
from domain.access.oauth.clients import Client
from domain.access.oauth.revoking import OWN_PREFIXES
from domain.books import Books
from domain.statements import Statement
from domain.values import Struct, replace


class Described(Struct, frozen=True):
    """A token that is good at present, with what its user's ``role`` leaves of its scopes."""

    kind: str
    client_id: str
    user_id: str
    organization_id: str | None
    scopes: list[str]
    resource: str | None
    created_at: datetime
    expires_at: datetime
    role: str


_FIND = Statement(
    """
select token.kind, token.client_id, token.user_id, token.organization_id, token.scopes, allowed.resource,
       token.created_at, token.expires_at, standing.role
  from tokens       as token
  join oauth_grants as allowed on allowed.id = token.grant_id
 cross join standing_of(allowed.id) as standing (role)
 where token.token_hash = %(token_hash)s
   and token.client_id = %(client_id)s
   and token.revoked_at is null
   and token.superseded_at is null
   and token.expires_at > %(now)s
   and standing.role is not null
"""
)


async def introspect(books: Books, client: Client, token: str) -> Described | None:
    """Describe a token of the app's own, or say nothing: whatever is not good, and not theirs, is all one."""
    if not tokens.is_well_formed(token, OWN_PREFIXES):
        return None
    values = {"token_hash": tokens.hash_of(token), "client_id": client.id, "now": books.real_now}
    described = await books.load_one(Described, _FIND, **values)
    return described and replace(described, scopes=grants.at_most(described.scopes, described.role))
