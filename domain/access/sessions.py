"""Who has signed in, in which browser, and until when. Only a hash of what the browser holds is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from domain.books import Books
from domain.statements import Statement
from domain.values import Struct

LIFE = timedelta(days=7)
IDLE = timedelta(hours=12)
HALF_LIFE = timedelta(minutes=10)

_SEEN_EVERY = timedelta(minutes=1)


class Session(Struct, frozen=True):
    """A browser in which somebody has signed in."""

    id_hash: bytes
    user_id: str
    name: str
    email: str
    last_seen_at: datetime
    has_second_factor: bool


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
insert into sessions (id_hash, user_id, address, user_agent, created_at, last_seen_at, expires_at, awaits_code)
values (%(id_hash)s, %(user_id)s, %(address)s, %(user_agent)s, %(now)s, %(now)s, %(expires_at)s, %(awaits_code)s)
"""
)
_FIND = Statement(
    """
select session.id_hash, session.user_id, person.name, person.email, session.last_seen_at,
       factor.user_id is not null as has_second_factor
  from sessions            as session
  join users               as person on person.id = session.user_id
  left join second_factors as factor on factor.user_id = person.id and factor.confirmed_at is not null
 where session.id_hash = %(id_hash)s
   and session.awaits_code = %(awaits_code)s
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
   and not awaits_code
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
_DEVICES = Statement(
    """
select count(*) as others,
       count(*) filter (where user_agent is not distinct from %(user_agent)s) as same
  from sessions
 where user_id = %(user_id)s
   and not awaits_code
"""
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
    return await _begin(books, user_id, LIFE, awaits_code=False)


async def begin_half(books: Books, user_id: str) -> str:
    """Begin what only leads on to the page that asks for a code, and return its key, this once."""
    return await _begin(books, user_id, HALF_LIFE, awaits_code=True)


async def is_new_device(books: Books, user_id: str) -> bool:
    """Say whether the user has signed in before, but never with a browser that calls itself as this one does."""
    known = await books.row(_DEVICES, user_id=user_id, user_agent=books.origin.get("user_agent"))
    return known is not None and known["others"] > 0 and known["same"] == 0


async def _begin(books: Books, user_id: str, life: timedelta, *, awaits_code: bool) -> str:
    key = new_key()
    await books.run(
        _INSERT,
        id_hash=hash_of(key),
        user_id=user_id,
        address=books.origin.get("ip"),
        user_agent=books.origin.get("user_agent"),
        now=books.real_now,
        expires_at=books.real_now + life,
        awaits_code=awaits_code,
    )
    return key


async def find(books: Books, key: str) -> Session | None:
    """Return the session of a key, and note that it was seen; none that has ended, or was not seen for half a day."""
    found = await _find(books, key, awaits_code=False)
    if found is not None and books.real_now - found.last_seen_at > _SEEN_EVERY:
        await books.run(_SEE, id_hash=found.id_hash, now=books.real_now)
    return found


async def find_half(books: Books, key: str) -> Session | None:
    """Return who has given the password a moment ago, and no code yet."""
    return await _find(books, key, awaits_code=True)


async def _find(books: Books, key: str, *, awaits_code: bool) -> Session | None:
    seen_since = books.real_now - IDLE
    return await books.load_one(
        Session, _FIND, id_hash=hash_of(key), now=books.real_now, seen_since=seen_since, awaits_code=awaits_code
    )


async def of_user(books: Books, user_id: str) -> list[Seen]:
    """Return the browsers in which a user is signed in, the one that was used last first."""
    return await books.load(Seen, _OF_USER, user_id=user_id, now=books.real_now, seen_since=books.real_now - IDLE)


async def end(books: Books, session: Session | Seen) -> None:
    """Sign out."""
    await books.run(_END, id_hash=session.id_hash, now=books.real_now)


async def end_others(books: Books, session: Session) -> int:
    """Sign a user out of every browser but this one; return how many those were."""
    return await books.run(_END_OTHERS, user_id=session.user_id, id_hash=session.id_hash, now=books.real_now)


async def end_all(books: Books, user_id: str) -> int:
    """Sign a user out of every browser; return how many those were."""
    return await books.run(_END_ALL, user_id=user_id, now=books.real_now)
