"""What a caller sends back as it was shown to him: what equals the stored value is no change, wherever it stands.

A body that holds members which only answers have was read before it was changed, so it is compared with the resource
as it is shown now: equal members are left out, and a member that nobody can change is refused by name if it differs.
What remains is held to the contract like any other body.
"""

from collections.abc import Mapping
from typing import Any

from domain.errors import Invalid
from domain.values import Struct
from openapi.bundle import resolve
from server.contract.faults import Examiner, refusal_for
from server.contract.schemas import Schema

_ENVELOPE = frozenset(("code", "message"))


class Members(Struct, frozen=True):
    """The members that an answer shows, which of them a request takes as well or needs, and those of their children."""

    shown: frozenset[str]
    taken: frozenset[str]
    needed: frozenset[str]
    children: dict[str, "Members"]

    def are_echoed_in(self, body: Mapping[str, Any]) -> bool:
        """Whether a body holds what only an answer has, at its top or in a child."""
        if any(name in self.shown and name not in self.taken for name in body):
            return True
        return any(
            children.are_echoed_in(child)
            for name, children in self.children.items()
            if isinstance(body.get(name), list)
            for child in body[name]
            if isinstance(child, dict)
        )


class EchoRules(Struct, frozen=True):
    """What can be sent back to one operation: ``singular`` is the resource's name in the envelope of its answer."""

    singular: str
    members: Members


class Echo(Struct, frozen=True):
    """A body that holds what only answers have; it is valid once that is compared with what is stored."""

    body: dict[str, Any]
    rules: EchoRules
    examiner: Examiner

    def changes(self, stored: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what is to change of the resource ``stored``, as it is shown; ``None`` where that is nothing.

        Raises: Invalid for a member that cannot be changed and differs, and what the contract refuses of the rest.
        """
        if all(name in stored and _same(value, stored[name]) for name, value in self.body.items()):
            return None
        left = _changes(self.body, stored, self.rules.members)
        if not self.examiner.is_valid(left):
            raise refusal_for(self.examiner.faults(left))
        return left


def echo_rules(authored: Schema, components: Mapping[str, Any]) -> EchoRules | None:
    """Return what can be sent back to an operation; ``None`` where it does not answer the one thing that it changes."""
    spec = {"components": components}
    request = resolve(spec, authored.get("requestBody", {})).get("content", {}).get("application/json")
    answer = resolve(spec, authored["responses"].get("200", {})).get("content", {}).get("application/json")
    if request is None or answer is None:
        return None
    envelope = _plain(spec, answer["schema"])
    shown = [name for name in envelope["required"] if name not in _ENVELOPE]
    if len(shown) != 1:
        return None
    [singular] = shown
    resource = envelope["properties"][singular]
    return EchoRules(singular, _members(spec, _plain(spec, resource), _plain(spec, request["schema"])))


def _members(spec: Schema, shown: Schema, taken: Schema) -> Members:
    children = {}
    for name, member in shown.get("properties", {}).items():
        inner = _plain(spec, _plain(spec, member).get("items", {}))
        asked = _plain(spec, _plain(spec, taken.get("properties", {}).get(name, {})).get("items", {}))
        if "properties" in inner and "properties" in asked:
            children[name] = _members(spec, inner, asked)
    return Members(
        shown=frozenset(shown.get("properties", {})),
        taken=frozenset(taken.get("properties", {})),
        needed=frozenset(taken.get("required", ())),
        children=children,
    )


def _plain(spec: Schema, schema: Schema) -> Schema:
    """Follow references, also those that are wrapped."""
    schema = resolve(spec, schema)
    for wrapping in ("allOf", "anyOf", "oneOf"):
        if wrapping in schema:
            return _plain(spec, schema[wrapping][0])
    return schema


def _changes(body: Mapping[str, Any], stored: Mapping[str, Any], members: Members) -> dict[str, Any]:
    left = {}
    for name, value in body.items():
        if name in stored and name not in members.needed and _same(value, stored[name]):
            continue
        if name in members.shown and name not in members.taken:
            raise _unchangeable(name)
        children = members.children.get(name)
        is_list = children is not None and isinstance(value, list)
        left[name] = _children(name, value, stored.get(name), children) if is_list and children else value
    return left


def _children(name: str, sent: list[Any], stored: Any, members: Members) -> list[Any]:
    """The children that were sent, each without what only answers have. A child is known by its first member."""
    known = {next(iter(child.values())): child for child in stored or () if child}
    return [
        _child(f"{name}[{place}].", child, known, members) if isinstance(child, dict) else child
        for place, child in enumerate(sent)
    ]


def _child(path: str, sent: dict[str, Any], known: Mapping[Any, Mapping[str, Any]], members: Members) -> dict[str, Any]:
    """A child keeps what can be said of it, equal or not: what it leaves unsaid may be filled in from elsewhere."""
    stored = next((known[value] for value in sent.values() if isinstance(value, str) and value in known), None)
    if stored is None:
        return sent
    for name, value in sent.items():
        if name in members.shown and name not in members.taken and not _same(value, stored.get(name)):
            raise _unchangeable(path + name)
    return {name: value for name, value in sent.items() if name in members.taken or name not in members.shown}


def _unchangeable(field: str) -> Invalid:
    return Invalid(f"{field} cannot be changed, and this is not its value; leave it out.", field=field)


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is no 1, and 5 is 5.00."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(each, other[name]) for name, each in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
