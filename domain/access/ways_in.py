"""The ways into an organization's books: tokens and apps as those see them who minted or allowed them, and its owners.

When each was used last is read out of the log of calls, so nothing older than that log is known.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.books import Books, found
from domain.statements import Statement
from domain.values import Struct

_MOST = 500


class WayIn(Struct, frozen=True):
    """A personal access token of ``bearer``, as a list has it. Absent ``organization_id``: good for all of theirs."""

    id: str
    shown_prefix: str
    name: str
    user_id: str
    bearer: str
    organization_id: str | None
    scopes: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    last_used_at: datetime | None


class LetIn(Struct, frozen=True):
    """What ``bearer`` allowed an app at present. Absent ``organization_id``: in all organizations of theirs."""

    id: str
    client_id: str
    app: str
    client_uri: str | None
    user_id: str
    bearer: str
    organization_id: str | None
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class _Named(Struct, frozen=True):
    """What people call the token of a call."""

    id: str
    name: str


# Whose they are: of the organization, or of the reader for all of theirs, in the sandboxes or live.
_OF_HERE = """
  (({alias}.organization_id = %(organization_id)s
    and {alias}.user_id = coalesce(%(only)s::text, {alias}.user_id))
   or ({alias}.organization_id is null
       and {alias}.user_id = %(reader)s
       and {alias}.is_sandbox = (select is_sandbox from organizations where id = %(organization_id)s)))
"""
_TOKENS = Statement(
    f"""
select token.id, token.shown_prefix, token.name, token.user_id, person.name as bearer, token.organization_id,
       token.scopes, token.expires_at, token.revoked_at, token.created_at, used.at as last_used_at
  from tokens as token
  join users  as person on person.id = token.user_id
  left join lateral (select call.at
                       from api_calls as call
                      where call.organization_id = %(organization_id)s
                        and call.token_id = token.id
                        and call.at > now() - interval '7 days'
                      order by call.at desc
                      limit 1) as used on true
 where token.kind = 'PAT'
   and token.id = coalesce(%(id)s::text, token.id)
   and {_OF_HERE.format(alias="token")}
 order by token.created_at desc, token.id desc
 limit {_MOST}
"""  # noqa: S608  # the condition is ours
)
_APPS = Statement(
    f"""
select allowed.id, allowed.client_id, app.name as app, app.client_uri, allowed.user_id, person.name as bearer,
       allowed.organization_id, allowed.scopes, allowed.created_at, allowed.expires_at, used.at as last_used_at
  from oauth_grants  as allowed
  join oauth_clients as app    on app.id = allowed.client_id
  join users         as person on person.id = allowed.user_id
  left join lateral (select max(call.at) as at
                       from tokens    as token
                       join api_calls as call on call.token_id = token.id
                      where token.grant_id = allowed.id
                        and call.organization_id = %(organization_id)s
                        and call.at > now() - interval '7 days') as used on true
 where allowed.revoked_at is null
   and allowed.expires_at > %(now)s
   and allowed.id = coalesce(%(id)s::text, allowed.id)
   and {_OF_HERE.format(alias="allowed")}
 order by allowed.created_at desc, allowed.id desc
 limit {_MOST}
"""  # noqa: S608  # the condition is ours
)
_NAMES = Statement(
    """
select token.id, coalesce(app.name, token.name) as name
  from tokens as token
  left join oauth_clients as app on app.id = token.client_id
 where token.id = any(%(ids)s)
"""
)


async def tokens_here(books: Books, *, only: str | None) -> list[WayIn]:
    """Return the tokens that open the books, the newest first: those of the user ``only``, or of all members.

    Of tokens for all organizations of somebody, only those of the user who asks are told.
    """
    return await books.load(WayIn, _TOKENS, **_asked(books, only, None))


async def token_here(books: Books, token_id: str, *, only: str | None) -> WayIn:
    """Return one of ``tokens_here``. Raises NotFound."""
    return found(await books.load_one(WayIn, _TOKENS, **_asked(books, only, token_id)), "Token", token_id)


async def apps_here(books: Books, *, only: str | None) -> list[LetIn]:
    """Return the apps that were let into the books, the last first: by the user ``only``, or by all members."""
    return await books.load(LetIn, _APPS, now=books.real_now, **_asked(books, only, None))


async def app_here(books: Books, grant_id: str, *, only: str | None) -> LetIn:
    """Return one of ``apps_here``. Raises NotFound."""
    allowed = await books.load_one(LetIn, _APPS, now=books.real_now, **_asked(books, only, grant_id))
    return found(allowed, "App", grant_id)


async def names_of(books: Books, token_ids: Sequence[str]) -> dict[str, str]:
    """Return what people call tokens that the books may know, by their ids: the token's name, or that of its app."""
    named = await books.load(_Named, _NAMES, ids=sorted(set(token_ids)))
    return {each.id: each.name for each in named}


def _asked(books: Books, only: str | None, key: str | None) -> dict[str, str | None]:
    return {"organization_id": books.organization_id, "reader": books.user_id, "only": only, "id": key}
