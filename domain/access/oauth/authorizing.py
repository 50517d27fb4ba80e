"""What an app asks a user for, and the code that it gets when the user consents (RFC 6749, 4.1; RFC 7636; RFC 8707)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select

from domain.access import places, roles, tokens
from domain.access import scopes as scope_rules
from domain.access.oauth import clients, grants, metadata
from domain.access.oauth.clients import Client
from domain.access.oauth.exchanging import CODE
from domain.access.oauth.refusals import Refused
from domain.access.places import Place
from domain.books import Books
from domain.statements import Statement, columns_of
from domain.values import Struct, asdict
from models.oauth import oauth_requests

CODE_LIFE = timedelta(seconds=60)
REQUEST_LIFE = timedelta(minutes=10)
HANDLE = "aibk_oar_"

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ORGANIZATION = re.compile(r"org_[0-9a-z]{26}", re.ASCII)
_LONGEST_STATE = 2000
_MOST_SCOPES = 150


class NotOurs(Refused):
    """It is not proven who asks, or where the user is to be sent back to: so nobody is sent anywhere."""


class Question(Struct, frozen=True):
    """What an app asks for. ``organization_id`` absent: the user chooses. ``state`` goes back as it came."""

    client_id: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    resource: str | None
    code_challenge: str
    organization_id: str | None


class Pending(Struct, frozen=True):
    """A question that somebody who has signed in is looking at."""

    id_hash: bytes
    session_hash: bytes
    client_id: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    resource: str | None
    code_challenge: str
    organization_id: str | None
    created_at: datetime
    expires_at: datetime


_INSERT = Statement(insert(oauth_requests).values({name: bindparam(name) for name in Pending.__struct_fields__}))
_FIND = Statement(
    select(*columns_of(oauth_requests, Pending)).where(
        oauth_requests.c.id_hash == bindparam("id_hash"),
        oauth_requests.c.session_hash == bindparam("session_hash"),
        oauth_requests.c.used_at.is_(None),
        oauth_requests.c.expires_at > bindparam("now"),
    )
)
_USE = Statement("update oauth_requests set used_at = %(now)s where id_hash = %(id_hash)s and used_at is null")
_INSERT_CODE = Statement(
    """
insert into oauth_codes (code_hash, grant_id, redirect_uri, code_challenge, created_at, expires_at)
values (%(code_hash)s, %(grant_id)s, %(redirect_uri)s, %(code_challenge)s, %(now)s, %(expires_at)s)
"""
)
_REACHED = Statement(
    """
select organization.is_sandbox, member.role
  from memberships   as member
  join organizations as organization on organization.id = member.organization_id
 where member.organization_id = %(wanted)s
   and member.user_id = %(user_id)s
   and member.is_active
"""
)


async def asker(books: Books, fields: Mapping[str, str]) -> Client:
    """Return the app that asks, whose address to send the user back to is proven. Raises NotOurs.

    Both must be, before anybody is sent anywhere (RFC 9700, 4.11.2).
    """
    client = await clients.find(books, fields.get("client_id", ""))
    if client is None:
        raise NotOurs("invalid_client", "No app is known under this client_id.")
    redirect_uri = fields.get("redirect_uri")
    if redirect_uri is None or not clients.may_return_to(client, redirect_uri):
        raise NotOurs("invalid_request", f"{client.name} has not registered this redirect_uri.")
    return client


def question_of(client: Client, fields: Mapping[str, str], *, issuer: str) -> Question:
    """Return what an app asks for. Raises Refused: what the app is told at its own address."""
    if fields.get("response_type") != "code":
        word = "invalid_request" if "response_type" not in fields else "unsupported_response_type"
        raise Refused(word, "response_type is code, and nothing else.")
    if fields.get("response_mode", "query") != "query":
        raise Refused("invalid_request", "response_mode is query, and nothing else.")
    challenge = fields.get("code_challenge", "")
    if fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "PKCE is needed: a code_challenge of 43 characters, by the method S256.")
    organization_id = fields.get("organization_id")
    if organization_id is not None and not _ORGANIZATION.fullmatch(organization_id):
        raise Refused("invalid_request", "organization_id is no id of an organization.")
    if len(fields.get("state", "")) > _LONGEST_STATE:
        raise Refused("invalid_request", f"state has at most {_LONGEST_STATE} characters.")
    return Question(
        client_id=client.id,
        redirect_uri=fields["redirect_uri"],
        scopes=_scopes(fields.get("scope", "")),
        state=fields.get("state"),
        resource=_resource(fields.get("resource"), issuer),
        code_challenge=challenge,
        organization_id=organization_id,
    )


async def choices(books: Books, user_id: str, question: Question) -> list[Place]:
    """Return the organizations among which the user chooses, or the one that the app asks for.

    Raises Refused (``access_denied``) when there is none, or none in which the user's role allows any of it.
    """
    reached = await places.reached(books, user_id)
    fitting = [each for each in reached if question.organization_id in (None, each.id)]
    if not fitting:
        raise Refused("access_denied", "The user is no active member of the organization, or of none at all.")
    allowed = [each for each in fitting if roles.narrowed(question.scopes, each.role)]
    if not allowed:
        raise Refused("access_denied", "The user's role in the organization allows nothing of this.")
    return allowed


async def ask(books: Books, question: Question, session_hash: bytes) -> str:
    """Keep the question for the one who has signed in, and return the handle that the answer must bring."""
    handle = tokens.new_token(HANDLE)
    pending = Pending(
        id_hash=tokens.hash_of(handle),
        session_hash=session_hash,
        created_at=books.real_now,
        expires_at=books.real_now + REQUEST_LIFE,
        **asdict(question),
    )
    await books.run(_INSERT, **asdict(pending))
    return handle


async def pending(books: Books, handle: str, session_hash: bytes) -> Pending | None:
    """Return the question that a handle stands for, if it was asked in this session, not long ago, and not answered."""
    return await books.load_one(
        Pending, _FIND, id_hash=tokens.hash_of(handle), session_hash=session_hash, now=books.real_now
    )


async def decline(books: Books, question: Pending) -> bool:
    """Take the answer no; say whether nobody answered before."""
    return bool(await books.run(_USE, id_hash=question.id_hash, now=books.real_now))


async def consent(
    books: Books, question: Pending, client: Client, *, user_id: str, organization_id: str | None
) -> str | None:
    """Take the answer yes, for one organization or for all of the user's, and return the code for the app.

    The app is allowed what it asked for as far as the user's role allows that; in all organizations each call shows.
    ``None`` if it was answered before. Raises Refused (``access_denied``) where the user is no member or has a role
    that allows none of it, or where the app asked for another organization.
    """
    if question.organization_id is not None and organization_id != question.organization_id:
        raise Refused("access_denied", "The app asked for another organization.")
    is_sandbox, scopes = False, question.scopes
    if organization_id is not None:
        await books.run(places.FOR_USER, user_id=user_id)  # row-level security shows the organizations of one's own
        reached = await books.row(_REACHED, wanted=organization_id, user_id=user_id)
        if reached is None:
            raise Refused("access_denied", "The user is no active member of the organization.")
        is_sandbox, scopes = reached["is_sandbox"], roles.narrowed(scopes, reached["role"])
        if not scopes:
            raise Refused("access_denied", "The user's role in the organization allows nothing of this.")
    if not await books.run(_USE, id_hash=question.id_hash, now=books.real_now):
        return None
    grant = await grants.add(
        books,
        client,
        user_id=user_id,
        organization_id=organization_id,
        is_sandbox=is_sandbox,
        scopes=scopes,
        resource=question.resource,
        life=CODE_LIFE,
    )
    code = tokens.new_token(CODE)
    await books.run(
        _INSERT_CODE,
        code_hash=tokens.hash_of(code),
        grant_id=grant.id,
        redirect_uri=question.redirect_uri,
        code_challenge=question.code_challenge,
        now=books.real_now,
        expires_at=grant.expires_at,
    )
    return code


def _scopes(text: str) -> list[str]:
    wanted = list(dict.fromkeys(text.split(" "))) if text else []
    strange = scope_rules.unknown(wanted)
    if not wanted or strange or len(wanted) > _MOST_SCOPES:
        raise Refused("invalid_scope", "scope names no scopes of ours, such as AIBooks.invoices.READ, by spaces.")
    return wanted


def _resource(wanted: str | None, issuer: str) -> str | None:
    if wanted is None:
        return None
    known = metadata.known_resource(issuer, wanted)
    if known is None:
        raise Refused("invalid_target", "resource names nothing of ours.")
    return known


def remembered(
    held: Sequence[grants.Grant], question: Question, client: Client, choices: Sequence[Place]
) -> grants.Grant | None:
    """Return what the user allowed this app before that covers the question, so that nobody need be asked again.

    What the user's role does not allow, another question would not give either.

    Only for an app that proves itself, and for the same organization: anybody can call himself as a public one does.
    Source: RFC 9700, 4.13; RFC 8252, 8.6.
    """
    if client.is_public or question.organization_id is None:
        return None
    asked = [scope for each in choices for scope in roles.narrowed(question.scopes, each.role)]
    fitting = (
        grant
        for grant in held
        if grant.client_id == client.id
        and grant.organization_id == question.organization_id
        and grant.resource == question.resource
        and grant.generation > 0
        and not scope_rules.lacking(frozenset(grant.scopes), tuple(asked))
    )
    return next(fitting, None)
