"""Founding an organization: its row, its primary branch, its owner and its chart of accounts, all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import happenings, organization
from domain.access import members
from domain.books import Books
from domain.branches import Branch, open_branch
from domain.ids import new_id
from domain.ledger.chart import seed_chart
from domain.organization import UNREGISTERED, Organization, open_organization, sandbox_id_of
from domain.statements import Statement, columns_of, tenant_select
from domain.values import Struct
from models.organization import branches

PRINCIPAL_PLACE = "Head office"

# Pictures are told of where their bytes are, which no other organization sees.
_KEPT_APART = frozenset(
    ("id", "version", "created_at", "modified_at", "is_sandbox", "live_organization_id", "logo", "signature")
)
_COPIED = tuple(name for name in Organization.__struct_fields__ if name not in _KEPT_APART | {"locked_until"})
_BRANCHES = Statement(tenant_select(branches, *columns_of(branches, Branch)).order_by(branches.c.id))
_BRANCH_COPIED = tuple(name for name in Branch.__struct_fields__ if name not in _KEPT_APART)


async def found_organization(
    books: Books,
    particulars: Mapping[str, Any],
    *,
    owner_id: str,
    branch: Mapping[str, Any] | None = None,
    organization_id: str | None = None,
) -> Books:
    """Found an organization and return the books on it, in the same transaction; its founding is recorded.

    ``particulars`` holds fields of Organization, of which ``name`` and ``state_code`` are needed; the registration
    type is REGULAR with a GSTIN, else UNREGISTERED. ``branch`` holds fields of its primary branch, which has its
    registration and address unless they say otherwise. ``owner_id`` is a user, who becomes OWNER. ``organization_id``
    is the id that it gets; absent: a new one.

    Raises: NotFound for the user, and what the rules of organizations and branches refuse.
    """
    opened = await open_organization(books, organization_id or new_id("org"))
    usual_type = "REGULAR" if particulars.get("gst_no") else UNREGISTERED
    await _write(opened, {"registration_type": usual_type, **particulars})
    await open_branch(opened, {"branch_name": PRINCIPAL_PLACE, "address": particulars.get("address"), **(branch or {})})
    await members.grant(opened, owner_id, "OWNER")
    await seed_chart(opened)
    await happenings.record(opened)
    return opened


class Pattern(Struct, frozen=True):
    """What a sandbox takes from its live organization: particulars, and branches, the primary one first."""

    particulars: Mapping[str, Any]
    places: Sequence[Mapping[str, Any]]


async def sandbox_of(books: Books) -> Books:
    """Return the books on the sandbox of the live organization of ``books``, which is made at first need.

    The sandbox has the organization's particulars, branches and members, and books of its own. From here on
    row-level security shows its rows; ``open_organization`` leads back. Locks the live organization.
    """
    live = await organization.locked(books)
    if live.is_sandbox:
        return books
    pattern = await pattern_of(books)
    people = await members.list_members(books)
    opened = await open_organization(books, sandbox_id_of(live.id))
    if await opened.load_one(Organization, organization.CURRENT) is not None:
        return opened
    await _write(opened, {**pattern.particulars, "is_sandbox": True, "live_organization_id": live.id})
    for person in (each for each in people if each.is_active):
        await members.carry_over(opened, person)
    await furnish_like(opened, pattern)
    return opened


async def pattern_of(live: Books) -> Pattern:
    """Return what sandboxes take from a live organization."""
    firm = await organization.current(live)
    places = sorted(await live.load(Branch, _BRANCHES), key=lambda place: not place.is_primary)
    return Pattern(
        {name: getattr(firm, name) for name in _COPIED},
        [{name: getattr(place, name) for name in _BRANCH_COPIED} for place in places],
    )


async def furnish_like(opened: Books, pattern: Pattern) -> None:
    """Give a sandbox that has nothing in it branches and a chart of accounts, and record it."""
    for place in pattern.places:
        await open_branch(opened, place)
    await seed_chart(opened)
    await happenings.record(opened)


async def _write(opened: Books, values: Mapping[str, Any]) -> None:
    kept = {"id": opened.organization_id, "version": 1, "created_at": opened.now, "modified_at": opened.now}
    await organization.add(opened, Organization(**{**values, **kept}))
