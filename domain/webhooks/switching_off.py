"""Endpoints that we switch off ourselves: who says that he is gone, and who has failed for too long."""

from datetime import datetime
from typing import Any

from domain.books import Books
from domain.happenings import Happening
from domain.statements import Statement
from domain.values import Struct
from domain.webhooks import lanes
from domain.webhooks.endpoints import ENDPOINTS
from domain.webhooks.outcomes import Trouble

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
    """Switch an endpoint off that is locked. What waits for one that is gone is cancelled; else it waits on."""
    await books.run(_SWITCH_OFF, id=endpoint.id, reason=reason, now=books.now)
    if reason == GONE:
        await lanes.cancel(books, endpoint.id)
    changes: dict[str, dict[str, Any]] = {
        "is_active": {"old": True, "new": False},
        "disabled_reason": {"old": None, "new": reason},
        "disabled_at": {"old": None, "new": books.now},
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
