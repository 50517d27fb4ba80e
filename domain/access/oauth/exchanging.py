"""A code for a pair of tokens: once, by the app that it was made for, which proves that it asked for it (RFC 7636)."""

import base64
import hashlib
import hmac
import re
from datetime import datetime

from domain.access import tokens
from domain.access.oauth import grants, issuing
from domain.access.oauth.clients import Client
from domain.access.oauth.issuing import Pair
from domain.access.oauth.refusals import Refused
from domain.books import Books
from domain.statements import Statement
from domain.values import Struct

CODE = "aibk_oac_"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


class Ended(Struct, frozen=True):
    """The grant was revoked instead: that must stand, though the app is refused."""

    message: str


class Code(Struct, frozen=True):
    """A code as it is kept."""

    grant_id: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    expires_at: datetime
    used_at: datetime | None


_FIND = Statement(
    """
select code.grant_id, allowed.client_id, code.redirect_uri, code.code_challenge, code.expires_at, code.used_at
  from oauth_codes  as code
  join oauth_grants as allowed on allowed.id = code.grant_id
 where code.code_hash = %(code_hash)s
"""
)
_USE = Statement("update oauth_codes set used_at = %(now)s where code_hash = %(code_hash)s and used_at is null")
_UNKNOWN = "The code is unknown, too old, or was given to somebody else."


async def exchange(
    books: Books, client: Client, *, code: str, redirect_uri: str, verifier: str, resource: str | None, key: bytes
) -> Pair | Ended:
    """Use a code. Locks its grant. Raises Refused: ``invalid_grant``, ``invalid_target``.

    One that was used before revokes its grant, if whoever sends it again could have been given the tokens: a code
    alone, out of a browser's history, takes nothing from anybody.
    """
    code_hash = tokens.hash_of(code)
    kept = await books.load_one(Code, _FIND, code_hash=code_hash)
    if kept is None or kept.client_id != client.id:
        raise Refused("invalid_grant", _UNKNOWN)
    if redirect_uri != kept.redirect_uri:
        raise Refused("invalid_grant", "redirect_uri is another than the one that the code was sent to.")
    if not is_proof(verifier, kept.code_challenge):
        raise Refused("invalid_grant", "code_verifier is not what code_challenge was made of.")
    grant = await grants.locked(books, kept.grant_id)
    if not await books.run(_USE, code_hash=code_hash, now=books.real_now):
        await grants.revoke(books, grant, "REPLAY")
        return Ended("The code was used before; everything that it gave is revoked.")
    if grant.revoked_at is not None or kept.expires_at <= books.real_now:
        raise Refused("invalid_grant", _UNKNOWN)
    if resource is not None and resource != grant.resource:
        raise Refused("invalid_target", "resource is another than the one that was allowed.")
    allowed = await grants.allowed_now(books, grant)
    if allowed is None:
        await grants.revoke(books, grant, "MEMBER")
        return Ended("The user is no active member of the organization any more.")
    return await issuing.issue(books, grant, client, source=code, scopes=allowed, key=key)


def is_proof(verifier: str, challenge: str) -> bool:
    """Say whether ``challenge`` was made of ``verifier`` by S256, the only way that is taken."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
