"""Where somebody who has signed in may go: the organizations of which they are an active member."""

from datetime import date, datetime, timedelta

from domain.books import INDIA, Books
from domain.statements import Statement
from domain.values import Struct


class Place(Struct, frozen=True):
    """An organization as its member sees it among others; a sandbox names the live organization that it belongs to."""

    id: str
    name: str
    role: str
    is_sandbox: bool
    live_organization_id: str | None
    clock_offset: timedelta | None

    def day_at(self, now: datetime) -> date:
        """Return the day that it is in its books at a moment of the real clock; a sandbox may have one of its own."""
        return (now + (self.clock_offset or timedelta())).astimezone(INDIA).date()


FOR_USER = Statement("select set_config('app.user_id', %(user_id)s, true)")
_REACHED = Statement(
    """
select organization.id, organization.name, member.role, organization.is_sandbox, organization.live_organization_id,
       organization.clock_offset
  from memberships   as member
  join organizations as organization on organization.id = member.organization_id
 where member.user_id = %(user_id)s
   and member.is_active
 order by organization.is_sandbox, lower(organization.name), organization.id
 limit 500
"""
)


async def reached(books: Books, user_id: str) -> list[Place]:
    """Return them by name, live ones first; row-level security shows a user's own from here on."""
    await books.run(FOR_USER, user_id=user_id)
    return await books.load(Place, _REACHED, user_id=user_id)
