"""Whole stories as workflows (Arazzo): what is called in which order, and what of an answer goes into the next call.

``arazzo.yaml`` is their one source. ``workflows`` is what is served; ``stories_of`` is the same for those who write
requests of it: what goes into a workflow is filled in, and what a later step takes is a variable, ``{{name}}``.
"""

import json
import re
from typing import Any, NamedTuple

from openapi.bundle import operations_of, resolve
from openapi.fragments import ROOT, ContractError, Json, read

VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_INPUT = re.compile(r"\$inputs\.(\w+)")
_OUTPUT = re.compile(r"\$steps\.\w+\.outputs\.(\w+)")
_POINTER = re.compile(r"\$response\.body#/(.+)")
_FOUND_BY = re.compile(r"\$\.(\w+)\[\?@\.(\w+) == (\d+)\]\.(\w+)")
_STATUS = re.compile(r"\$statusCode == (\d+)")


class Row(NamedTuple):
    """The one row of a list whose member is this number."""

    member: str
    value: int


class Kept(NamedTuple):
    """What a later step takes out of an answer: the variable, and the way to the value through the answer."""

    name: str
    way: tuple[str | int | Row, ...]
    is_number: bool


class Step(NamedTuple):
    """One call of a story; ``conditions`` are what its answer must meet besides its status."""

    id: str
    title: str
    about: str
    operation_id: str
    path: dict[str, str]
    query: dict[str, str]
    body: str
    status: int
    conditions: tuple[str, ...]
    keeps: tuple[Kept, ...]


class Story(NamedTuple):
    """A workflow as calls that can be written down."""

    id: str
    title: str
    about: str
    steps: tuple[Step, ...]


def workflows(version: str) -> Json:
    """Return the workflows that go with a version of the contract. Raises: ``ContractError``."""
    document = read(ROOT / "arazzo.yaml")
    return {**document, "info": {**document["info"], "version": version}}


def stories_of(contract: Json) -> list[Story]:
    """Return the workflows of which a contract has all operations. Raises: ``ContractError``."""
    operations = {each["operationId"]: each for item in contract["paths"].values() for _, each in operations_of(item)}
    return [
        _story(contract, operations, workflow)
        for workflow in workflows(contract["info"]["version"])["workflows"]
        if all(step["operationId"] in operations for step in workflow["steps"])
    ]


def _story(spec: Json, operations: Json, workflow: Json) -> Story:
    taken = set(_OUTPUT.findall(json.dumps(workflow["steps"])))
    inputs = {name: each["default"] for name, each in workflow["inputs"]["properties"].items()}
    numbers: set[str] = set()
    steps = []
    for step in workflow["steps"]:
        made = _step(spec, operations[step["operationId"]], step, inputs, taken, numbers)
        numbers |= {each.name for each in made.keeps if each.is_number}
        steps.append(made)
    return Story(workflow["workflowId"], workflow["summary"], workflow.get("description", ""), tuple(steps))


def _step(spec: Json, operation: Json, step: Json, inputs: Json, taken: set[str], numbers: set[str]) -> Step:
    given = [(each["in"], each["name"], str(_filled(each["value"], inputs))) for each in step.get("parameters", ())]
    first, *others = (each["condition"] for each in step["successCriteria"])
    status = _STATUS.fullmatch(first)
    if status is None:
        raise ContractError(f"{step['stepId']} does not say first which status it is answered with.")
    words = step["stepId"].replace("_", " ")
    body = step.get("requestBody", {}).get("payload")
    kept = {name: _way(each) for name, each in step.get("outputs", {}).items() if name in taken}
    answer = _schema(spec, operation, status[1])
    return Step(
        id=step["stepId"],
        title=words[0].upper() + words[1:],
        about=step.get("description", ""),
        operation_id=step["operationId"],
        path={name: value for place, name, value in given if place == "path"},
        query={name: value for place, name, value in given if place == "query"},
        body="" if body is None else _written(_filled(body, inputs), numbers),
        status=int(status[1]),
        conditions=tuple(str(_filled(each, inputs)) for each in others),
        keeps=tuple(Kept(name, way, _is_number(spec, answer, way)) for name, way in kept.items()),
    )


def _filled(value: Any, inputs: Json) -> Any:
    """Put inputs in, and a variable where a value of an earlier step is meant."""
    if isinstance(value, dict):
        return {name: _filled(each, inputs) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, inputs) for each in value]
    if not isinstance(value, str):
        return value
    if whole := _INPUT.fullmatch(value):
        return inputs[whole[1]]
    return _OUTPUT.sub(r"{{\1}}", _INPUT.sub(lambda found: f"'{inputs[found[1]]}'", value))


def _written(body: Any, numbers: set[str]) -> str:
    """Write a body as JSON, in which a variable stands in quotes unless it is a number."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return re.sub(r'"(\{\{(\w+)\}\})"', lambda found: found[1] if found[2] in numbers else found[0], text)


def _way(output: Any) -> tuple[str | int | Row, ...]:
    """Return the way to an output: its pointer, or the row that a selector finds and a member of it."""
    if isinstance(output, str) and (pointer := _POINTER.fullmatch(output)):
        return tuple(int(part) if part.isdecimal() else part for part in pointer[1].split("/"))
    found = _FOUND_BY.fullmatch(output["selector"]) if isinstance(output, dict) else None
    if found is None:
        raise ContractError(f"No output that is known: {output}")
    return found[1], Row(found[2], int(found[3])), found[4]


def _schema(spec: Json, operation: Json, status: str) -> Json:
    """Return what the answer of a status holds; nothing is known of a file."""
    content = resolve(spec, operation["responses"][status])["content"]
    schema: Json = content.get("application/json", {}).get("schema", {})
    return schema


def _is_number(spec: Json, schema: Json, way: tuple[str | int | Row, ...]) -> bool:
    for part in way:
        whole = _whole(spec, schema)
        schema = whole["properties"][part] if isinstance(part, str) else whole["items"]
    return _whole(spec, schema)["type"] in ("number", "integer")


def _whole(spec: Json, schema: Json) -> Json:
    """Return a schema in the place of a reference to it, also of one that may be null."""
    schema = resolve(spec, schema)
    inner = (schema.get("allOf") or schema.get("anyOf") or [None])[0]
    return schema if inner is None else _whole(spec, inner)
