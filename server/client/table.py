"""The commands that a contract makes: one for each operation, with its options, its body and what it answers.

This reads the whole contract; ``kept.py`` keeps what comes of it.
"""

import re

from openapi.bundle import resolve
from openapi.fragments import Json
from openapi.naming import Named, named_operations
from openapi.published import wrapped
from server.client.command import JSON_TEXT, Command, Option

_SCALARS = frozenset(("string", "integer", "number", "boolean"))
_LEFT_OUT = frozenset(("Idempotency-Key", "X-AIBooks-Org"))
"""Headers that are no options: the key is made by itself, and the organization can be named in the query."""

_BODIES = ("application/json", "multipart/form-data", "text/csv")
_LONGEST_ABOUT = 110
_SENTENCE = re.compile(r"(?<=[.;:])\s")


def commands_of(contract: Json) -> list[Command]:
    """Return the commands of a published contract, in its order."""
    return [_command(contract, each) for each in named_operations(contract)]


def _command(spec: Json, named: Named) -> Command:
    operation = named.operation
    parameters = [resolve(spec, each) for each in operation.get("parameters", [])]
    names = {each["name"] for each in parameters}
    body, schema = _body(spec, operation)
    rows, row = _rows(spec, operation)
    options = [_parameter(spec, each) for each in parameters if each["name"] not in _LEFT_OUT]
    options += [
        _option(spec, name, "body", each, is_needed=name in schema.get("required", []), about="")
        for name, each in schema.get("properties", {}).items()
    ]
    return Command(
        group=named.group,
        verb=named.verb,
        operation_id=operation["operationId"],
        method=named.method.upper(),
        path=named.path,
        summary=operation["summary"],
        about=operation.get("description", "").partition(" Scope `")[0],
        options=options,
        body=body,
        needs_body=operation.get("requestBody", {}).get("required", False),
        answers=sorted(_good(spec, operation).get("content", {})),
        rows=rows,
        columns=columns_of(spec, row, named.group),
        pages=_pages(spec, operation, rows) if "cursor" in names else "",
        takes_key="Idempotency-Key" in names,
    )


def _parameter(spec: Json, declared: Json) -> Option:
    is_needed = declared.get("required", False)
    about = declared.get("description", "")
    return _option(spec, declared["name"], declared["in"], declared["schema"], is_needed=is_needed, about=about)


def _option(spec: Json, name: str, place: str, schema: Json, *, is_needed: bool, about: str) -> Option:
    whole = _whole(spec, schema)
    kind = whole.get("type", JSON_TEXT)
    of = _whole(spec, whole["items"]).get("type", JSON_TEXT) if kind == "array" else ""
    if whole.get("format") == "binary":
        kind = "file"
    elif kind not in _SCALARS and of not in _SCALARS:
        kind = JSON_TEXT
    listed = _whole(spec, whole["items"]) if of in _SCALARS else whole
    allowed = listed.get("enum") or listed.get("x-extensible-enum") or []
    values = tuple(str(each) for each in allowed if each is not None)
    return Option(name, place, kind, of, is_needed, values, _short(about or whole.get("description", "")))


def _body(spec: Json, operation: Json) -> tuple[str, Json]:
    """Return the media type that a body is sent in and its schema; a file has no members."""
    content = resolve(spec, operation.get("requestBody", {})).get("content", {})
    for media in _BODIES:
        if media in content:
            return media, _whole(spec, content[media]["schema"])
    return next(iter(content), ""), {}


def _good(spec: Json, operation: Json) -> Json:
    """Return the answer of a call that was carried out."""
    return next((resolve(spec, each) for status, each in operation["responses"].items() if status[0] == "2"), {})


def _rows(spec: Json, operation: Json) -> tuple[str, Json]:
    """Return the member of an answer that is a list of things, and the schema of a row."""
    media = _good(spec, operation).get("content", {}).get("application/json", {})
    members = _whole(spec, media.get("schema", {})).get("properties", {})
    is_list = "page_context" in members or operation["operationId"].startswith("list_")
    for name, each in members.items() if is_list else ():
        whole = _whole(spec, each)
        if whole.get("type") == "array" and name != "warnings":
            return name, _whole(spec, whole["items"])
    return "", {}


def _pages(spec: Json, operation: Json, rows: str) -> str:
    """Return the path to the rows of a page: of a list, or of a report that holds rows and cursor in one object."""
    if rows:
        return rows
    media = _good(spec, operation).get("content", {}).get("application/json", {})
    for name, each in _whole(spec, media.get("schema", {})).get("properties", {}).items():
        inner = _whole(spec, each).get("properties", {})
        if "next_cursor" in inner:
            return f"{name}.{next(row for row, held in inner.items() if _whole(spec, held).get('type') == 'array')}"
    return ""


def _whole(spec: Json, schema: Json) -> Json:
    """Follow references, also those beside which something stands or that may be null."""
    schema = resolve(spec, schema)
    inner = wrapped(schema)
    if inner is None:
        return schema
    return {**_whole(spec, inner), **{key: each for key, each in schema.items() if key not in ("allOf", "anyOf")}}


def _short(text: str) -> str:
    """Return the first sentence of a description, or its beginning."""
    first = _SENTENCE.split(" ".join(text.split()), maxsplit=1)[0].rstrip(".;:")
    return first if len(first) <= _LONGEST_ABOUT else first[: _LONGEST_ABOUT - 1].rsplit(" ", 1)[0] + "…"


_SHOWN = (
    r"{id}",
    r"{one}_number|number|code",
    r"{one}_name|name|title|subject",
    r"customer_name|vendor_name|contact_name|user_name|filename|item_name",
    r"status",
    r"date|(?!opening_).*_date",
    r"{one}_type|type|kind|flow|action|mode|form|(?!supply_).*_type",
    r"total|amount|igst_amount",
    r"balance|current_balance",
    r"rate|.*_percentage|.*_percent",
    r"gst_no|gstin|hsn_or_sac|email|.*_code",
    r"message|description|text|.*_time",
)
"""What people look for in a list, in the order of their interest."""

_FEWEST_COLUMNS, _MOST_COLUMNS = 4, 7


def columns_of(spec: Json, row: Json, group: str) -> list[str]:
    """Return the members of a row that a table shows: its id, what people call it, where it stands, how much."""
    plain = [name for name, each in row.get("properties", {}).items() if _is_plain(_whole(spec, each))]
    ids = [name for name in plain if name.endswith("_id")]
    own = next((name for name in ids if group.startswith(name.removesuffix("_id")[:4])), ids[0] if ids else "")
    one = own.removesuffix("_id")
    found: list[str] = []
    for wanted in _SHOWN:
        words = (each.replace("{id}", own or "-").replace("{one}", one or "-") for each in wanted.split("|"))
        fitting = (name for word in words for name in plain if re.fullmatch(word, name) and name not in found)
        found += list(fitting)[:1]
    rest = [name for name in plain if name not in found]
    return [*found, *rest[: max(_FEWEST_COLUMNS - len(found), 0)]][:_MOST_COLUMNS]


def _is_plain(schema: Json) -> bool:
    return schema.get("type") in ("string", "integer", "number")
