"""Somebody is a member no longer, removed by an owner or gone of their own accord: all that let them in ends."""

from domain.access import invitations, members, revoking, security_events
from domain.access.members import Member
from domain.books import Books


async def remove(books: Books, user_id: str) -> Member:
    """Take a member out of the organization of the books and its sandbox, for good; the user is told by mail.

    Their tokens of these books, what apps were allowed there and the invitations that they sent end at once. What they
    did stays theirs in the trail. Locks the organization. Raises: NotFound, and InvalidState for its last owner.
    """
    member = await members.remove(books, user_id)
    await revoking.revoke_of_member(books, user_id)
    await invitations.end_of(books, member)
    return await security_events.of_member(
        books, member, "MEMBER_LEFT" if books.user_id == user_id else "MEMBER_REMOVED"
    )
