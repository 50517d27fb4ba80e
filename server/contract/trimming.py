"""What is cut off before a body is held to its schema: blanks around codes and official numbers, midnight after days.

A type of the contract says the first with ``x-trimmed``, the second by being a date: ``2026-05-12T00:00:00`` is that
day, as many programs write it, and no other time of day is taken. Only a body that its schema refuses as it came is
looked at, so the others pay nothing, and only those parts of it in which something of such a type may stand.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from server.contract.schemas import Schema

KEYWORD = "x-trimmed"
Trim = Callable[[Any], Any]
_DEFINITION = "#/$defs/"
_MIDNIGHT = "T00:00:00"
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf")


def trimming(schema: Schema) -> Trim:
    """Return the function that cuts off what is too much in a value of a translated schema (``schemas.standalone``)."""
    return _trim(schema, schema.get("$defs", {}), frozenset()) or _as_it_is


def _trim(schema: Schema, definitions: Mapping[str, Schema], within: frozenset[str]) -> Trim | None:
    """The function for a schema; None if nothing in it is trimmed, and for a schema inside itself."""
    name = schema.get("$ref", "").removeprefix(_DEFINITION)
    if name in within:
        return None
    if name:
        return _trim(definitions[name], definitions, within | {name})
    if schema.get(KEYWORD):
        return _without_blanks
    if schema.get("format") == "date":
        return _without_midnight
    parts = [_trim(each, definitions, within) for key in _LISTS_OF_SCHEMAS for each in schema.get(key, ())]
    items, others = (_trim_of(schema.get(key), definitions, within) for key in ("items", "additionalProperties"))
    properties = {key: _trim(each, definitions, within) for key, each in schema.get("properties", {}).items()}
    members = {key: trim for key, trim in properties.items() if trim is not None}
    own = partial(_inside, items=items, members=members, others=others) if items or members or others else None
    trims = [each for each in (*parts, own) if each is not None]
    return partial(_one_after_another, trims) if trims else None


def _trim_of(schema: Any, definitions: Mapping[str, Schema], within: frozenset[str]) -> Trim | None:
    return _trim(schema, definitions, within) if isinstance(schema, dict) else None


def _inside(value: Any, *, items: Trim | None, members: Mapping[str, Trim], others: Trim | None) -> Any:
    if isinstance(value, dict):
        return {name: members.get(name, others or _as_it_is)(each) for name, each in value.items()}
    if isinstance(value, list) and items is not None:
        return [items(each) for each in value]
    return value


def _one_after_another(trims: list[Trim], value: Any) -> Any:
    for trim in trims:
        value = trim(value)
    return value


def _without_blanks(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _without_midnight(value: Any) -> Any:
    return value.removesuffix(_MIDNIGHT) if isinstance(value, str) else value


def _as_it_is(value: Any) -> Any:
    return value
