"""What both SDKs need to know of the contract: each operation as a method, and each named schema as a type.

Read from the 3.1 rendition with the overlay laid over it, so that names, hints and nulls are said already.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from openapi.bundle import bundle, references, resolve
from openapi.fragments import Json
from openapi.naming import named_operations
from openapi.overlay import GROUP, METHOD, MODEL, applied, overlay_of
from openapi.published import published
from openapi.rendition import rendition

JSON, FORM = "application/json", "multipart/form-data"
SCHEMAS = "#/components/schemas/"
BYTES = "contentMediaType"
CONTEXT = "page_context"
"""The member of a list's page that says whether another follows; in a report it is the report itself."""

_ORGANIZATION = "organization_id"
_LONGEST_SENTENCE = 96


class Parameter(NamedTuple):
    """A value in the path or the query of a call."""

    name: str
    schema: Json
    is_needed: bool
    about: str


class Body(NamedTuple):
    """What a call sends: ``media``, and the name of its schema, which is empty for bytes.

    ``has_fields`` says that there is something beside the file of a form.
    """

    media: str
    model: str
    is_needed: bool
    has_fields: bool


class Method(NamedTuple):
    """An operation as people call it.

    ``answer`` names the schema of the JSON that is answered, and is empty where a file is; ``has_files`` says that the
    same can be had as a file with ``format``. ``rows`` is the path to the rows of a list or a report, empty where
    there are none; with ``is_paged`` others may follow.
    """

    operation_id: str
    group: str
    name: str
    http: str
    path: str
    summary: str
    ids: list[str]
    query: list[Parameter]
    body: Body | None
    answer: str
    has_files: bool
    rows: tuple[str, ...]
    is_paged: bool
    takes_key: bool
    operation: Json


class Contract(NamedTuple):
    """The whole: ``sent`` and ``answered`` name the schemas on the way to the server and back."""

    document: Json
    methods: list[Method]
    sent: set[str]
    answered: set[str]

    def schema(self, name: str) -> Json:
        """Return a named schema."""
        schema: Json = self.document["components"]["schemas"][name]
        return schema

    def resolved(self, schema: Json) -> Json:
        """Follow a reference."""
        return resolve(self.document, schema)


@cache
def contract() -> Contract:
    """Return the contract as it stands."""
    whole = rendition(published(bundle()))
    return read(applied(whole, overlay_of(whole)))


def read(document: Json) -> Contract:
    """Return what a document says, which is the 3.1 rendition with the overlay."""
    methods = [_method(document, each.method, each.path, each.operation) for each in named_operations(document)]
    sent = _reached(
        document, [[each.operation.get("requestBody", {}), each.operation["parameters"]] for each in methods]
    )
    told = [each["post"]["requestBody"] for each in document["webhooks"].values()]
    answered = _reached(document, [*(each.operation["responses"] for each in methods), *told])
    return Contract(document, methods, sent, answered)


def methods_of(contract: Json) -> list[Method]:
    """Return the operations of a published contract as methods, without copying or reading anything else of it."""
    named: dict[str, Json] = {}
    for action in overlay_of(contract)["actions"]:
        if METHOD in action.get("update", {}):
            target = re.sub(r"\.(\w+)", r"['\1']", action["target"])
            named[target] = named.get(target, {}) | action["update"]
    return [
        _method(contract, each.method, each.path, each.operation | named[f"$['paths']['{each.path}']['{each.method}']"])
        for each in named_operations(contract)
    ]


def _method(document: Json, http: str, path: str, operation: Json) -> Method:
    parameters = [resolve(document, each) for each in operation["parameters"]]
    query = [
        Parameter(each["name"], each["schema"], each.get("required", False), sentence(each.get("description", "")))
        for each in parameters
        if each["in"] == "query" and each["name"] != _ORGANIZATION
    ]
    answer = _answered_json(document, operation)
    is_paged = any(each.name == "cursor" for each in query)
    is_list = operation["operationId"].startswith("list_")
    rows = _rows(document, answer, is_list=is_list) if is_list or is_paged else ()
    return Method(
        operation_id=operation["operationId"],
        group=operation[GROUP],
        name=operation[METHOD],
        http=http.upper(),
        path=path,
        summary=sentence(operation["summary"]),
        ids=re.findall(r"\{(\w+)\}", path),
        query=query,
        body=_body(document, operation),
        answer=answer,
        has_files=bool(answer) and any(each.name == "format" for each in query),
        rows=rows,
        is_paged=is_paged,
        takes_key=any(each["name"] == "Idempotency-Key" for each in parameters),
        operation=operation,
    )


def query_of(method: Method) -> list[Parameter]:
    """Return what may be asked of a method: its query without the format, for which there is another method."""
    return [each for each in method.query if not (method.has_files and each.name == "format")]


def _body(document: Json, operation: Json) -> Body | None:
    held = resolve(document, operation.get("requestBody", {}))
    for media, content in held.get("content", {}).items():
        members = resolve(document, content["schema"]).get("properties", {})
        model = name_of(content["schema"]) if media in (JSON, FORM) else ""
        return Body(media, model, held.get("required", False), has_fields=bool(members.keys() - {"file"}))
    return None


def _answered_json(document: Json, operation: Json) -> str:
    for status, answer in operation["responses"].items():
        content = resolve(document, answer).get("content", {})
        if status.startswith("2") and JSON in content:
            return name_of(content[JSON]["schema"])
    return ""


def _rows(document: Json, answer: str, *, is_list: bool) -> tuple[str, ...]:
    """Return the path to the rows of a list, or of a report, which holds rows and cursor in one object."""
    members = document["components"]["schemas"][answer]["properties"]
    if is_list or CONTEXT in members:
        return (_list_in(document, members),)
    ((report, held),) = [(name, each) for name, each in members.items() if name not in ("code", "message")]
    return (report, _list_in(document, resolve(document, held)["properties"]))


def _list_in(document: Json, members: Json) -> str:
    (name,) = [name for name, each in members.items() if resolve(document, each).get("type") == "array"]
    return str(name)


def cursor_place(rows: tuple[str, ...]) -> str:
    """Return the member of a page that says whether another follows."""
    return rows[0] if len(rows) > 1 else CONTEXT


def row_of(contract: Contract, answer: str, rows: tuple[str, ...]) -> Json:
    """Return the schema of one row of a page."""
    schema = contract.schema(answer)
    for name in rows:
        schema = contract.resolved(schema["properties"][name])
    return dict(schema["items"])


def events_of(contract: Contract) -> Iterator[tuple[str, list[str]]]:
    """Yield the schema of each kind of webhooks, and the names of its events."""
    for told in contract.document["webhooks"].values():
        name = name_of(told["post"]["requestBody"]["content"][JSON]["schema"])
        yield name, values_of(contract.resolved(contract.schema(name)["properties"]["event_type"]))


def name_of(schema: Json) -> str:
    """Return the name of the schema that is referred to; empty if it is written in place."""
    return str(schema.get("$ref", "")).removeprefix(SCHEMAS)


def model_of(name: str, schema: Json) -> str:
    """Return the name of the type that is made of a named schema."""
    return str(schema.get(MODEL, name))


def without_null(schema: Json) -> tuple[Json, bool]:
    """Return a schema without the null that it may be, and whether it may."""
    alternatives = schema.get("anyOf", [])
    others = [each for each in alternatives if each != {"type": "null"}]
    if len(others) < len(alternatives):
        return ({**schema, "anyOf": others} if len(others) > 1 else others[0]), True
    kind = schema.get("type")
    if isinstance(kind, list):
        return {**schema, "type": next(each for each in kind if each != "null")}, "null" in kind
    return schema, False


def is_object(schema: Json) -> bool:
    """Say whether a schema describes an object with named members."""
    return schema.get("type") == "object" and "properties" in schema


def values_of(schema: Json) -> list[Any]:
    """Return the list of values that a schema names, be it open or closed."""
    values: list[Any] = schema.get("enum") or schema.get("x-extensible-enum") or []
    return [each for each in values if each is not None]


def sentence(text: str) -> str:
    """Return the first sentence of a text, short enough for one line."""
    plain = re.sub(r"\s+", " ", text.replace("``", "`").replace("\\", "/")).strip()
    first = re.split(r"(?<=[.:;])\s", plain, maxsplit=1)[0].rstrip(".:;")
    if len(first) > _LONGEST_SENTENCE:
        first = first[: _LONGEST_SENTENCE - 1].rsplit(" ", 1)[0] + "…"
    return first if first.endswith("…") or not first else first + "."


def groups(methods: list[Method]) -> Iterator[tuple[str, list[Method]]]:
    """Yield the methods of each group, in the contract's order."""
    found: dict[str, list[Method]] = {}
    for each in methods:
        found.setdefault(each.group, []).append(each)
    yield from found.items()


def pascal(name: str) -> str:
    """Write words as the name of a class: ``credit_notes`` is ``CreditNotes``."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _reached(document: Json, roots: list[Any]) -> set[str]:
    """Return the names of schemas that some trees refer to, directly or through others."""
    components = document["components"]
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[Any] = list(roots)
    while waiting:
        for reference in references(waiting.pop()):
            if reference in seen:
                continue
            seen.add(reference)
            _, _, kind, name = reference.split("/")
            waiting.append(components[kind][name])
            if kind == "schemas":
                found.add(name)
    return found
