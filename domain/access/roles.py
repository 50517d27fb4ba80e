"""Roles: what a member of an organization may do there, said in scopes. No token does more than its user's role.

What reaches papers of all kinds at once (attachments, comments, reports, the trail) is nothing for those who sell.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from domain.access.scopes import ACTIONS, FULL_ACCESS, lacking
from domain.errors import Forbidden

OWNER, ACCOUNTANT, SALES, READ_ONLY = "OWNER", "ACCOUNTANT", "SALES", "READ_ONLY"

TITLES = {OWNER: "Owner", ACCOUNTANT: "Accountant", SALES: "Sales", READ_ONLY: "Read-only"}
"""The roles as people read them, the mightiest first."""

ROLES = tuple(TITLES)

# Initials of READ, CREATE, UPDATE and DELETE. An owner may do everything, and nobody else lets programs listen.
TABLE: dict[str, dict[str, str]] = {
    "contacts": {ACCOUNTANT: "RCUD", SALES: "RCU", READ_ONLY: "R"},
    "items": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "taxes": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "accounts": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "invoices": {ACCOUNTANT: "RCUD", SALES: "RCU", READ_ONLY: "R"},
    "bills": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "expenses": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "payments": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "estimates": {ACCOUNTANT: "RCUD", SALES: "RCUD", READ_ONLY: "R"},
    "creditnotes": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "debitnotes": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "salesorders": {ACCOUNTANT: "RCUD", SALES: "RCUD", READ_ONLY: "R"},
    "purchaseorders": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "journals": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "branches": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "bankaccounts": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "costcenters": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "currencies": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
    "reports": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "attachments": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "recurring": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "activity": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "comments": {ACCOUNTANT: "RCUD", SALES: "", READ_ONLY: "R"},
    "webhooks": {ACCOUNTANT: "R", SALES: "", READ_ONLY: "R"},
    "settings": {ACCOUNTANT: "RCUD", SALES: "R", READ_ONLY: "R"},
}


@lru_cache(maxsize=len(ROLES))
def scopes_of(role: str) -> tuple[str, ...]:
    """Return all that a role allows, in the order of the table."""
    if role == OWNER:
        return (FULL_ACCESS,)
    return tuple(scope for resource, allowed in TABLE.items() for scope in _scopes(resource, allowed[role]))


def narrowed(scopes: Iterable[str], role: str) -> list[str]:
    """Return what is left of ``scopes`` for whoever has this role, in their order."""
    left = (part for scope in scopes for part in _left_of(scope, scopes_of(role)))
    return list(dict.fromkeys(left))


@lru_cache(maxsize=4096)
def within(scopes: frozenset[str], role: str) -> frozenset[str]:
    """Return what a token with these scopes may do where its user has this role."""
    return scopes if role == OWNER else frozenset(narrowed(scopes, role))


def beyond(scopes: Sequence[str], roles: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``scopes`` that none of the roles allows as they are."""
    allowed = frozenset(scope for role in roles for scope in scopes_of(role))
    return lacking(allowed, tuple(scopes))


def check(required: tuple[str, ...], *, scopes: frozenset[str], role: str | None) -> None:
    """Check that ``scopes``, which are left of a token's in this role, cover what is required. Raises Forbidden.

    Where the role is what stands in the way, ``details`` say so: no other token of the user would help.
    """
    missing = lacking(scopes, required)
    if not missing:
        return
    refused = () if role is None else beyond(missing, (role,))
    if role is not None and refused:
        message = f"The user's role in this organization, {TITLES[role]}, does not allow {', '.join(refused)}."
        raise Forbidden("auth.insufficient_scope", message, details={"required": list(required), "role": role})
    message = f"The token lacks the scope {', '.join(missing)}."
    raise Forbidden("auth.insufficient_scope", message, details={"required": list(required)})


def _scopes(resource: str, initials: str) -> list[str]:
    actions = [action for action in ACTIONS if action[0] in initials]
    return [f"AIBooks.{resource}.{action}" for action in (["ALL"] if len(actions) == len(ACTIONS) else actions)]


def _left_of(scope: str, allowed: tuple[str, ...]) -> Iterable[str]:
    if scope == FULL_ACCESS:
        return allowed
    held = frozenset(allowed)
    if not lacking(held, (scope,)):
        return (scope,)
    stem = scope.rpartition(".")[0]
    parts = [f"{stem}.{action}" for action in ACTIONS] if scope.endswith(".ALL") else []
    return (part for part in parts if not lacking(held, (part,)))
