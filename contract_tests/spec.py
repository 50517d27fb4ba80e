"""The bundled contract as the tests read it, and how a value is held against one of its schemas."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from openapi.bundle import bundle, example_of, operations_of, resolve

Node = dict[str, Any]

SPEC: Node = bundle()
SCHEMAS: Node = SPEC["components"]["schemas"]
OPERATIONS: dict[str, tuple[str, str, Node]] = {
    operation["operationId"]: (method, path, operation)
    for path, item in SPEC["paths"].items()
    for method, operation in operations_of(item)
}
"""Method, path and operation by operation id."""


def inside(schema: Node) -> Node:
    """Follow a reference, also one that is wrapped in ``allOf``."""
    schema = resolve(SPEC, schema)
    return {**inside(schema["allOf"][0]), **schema} if "allOf" in schema else schema


def body_example(name: str) -> Any:
    """An example of the JSON body of an operation; None where it takes none."""
    media = OPERATIONS[name][2].get("requestBody", {}).get("content", {}).get("application/json")
    return media and (media["example"] if "example" in media else example_of(SPEC, media["schema"]))


def needed_query(name: str) -> Node:
    """An example of each parameter without which an operation cannot be asked."""
    parameters = [resolve(SPEC, each) for each in OPERATIONS[name][2]["parameters"]]
    needed = [each for each in parameters if each["in"] == "query" and each.get("required")]
    return {each["name"]: _in_a_query(example_of(SPEC, each["schema"])) for each in needed}


def _in_a_query(value: Any) -> Any:
    """A value as a query takes it: our lists are written with commas."""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def schemas_in(where: str, schema: Node) -> Iterator[tuple[str, Node]]:
    """Yield a schema and all that are written in place inside it, with their paths."""
    yield where, schema
    for name, member in schema.get("properties", {}).items():
        yield from schemas_in(f"{where}.{name}", member)
    for alternative in schema.get("anyOf", []):
        yield from schemas_in(where, alternative)
    if isinstance(schema.get("items"), dict):
        yield from schemas_in(f"{where}[]", schema["items"])


def assert_valid(schema: Node, value: Any) -> None:
    """Raise what is wrong with a value under a schema of the contract."""
    validator(schema).validate(value)


def validator(schema: Node) -> jsonschema_rs.Draft202012Validator:
    """Return what values are held against a schema of the contract with, for whoever has many."""
    return jsonschema_rs.Draft202012Validator(_translated(schema), validate_formats=True, registry=_COMPONENTS)


_HERE = "urn:finzbooks:contract"


def _translated(node: Any) -> Any:
    """Rewrite ``nullable`` and references of OpenAPI 3.0 as JSON Schema 2020-12."""
    if isinstance(node, list):
        return [_translated(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _translated(value) for key, value in node.items() if key not in ("nullable", "example")}
    if isinstance(plain.get("$ref"), str):
        plain["$ref"] = plain["$ref"].replace("#/components/schemas/", f"{_HERE}#/$defs/")
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


_COMPONENTS = jsonschema_rs.Registry([(_HERE, {"$defs": _translated(SCHEMAS)})])
