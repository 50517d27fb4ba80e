"""Users, and what they are in the organizations that they are members of.

Users stand outside organizations. A membership of a live organization holds for its sandbox too.
"""

import re
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from domain import organization
from domain.access import roles
from domain.access.oauth import grants
from domain.books import Books, found
from domain.errors import Duplicate, Invalid, InvalidState, Required
from domain.happenings import Happening
from domain.ids import new_id
from domain.organization import sandbox_id_of
from domain.statements import Statement, columns_of, of_tenant
from domain.values import Struct, asdict, replace
from models.access import memberships, users

_EMAIL = re.compile(r"[^\x00-\x20\x7f@]+@[^\x00-\x20\x7f@]+", re.ASCII)
_LONGEST_EMAIL = 254
_LONGEST_NAME = 200


class User(Struct, frozen=True):
    """A person who may sign in or hold tokens."""

    id: str
    name: str
    email: str
    is_active: bool
    created_at: datetime


class Member(Struct, frozen=True):
    """A user in an organization; ``is_active`` is false while the membership is suspended."""

    user_id: str
    name: str
    email: str
    role: str
    is_active: bool


# Two people who enter one address at once: the second finds nothing inserted.
_INSERT_USER = Statement(
    "insert into users (id, name, email, is_active, created_at)\n"
    "values (%(id)s, %(name)s, %(email)s, %(is_active)s, %(created_at)s)\n"
    "    on conflict (lower(email)) do nothing"
)
_FIND_USER = Statement(
    select(*columns_of(users, User)).where(
        or_(users.c.id == bindparam("key"), func.lower(users.c.email) == func.lower(bindparam("key")))
    )
)
_RENAME = Statement("update users set name = %(name)s where id = %(user_id)s")
_LOCK_USER = Statement("select id from users where id = %(user_id)s for update")
_IS_IN = Statement("select role from memberships where user_id = %(user_id)s and organization_id = %(wanted)s")
_LIST_USERS = Statement(select(*columns_of(users, User)).order_by(func.lower(users.c.email)).limit(10_000))

_MEMBERS = (
    select(
        memberships.c.user_id,
        users.c.name,
        users.c.email,
        memberships.c.role,
        memberships.c.is_active,
    )
    .join(users, users.c.id == memberships.c.user_id)
    .where(of_tenant(memberships))
)
_IN_ORDER = _MEMBERS.order_by(memberships.c.created_at, memberships.c.user_id).limit(10_000)
_LIST_EVERYBODY = Statement(_IN_ORDER)
_LIST_MEMBERS = Statement(_IN_ORDER.where(memberships.c.removed_at.is_(None)))
_FIND_MEMBER = Statement(
    _MEMBERS.where(memberships.c.user_id == bindparam("user_id"), memberships.c.removed_at.is_(None))
)
_OTHER_OWNER = Statement(
    select(memberships.c.user_id)
    .where(
        of_tenant(memberships),
        memberships.c.user_id != bindparam("user_id"),
        memberships.c.role == roles.OWNER,
        memberships.c.is_active,
    )
    .limit(1)
)
_ROLES_OF = Statement(
    select(memberships.c.role).where(memberships.c.user_id == bindparam("user_id"), memberships.c.is_active).distinct()
)
# By which row-level security lets its owner write the sandbox's memberships, too.
_NAME_SANDBOX = Statement("select set_config('app.sandbox_id', %(sandbox_id)s, true)")
# Every organization has members, so the sandbox exists if it has any.
_WRITE_MEMBERSHIP = Statement(
    """
insert into memberships as stored (organization_id, user_id, role, is_active, created_at, removed_at)
select organization_id, %(user_id)s, %(role)s, %(is_active)s, %(now)s, %(removed_at)s
  from (select %(organization_id)s::text as organization_id
        union
        select organization_id
          from memberships
         where organization_id = %(sandbox_id)s) as concerned
    on conflict (organization_id, user_id)
    do update set role = excluded.role, is_active = excluded.is_active, removed_at = excluded.removed_at
"""
)


async def create_user(books: Books, *, name: str, email: str, user_id: str | None = None) -> User:
    """Add a user; ``user_id`` absent: under a new id.

    Raises: Required without a name, Invalid for what is no address, Duplicate for one that is known."""
    name, email = checked_name(name), email.strip()
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise Invalid(f"'{email}' is not an e-mail address.", field="email")
    user = User(user_id or new_id("usr"), name, email, is_active=True, created_at=books.real_now)
    if not await books.run(_INSERT_USER, **asdict(user)):
        raise Duplicate(f"There is a user with the address {email} already.", field="email")
    return user


async def rename(books: Books, user_id: str, name: str) -> None:
    """Change how a user is called. Raises: Required, Invalid."""
    await books.run(_RENAME, user_id=user_id, name=checked_name(name))


async def find_user(books: Books, key: str) -> User:
    """Return the user with the id or e-mail address ``key``. Raises NotFound."""
    return found(await books.load_one(User, _FIND_USER, key=key), "User", key, field="user")


async def list_users(books: Books) -> list[User]:
    """Return all users by e-mail address."""
    return await books.load(User, _LIST_USERS)


async def list_members(books: Books) -> list[Member]:
    """Return the organization's members, the suspended ones too, the earliest first."""
    return await books.load(Member, _LIST_MEMBERS)


async def list_everybody(books: Books) -> list[Member]:
    """Return whoever is or was a member, those who were removed too, to name who did what."""
    return await books.load(Member, _LIST_EVERYBODY)


async def find_member(books: Books, user_id: str) -> Member | None:
    """Return the user's membership, if there is one, suspended or not."""
    return await books.load_one(Member, _FIND_MEMBER, user_id=user_id)


async def roles_of(books: Books, user_id: str) -> list[str]:
    """Return the roles that the user has anywhere, each once; none for whoever is an active member nowhere."""
    return [row["role"] for row in await books.rows(_ROLES_OF, user_id=user_id)]


async def has_membership(books: Books, user_id: str, organization_id: str) -> bool:
    """Say whether the user is in an organization already. Locks the user, so that nobody founds one twice at once."""
    await books.run(_LOCK_USER, user_id=user_id)
    return await books.row(_IS_IN, user_id=user_id, wanted=organization_id) is not None


async def grant(books: Books, user_id: str, role: str) -> Member:
    """Make a user an active member with this role, whatever the membership was before. Locks the organization.

    Raises: Invalid for a role that there is not, NotFound, and InvalidState for taking its last owner from it.
    """
    if role not in roles.ROLES:
        raise Invalid(f"'{role}' is not a role; there are {', '.join(roles.ROLES)}.", field="role")
    user = await find_user(books, user_id)
    return await _write(books, Member(user.id, user.name, user.email, role, is_active=True), "GRANTED")


async def carry_over(books: Books, member: Member) -> Member:
    """Make somebody who is known from the live organization a member of its sandbox. Locks the sandbox."""
    return await _write(books, member, "GRANTED")


async def suspend(books: Books, user_id: str) -> Member:
    """Let a member in no longer: tokens stop working at the next call, and what apps were allowed ends for good.

    Locks the organization.

    Raises: NotFound, and InvalidState for taking its last owner from the organization.
    """
    member = found(await find_member(books, user_id), "Member", user_id, field="user")
    suspended = await _write(books, replace(member, is_active=False), "SUSPENDED")
    await grants.revoke_of_member(books, user_id)
    return suspended


async def remove(books: Books, user_id: str) -> Member:
    """Take somebody out of the members; what else ends by that is for ``leaving``. Locks the organization.

    Raises: NotFound, and InvalidState for taking its last owner from the organization.
    """
    member = found(await find_member(books, user_id), "Member", user_id, field="user")
    return await _write(books, replace(member, is_active=False), "REMOVED")


def checked_name(name: str) -> str:
    """Return a name as it is kept. Raises: Required, Invalid."""
    name = name.strip()
    if not name:
        raise Required("A user needs a name.", field="name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A name is one line of at most {_LONGEST_NAME} characters.", field="name")
    return name


async def _write(books: Books, member: Member, verb: str) -> Member:
    await organization.locked(books)
    before = await find_member(books, member.user_id)
    if before == member and verb != "REMOVED":
        return member
    if before is not None and not (member.is_active and member.role == roles.OWNER):
        await _check_owner_remains(books, before)
    await books.run(_NAME_SANDBOX, sandbox_id=sandbox_id_of(books.organization_id))
    await books.run(
        _WRITE_MEMBERSHIP,
        user_id=member.user_id,
        role=member.role,
        is_active=member.is_active,
        now=books.real_now,
        removed_at=books.real_now if verb == "REMOVED" else None,
        sandbox_id=sandbox_id_of(books.organization_id),
    )
    changes = {
        name: {"old": getattr(before, name, None), "new": getattr(member, name)}
        for name in ("role", "is_active")
        if getattr(before, name, None) != getattr(member, name)
    }
    books.happened(Happening(f"MEMBER_{verb}", "MEMBER", member.user_id, member.email, changes))
    return member


async def _check_owner_remains(books: Books, before: Member) -> None:
    is_owner = before.is_active and before.role == roles.OWNER
    if is_owner and await books.row(_OTHER_OWNER, user_id=before.user_id) is None:
        raise InvalidState(f"{before.email} is the last owner; make somebody else owner first.", field="user")
