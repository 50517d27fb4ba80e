"""An organization's own particulars, and the branches that share its registration: they change together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from domain import organization, registers
from domain.books import Books
from domain.branches import BRANCHES
from domain.errors import InvalidState, Refusal
from domain.organization import UNREGISTERED, Organization
from domain.statements import Statement, tenant_select
from models.organization import branches

_SHARING = Statement(
    tenant_select(branches, branches.c.id)
    .where(
        branches.c.gst_no.is_not_distinct_from(bindparam("gst_no")),
        branches.c.state_code == bindparam("state_code"),
    )
    .order_by(branches.c.id)
)
_REGISTERED = Statement(
    tenant_select(branches, branches.c.branch_name, branches.c.gst_no)
    .where(branches.c.gst_no.is_not(None))
    .order_by(branches.c.id)
    .limit(1)
)


async def amend_organization(books: Books, values: Mapping[str, Any]) -> Organization:
    """Change the given fields of the organization; branches under its old registration come to the new one.

    Locks the organization, then branches by id. Raises: VersionMismatch, what ``organization.checked`` refuses, and
    InvalidState when posted documents of a branch, a PAN or another registration stand against it.
    """
    before, after = await organization.amend(books, values)
    if (before.gst_no, before.state_code) != (after.gst_no, after.state_code):
        await _carry_along(books, before, after)
    if after.registration_type == UNREGISTERED:
        await _check_none_is_registered(books)
    if before.pan != after.pan:
        await organization.check_pan_of_branches(books, after)
    return after


_OF_BRANCH = {"state": "state_code", "gstin": "gst_no"}
"""What the organization calls what a branch refuses."""


async def _carry_along(books: Books, before: Organization, after: Organization) -> None:
    registration = {"gst_no": after.gst_no, "state_code": after.state_code}
    for row in await books.rows(_SHARING, gst_no=before.gst_no, state_code=before.state_code):
        try:
            await registers.amend(books.for_another(), BRANCHES, row["id"], registration)
        except Refusal as refusal:
            refusal.field = _OF_BRANCH.get(refusal.field or "", refusal.field)
            raise


async def _check_none_is_registered(books: Books) -> None:
    other = await books.row(_REGISTERED)
    if other is not None:
        raise InvalidState(
            f"Branch '{other['branch_name']}' is registered as {other['gst_no']}; take its GSTIN away first.",
            field="registration_type",
        )
