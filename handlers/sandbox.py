"""Sandboxes: their clock, and beginning them anew."""

from datetime import datetime
from typing import Any

from domain import organization, registers
from domain.books import Books
from domain.sandboxes import clock, resetting
from domain.sandboxes.clock import Clock
from handlers.replies import Reply, shown
from handlers.shapes.organizations import ORGANIZATION

_OWN = organization.own(ORGANIZATION.columns)


async def get_sandbox_clock(books: Books) -> Reply:
    """Show what time it is in the books."""
    return _shown(await clock.describe(books))


async def set_sandbox_clock(books: Books, body: dict[str, Any]) -> Reply:
    """Set the clock of a sandbox."""
    now = body.get("now")
    at = datetime.fromisoformat(now) if now is not None else None
    return _shown(await clock.set_clock(books, now=at, advance_days=body.get("advance_days")))


async def reset_sandbox(books: Books) -> Reply:
    """Empty a sandbox and furnish it again."""
    opened = await resetting.reset(books)
    return shown("organization", await registers.read(opened, _OWN, "Organization", opened.organization_id))


def _shown(told: Clock) -> Reply:
    return shown("sandbox_clock", {name: getattr(told, name) for name in told.__struct_fields__})
