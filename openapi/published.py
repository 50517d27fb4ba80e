"""The contract as it is published: the same promises, in the letter of OpenAPI 3.0.3 that other people's tools read.

The bundle is what the server and the tests hold requests and answers to. Some things of it are said otherwise to the
world:

- ``nullable`` counts beside ``type`` only, and a reference or ``allOf`` that takes no null forbids it all the same.
  What may be null or a named schema is ``anyOf`` that schema and ``Null``, so that the schema keeps its one name.
- ``multipleOf: 0.01`` is reckoned in doubles by most validators, and refuses correct amounts. Decimal numbers say
  ``format: decimal`` and their places in ``x-decimal-places``; the server checks them as ever.
- Answers may grow, so their schemas are open; requests stay closed.

What only we read is left out: the names of our modules, and ``x-refusals``, whose prose stands in the responses.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openapi.bundle import operations_of, references
from openapi.fragments import CONTROLLER, Json

_SCHEMAS = "#/components/schemas/"
_REF_TO_NULL = {"$ref": f"{_SCHEMAS}Null"}
_NULL: Json = {"description": "Nothing: null.", "type": "string", "enum": [None], "nullable": True, "example": None}
_OURS = (CONTROLLER, "x-refusals")
PLACES = "x-decimal-places"
"""The member of a published number that says how many decimal places it has at most."""


def published(bundle: Json) -> Json:
    """Return the contract as callers get it; the bundle stays as it is."""
    sent = _sent(bundle)
    spec: Json = _said(bundle)
    for name, schema in spec["components"]["schemas"].items():
        if name not in sent:
            _open(schema)
    for response in _responses(spec):
        _open(response)
    if _REF_TO_NULL["$ref"] in references(spec):
        spec["components"]["schemas"]["Null"] = dict(_NULL)
    return spec


def wrapped(schema: Json) -> Json | None:
    """Return the one schema that is meant by an ``allOf`` of one, or by an ``anyOf`` with ``Null``; else ``None``."""
    match schema:
        case {"allOf": [only]}:
            return dict(only)
        case {"anyOf": [only, {"$ref": null}]} if null == _REF_TO_NULL["$ref"]:
            return dict(only)
    return None


def _said(node: Any) -> Any:
    """Copy a tree with each schema of it said in the letter of the standard, without what only we read."""
    if isinstance(node, list):
        return [_said(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _said(value) if key != "example" else value for key, value in node.items() if key not in _OURS}
    if plain.get("nullable") is True and "allOf" in plain:
        del plain["nullable"]
        return {"anyOf": [*plain.pop("allOf"), _REF_TO_NULL], **plain}
    if plain.get("type") == "number" and "multipleOf" in plain:
        step = Decimal(str(plain.pop("multipleOf")))
        return {"type": "number", "format": "decimal", PLACES: -int(step.as_tuple().exponent), **plain}
    return plain


def _open(node: Any) -> None:
    """Let unknown members pass in a schema and all that is written in place inside it."""
    for each in node.values() if isinstance(node, dict) else node:
        if isinstance(each, (dict, list)):
            _open(each)
    if isinstance(node, dict) and node.get("additionalProperties") is False:
        del node["additionalProperties"]


def _responses(spec: Json) -> Iterator[Json]:
    yield from spec["components"].get("responses", {}).values()
    for item in spec["paths"].values():
        for _, operation in operations_of(item):
            yield from operation["responses"].values()


def _sent(bundle: Json) -> set[str]:
    """Return the names of the schemas that requests are held to, directly or through others."""
    schemas = bundle["components"]["schemas"]
    waiting: list[Any] = [bundle["components"].get("parameters", {}), bundle["components"].get("requestBodies", {})]
    for item in bundle["paths"].values():
        waiting += [item.get("parameters", [])]
        for _, operation in operations_of(item):
            waiting += [operation.get("parameters", []), operation.get("requestBody", {})]
    found: set[str] = set()
    while waiting:
        for reference in references(waiting.pop()):
            name = reference.removeprefix(_SCHEMAS)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found
