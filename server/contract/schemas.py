"""The contract's OpenAPI 3.0 schemas as JSON Schema 2020-12, compiled by jsonschema-rs.

Only what differs is rewritten: ``nullable``, boolean exclusive limits, ``readOnly`` members, references, and the limits
of decimal numbers (see ``decimals``).
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from jsonschema_rs import Draft202012Validator

from server.contract import texts
from server.contract.decimals import KEYWORD, DecimalLimits, folded
from server.contract.texts import Readable

Schema = dict[str, Any]

_COMPONENT = "#/components/schemas/"
_DEFINITION = "#/$defs/"
_CHECKED_ALONE = "x-checked-alone"
"""Marks a list whose rows are refused one by one: the handler holds each to its schema, the edge only sees a list."""
_SAME_MEANING_INSIDE = ("items", "not")
_LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


def standalone(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Return a request schema as JSON Schema with the components that it reaches under ``$defs``."""
    root = _translated(schema)
    definitions: dict[str, Schema] = {}
    waiting = _references(root)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = _translated(components[name])
            waiting |= _references(definitions[name])
    return root | {"$defs": definitions} if definitions else root


def compiled(schema: Schema) -> Draft202012Validator:
    """Compile a JSON Schema; dates and instants are checked as Python will read them."""
    return Draft202012Validator(
        schema,
        validate_formats=True,
        formats=_FORMATS,
        keywords={KEYWORD: DecimalLimits, texts.KEYWORD: Readable},
        offline=True,
    )


def node_at(schema: Schema, path: list[str | int]) -> Schema:
    """Return the schema that holds the keyword at the end of a ``schema_path`` of jsonschema-rs."""
    node: Any = schema
    for step in path[:-1]:
        node = node[step]
    return node if isinstance(node, dict) else {}


def _translated(schema: Schema) -> Schema:
    """Rewrite one schema and all within it."""
    plain: Schema
    if schema.get(_CHECKED_ALONE):
        plain = {"type": schema["type"]}
    elif "$ref" in schema:
        plain = {"$ref": schema["$ref"].replace(_COMPONENT, _DEFINITION)}
    else:
        plain = folded(_with_numeric_limits(_with_translated_parts(schema)))
    return _with_null(plain) if schema.get("nullable") else plain


def _with_translated_parts(schema: Schema) -> Schema:
    plain = {key: value for key, value in schema.items() if key not in ("nullable", "discriminator", "xml")}
    for key in _SAME_MEANING_INSIDE:
        if key in plain:
            plain[key] = _translated(plain[key])
    for key in _LISTS_OF_SCHEMAS:
        if key in plain:
            plain[key] = [_translated(each) for each in plain[key]]
    if isinstance(plain.get("additionalProperties"), dict):
        plain["additionalProperties"] = _translated(plain["additionalProperties"])
    if "properties" in plain:
        # A member that only the server writes is, in a request, an unknown one.
        writable = {name: each for name, each in plain["properties"].items() if not each.get("readOnly")}
        plain["properties"] = {name: _translated(each) for name, each in writable.items()}
        hidden = schema["properties"].keys() - writable.keys()
        plain["required"] = [name for name in plain.get("required", ()) if name not in hidden]
    return plain


def _with_numeric_limits(schema: Schema) -> Schema:
    """Turn OpenAPI 3.0's ``minimum`` + ``exclusiveMinimum: true`` into the limit itself."""
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag:
                schema[exclusive] = schema.pop(inclusive)
    return schema


def _with_null(schema: Schema) -> Schema:
    """Admit null, by the type where there is one. An enum lists null itself, as OpenAPI 3.0.3 has it."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def _references(value: Any) -> set[str]:
    """Return the names of all components that a translated schema refers to."""
    if isinstance(value, list):
        return set().union(*map(_references, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(_references, value.values()))
    target = value.get("$ref")
    if isinstance(target, str) and target.startswith(_DEFINITION):
        found.add(target.removeprefix(_DEFINITION))
    return found


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


_FORMATS = {"date": _is_date, "date-time": _is_instant}
