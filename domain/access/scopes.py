"""Scopes: ``AIBooks.<resource>.<READ|CREATE|UPDATE|DELETE>``, and the two that cover others."""

from collections.abc import Iterable
from functools import lru_cache

FULL_ACCESS = "AIBooks.fullaccess.all"
ACTIONS = ("READ", "CREATE", "UPDATE", "DELETE")
RESOURCES = (
    "contacts",
    "items",
    "taxes",
    "accounts",
    "invoices",
    "bills",
    "expenses",
    "payments",
    "estimates",
    "creditnotes",
    "debitnotes",
    "salesorders",
    "purchaseorders",
    "journals",
    "branches",
    "bankaccounts",
    "costcenters",
    "currencies",
    "reports",
    "attachments",
    "recurring",
    "activity",
    "comments",
    "webhooks",
    "settings",
)
ALL_SCOPES = frozenset(
    [FULL_ACCESS] + [f"AIBooks.{resource}.{action}" for resource in RESOURCES for action in (*ACTIONS, "ALL")]
)


@lru_cache(maxsize=4096)
def lacking(held: frozenset[str], required: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes of ``required`` that ``held`` does not cover, in order."""
    if FULL_ACCESS in held:
        return ()
    return tuple(scope for scope in required if scope not in held and _whole_of(scope) not in held)


def unknown(scopes: Iterable[str]) -> list[str]:
    """The words of ``scopes`` that are no scopes."""
    return [scope for scope in scopes if scope not in ALL_SCOPES]


def _whole_of(scope: str) -> str:
    return scope.rpartition(".")[0] + ".ALL"
