"""Endpoints that we switch off ourselves: who says that he is gone, and who has failed for too long."""

from datetime import datetime
from typing import Any

from domain.books import Books
from domain.happenings import Happening
from domain.mails import notices
from domain.statements import Statement
from domain.values import Struct
from domain.webhooks import lanes
from domain.webhooks.endpoints import ENDPOINTS
from domain.webhooks.outcomes import OFF_AFTER, Trouble

GONE, FAILING = "GONE", "FAILING"

_SWITCH_OFF = Statement(
    """
update webhook_endpoints
   set is_active = false,
       disabled_reason = %(reason)s,
       disabled_at = %(now)s,
       version = version + 1,
       modified_at = %(now)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)
# Who made it, if he is a member still; else the owners.
_TOLD = Statement(
    """
select users.email
  from memberships as member
  join users on users.id = member.user_id
 where member.organization_id = %(organization_id)s
   and member.is_active
   and users.is_active
   and (member.user_id = %(maker)s
        or member.role = 'OWNER'
           and not exists (select
                             from memberships as maker
                             join users as made on made.id = maker.user_id
                            where maker.organization_id = %(organization_id)s
                              and maker.user_id = %(maker)s
                              and maker.is_active
                              and made.is_active))
 order by member.created_at
 limit 10
"""
)


class Served(Struct, frozen=True, kw_only=True):
    """An endpoint as a run sees it."""

    id: str
    version: int
    url: str
    events: list[str]
    description: str | None
    payload: str
    secret_sealed: str
    previous_secret_sealed: str | None
    previous_secret_until: datetime | None
    is_active: bool
    created_by: str | None
    failing_since: datetime | None
    last_failed_at: datetime | None
    paused_until: datetime | None
    reached: int
    pumped_by: str | None
    pumped_until: datetime | None


async def switch_off(books: Books, endpoint: Served, reason: str, trouble: Trouble) -> None:
    """Switch an endpoint off that is locked.

    What waits for one that is gone is cancelled. For one that fails it waits on, and whoever made it gets a mail.
    """
    await books.run(_SWITCH_OFF, id=endpoint.id, reason=reason, now=books.real_now)
    if reason == GONE:
        await lanes.cancel(books, endpoint.id)
    else:
        await _mail(books, endpoint)
    changes: dict[str, dict[str, Any]] = {
        "is_active": {"old": True, "new": False},
        "disabled_reason": {"old": None, "new": reason},
        "disabled_at": {"old": None, "new": books.real_now},
    }
    summary = {"disabled_reason": reason, "failing_since": trouble.failing_since}
    books.happened(
        Happening(
            f"{ENDPOINTS.entity_type}_DISABLED",
            ENDPOINTS.entity_type,
            endpoint.id,
            endpoint.description,
            changes=changes,
            summary=summary,
        )
    )


async def _mail(books: Books, endpoint: Served) -> None:
    """Tell whoever made it, or the owners, that it was switched off. A sandbox has no members of its own to tell."""
    found = await books.rows(_TOLD, maker=endpoint.created_by)
    if not found:
        return
    await notices.tell(
        books,
        [each["email"] for each in found],
        entity_type=ENDPOINTS.entity_type,
        entity_id=endpoint.id,
        entity_ref=endpoint.description,
        subject="A webhook endpoint was switched off",
        paragraphs=(
            f"For {OFF_AFTER.days} days {endpoint.url} has taken nothing of what was sent to it, so the endpoint "
            f"{endpoint.id} was switched off.",
            "What happened meanwhile waits for 30 days. Once the address answers again, switch the endpoint on "
            "(is_active: true), and it is told all of it in order.",
        ),
    )
