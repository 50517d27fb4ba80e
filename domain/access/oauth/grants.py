"""What a user allowed an app: the family of all tokens that come of it, which lives and ends as one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, or_, select

from domain.access import roles
from domain.access.oauth.refusals import Refused
from domain.access.telling import tell
from domain.books import Books
from domain.happenings import Happening
from domain.ids import new_id
from domain.organization import sandbox_id_of
from domain.statements import Statement, columns_of
from domain.values import Struct, asdict
from models.oauth import oauth_grants

if TYPE_CHECKING:
    from domain.access.oauth.clients import Client


class Grant(Struct, frozen=True):
    """What ``user_id`` allowed the app ``client_id``, for one organization, or for all of theirs if none is named.

    ``generation`` counts how often tokens were given. It lives while it ``expires_at`` a time to come and nobody
    revoked it; ``resource`` is what the tokens are meant for, if the app said so.
    """

    id: str
    client_id: str
    user_id: str
    organization_id: str | None
    is_sandbox: bool
    scopes: list[str]
    resource: str | None
    generation: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_for: str | None = None


_INSERT = Statement(insert(oauth_grants).values({name: bindparam(name) for name in Grant.__struct_fields__}))
_GRANTS = select(*columns_of(oauth_grants, Grant)).limit(10_000)
_LOCK = Statement(_GRANTS.where(oauth_grants.c.id == bindparam("id")).with_for_update())
_LIVE = _GRANTS.where(oauth_grants.c.revoked_at.is_(None), oauth_grants.c.expires_at > bindparam("now")).order_by(
    oauth_grants.c.created_at.desc(), oauth_grants.c.id
)
_OF_USER = Statement(_LIVE.where(oauth_grants.c.user_id == bindparam("user_id")))
_OF_CLIENT = Statement(_LIVE.where(oauth_grants.c.client_id == bindparam("client_id")))
_OF_MEMBER = Statement(
    _LIVE.where(
        oauth_grants.c.user_id == bindparam("user_id"),
        or_(
            oauth_grants.c.organization_id == bindparam("organization_id"),
            oauth_grants.c.organization_id == bindparam("sandbox_id"),
        ),
    )
)
_STANDING = Statement("select standing_of(%(id)s)")
# The grant first, then its tokens: whoever gives tokens locks in the same order.
_REVOKE = Statement(
    """
update oauth_grants
   set revoked_at  = %(now)s,
       revoked_for = %(reason)s
 where id = %(id)s
   and revoked_at is null
"""
)
_REVOKE_TOKENS = Statement("select revoke_tokens_of_grant(%(id)s)")


async def add(
    books: Books,
    client: "Client",
    *,
    user_id: str,
    organization_id: str | None,
    is_sandbox: bool,
    scopes: Sequence[str],
    resource: str | None,
    life: timedelta,
) -> Grant:
    """Write down what the user allowed; it ends after ``life`` unless tokens are fetched by then."""
    grant = Grant(
        id=new_id("grt"),
        client_id=client.id,
        user_id=user_id,
        organization_id=organization_id,
        is_sandbox=is_sandbox,
        scopes=list(scopes),
        resource=resource,
        generation=0,
        created_at=books.real_now,
        expires_at=books.real_now + life,
    )
    await books.run(_INSERT, **asdict(grant))
    changes = {"scopes": {"old": None, "new": grant.scopes}}
    happening = Happening("OAUTH_GRANT_CREATED", "OAUTH_GRANT", grant.id, client.name, changes)
    await tell(books, grant.organization_id, happening, actor=grant.user_id)
    return grant


async def locked(books: Books, grant_id: str) -> Grant:
    """Return a grant and lock it until the transaction ends: nobody else gives tokens of it, or revokes it."""
    grant = await books.load_one(Grant, _LOCK, id=grant_id)
    assert grant is not None, "codes and tokens refer to it"
    return grant


async def allowed_now(books: Books, grant: Grant) -> list[str] | None:
    """Return what the grant is good for: what of its scopes the role of its user allows at present.

    For all organizations at once no role is known, so it is all of them. ``None``: it was revoked, or its user may not
    sign in any more, or is no member. Raises Refused (``invalid_grant``) where the role allows nothing of it.
    """
    role: str | None = await books.value(_STANDING, id=grant.id)
    if role is None:
        return None
    allowed = at_most(grant.scopes, role)
    if not allowed:
        raise Refused("invalid_grant", "The user's role in the organization allows nothing of it any more.")
    return allowed


def at_most(scopes: Sequence[str], role: str) -> list[str]:
    """Return what of ``scopes`` a role allows; all without one, which is how all organizations at once are told."""
    return roles.narrowed(scopes, role) if role else list(scopes)


async def of_user(books: Books, user_id: str) -> list[Grant]:
    """Return what a user allows at present, the newest first."""
    return await books.load(Grant, _OF_USER, user_id=user_id, now=books.real_now)


async def of_client(books: Books, client_id: str) -> list[Grant]:
    """Return what users allow an app at present."""
    return await books.load(Grant, _OF_CLIENT, client_id=client_id, now=books.real_now)


async def of_member(books: Books, user_id: str) -> list[Grant]:
    """Return what a user allows in the organization of the books and in its sandbox."""
    sandbox_id = sandbox_id_of(books.organization_id)
    return await books.load(Grant, _OF_MEMBER, user_id=user_id, sandbox_id=sandbox_id, now=books.real_now)


async def revoke(books: Books, grant: Grant, reason: str) -> bool:
    """End a grant and all its tokens at once; say whether it had not ended before. Locks the grant."""
    if not await books.run(_REVOKE, id=grant.id, now=books.real_now, reason=reason):
        return False
    await books.run(_REVOKE_TOKENS, id=grant.id)
    changes = {"revoked_for": {"old": None, "new": reason}}
    happening = Happening("OAUTH_GRANT_REVOKED", "OAUTH_GRANT", grant.id, grant.client_id, changes)
    await tell(books, grant.organization_id, happening, actor=grant.user_id)
    return True


async def revoke_of_member(books: Books, user_id: str) -> int:
    """End what a user who leaves the organization of the books allowed there; return how many apps lose it."""
    return sum([await revoke(books, grant, "MEMBER") for grant in await of_member(books, user_id)])
