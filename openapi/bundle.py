"""Merges the contract's fragments into one OpenAPI 3.0.3 document and writes out what the fragments leave to rules.

The fragments say what is particular to a resource. Whatever follows from a rule (the refusals every operation shares,
the headers of every response, required lists of answers, examples made of their properties' examples) is added here,
so that it cannot be forgotten and stands once. ``python -m openapi.bundle`` prints it as JSON as it is published.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from openapi.fragments import Json, fragments
from openapi.webhooks import add_webhooks

METHODS = ("get", "put", "post", "delete", "patch")
_SCHEMA_REF = "#/components/schemas/"
_REQUEST_ID = "req_01kar7v3fxe7srq2mv8cx0a1rq"


def bundle() -> Json:
    """Return the whole contract as one document that holds only standard 3.0.3 and ``x-`` members.

    Raises: ``ContractError`` when two fragments define the same thing or a reference leads nowhere.
    """
    source = fragments()
    schemas = source["components"]["schemas"]
    add_webhooks(source)
    _head_reports(schemas, source.pop("x-every-report"))
    spec: Json = _written_out(source, schemas)
    for schema in spec["components"]["schemas"].values():
        _close_answer(schema)
    _list_error_codes(spec)
    rules = {name: spec.pop(name) for name in ("x-every-operation", "x-some-operations")}
    for path, item in spec["paths"].items():
        for method, operation in operations_of(item):
            _complete(operation, method, path, spec, rules)
    for webhook in spec["x-webhooks"].values():
        _exemplify(webhook["post"], spec)
    _add_headers(spec, rules["x-every-operation"])
    _drop_unused_values(spec)
    return spec


def operations_of(path_item: Json) -> Iterator[tuple[str, Json]]:
    """Yield method and operation of one path item, in the order in which they are written."""
    for method, operation in path_item.items():
        if method in METHODS:
            yield method, operation


def resolve(spec: Json, node: Json) -> Json:
    """Follow a reference inside the bundle; anything else is returned as it is."""
    while "$ref" in node:
        target: Any = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _written_out(node: Any, schemas: Json) -> Any:
    """Copy a tree and carry out what stands beside references, which OpenAPI 3.0 ignores and 3.1 honours.

    A value type such as ``Money`` is written out in place, with the description, example or ``nullable`` of the one
    property. Objects and enums keep their names, on which SDKs build their types: they are wrapped as
    ``allOf: [$ref]``, the way in which generators understand a nullable reference.
    """
    if isinstance(node, list):
        return [_written_out(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    beside = {key: _written_out(value, schemas) for key, value in node.items() if key != "$ref"}
    if "$ref" not in node or not beside:
        return beside or dict(node)
    named = schemas[node["$ref"].removeprefix(_SCHEMA_REF)]
    if "properties" in named or "enum" in named:
        return {"allOf": [{"$ref": node["$ref"]}], **beside}
    return {**_written_out(named, schemas), **beside}


def _close_answer(schema: Json) -> None:
    """Require every property of a schema that says ``x-required-except``, save those it names."""
    if "x-required-except" in schema:
        optional = schema.pop("x-required-except")
        required = [name for name in schema["properties"] if name not in optional]
        if required:  # OpenAPI 3.0 takes no empty list
            schema["required"] = required


def _head_reports(schemas: Json, heads: Json) -> None:
    """Let each schema that says ``x-report`` begin with what a report of this kind says of its question."""
    for schema in schemas.values():
        if "x-report" in schema:
            schema["properties"] = {**heads[schema.pop("x-report")], **heads["all"], **schema["properties"]}


def _list_error_codes(spec: Json) -> None:
    """Show the table of error codes where a reader of ``Error`` looks for it."""
    code = spec["components"]["schemas"]["Error"]["properties"]["code"]
    table = spec["x-error-codes"]
    code["x-extensible-enum"] = list(table)
    rows = "".join(f"\n| `{name}` | {row['status']} | {row['when']} |" for name, row in table.items())
    code["description"] += f"\n\n| code | status | when |\n|---|---|---|{rows}"


def _complete(operation: Json, method: str, path: str, spec: Json, rules: Json) -> None:
    """Add to one operation what its method, path and body imply; what it declares itself wins."""
    some = rules["x-some-operations"]
    added = [rules["x-every-operation"]]
    added += [some[rule] for rule in _rules_for(operation, method, path, spec)]
    for group in added:
        operation["x-refusals"] = {**group.get("refusals", {}), **operation.get("x-refusals", {})}
    _explain_refusals(operation, spec)
    for group in added:
        _add_parameters(operation, group.get("parameters", []), spec)
        for status, response in group.get("responses", {}).items():
            operation["responses"].setdefault(status, dict(response))
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                response.setdefault("headers", {}).update(group.get("success_headers", {}))
                _add_members(response, group.get("success_members", {}), spec)
                response["content"].update(group.get("success_content", {}))
    operation["responses"] = dict(sorted(operation["responses"].items()))
    _exemplify(operation, spec)


def _exemplify(operation: Json, spec: Json) -> None:
    """Give each JSON body an example, if it has none."""
    for media in _json_bodies(operation):
        if "example" not in media and "examples" not in media:
            media["example"] = example_of(spec, media["schema"])


def _rules_for(operation: Json, method: str, path: str, spec: Json) -> Iterator[str]:
    is_one = "{" in path
    shows_version = _shows_version(operation, spec)
    rules = {
        "on_one": is_one,
        "with_body": "requestBody" in operation,
        "post": method == "post",
        "change": method in ("post", "put"),
        "change_of_one": method in ("put", "delete") or (method == "post" and is_one),
        "reading_one": method == "get" and shows_version,
        "showing_one": shows_version,
        "creating": "201" in operation["responses"],
        "in_formats": {"$ref": "#/components/parameters/ReportFormat"} in operation.get("parameters", []),
        "printing": _answers_with(operation, "application/pdf"),
        "picturing": _answers_with(operation, "image/png"),
        "telling_changes": {"$ref": "#/components/parameters/LastModifiedAfter"} in operation.get("parameters", []),
    }
    return (rule for rule, applies in rules.items() if applies)


def _shows_version(operation: Json, spec: Json) -> bool:
    """Say whether the answer holds one resource that carries a ``version``."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            if "application/json" not in response["content"]:
                return False
            schema = resolve(spec, response["content"]["application/json"]["schema"])
            members = [resolve(spec, each) for each in schema.get("properties", {}).values()]
            return any("version" in each.get("properties", {}) for each in members)
    return False


def _answers_with(operation: Json, media_type: str) -> bool:
    """Say whether the answer is a file of this type alone: one document on paper, or a picture."""
    return any(list(each.get("content", {})) == [media_type] for each in operation["responses"].values())


def _explain_refusals(operation: Json, spec: Json) -> None:
    """Tell ``x-refusals`` (code: why) in the responses of their statuses, below what all operations have."""
    codes, shared = spec["x-error-codes"], spec["components"]["responses"]
    for code, why in operation.get("x-refusals", {}).items():
        row = codes[code]
        own = _refusing(shared[row["response"]], {"code": code, "message": row["when"], "request_id": _REQUEST_ID})
        response = operation["responses"].setdefault(str(row["status"]), own)
        response["description"] += f"\n- `{code}`: {why}"


def _refusing(shared: Json, example: Json) -> Json:
    """Return a response of one operation, whose description ends where its refusals are to be listed."""
    content = {"application/json": {**shared["content"]["application/json"], "example": example}}
    return {**shared, "description": f"{shared['description'].strip()}\n", "content": content}


def _add_members(response: Json, members: Json, spec: Json) -> None:
    """Give an envelope members that need not be there."""
    if members:
        schema = resolve(spec, response["content"]["application/json"]["schema"])
        schema["properties"].update({name: dict(member) for name, member in members.items()})


def _add_parameters(operation: Json, parameters: list[Json], spec: Json) -> None:
    declared = operation.setdefault("parameters", [])
    names = {(each["in"], each["name"]) for each in (resolve(spec, one) for one in declared)}
    for parameter in parameters:
        whole = resolve(spec, parameter)
        if (whole["in"], whole["name"]) not in names:
            declared.append(dict(parameter))


def _json_bodies(operation: Json) -> Iterator[Json]:
    holders = [operation.get("requestBody", {}), *operation["responses"].values()]
    for holder in holders:
        if "application/json" in holder.get("content", {}):
            yield holder["content"]["application/json"]


def example_of(spec: Json, schema: Json) -> Any:
    """Make an example of a schema out of its properties' examples; optional properties are left out."""
    schema = resolve(spec, schema)
    if "example" in schema:
        return schema["example"]
    if "allOf" in schema:
        return example_of(spec, schema["allOf"][0])
    if "properties" in schema:
        wanted = schema.get("required", [])
        return {name: example_of(spec, each) for name, each in schema["properties"].items() if name in wanted}
    if schema.get("type") == "array":
        return [example_of(spec, schema["items"])]
    return None if schema.get("nullable") else schema.get("enum", [None])[0]


def _add_headers(spec: Json, every: Json) -> None:
    """Give the headers that every response carries to all of them, named or written in place; refusals have more."""
    for item in spec["paths"].values():
        for _, operation in operations_of(item):
            for status, authored in operation["responses"].items():
                response = resolve(spec, authored)
                refusals = every["refusal_headers"] if status >= "400" else {}
                response["headers"] = {**every["headers"], **refusals, **response.get("headers", {})}


def _drop_unused_values(spec: Json) -> None:
    """Leave out value types that were written out everywhere, so that no component is without a use."""
    schemas = spec["components"]["schemas"]
    while unused := set(schemas) - {ref.removeprefix(_SCHEMA_REF) for ref in references(spec)}:
        for name in unused:
            del schemas[name]


def references(node: Any) -> Iterator[str]:
    """Yield every ``$ref`` of a tree, in the order in which they are written."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


if __name__ == "__main__":
    from openapi.published import published

    json.dump(published(bundle()), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
