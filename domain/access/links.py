"""Links by mail that prove an address: to sign up, to set a forgotten password, to accept an invitation.

Each works once, for a day (an invitation for a week). Only a hash is kept; whoever sends the mail makes the link anew
out of its id and a key of this installation. Nothing that is answered tells whether an address is known: a row is
written for each that is asked for, and what differs is the mail.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from domain.access import credentials
from domain.access.members import User
from domain.books import Books
from domain.ids import new_id
from domain.jobs import Job
from domain.statements import Statement
from domain.values import Struct, asdict

SIGN_UP, KNOWN, RESET, NOBODY, INVITATION = "SIGN_UP", "KNOWN", "RESET", "NOBODY", "INVITATION"
"""What a link is for; ``KNOWN`` tells somebody who signs up that there is an account, ``NOBODY`` is not mailed."""

LIFE, LIFE_OF_INVITATION = timedelta(hours=24), timedelta(days=7)
MOST_A_DAY = 10
MOST_TRIES = 8
SEND_LINKS = "mail_links_now"


class Link(Struct, frozen=True):
    """A link that was asked for. ``user_id`` is whose account it opens, or will be; the last four: to which books."""

    id: str
    purpose: str
    email: str
    user_id: str
    name: str | None
    created_at: datetime
    expires_at: datetime
    organization_id: str | None = None
    organization_name: str | None = None
    role: str | None = None
    invited_by: str | None = None

    @property
    def newcomer(self) -> User:
        """Whoever will sign in by this address, before there is such an account."""
        return User(self.user_id, self.name or "", self.email, is_active=True, created_at=self.created_at)


class Due(Struct, frozen=True):
    """A link whose mail is due; ``mail_tries`` counts this try."""

    id: str
    purpose: str
    email: str
    name: str | None
    created_at: datetime
    organization: str | None
    role: str | None
    inviter: str | None
    mail_tries: int


_NAMES = ", ".join(Link.__struct_fields__)
_INSERT = Statement(
    f"insert into account_links ({_NAMES}, token_hash, mail_at, mail_tries)\n"
    f"values ({', '.join(f'%({name})s' for name in Link.__struct_fields__)}, %(token_hash)s, %(mail_at)s, 0)"
)
_IS_TAKEN = Statement("select id from users where lower(email) = lower(%(email)s)")
_RECENT = Statement(
    "select count(*) from account_links\n"
    " where lower(email) = lower(%(email)s) and purpose <> 'INVITATION' and created_at > %(since)s"
)
_FIND = Statement(
    f"select {_NAMES} from account_links\n"  # noqa: S608  # names of columns only, out of the struct
    " where token_hash = %(token_hash)s\n"
    "   and purpose in ('SIGN_UP', 'RESET', 'INVITATION')\n"
    "   and used_at is null\n"
    "   and expires_at > %(now)s"
)
_USE = Statement("update account_links set used_at = %(now)s where id = %(id)s and used_at is null")
_TAKE = Statement(
    """
with due as (
  select id
    from account_links
   where mail_at <= %(now)s
   order by mail_at
   limit 1
     for update skip locked
), taken as (
  update account_links as link
     set mail_tries = link.mail_tries + 1,
         mail_at    = %(now)s + interval '1 minute' * power(3, least(link.mail_tries, 6))
    from due
   where link.id = due.id
  returning link.*
)
select taken.id, taken.purpose, taken.email, taken.name, taken.created_at, taken.organization_name as organization,
       taken.role, inviter.name as inviter, taken.mail_tries
  from taken
  left join users as inviter on inviter.id = taken.invited_by
"""
)
_SETTLE = Statement("update account_links set mail_at = null where id = %(id)s")


def token_of(key: bytes, link_id: str) -> str:
    """Return what stands in the link: 256 bits that only who has the key makes of the id."""
    return base64.urlsafe_b64encode(hmac.digest(key, link_id.encode(), hashlib.sha256)).rstrip(b"=").decode()


async def ask_to_sign_up(books: Books, *, name: str, email: str, key: bytes) -> None:
    """Have a link mailed by which an account is opened; where there is one already, a mail that says so."""
    taken = await books.value(_IS_TAKEN, email=email)
    await _ask(books, SIGN_UP if taken is None else KNOWN, email, new_id("usr"), key=key, name=name)


async def ask_to_reset(books: Books, *, email: str, key: bytes) -> None:
    """Have a link mailed by which another password is set, where there is such an account."""
    known = await credentials.find(books, email)
    user_id = new_id("usr") if known is None else known.user_id
    await _ask(books, NOBODY if known is None else RESET, email, user_id, key=key)


async def account_of(books: Books, link: Link) -> str | None:
    """Return the id of the user who has the address of a link, if anybody has."""
    found: str | None = await books.value(_IS_TAKEN, email=link.email)
    return found


async def find(books: Books, token: str) -> Link | None:
    """Return the link of this token, if it is good: not used, and not too old."""
    return await books.load_one(Link, _FIND, token_hash=_hash_of(token), now=books.real_now)


async def use(books: Books, link: Link) -> bool:
    """Use a link up; say whether nobody did before. Of two at once, one does."""
    return bool(await books.run(_USE, id=link.id, now=books.real_now))


async def take_due(books: Books) -> Due | None:
    """Take a link whose mail is due, if there is one: nobody else tries it for a while."""
    return await books.load_one(Due, _TAKE, now=books.real_now)


async def settle(books: Books, link_id: str) -> None:
    """Note that the mail was sent, or is given up."""
    await books.run(_SETTLE, id=link_id)


async def _ask(books: Books, purpose: str, email: str, user_id: str, *, key: bytes, name: str | None = None) -> None:
    """Write a link down, and have it mailed at once; one address gets no more than ten a day."""
    since = books.real_now - timedelta(days=1)
    if int(await books.value(_RECENT, email=email, since=since)) >= MOST_A_DAY:
        return
    now = books.real_now
    link = Link(new_id("lnk"), purpose, email, user_id, name, created_at=now, expires_at=now + LIFE)
    await write(books, link, key, is_mailed=purpose != NOBODY)


async def write(books: Books, link: Link, key: bytes, *, is_mailed: bool) -> None:
    """Write a link down, and have it mailed at once, or not at all."""
    token_hash = _hash_of(token_of(key, link.id))
    await books.run(_INSERT, **asdict(link), token_hash=token_hash, mail_at=link.created_at if is_mailed else None)
    books.ask_for(Job(SEND_LINKS, {}, link.created_at))


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
