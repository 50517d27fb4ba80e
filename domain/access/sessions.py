"""Who has signed in, in which browser, and until when. Only a hash of what the browser holds is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from domain.books import Books
from domain.statements import Statement
from domain.values import Struct

LIFE = timedelta(days=7)
IDLE = timedelta(hours=12)

_SEEN_EVERY = timedelta(minutes=1)


class Session(Struct, frozen=True):
    """A browser in which somebody has signed in."""

    id_hash: bytes
    user_id: str
    name: str
    email: str
    last_seen_at: datetime


class Seen(Struct, frozen=True):
    """A session as its user sees it among others: where it was begun, and when it was last used."""

    id_hash: bytes
    address: str | None
    user_agent: str | None
    created_at: datetime
    last_seen_at: datetime

    @property
    def handle(self) -> str:
        """What it is called on pages: nothing that opens it."""
        return self.id_hash.hex()[:32]


_INSERT = Statement(
    """
insert into sessions (id_hash, user_id, address, user_agent, created_at, last_seen_at, expires_at)
values (%(id_hash)s, %(user_id)s, %(address)s, %(user_agent)s, %(now)s, %(now)s, %(expires_at)s)
"""
)
_FIND = Statement(
    """
select session.id_hash, session.user_id, person.name, person.email, session.last_seen_at
  from sessions as session
  join users    as person on person.id = session.user_id
 where session.id_hash = %(id_hash)s
   and session.revoked_at is null
   and session.expires_at > %(now)s
   and session.last_seen_at > %(seen_since)s
   and person.is_active
"""
)
_OF_USER = Statement(
    """
select id_hash, address, user_agent, created_at, last_seen_at
  from sessions
 where user_id = %(user_id)s
   and revoked_at is null
   and expires_at > %(now)s
   and last_seen_at > %(seen_since)s
 order by last_seen_at desc, id_hash
 limit 200
"""
)
_END_OTHERS = Statement(
    "update sessions set revoked_at = %(now)s\n"
    " where user_id = %(user_id)s and id_hash <> %(id_hash)s and revoked_at is null"
)
_SEE = Statement("update sessions set last_seen_at = %(now)s where id_hash = %(id_hash)s")
_END = Statement("update sessions set revoked_at = %(now)s where id_hash = %(id_hash)s and revoked_at is null")
_END_ALL = Statement("update sessions set revoked_at = %(now)s where user_id = %(user_id)s and revoked_at is null")


def new_key() -> str:
    """Return what a browser is given to hold."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> bytes:
    """Return what is kept of it."""
    return hashlib.sha256(key.encode()).digest()


async def begin(books: Books, user_id: str) -> str:
    """Begin a session, under a key that no browser has held before, and return the key, this once."""
    key = new_key()
    await books.run(
        _INSERT,
        id_hash=hash_of(key),
        user_id=user_id,
        address=books.origin.get("ip"),
        user_agent=books.origin.get("user_agent"),
        now=books.real_now,
        expires_at=books.real_now + LIFE,
    )
    return key


async def find(books: Books, key: str) -> Session | None:
    """Return the session of a key, and note that it was seen; none that has ended, or was not seen for half a day."""
    now = books.real_now
    found = await books.load_one(Session, _FIND, id_hash=hash_of(key), now=now, seen_since=now - IDLE)
    if found is not None and books.real_now - found.last_seen_at > _SEEN_EVERY:
        await books.run(_SEE, id_hash=found.id_hash, now=books.real_now)
    return found


async def of_user(books: Books, user_id: str) -> list[Seen]:
    """Return the browsers in which a user is signed in, the one that was used last first."""
    return await books.load(Seen, _OF_USER, user_id=user_id, now=books.now, seen_since=books.now - IDLE)


async def end(books: Books, session: Session | Seen) -> None:
    """Sign out."""
    await books.run(_END, id_hash=session.id_hash, now=books.real_now)


async def end_others(books: Books, session: Session) -> int:
    """Sign a user out of every browser but this one; return how many those were."""
    return await books.run(_END_OTHERS, user_id=session.user_id, id_hash=session.id_hash, now=books.now)


async def end_all(books: Books, user_id: str) -> int:
    """Sign a user out of every browser; return how many those were."""
    return await books.run(_END_ALL, user_id=user_id, now=books.real_now)
