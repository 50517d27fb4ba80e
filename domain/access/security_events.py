"""What happened to a user's account: it is kept for a year, shown to the user, and mailed to them.

``KINDS`` holds what there is and how it is told; whoever does such a thing notes it in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import bindparam, insert, select

from domain import organization
from domain.access.members import Member
from domain.access.tokens import TokenRow
from domain.books import Books
from domain.ids import new_id
from domain.statements import Statement, as_json, columns_of
from domain.values import Struct
from models.access import security_events

KEPT = timedelta(days=365)
_MOST_LISTED = 200


class Kind(Struct, frozen=True):
    """How a kind of event is told: the subject of the mail, and a sentence with the names of its details in braces."""

    subject: str
    sentence: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "SIGNED_IN_FROM_NEW_DEVICE": Kind("A new sign-in", "Somebody signed in with your password on a new device."),
        "PASSWORD_CHANGED": Kind("Your password was changed", "Your password was changed."),
        "TOTP_ENABLED": Kind("Second factor switched on", "Signing in now asks for a code of your second factor."),
        "TOTP_DISABLED": Kind("Second factor switched off", "Signing in asks for no second factor any more."),
        "TOKEN_MINTED": Kind("A new access token", "The access token “{name}” ({prefix}…) was made for you."),
        "TOKEN_REVOKED": Kind("An access token was revoked", "The access token “{name}” ({prefix}…) works no longer."),
        "TOKEN_LEAKED": Kind(
            "An access token was found in public",
            "Somebody sent us your token “{name}” ({prefix}…), so it was not secret any more. It works no longer: "
            "make a new one, and see in the log of calls what was done with the old one.",
        ),
        "APP_ALLOWED": Kind("An app was let in", "You allowed the app “{app}” to work with your books."),
        "ALL_REVOKED": Kind(
            "You are signed out everywhere",
            "Every browser was signed out, every app must ask again, and every access token of yours was revoked "
            "({sessions} browsers, {grants} apps, {tokens} tokens).",
        ),
        "MEMBER_INVITED": Kind("You are a member", "You were made a member of {organization}, as {role}."),
        "ROLE_CHANGED": Kind("Your role was changed", "Your role in {organization} is now {role}."),
        "MEMBER_REMOVED": Kind(
            "You are a member no longer",
            "You were removed from the members of {organization} and do not get in any more.",
        ),
        "MEMBER_LEFT": Kind("You have left", "You left {organization}, and what opened its books for you has ended."),
        "MEMBER_SUSPENDED": Kind("Your membership is suspended", "You do not get into {organization} any more."),
    }
)


class SecurityEvent(Struct, frozen=True):
    """One event. ``address`` and ``agent`` are those of who did it, absent where it came from no browser or app."""

    id: str
    user_id: str
    at: datetime
    kind: str
    address: str | None
    agent: str | None
    detail: Mapping[str, str]

    @property
    def subject(self) -> str:
        """What it is, in a few words."""
        return KINDS[self.kind].subject

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        return KINDS[self.kind].sentence.format_map(self.detail)


class Due(Struct, frozen=True):
    """An event whose mail is due, with whom to tell; ``mail_tries`` counts this try."""

    id: str
    user_id: str
    at: datetime
    kind: str
    address: str | None
    agent: str | None
    detail: Mapping[str, str]
    name: str
    email: str
    mail_tries: int

    @property
    def event(self) -> SecurityEvent:
        """What there is to tell."""
        return SecurityEvent(self.id, self.user_id, self.at, self.kind, self.address, self.agent, self.detail)


_INSERT = Statement(
    insert(security_events).values(
        {name: bindparam(name) for name in (*SecurityEvent.__struct_fields__, "mail_tries", "mail_at")}
    )
)
_LIST = Statement(
    select(*columns_of(security_events, SecurityEvent))
    .where(security_events.c.user_id == bindparam("user_id"))
    .order_by(security_events.c.at.desc(), security_events.c.id.desc())
    .limit(_MOST_LISTED)
)
_TAKE = Statement(
    """
with due as (
  select id
    from security_events
   where mail_at <= %(now)s
   order by mail_at
   limit 1
     for update skip locked
)
update security_events as event
   set mail_tries = event.mail_tries + 1,
       mail_at    = %(now)s + interval '1 minute' * power(3, least(event.mail_tries, 6))
  from due, users as person
 where event.id = due.id
   and person.id = event.user_id
returning event.id, event.user_id, event.at, event.kind, event.address, event.agent, event.detail,
          person.name, person.email, event.mail_tries
"""
)
_SETTLE = Statement("update security_events set mail_at = null where id = %(id)s")

MOST_TRIES = 8
"""A mail that the mail server does not take is tried again for two days."""


async def record(books: Books, user_id: str, kind: str, **detail: str) -> SecurityEvent:
    """Note what happened to a user's account, from where the books were opened; the user is told by mail.

    ``detail`` has what the sentence of the ``kind`` names. It is kept and mailed: nothing secret may be in it.
    """
    event = SecurityEvent(
        new_id("sec"), user_id, books.real_now, kind, books.origin.get("ip"), books.origin.get("user_agent"), detail
    )
    assert event.sentence, "a kind that there is, with all details that it names"
    await books.run(
        _INSERT,
        **{name: getattr(event, name) for name in SecurityEvent.__struct_fields__ if name != "detail"},
        detail=as_json(detail),
        mail_tries=0,
        mail_at=books.real_now,
    )
    return event


async def of_token(books: Books, token: TokenRow, kind: str) -> TokenRow:
    """Note what happened to a personal access token, for its bearer, and return the token."""
    await record(books, token.user_id, kind, name=token.name, prefix=token.shown_prefix)
    return token


async def of_member(books: Books, member: Member, kind: str) -> Member:
    """Note what happened to a membership in the organization of the books, for the member, and return it."""
    owner = await organization.current(books)
    await record(books, member.user_id, kind, organization=owner.name, role=member.role)
    return member


async def list_events(books: Books, user_id: str) -> list[SecurityEvent]:
    """Return what happened to a user's account, the last first; the last 200 of a year."""
    return await books.load(SecurityEvent, _LIST, user_id=user_id)


async def take_due(books: Books) -> Due | None:
    """Take an event whose mail is due, if there is one: nobody else tries it for a while."""
    return await books.load_one(Due, _TAKE, now=books.real_now)


async def settle(books: Books, event_id: str) -> None:
    """Note that the mail of an event was sent, or is given up."""
    await books.run(_SETTLE, id=event_id)
