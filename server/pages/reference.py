"""The reference page's view of the contract: operations by tag, with their parameters, bodies and examples, flat."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from markupsafe import Markup

from openapi.published import wrapped

Spec = dict[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")
_MAX_DEPTH = 4


def reference_view(spec: Spec) -> dict[str, Any]:
    """Return what the template shows: ``introduction`` and ``groups`` (name, about, operations)."""
    groups: dict[str, dict[str, Any]] = {
        tag["name"]: {"name": tag["name"], "about": _html(tag.get("description")), "operations": []}
        for tag in spec.get("tags", [])
    }
    for path, item in spec["paths"].items():
        for method in _METHODS:
            if method in item:
                name = (item[method].get("tags") or ["other"])[0]
                group = groups.setdefault(name, {"name": name, "about": "", "operations": []})
                group["operations"].append(_operation(spec, path, method, item))
    return {
        "introduction": _html(spec["info"].get("description")),
        "groups": [group for group in groups.values() if group["operations"]],
    }


def _operation(spec: Spec, path: str, method: str, item: Spec) -> dict[str, Any]:
    operation = item[method]
    parameters = [_followed(spec, each) for each in item.get("parameters", []) + operation.get("parameters", [])]
    media = _json_content(_followed(spec, operation.get("requestBody", {})))
    answers = {code: _followed(spec, each) for code, each in operation.get("responses", {}).items()}
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", operation["operationId"]),
        "about": _html(operation.get("description")),
        "scopes": [scope for each in operation.get("security", []) for scopes in each.values() for scope in scopes],
        "parameters": [_row(spec, each["name"], each.get("schema", {}), each) for each in parameters],
        "fields": list(_fields(spec, media.get("schema", {}), "", 0)),
        "request_example": _example(media),
        "answers": [
            {
                "status": code,
                "about": _html(answer.get("description", "").partition("\n\n")[0]),
                "more": _html(answer.get("description", "").partition("\n\n")[2]),
                "example": _example(_json_content(answer)),
                "is_good": code.startswith("2"),
            }
            for code, answer in answers.items()
        ],
    }


def _fields(spec: Spec, schema: Spec, prefix: str, depth: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each member of an object, and for those of objects and lists within it."""
    schema = _followed(spec, schema)
    required = schema.get("required", ())
    for name, authored in schema.get("properties", {}).items():
        inner = _followed(spec, authored)
        if inner.get("readOnly"):
            continue
        yield _row(spec, prefix + name, inner, {**inner, **authored, "required": name in required})
        if depth < _MAX_DEPTH:
            is_list = inner.get("type") == "array"
            within = inner.get("items", {}) if is_list else inner
            yield from _fields(spec, within, f"{prefix}{name}{'[]' if is_list else ''}.", depth + 1)


def _row(spec: Spec, name: str, schema: Spec, described: Spec) -> dict[str, Any]:
    schema = _followed(spec, schema)
    return {
        "name": name,
        "place": described.get("in", ""),
        "type": _type(spec, schema),
        "is_required": described.get("required") is True,
        "about": _html(described.get("description", schema.get("description"))),
        "limits": _limits(schema),
    }


def _type(spec: Spec, schema: Spec) -> str:
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return "list of " + _type(spec, _followed(spec, schema.get("items", {})))
    return f"{kind}, {schema['format']}" if "format" in schema else kind


def _limits(schema: Spec) -> str:
    """Return enum, range, length and default in a few words."""
    words = []
    if "enum" in schema:
        words.append("one of " + ", ".join(str(each) for each in schema["enum"]))
    for key, word in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "at most"), ("default", "default")):
        if key in schema and schema[key] is not None:
            words.append(f"{word} {json.dumps(schema[key])}" + (" characters" if key == "maxLength" else ""))
    return "; ".join(words)


def _example(media: Spec) -> str:
    """Return the first example of a media type as indented JSON, or nothing."""
    value = media.get("example")
    for named in media.get("examples", {}).values():
        value = value or named.get("value")
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def _json_content(described: Spec) -> Spec:
    content: Spec = described.get("content", {}).get("application/json", {})
    return content


def _followed(spec: Spec, value: Spec) -> Spec:
    """Follow references, also those beside which something stands or that may be null."""
    while "$ref" in value or wrapped(value):
        if "$ref" in value:
            _, kind, name = value["$ref"].rsplit("/", 2)
            value = spec["components"][kind][name]
        else:
            value = wrapped(value) or {}
    return value


def _html(text: str | None) -> Markup:
    """Render Markdown; raw HTML in it stays text."""
    return Markup(_markdown().render(text)) if text else Markup()  # noqa: S704  # the renderer escapes HTML


@cache
def _markdown() -> Any:
    """Return the renderer, imported for the first page that asks for it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
