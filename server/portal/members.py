"""The members of objects, as a tree for people: each with its type, its limits, its meaning and what lies within.

A schema that has a name is shown with its members where it comes first on a page; later that place is named.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openapi.bundle import resolve
from openapi.published import OPEN_LIST, wrapped

Json = dict[str, Any]

_LIMITS = (("minimum", "≥"), ("maximum", "≤"), ("default", "default"))


@dataclass(frozen=True)
class Member:
    """One member of an object, or one parameter; ``same`` is the anchor at which its own members are shown."""

    name: str
    anchor: str
    type: str
    place: str
    is_required: bool
    about: str
    limits: str
    values: tuple[str, ...]
    members: tuple["Member", ...]
    same: str


class Members:
    """Shows schemas on one page; it remembers which were shown."""

    def __init__(self, spec: Json) -> None:
        self._spec = spec
        self._shown: dict[tuple[str, bool], str] = {}

    def of(self, schema: Json, anchor: str, *, is_sent: bool) -> tuple[Member, ...]:
        """Return the members of an object; what is sent begins with what is required."""
        found = tuple(self._members(schema, anchor, is_sent))
        return tuple(sorted(found, key=lambda each: not each.is_required)) if is_sent else found

    def parameter(self, parameter: Json, anchor: str) -> Member:
        """Return a parameter as a member."""
        return self._member(parameter["name"], parameter.get("schema", {}), anchor, parameter)

    def _members(self, schema: Json, anchor: str, is_sent: bool) -> Iterator[Member]:  # noqa: FBT001  # passed on
        schema = self._plain(schema)
        required = schema.get("required", ())
        for name, authored in schema.get("properties", {}).items():
            inner = self._plain(authored)
            if is_sent and inner.get("readOnly"):
                continue
            own = f"{anchor}.{name}"
            described = {**inner, **authored, "required": name in required}
            same, members = self._within(authored, own, is_sent)
            yield self._member(name, authored, own, described, members, same)

    def _within(self, authored: Json, anchor: str, is_sent: bool) -> tuple[str, tuple[Member, ...]]:  # noqa: FBT001
        """Return where the members of a value are shown already, or else its members."""
        inner = self._plain(authored)
        named = _reference(authored)
        if inner.get("type") == "array":
            named, inner = _reference(inner.get("items", {})), self._plain(inner.get("items", {}))
        elif isinstance(inner.get("additionalProperties"), dict):
            named, inner = _reference(inner["additionalProperties"]), self._plain(inner["additionalProperties"])
        if "properties" not in inner:
            return "", ()
        if named and (there := self._shown.setdefault((named, is_sent), anchor)) != anchor:
            return there, ()
        return "", self.of(inner, anchor, is_sent=is_sent)

    def _member(
        self,
        name: str,
        schema: Json,
        anchor: str,
        described: Json,
        members: tuple[Member, ...] = (),
        same: str = "",
    ) -> Member:
        plain = self._plain(schema)
        about = str(described.get("description") or plain.get("description") or "")
        element = self._plain(plain["items"]) if plain.get("type") == "array" else plain
        return Member(
            name=name,
            anchor=anchor,
            type=self._type(schema),
            place=described.get("in", ""),
            is_required=described.get("required") is True,
            about=about.replace(OPEN_LIST, "").strip(),
            limits=_limits(plain, is_open="x-extensible-enum" in element),
            values=tuple(str(each) for each in _values(element) if each is not None),
            members=members,
            same=same,
        )

    def _type(self, schema: Json) -> str:
        plain = self._plain(schema)
        kind = str(plain.get("type", "any"))
        if kind == "array":
            return "list of " + self._type(plain.get("items", {}))
        words = [plain["format"] if kind == "string" and "format" in plain else kind]
        if places := plain.get("x-decimal-places"):
            words.append(f"{places} places")
        if plain.get("nullable") or "anyOf" in schema:
            words.append("or null")
        return ", ".join(words).replace(", or", " or")

    def _plain(self, schema: Json) -> Json:
        """Follow references, also those beside which something stands or that may be null."""
        schema = resolve(self._spec, schema)
        while inner := wrapped(schema):
            schema = resolve(self._spec, inner)
        return schema


def _values(schema: Json) -> list[Any]:
    values: list[Any] = schema.get("enum") or schema.get("x-extensible-enum") or []
    return values


def _limits(schema: Json, *, is_open: bool) -> str:
    """Return range, length and default in a few words."""
    words = [f"{word} {_written(schema[key])}" for key, word in _LIMITS if schema.get(key) is not None]
    if "maxLength" in schema and "format" not in schema and not _values(schema):
        words.append(f"at most {schema['maxLength']} characters")
    if "maxItems" in schema:
        words.append(f"at most {schema['maxItems']}")
    return "; ".join([*words, *(["others may follow"] if is_open else [])])


def _written(value: Any) -> str:
    """Write a limit without an exponent."""
    return format(Decimal(str(value)), "f") if isinstance(value, float) else json.dumps(value)


def _reference(schema: Json) -> str:
    """Return the name of a schema that is referred to, also if it may be null; empty if it is written in place."""
    while "$ref" not in schema and (inner := wrapped(schema)):
        schema = inner
    return str(schema.get("$ref", "")).rpartition("/")[2]
