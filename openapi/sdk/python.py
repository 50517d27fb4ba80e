"""The Python package: models of what is answered, typed dictionaries of what is sent, a method for each operation."""

import keyword
from collections.abc import Callable
from textwrap import wrap

from openapi.fragments import Json
from openapi.overlay import VARNAMES
from openapi.sdk.reading import (
    BYTES,
    CONTEXT,
    FORM,
    JSON,
    Contract,
    Method,
    cursor_place,
    events_of,
    groups,
    is_object,
    model_of,
    name_of,
    pascal,
    query_of,
    row_of,
    sentence,
    values_of,
    without_null,
)

_HEAD = '"""{about}\n\nMade from the contract; changes belong there.\n"""\n\n'
_SCALARS = {"string": "str", "integer": "int", "boolean": "bool", "number": "Decimal"}
_TIMES = {"date": "dt.date", "date-time": "dt.datetime"}
_INDENT = "    "
_WIDTH = 110


def files_of(contract: Contract) -> dict[str, str]:
    """Return the generated modules by their file names."""
    return {
        "models.py": _models(contract),
        "params.py": _params(contract),
        "values.py": _values(contract),
        "resources.py": _resources(contract, is_async=False),
        "async_resources.py": _resources(contract, is_async=True),
        "client.py": _client(contract),
    }


def answered_type(contract: Contract, schema: Json) -> str:
    """Return the type of a value in an answer; lists of values are open there, so they are plain texts."""
    schema, may_be_null = without_null(schema)
    name = name_of(schema)
    if name and is_object(contract.schema(name)):
        return _or_none(model_of(name, contract.schema(name)), may_be_null)
    whole, is_null = without_null(contract.resolved(schema))
    return _or_none(_plain(contract, whole, answered_type, "list", "dict"), may_be_null or is_null)


def sent_type(contract: Contract, schema: Json) -> str:
    """Return the type of a value that is sent: lists of values are closed, and amounts may be whole numbers."""
    schema, may_be_null = without_null(schema)
    name = name_of(schema)
    whole, is_null = without_null(contract.resolved(schema))
    if name and (is_object(whole) or values_of(whole)):
        return _or_none(model_of(name, whole), may_be_null or is_null)
    if values_of(whole):
        made = _literal(whole)
    elif whole.get("type") == "number":
        made = "Amount"
    elif whole.get("format") in _TIMES:
        made = f"{_TIMES[whole['format']]} | str"
    else:
        made = _plain(contract, whole, sent_type, "Sequence", "Mapping")
    return _or_none(made, may_be_null or is_null)


def _plain(contract: Contract, schema: Json, inner: Callable[[Contract, Json], str], many: str, free: str) -> str:
    """Return the type of what is no named object; ``inner`` types what is within it."""
    if "anyOf" in schema:
        kinds = list(dict.fromkeys(inner(contract, each).removesuffix(" | None") for each in schema["anyOf"]))
        is_null = any(without_null(each)[1] for each in schema["anyOf"])
        return _or_none(" | ".join(kinds), is_null)
    if BYTES in schema:
        return "bytes"
    if schema.get("type") == "array":
        return f"{many}[{inner(contract, schema['items'])}]"
    if schema.get("type") == "object":
        members = schema.get("additionalProperties")
        return f"{free}[str, {inner(contract, members) if isinstance(members, dict) else 'Any'}]"
    if schema.get("format") in _TIMES:
        return _TIMES[schema["format"]]
    return _SCALARS.get(schema.get("type", ""), "Any")


def _or_none(name: str, may_be_null: bool) -> str:  # noqa: FBT001  # the second half of what without_null returns
    return f"{name} | None" if may_be_null and not name.endswith("None") and name != "Any" else name


def _literal(schema: Json) -> str:
    return f"Literal[{', '.join(_quoted(each) for each in values_of(schema))}]"


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def attribute_of(name: str) -> str:
    """Return the attribute of a member, whose name may be a word of Python."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _docstring(about: str, indent: str) -> str:
    text = sentence(about).replace('"""', "'''")
    if text.endswith('"'):
        text += "."
    return f'{indent}"""{text}"""\n' if text else ""


def _models(contract: Contract) -> str:
    pages = {each.answer: each.rows for each in contract.methods if each.rows}
    out = [
        _HEAD.format(about="What is answered, and what webhooks tell."),
        "from __future__ import annotations\n\nimport datetime as dt\nfrom decimal import Decimal\n",
        "from typing import Any, ClassVar\n\nfrom finzbooks.model import Model, Page\n",
        '\n\nclass WebhookEvent(Model):\n    """What any webhook tells; see ``EVENTS``."""\n\n',
        "    event_type: str\n    delivery_id: str\n    event_id: str\n    occurred_at: dt.datetime\n    org_id: str\n",
        "    data: Any\n",
    ]
    events = dict(events_of(contract))
    for name, schema in contract.document["components"]["schemas"].items():
        if name in contract.answered and is_object(schema):
            out.append(_model(contract, name, schema, pages.get(name, ()), is_event=name in events))
    rows = [f"    {_quoted(value)}: {model},\n" for model, values in events.items() for value in values]
    out.append("\n\nEVENTS: dict[str, type[WebhookEvent]] = {\n" + "".join(rows) + "}\n")
    out.append('"""Models of webhooks by their ``event_type``; a later one is a plain ``WebhookEvent``."""\n')
    return "".join(out)


def _model(contract: Contract, name: str, schema: Json, rows: tuple[str, ...], *, is_event: bool) -> str:
    members = schema["properties"]
    if is_event:
        members = {"data": members["data"]}
    base = "WebhookEvent" if is_event else "Model"
    if rows:
        base = f'Page["{answered_type(contract, row_of(contract, name, rows))}"]'
    head = f"\n\nclass {model_of(name, schema)}({base}):\n{_docstring(schema.get('description', name), _INDENT)}"
    out = [head]
    renamed = {each: attribute_of(each) for each in members if attribute_of(each) != each}
    if renamed:
        told = ", ".join(f"{_quoted(name)}: {_quoted(other)}" for name, other in renamed.items())
        out.append(f"\n    _names: ClassVar[dict[str, str]] = {{{told}}}\n")
    if rows:
        path = ", ".join(_quoted(each) for each in rows) + ("," if len(rows) == 1 else "")
        out.append(f"\n    _rows: ClassVar[tuple[str, ...]] = ({path})\n")
        if (place := cursor_place(rows)) != CONTEXT:
            out.append(f"    _place: ClassVar[str] = {_quoted(place)}\n")
    out.append("\n" if not renamed and not rows else "")
    for member, each in members.items():
        kind = answered_type(contract, each)
        if member not in schema.get("required", []):
            kind = f"{_or_none(kind, True)} = None"
        out.append(f"    {attribute_of(member)}: {kind}\n{_docstring(each.get('description', ''), _INDENT)}")
    return "".join(out)


def _params(contract: Contract) -> str:
    out = [
        _HEAD.format(about="What is sent: bodies, and the queries of calls."),
        "from __future__ import annotations\n\nimport datetime as dt\nfrom collections.abc import Mapping, Sequence\n",
        "from decimal import Decimal\nfrom typing import Any, Literal, Required, TypedDict\n\n",
        'Amount = Decimal | int\n"""Exact; a float is not."""\n',
    ]
    schemas = contract.document["components"]["schemas"]
    for name, schema in schemas.items():
        if name in contract.sent and values_of(schema):
            out.append(_alias(model_of(name, schema), schema))
    for name, schema in schemas.items():
        if name in contract.sent and is_object(schema):
            members = {each: schema["properties"][each] for each in schema["properties"]}
            out.append(_typed(contract, model_of(name, schema), schema.get("description", name), schema, members))
    for method in contract.methods:
        if query := query_of(method):
            needed = [each.name for each in query if each.is_needed]
            members = {each.name: {**each.schema, "description": each.about} for each in query}
            name = query_name(method)
            out.append(
                _typed(contract, name, f"What may be asked of {method.operation_id}", {"required": needed}, members)
            )
    return "".join(out)


def _alias(name: str, schema: Json) -> str:
    values = wrap(", ".join(_quoted(each) for each in values_of(schema)), _WIDTH, break_on_hyphens=False)
    inner = "".join(f"    {line}\n" for line in values)
    return f"\n{name} = Literal[\n{inner}]\n"


def _typed(contract: Contract, name: str, about: str, schema: Json, members: dict[str, Json]) -> str:
    out = [f"\n\nclass {name}(TypedDict, total=False):\n{_docstring(about, _INDENT)}\n"]
    for member, each in members.items():
        if BYTES in contract.resolved(each):
            continue
        kind = sent_type(contract, each)
        if member in schema.get("required", []):
            kind = f"Required[{kind}]"
        out.append(f"    {member}: {kind}\n{_docstring(each.get('description', ''), _INDENT)}")
    return "".join(out)


def query_name(method: Method) -> str:
    """Return the name of the type of a method's query."""
    return f"{pascal(method.operation_id)}Query"


def _values(contract: Contract) -> str:
    out = [
        _HEAD.format(about="Names for the values that the contract lists; answers may have further ones."),
        "from typing import Final\n",
    ]
    schemas = contract.document["components"]["schemas"]
    for name, schema in schemas.items():
        if not values_of(schema) or name.removesuffix("Input") in schemas.keys() - {name}:
            continue
        pairs = zip(schema[VARNAMES], values_of(schema), strict=True)
        rows = "".join(f"    {varname}: Final = {_quoted(value)}\n" for varname, value in pairs)
        out.append(f"\n\nclass {name}Values:\n{_docstring(schema.get('description', name), _INDENT)}\n{rows}")
    return "".join(out)


def _resources(contract: Contract, *, is_async: bool) -> str:
    transport = "Async" if is_async else "Sync"
    out = [
        _HEAD.format(about=f"A method for each operation{', to be awaited' if is_async else ''}."),
        "from typing import Literal, Unpack\n\nfrom finzbooks import models, params\n",
        "from finzbooks.model import File, Model\n",
        f"from finzbooks.transport import {transport}, Options, Request, Upload, path\n",
    ]
    for group, methods in groups(contract.methods):
        out.append(f'\n\nclass {pascal(group)}:\n    """{group.replace("_", " ").capitalize()}."""\n')
        out.append(f"\n    def __init__(self, books: {transport}) -> None:\n        self._books = books\n")
        for method in methods:
            out.append(_method(contract, method, is_async=is_async))
            if method.has_files:
                out.append(_file_method(contract, method, is_async=is_async))
    return "".join(out)


def _method(contract: Contract, method: Method, *, is_async: bool) -> str:
    taken, request = _arguments(method)
    answer = _answer(contract, method)
    call = "page" if method.rows else "answer" if method.answer else "file"
    first = f"{answer}, " if method.answer else ""
    return _written(method.name, taken, answer, method.summary, f"{call}({first}{request}, options)", is_async=is_async)


def _answer(contract: Contract, method: Method) -> str:
    """Return the type of an answer; an object whose members are free is a plain model."""
    if not method.answer:
        return "File"
    schema = contract.schema(method.answer)
    return f"models.{model_of(method.answer, schema)}" if is_object(schema) else "Model"


def _file_method(contract: Contract, method: Method, *, is_async: bool) -> str:
    formats = next(contract.resolved(each.schema) for each in method.query if each.name == "format")
    kinds = ", ".join(_quoted(each) for each in values_of(formats) if each != "json")
    taken, request = _arguments(method)
    taken = [f"format: Literal[{kinds}]" if each == "*" else each for each in taken]
    place = taken.index(f"format: Literal[{kinds}]")
    taken.insert(place, "*")
    request = request.replace("query=query", 'query={**query, "format": format}')
    about = f"{method.summary.rstrip('.')}, as a file."
    return _written(f"{method.name}_file", taken, "File", about, f"file({request}, options)", is_async=is_async)


def _written(name: str, taken: list[str], answer: str, about: str, call: str, *, is_async: bool) -> str:
    head, wait = ("async def", "await ") if is_async else ("def", "")
    return (
        f"\n    {head} {name}({', '.join(['self', *taken])}) -> {answer}:\n{_docstring(about, _INDENT * 2)}"
        f"        return {wait}self._books.{call}\n"
    )


def _arguments(method: Method) -> tuple[list[str], str]:
    """Return what a method takes, and the request that it makes of it."""
    taken = [*(f"{each}: str" for each in method.ids), *(["/"] if method.ids else []), "*"]
    template = method.path
    for each in method.ids:
        template = template.replace(f"{{{each}}}", "{}")
    place = f"path({', '.join([_quoted(template), *method.ids])})" if method.ids else _quoted(template)
    made = [_quoted(method.http), place]
    query = query_of(method)
    if method.body and query:
        taken.append(f"query: params.{query_name(method)} | None = None")
    if query:
        made.append("query=query")
    if method.body and method.body.media == FORM:
        taken.append("file: Upload")
        made.append("form=(form, file)")
    elif method.body and method.body.media != JSON:
        taken.append("content: bytes")
        made.append(f"content=({_quoted(method.body.media)}, content)")
    elif method.body:
        made.append("body=body" if method.body.is_needed else "body=body or None")
    if method.takes_key:
        made.append("takes_key=True")
    taken.append("options: Options | None = None")
    taken += _free(method)
    return taken, f"Request({', '.join(made)})"


def _free(method: Method) -> list[str]:
    """Return what a method takes by the contract's own names."""
    if method.body and method.body.model:
        name = "form" if method.body.media == FORM else "body"
        return [f"**{name}: Unpack[params.{method.body.model}]"]
    if query_of(method) and not method.body:
        return [f"**query: Unpack[params.{query_name(method)}]"]
    return []


def _client(contract: Contract) -> str:
    out = [
        _HEAD.format(about="The books as one object: a group of methods for each resource."),
        "from functools import cached_property\nfrom typing import Self\n\n",
        "from finzbooks import async_resources, resources\nfrom finzbooks.transport import Async, Sync\n",
    ]
    out.append(_books(contract, "FinzBooks", "Sync", "resources", "Calls the API with a token."))
    out.append(_books(contract, "AsyncFinzBooks", "Async", "async_resources", "The same, to be awaited."))
    return "".join(out)


def _books(contract: Contract, name: str, transport: str, module: str, about: str) -> str:
    word, prefix, wait = ("async def", "a", "await ") if transport == "Async" else ("def", "", "")
    rows = [
        f"\n    @cached_property\n    def {group}(self) -> {module}.{pascal(group)}:\n"
        f"        return {module}.{pascal(group)}(self)\n"
        for group, _ in groups(contract.methods)
    ]
    return (
        f'\n\nclass {name}({transport}):\n    """{about}"""\n{"".join(rows)}'
        f"\n    {word} __{prefix}enter__(self) -> Self:\n        return self\n"
        f"\n    {word} __{prefix}exit__(self, *_: object) -> None:\n        {wait}self.close()\n"
    )
