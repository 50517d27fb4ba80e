"""How scopes are chosen on a form, and told to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.access.scopes import ACTIONS, FULL_ACCESS, RESOURCES, lacking
from domain.errors import Required

READ, EVERYTHING, CHOSEN = "read", "everything", "chosen"
PRESETS = (
    (READ, "Read everything", "and change nothing"),
    (EVERYTHING, "Everything that you may do", "read, change and delete"),
    (CHOSEN, "Only what is ticked below", ""),
)

_TITLES = {
    "bankaccounts": "Bank accounts",
    "costcenters": "Cost centres",
    "creditnotes": "Credit notes",
    "debitnotes": "Debit notes",
    "purchaseorders": "Purchase orders",
    "salesorders": "Sales orders",
    "settings": "Organizations and settings",
    "activity": "Audit trail",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The scopes of one resource, as (scope, action, words) of each that may be given."""

    title: str
    about: str
    scopes: Sequence[tuple[str, str, str]]


def lines(words: Mapping[str, str], allowed: Sequence[str]) -> list[Line]:
    """Return what may be ticked where ``allowed`` is the most; ``words`` say what a scope of the contract allows."""
    found = []
    for resource in RESOURCES:
        names = [(f"AIBooks.{resource}.{action}", action) for action in ACTIONS]
        given = [
            (scope, action.capitalize(), words[scope].rstrip("."))
            for scope, action in names
            if scope in words and not lacking(frozenset(allowed), (scope,))
        ]
        if given:
            found.append(Line(title_of(resource), words.get(f"AIBooks.{resource}.ALL", "").rstrip("."), given))
    return found


def chosen(preset: str, ticked: Sequence[str], allowed: Sequence[str]) -> Sequence[str]:
    """Return the scopes that a form asks for. Raises Required if nothing was ticked."""
    if preset == EVERYTHING:
        return allowed
    if preset == READ:
        reading = [f"AIBooks.{resource}.READ" for resource in RESOURCES]
        return [scope for scope in reading if not lacking(frozenset(allowed), (scope,))]
    if not ticked:
        raise Required("Tick at least one thing that the token may do.", field="scopes")
    return ticked


def told(scopes: Sequence[str]) -> str:
    """Say in a few words what scopes allow, for a list."""
    if FULL_ACCESS in scopes:
        return "Everything"
    by_action: dict[str, list[str]] = {}
    for scope in scopes:
        _, resource, action = scope.split(".")
        by_action.setdefault(action, []).append(title_of(resource).lower())
    if set(by_action) == {"READ"} and len(by_action["READ"]) == len(RESOURCES):
        return "Read everything"
    return f"{len(scopes)} scopes" if len(scopes) > 1 else f"{scopes[0].removeprefix('AIBooks.')}"


def title_of(resource: str) -> str:
    """Return what people call a resource."""
    return _TITLES.get(resource, resource.capitalize())
