"""Passwords of users: which are taken, and how they are kept, as a hash that others make."""

import unicodedata

from domain.access.members import User
from domain.books import Books
from domain.errors import Invalid
from domain.statements import Statement
from domain.values import Struct

SHORTEST, LONGEST = 12, 256


class Known(Struct, frozen=True):
    """A user with what is kept of the password; absent: none was ever set, so nobody signs in."""

    user_id: str
    name: str
    email: str
    password_hash: str | None


_FIND = Statement(
    """
select person.id as user_id, person.name, person.email, kept.password_hash
  from users       as person
  left join credentials as kept on kept.user_id = person.id
 where lower(person.email) = lower(%(email)s)
   and person.is_active
"""
)
_KEEP = Statement(
    """
insert into credentials as stored (user_id, password_hash, changed_at)
values (%(user_id)s, %(password_hash)s, %(now)s)
    on conflict (user_id) do update
   set password_hash = excluded.password_hash,
       changed_at    = excluded.changed_at
"""
)


async def find(books: Books, email: str) -> Known | None:
    """Return who signs in with an address; somebody who was switched off does not."""
    return await books.load_one(Known, _FIND, email=email.strip())


async def keep(books: Books, user: User, password_hash: str) -> None:
    """Set or change a user's password."""
    await books.run(_KEEP, user_id=user.id, password_hash=password_hash, now=books.real_now)


def composed(password: str) -> str:
    """Return a password in the one form that all keyboards come to (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password)


def checked(password: str, user: User, *, field: str = "password") -> str:
    """Return a password that may be set. Raises Invalid."""
    password = composed(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters; a few words are easy to keep.", field=field)
    if len(set(password)) < SHORTEST // 2 or password.lower() in (user.email.lower(), user.name.lower()):
        raise Invalid("This password would be guessed at once.", field=field)
    return password
