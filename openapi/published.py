"""The contract as it is published: the same promises, in the letter of OpenAPI 3.0.3 that other people's tools read.

The bundle is what the server and the tests hold requests and answers to. Some things of it are said otherwise to the
world:

- ``nullable`` counts beside ``type`` only, and a reference or ``allOf`` that takes no null forbids it all the same.
  What may be null or a named schema is ``anyOf`` that schema and ``Null``, so that the schema keeps its one name.
- ``multipleOf: 0.01`` is reckoned in doubles by most validators, and refuses correct amounts. Decimal numbers say
  ``format: decimal`` and their places in ``x-decimal-places``; the server checks them as ever.
- Answers may grow, so their schemas are open and so are their lists of values, save those that are closed for good
  (``x-closed``). Requests stay closed; a list that both have is called ``…Input`` there.

- Few generators know ``text/csv``, so a sheet is also taken as ``application/octet-stream``, which all of them send.

What only we read is left out: the names of our modules, and ``x-refusals``, whose prose stands in the responses.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openapi.bundle import operations_of, references
from openapi.fragments import CONTROLLER, ContractError, Json

PLACES = "x-decimal-places"
"""The member of a published number that says how many decimal places it has at most."""

OPEN_LIST = "Open list: others may follow."
"""How the description of each list of values ends that may grow."""

_SCHEMAS = "#/components/schemas/"
_REF_TO_NULL = {"$ref": f"{_SCHEMAS}Null"}
_NULL: Json = {"description": "Nothing: null.", "type": "string", "enum": [None], "nullable": True, "example": None}
_CSV = "text/csv"
_ANY_FILE = "application/octet-stream"
_SHEET: Json = {"schema": {"description": "The same file.", "type": "string", "format": "binary"}}
_OURS = (CONTROLLER, "x-refusals", "x-fields-of")
_LONGEST_VALUE = 100


def published(bundle: Json) -> Json:
    """Return the contract as callers get it; the bundle stays as it is."""
    answered, sent = _reached(bundle, _answers(bundle)), _reached(bundle, _requests(bundle))
    spec: Json = _said(bundle)
    _split_lists(spec, sent, answered)
    for name in answered:
        _open(spec["components"]["schemas"][name])
    for answer in _answers(spec):
        _open(answer)
    _drop_unused(spec)
    if _REF_TO_NULL["$ref"] in references(spec):
        spec["components"]["schemas"]["Null"] = dict(_NULL)
    return spec


def _drop_unused(spec: Json) -> None:
    """Leave out responses that every operation has written out with refusals of its own, and parameters of none."""
    used = set(references([spec["paths"], spec.get("x-webhooks", {})]))
    for kind in ("responses", "parameters"):
        named = spec["components"].get(kind, {})
        for name in [name for name in named if f"#/components/{kind}/{name}" not in used]:
            del named[name]
    for row in spec.get("x-error-codes", {}).values():
        row.pop("response", None)


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
    if list(plain) == [_CSV]:
        plain[_ANY_FILE] = _SHEET
    if plain.get("nullable") is True and "allOf" in plain:
        del plain["nullable"]
        return {"anyOf": [*plain.pop("allOf"), _REF_TO_NULL], **plain}
    if plain.get("type") == "number" and "multipleOf" in plain:
        step = Decimal(str(plain.pop("multipleOf")))
        return {"type": "number", "format": "decimal", PLACES: -int(step.as_tuple().exponent), **plain}
    return plain


def _split_lists(spec: Json, sent: set[str], answered: set[str]) -> None:
    """Give requests a closed list of their own for each that may grow in answers."""
    schemas = spec["components"]["schemas"]
    split = {name for name in sent & answered if _may_grow(schemas[name])}
    if taken := sorted(name for name in split if f"{name}Input" in schemas):
        raise ContractError(f"Lists that may grow and their closed twins are one: {', '.join(taken)}")
    for name in sorted(split):
        schemas[f"{name}Input"] = dict(schemas[name])
    for each in [*_requests(spec), *(schemas[name] for name in sent - answered)]:
        _take_inputs(each, split)


def _take_inputs(node: Any, split: set[str]) -> None:
    if isinstance(node, dict) and str(node.get("$ref", "")).removeprefix(_SCHEMAS) in split:
        node["$ref"] += "Input"
    for each in node.values() if isinstance(node, dict) else node:
        if isinstance(each, (dict, list)):
            _take_inputs(each, split)


def _may_grow(schema: Json) -> bool:
    return "enum" in schema and not schema.get("x-closed")


def _open(node: Any) -> None:
    """Let unknown members and values pass in a schema and all that is written in place inside it."""
    for key, each in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(each, (dict, list)) and key not in ("example", "examples", "headers"):
            _open(each)
    if isinstance(node, list):
        return
    if node.get("additionalProperties") is False:
        del node["additionalProperties"]
    if _may_grow(node):
        node["x-extensible-enum"] = [value for value in node.pop("enum") if value is not None]
        node.setdefault("maxLength", _LONGEST_VALUE)
    if "x-extensible-enum" in node:
        about = str(node.get("description", "")).strip()
        node["description"] = about + ("\n\n" if "\n" in about else " ") + OPEN_LIST


def _answers(spec: Json) -> Iterator[Json]:
    yield from spec["components"].get("responses", {}).values()
    for item in spec["paths"].values():
        for _, operation in operations_of(item):
            yield from operation["responses"].values()
    for webhook in spec.get("x-webhooks", {}).values():  # what we send may grow as what we answer
        yield webhook["post"]["requestBody"]


def _requests(spec: Json) -> Iterator[Any]:
    """Yield what holds parameters and bodies."""
    yield spec["components"].get("parameters", {})
    yield spec["components"].get("requestBodies", {})
    for item in spec["paths"].values():
        yield item.get("parameters", [])
        for _, operation in operations_of(item):
            yield operation.get("parameters", [])
            yield operation.get("requestBody", {})


def _reached(spec: Json, roots: Iterator[Any]) -> set[str]:
    """Return the names of the schemas that some trees refer to, directly or through others."""
    schemas = spec["components"]["schemas"]
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        for reference in references(waiting.pop()):
            name = reference.removeprefix(_SCHEMAS)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found
