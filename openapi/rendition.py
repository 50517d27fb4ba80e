"""The published contract once more as OpenAPI 3.1: the same promises, in the words of JSON Schema 2020-12.

Made of the 3.0.3 document by rule, so that nothing is said twice. ``python -m openapi.rendition`` prints it.

- ``nullable`` becomes ``null`` beside the type; ``anyOf`` something and ``Null`` becomes ``anyOf`` it and null.
- A reference that something stands beside needs no ``allOf`` around it.
- A schema has ``examples``; a limit that is left out is itself the number (``exclusiveMinimum: 0``).
- Bytes are no text: their schema says what they are (``contentMediaType``), and nothing of characters.
- ``x-webhooks`` are ``webhooks``.

Decimal numbers stay ``format: decimal`` with ``x-decimal-places``: ``multipleOf`` is reckoned in doubles here, too.
"""

import json
import sys
from typing import Any

from openapi.fragments import Json

VERSION = "3.1.1"
DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"

_NULL = "#/components/schemas/Null"
_ANY_BYTES = "application/octet-stream"
_LITERAL = frozenset(("example", "examples", "default", "enum"))
"""Members that hold values, whatever these look like."""

_WITHIN = frozenset(("items", "additionalProperties", "not"))
_SEVERAL = frozenset(("allOf", "anyOf", "oneOf"))
_OF_TEXTS = ("type", "format", "minLength", "maxLength", "pattern", "examples")


def rendition(contract: Json) -> Json:
    """Return the 3.1 document of a published contract, which stays as it is."""
    heads: Json = {"openapi": VERSION, "info": contract["info"], "jsonSchemaDialect": DIALECT}
    components = {kind: _outside(named) for kind, named in contract["components"].items()}
    components["schemas"] = {
        name: _schema(each)
        for name, each in contract["components"].get("schemas", {}).items()
        if f"#/components/schemas/{name}" != _NULL
    }
    rest = {name: _outside(each) for name, each in contract.items() if name not in (*heads, "components")}
    if "x-webhooks" in rest:
        rest["webhooks"] = rest.pop("x-webhooks")
    return {**heads, **rest, "components": components}


def _outside(node: Any) -> Any:
    """Copy a tree that holds schemas, each below a member ``schema``."""
    if isinstance(node, list):
        return [_outside(each) for each in node]
    if not isinstance(node, dict):
        return node
    copied = {key: value if key in _LITERAL else _outside(value) for key, value in node.items()}
    if isinstance(node.get("schema"), dict):
        copied["schema"] = _schema(node["schema"])
    for media, content in copied.get("content", {}).items():
        if "contentMediaType" in content.get("schema", {}):
            content["schema"]["contentMediaType"] = media
    return copied


def _schema(node: Json) -> Json:
    """Say one schema and all within it."""
    if node.get("$ref") == _NULL:
        return {"type": "null"}
    said: Json = {}
    for key, value in node.items():
        if key == "properties":
            said[key] = {name: _schema(each) for name, each in value.items()}
        elif key in _SEVERAL:
            said[key] = [_schema(each) for each in value]
        elif key in _WITHIN and isinstance(value, dict):
            said[key] = _schema(value)
        elif key == "example":
            said["examples"] = [value]
        elif key != "nullable":
            said[key] = value
    return _beside_reference(_bytes(_limits(_with_null(said, node))))


def _with_null(said: Json, node: Json) -> Json:
    """Let a schema take null that says it is nullable; without a type the word means nothing (3.0.3)."""
    if node.get("nullable") is True and "type" in node:
        said["type"] = [node["type"], "null"]
    return said


def _limits(said: Json) -> Json:
    """Let a limit that is itself left out be the number; it was a word beside the limit."""
    for limit, left_out in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(said.get(left_out), bool) and said.pop(left_out) and limit in said:
            said[left_out] = said.pop(limit)
    return said


def _bytes(said: Json) -> Json:
    """Say that bytes are bytes; those of text/base64 are text that holds bytes."""
    if said.get("format") == "binary":
        return {key: value for key, value in said.items() if key not in _OF_TEXTS} | {"contentMediaType": _ANY_BYTES}
    if said.get("format") == "byte":
        return {key: value for key, value in said.items() if key != "format"} | {"contentEncoding": "base64"}
    return said


def _beside_reference(said: Json) -> Json:
    match said:
        case {"allOf": [{"$ref": _} as only]} if len(only) == 1:
            return {**only, **{key: value for key, value in said.items() if key != "allOf"}}
    return said


if __name__ == "__main__":
    from openapi.bundle import bundle
    from openapi.published import published

    json.dump(rendition(published(bundle())), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
