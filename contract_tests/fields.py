"""The fields that refusals name, held against the contract: a caller is told of members that it knows, and of no other.

Every call of the tests is looked at, see ``tests/running.py``, and every one that Schemathesis makes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from contract_tests.spec import OPERATIONS, SPEC, Node
from openapi.bundle import operations_of, resolve

HEADERS = frozenset(("Idempotency-Key", "If-Match", "Content-Length", "organization_id"))
"""What may be to blame on any operation."""

_UNKNOWN = "is not known here."
_STEP = re.compile(r"\[\d+\]|[^.\[\]]+")


def misnamed(method: str, path: str, status: int, answer: Any) -> list[str]:
    """The fields in an answer that the operation does not have under this name; ``path`` is the one that was called.

    What the schema refuses is named as it was sent, whatever that is, and comes with ``details.errors``; so is a column
    of a sheet.
    """
    operation = _operation(method, path.partition("?")[0])
    if operation is None or not isinstance(answer, dict) or _is_of_a_sheet(operation):
        return []
    if status >= 400:
        field, is_rule = answer.get("field"), "errors" not in (answer.get("details") or {})
        return [field] if field and is_rule and not is_member(operation, field) else []
    rows = answer.get("results", []) if operation["operationId"].startswith("bulk_") else []
    refused = [row["error"] for row in rows if not row["ok"] and not row["error"]["message"].endswith(_UNKNOWN)]
    return [each["field"] for each in refused if each["field"] and not _is_of_a_row(operation, each["field"])]


def is_member(operation: Node, field: str) -> bool:
    """Whether a field is one of the operation's request, of the resource that it answers, or of ``x-fields-of``."""
    steps = _STEP.findall(field)
    parameters = {resolve(SPEC, each)["name"] for each in operation["parameters"]}
    return field in HEADERS | parameters or any(_has(schema, steps) for schema in _schemas(operation))


def _is_of_a_row(operation: Node, field: str) -> bool:
    """Whether a field is one of a row of many, whose members are those of one that is created alone."""
    alone = OPERATIONS[operation["operationId"].removeprefix("bulk_").removesuffix("s")][2]
    return is_member(alone, field)


def _request(operation: Node) -> Node:
    (media,) = operation["requestBody"]["content"].values()
    return dict(media["schema"])


def _is_of_a_sheet(operation: Node) -> bool:
    """Whether it takes a CSV file, whose columns are called as the caller calls them."""
    return "text/csv" in operation.get("requestBody", {}).get("content", {})


def _schemas(operation: Node) -> Iterator[Node]:
    if "requestBody" in operation:
        yield _request(operation)
    if "x-fields-of" in operation:
        yield {"$ref": f"#/components/schemas/{operation['x-fields-of']}"}
    for status, response in operation["responses"].items():
        content = resolve(SPEC, response).get("content", {})
        if status.startswith("2") and "application/json" in content:
            yield from resolve(SPEC, content["application/json"]["schema"]).get("properties", {}).values()


def _has(schema: Node, steps: list[str]) -> bool:
    """Whether a schema has what stands at a path; what is free inside has everything."""
    schema = resolve(SPEC, schema)
    if not steps:
        return True
    parts = [part for name in ("allOf", "anyOf", "oneOf") for part in schema.get(name, [])]
    if any(_has(part, steps) for part in parts):
        return True
    step, rest = steps[0], steps[1:]
    if step.startswith("["):
        return "items" in schema and _has(schema["items"], rest)
    if step in schema.get("properties", {}):
        return _has(schema["properties"][step], rest)
    return (
        schema.get("type") == "object" and schema.get("additionalProperties", not schema.get("properties")) is not False
    )


@cache
def _routes() -> list[tuple[str, re.Pattern[str], Node]]:
    """Every route, those without a parameter in their path first."""
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for path, item in sorted(SPEC["paths"].items(), key=lambda each: each[0].count("{"))
        for method, operation in operations_of(item)
    ]


def _operation(method: str, path: str) -> Node | None:
    return next((each for verb, route, each in _routes() if verb == method.upper() and route.fullmatch(path)), None)
