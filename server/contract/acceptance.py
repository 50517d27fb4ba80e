"""A quick test of JSON bodies, made once from a schema: msgspec reads the text into types that admit what is valid.

It accepts nearly every valid body, and no other. What it does not accept is examined by the validator, which alone
refuses and says why: so a schema, a number or a date that is hard to judge here is simply not accepted.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.contract import texts
from server.contract.codec import PLAIN_LIMIT, PLAIN_PLACES, is_plain
from server.contract.decimals import KEYWORD, places_of

_Schema = Mapping[str, Any]

_NOTHING: Any = Literal["\x00"]
"""The type of what is left to the validator: no plain text has a NUL."""

_SAYS_NOTHING = frozenset(
    ("description", "example", "title", "default", "deprecated", "$defs", "x-trimmed", texts.KEYWORD)
)

_ANY_BUT_CONTROLS = re.compile(r"\^\[\^(?:\\x[01][0-9a-f](?:-\\x[01][0-9a-f])?|\\x7f)+\]([*+])\$")
"""Patterns that exclude control characters only, of which a plain text has none."""

_SAME_IN_PYTHON = re.compile(r"\^(?:\\x[0-9a-f]{2}|\\[^A-Za-z0-9]|\((?!\?)|[^\\(^$]|\[\^)*\$")
"""Patterns, from the beginning to the end of a text, that Python reads as ECMAScript does."""

_SURE_DATE = (
    "(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
"""Every date but the 29th of February."""

_LARGEST_EXACT = 10**9
"""Up to it, a float tells a whole number from all other numbers with a few decimal places."""


def acceptance(schema: _Schema) -> Callable[[bytes], bool]:
    """Return the test of a translated schema (``schemas.standalone``): what it accepts is plain, and valid."""
    read = msgspec.json.Decoder(_Types(schema.get("$defs", {})).of(schema)).decode

    def accepts(text: bytes) -> bool:
        if not is_plain(text):
            return False
        try:
            read(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return True

    return accepts


class _Types:
    """Types of msgspec, made from the schemas of one body."""

    def __init__(self, definitions: Mapping[str, _Schema]) -> None:
        self._definitions = definitions
        self._made: dict[str, Any] = {}
        self._makers: dict[str, tuple[set[str], Callable[[_Schema], Any]]] = {
            "string": ({"enum", "minLength", "maxLength", "pattern", "format"}, _text),
            "number": ({KEYWORD}, _number),
            "integer": ({"minimum", "maximum"}, _integer),
            "boolean": (set(), lambda _: bool),
            "array": ({"items", "minItems", "maxItems"}, self._list),
            "object": ({"properties", "required", "additionalProperties", "maxProperties"}, self._object),
        }

    def of(self, schema: _Schema) -> Any:
        """Return a type that admits nothing but what a schema admits; ``_NOTHING`` if no type can tell."""
        said = {name: each for name, each in schema.items() if not _says_nothing(name)}
        match said:
            case {"$ref": target, **more} if not more:
                return self._defined(target.rpartition("/")[2])
            case {"allOf": [only], **more} if not more:
                return self.of(only)
            case {"anyOf": [only, {"type": "null"}], **more} if not more:
                return self.of(only) | None
            case {"anyOf": branches, **more} if not more and _are_told_apart(branches):
                return reduce(or_, map(self.of, branches))
            case {"type": [kind, "null"], **more} if None in more.get("enum", (None,)):
                return self._of_kind(kind, more) | None
            case {"type": str(kind), **more}:
                return self._of_kind(kind, more)
        return _NOTHING

    def _defined(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _NOTHING  # inside itself
            self._made[name] = self.of(self._definitions[name])
        return self._made[name]

    def _of_kind(self, kind: str, said: _Schema) -> Any:
        understood, make = self._makers[kind]
        return make(said) if said.keys() <= understood else _NOTHING

    def _list(self, said: _Schema) -> Any:
        if "items" not in said:
            return _NOTHING
        sizes = _named(said, minItems="min_length", maxItems="max_length")
        return Annotated[list[self.of(said["items"])], Meta(**sizes)]  # type: ignore[misc]  # a type made while running

    def _object(self, said: _Schema) -> Any:
        match said:
            case {"additionalProperties": False, **more} if "maxProperties" not in more:
                return self._closed(said)
            case {"additionalProperties": dict(others), **more} if more.keys() <= {"maxProperties"}:
                sizes = _named(said, maxProperties="max_length")
                return Annotated[dict[str, self.of(others)], Meta(**sizes)]  # type: ignore[misc]  # as above
        return _NOTHING

    def _closed(self, said: _Schema) -> Any:
        needed = said.get("required", ())
        members: dict[str, Any] = {name: self.of(each) for name, each in said.get("properties", {}).items()}
        if not members.keys() >= set(needed):
            return _NOTHING
        fields: list[Any] = [
            (f"m{number}", kind) if name in needed else (f"m{number}", kind | UnsetType, UNSET)
            for number, (name, kind) in enumerate(members.items())
        ]
        names = {f"m{number}": name for number, name in enumerate(members)}
        return msgspec.defstruct("Body", fields, rename=names, kw_only=True, forbid_unknown_fields=True, gc=False)


def _text(said: _Schema) -> Any:
    if "enum" in said:
        return Literal[tuple(each for each in said["enum"] if isinstance(each, str))] if len(said) == 1 else _NOTHING
    sizes = _named(said, minLength="min_length", maxLength="max_length")
    pattern: str = said.get("pattern", "")
    if plain := _ANY_BUT_CONTROLS.fullmatch(pattern):
        pattern = "^.+$" if plain[1] == "+" and not sizes.get("min_length") else ""
    elif pattern and not _SAME_IN_PYTHON.fullmatch(pattern):
        return _NOTHING
    if "format" in said:
        if said["format"] != "date":
            return _NOTHING
        pattern = f"^(?={pattern}){_SURE_DATE}$"
    return Annotated[str, Meta(**sizes, pattern=pattern.removesuffix("$") + r"\Z" if pattern else None)]


def _number(said: _Schema) -> Any:
    limits = {name: Decimal(text) for name, text in said.get(KEYWORD, {}).items()}
    if "multipleOf" in limits and places_of(limits["multipleOf"]) < PLAIN_PLACES:
        return _NOTHING
    low = _bound(limits, max, -PLAIN_LIMIT, minimum="ge", exclusiveMinimum="gt")
    high = _bound(limits, min, PLAIN_LIMIT, maximum="le", exclusiveMaximum="lt")
    return Annotated[float, Meta(**low, **high)]


def _bound(
    limits: Mapping[str, Decimal], tightest: Callable[..., Decimal], widest: int, **names: str
) -> dict[str, Any]:
    """Return one bound of floats read from text, for an inclusive and an exclusive limit.

    Rounding keeps the order of numbers, so a float beyond a bound comes from a number beyond it; one on the bound comes
    from that very number only if no other with a few decimal places is as near.
    """
    (_, on_it), (exclusive, beyond_it) = names.items()
    bound = tightest([Decimal(widest), *(limits[name] for name in names if name in limits)])
    may_be_on_it = exclusive not in limits and bound == int(bound) and abs(bound) <= _LARGEST_EXACT
    return {on_it if may_be_on_it else beyond_it: float(bound)}


def _integer(said: _Schema) -> Any:
    return Annotated[int, Meta(ge=said.get("minimum", -PLAIN_LIMIT), le=said.get("maximum", PLAIN_LIMIT))]


def _named(said: _Schema, **names: str) -> dict[str, Any]:
    """Return the limits that a schema says under the names that msgspec has for them."""
    return {ours: said[name] for name, ours in names.items() if name in said}


def _are_told_apart(branches: list[_Schema]) -> bool:
    """Whether each branch is for another kind of value, so that a value fits the one branch of its kind or none."""
    kinds = {str(each["type"][0] if isinstance(each.get("type"), list) else each.get("type")) for each in branches}
    return len(kinds) == len(branches) and kinds <= {"string", "number", "boolean"}


def _says_nothing(name: str) -> bool:
    return name in _SAYS_NOTHING or (name.startswith("x-") and name != KEYWORD)
