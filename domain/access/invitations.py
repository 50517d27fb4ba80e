"""Invitations into an organization: an owner names an address and a role, and whoever has the address accepts."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from domain import organization
from domain.access import links, members, roles, security_events
from domain.access.links import INVITATION, LIFE_OF_INVITATION, Link
from domain.access.members import Member
from domain.books import Books
from domain.errors import Invalid, InvalidState
from domain.ids import new_id
from domain.statements import Statement, columns_of, of_tenant
from models.access import account_links

MOST_OPEN = 50
"""Invitations that wait at once, so that nobody has us write to a whole town."""

_OPEN = Statement(
    select(*columns_of(account_links, Link))
    .where(
        of_tenant(account_links),
        account_links.c.purpose == INVITATION,
        account_links.c.used_at.is_(None),
        account_links.c.expires_at > bindparam("now"),
    )
    .order_by(account_links.c.created_at, account_links.c.id)
    .limit(1000)
)


async def invite(books: Books, *, email: str, role: str, key: bytes) -> Link:
    """Have an invitation mailed, which is good for a week; a second one for an address takes the place of the first.

    ``email`` is an address in its usual form. Raises: Invalid, InvalidState. Locks the organization.
    """
    if role not in roles.ROLES:
        raise Invalid(f"'{role}' is not a role; there are {', '.join(roles.ROLES)}.", field="role")
    owner = await organization.locked(books)
    people = await members.list_members(books)
    if any(each.email.lower() == email.lower() and each.is_active for each in people):
        raise InvalidState(f"{email} is a member already.", field="email")
    waiting = await list_open(books)
    for earlier in waiting:
        if earlier.email.lower() == email.lower():
            await links.use(books, earlier)
    if len(waiting) >= MOST_OPEN:
        raise InvalidState(f"{MOST_OPEN} invitations wait for an answer already.", field="email")
    now = books.real_now
    link = Link(
        new_id("lnk"), INVITATION, email, new_id("usr"), None, created_at=now, expires_at=now + LIFE_OF_INVITATION,
        organization_id=owner.id, organization_name=owner.name, role=role, invited_by=books.user_id,
    )  # fmt: skip
    await links.write(books, link, key, is_mailed=True)
    return link


async def list_open(books: Books) -> Sequence[Link]:
    """Return the invitations of the organization that wait for an answer, the earliest first."""
    return await books.load(Link, _OPEN, now=books.real_now)


async def cancel(books: Books, link_id: str) -> bool:
    """Take an invitation back; say whether there was such a one."""
    found = next((each for each in await list_open(books) if each.id == link_id), None)
    return found is not None and await links.use(books, found)


async def end_of(books: Books, member: Member) -> None:
    """End the invitations that somebody who leaves has sent, or could come back by."""
    for each in await list_open(books):
        if each.invited_by == member.user_id or each.email.lower() == member.email.lower():
            await links.use(books, each)


async def accept(books: Books, link: Link, user_id: str) -> Member | None:
    """Make a user a member as the invitation says. The books are on its organization and on the user.

    ``None`` if it was used before, or whoever invited is no owner any more. Who is a member stays what they are.
    """
    assert link.invited_by is not None and link.role is not None, "it is an invitation"
    inviter = await members.find_member(books, link.invited_by)
    if inviter is None or not inviter.is_active or inviter.role != roles.OWNER or not await links.use(books, link):
        return None
    before = await members.find_member(books, user_id)
    if before is not None and before.is_active:
        return before
    return await security_events.of_member(books, await members.grant(books, user_id, link.role), "MEMBER_INVITED")
