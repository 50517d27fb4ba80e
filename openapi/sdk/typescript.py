"""The TypeScript package: types of what is sent and answered, a method for each operation, and where amounts are."""

import json
import re
from collections.abc import Callable

from openapi.fragments import Json
from openapi.sdk.reading import (
    BYTES,
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
from openapi.sdk.snippets import camel

_HEAD = "/** {about} Made from the contract; changes belong there. */\n\n"
_SCALARS = {"string": "string", "integer": "number", "boolean": "boolean"}
_AMOUNT = "#"

_TypeOf = Callable[[Contract, Json], str]


def files_of(contract: Contract) -> dict[str, str]:
    """Return the generated modules by their file names."""
    return {
        "models.ts": _models(contract),
        "shapes.ts": _shapes(contract),
        "resources.ts": _resources(contract),
        "client.ts": _client(contract),
    }


def answered_type(contract: Contract, schema: Json) -> str:
    """Return the type of a value in an answer, where lists of values are open."""
    return _type(contract, schema, "Decimal", is_open=True)


def sent_type(contract: Contract, schema: Json) -> str:
    """Return the type of a value that is sent, where lists of values are closed."""
    return _type(contract, schema, "DecimalInput", is_open=False)


def _type(contract: Contract, schema: Json, amount: str, *, is_open: bool) -> str:
    schema, may_be_null = without_null(schema)
    name = name_of(schema)
    whole, is_null = without_null(contract.resolved(schema))
    if name and (is_object(whole) or values_of(whole)):
        made = model_of(name, whole)
    elif values_of(whole):
        made = _list_of_values(whole, is_open=is_open)
    elif "anyOf" in whole:
        kinds = [_type(contract, each, "number", is_open=is_open) for each in whole["anyOf"]]
        made = " | ".join(dict.fromkeys(kind for each in kinds for kind in each.split(" | ")))
    elif whole.get("type") == "array":
        inner = _type(contract, whole["items"], amount, is_open=is_open)
        made = f"({inner})[]" if " | " in inner else f"{inner}[]"
    elif whole.get("type") == "object":
        members = whole.get("additionalProperties")
        inner = _type(contract, members, amount, is_open=is_open) if isinstance(members, dict) else "unknown"
        made = f"Record<string, {inner}>"
    else:
        made = amount if whole.get("type") == "number" else _SCALARS.get(whole.get("type", ""), "unknown")
    return f"{made} | null" if (may_be_null or is_null) and not made.endswith("null") and made != "unknown" else made


def _list_of_values(schema: Json, *, is_open: bool) -> str:
    closed = " | ".join(json.dumps(each, ensure_ascii=False) for each in values_of(schema))
    return f"{closed} | (string & {{}})" if is_open and "x-extensible-enum" in schema else closed


def _comment(about: str, indent: str = "") -> str:
    text = sentence(about).replace("*/", "* /")
    return f"{indent}/** {text} */\n" if text else ""


def _models(contract: Contract) -> str:
    out = [
        _HEAD.format(about="What is sent and answered, and what webhooks tell."),
        'import type { Decimal, DecimalInput } from "./exact.js";\n',
    ]
    for name, schema in contract.document["components"]["schemas"].items():
        if name not in contract.sent | contract.answered:
            continue
        of = sent_type if name in contract.sent and name not in contract.answered else answered_type
        if is_object(schema):
            out.append(_interface(contract, model_of(name, schema), schema, of))
        elif values_of(schema):
            made = _list_of_values(schema, is_open=True)
            out.append(f"\n{_comment(schema.get('description', name))}export type {model_of(name, schema)} = {made};\n")
    for method in contract.methods:
        if query := query_of(method):
            needed = [each.name for each in query if each.is_needed]
            members = {each.name: {**each.schema, "description": each.about} for each in query}
            schema = {
                "required": needed,
                "properties": members,
                "description": f"What may be asked of {method.operation_id}",
            }
            out.append(_interface(contract, _query_name(method), schema, sent_type))
    out.append(_events(contract))
    return "".join(out)


def _interface(contract: Contract, name: str, schema: Json, of: _TypeOf) -> str:
    rows = []
    for member, each in schema["properties"].items():
        if BYTES in contract.resolved(each):
            continue
        mark = "" if member in schema.get("required", []) else "?"
        rows.append(f"{_comment(each.get('description', ''), '  ')}  {member}{mark}: {of(contract, each)};\n")
    return f"\n{_comment(schema.get('description', name))}export interface {name} {{\n{''.join(rows)}}}\n"


def _events(contract: Contract) -> str:
    names = [name for name, _ in events_of(contract)]
    members = contract.schema(names[0])["properties"]
    shared = "".join(f"  {name}: string;\n" for name in members if name != "data")
    kinds = "".join(f"  {name}: {name};\n" for name in names)
    return (
        "\n/** What any webhook tells; `webhooks.isEvent` says of what kind it is. */\n"
        "export interface WebhookEvent {\n"
        f"{shared}  data: object;\n}}\n\n/** Events by their kind. */\nexport interface Events {{\n{kinds}}}\n"
    )


def _query_name(method: Method) -> str:
    return f"{pascal(method.operation_id)}Query"


def _shapes(contract: Contract) -> str:
    schemas = contract.document["components"]["schemas"]
    kinds = {name: _members(contract, schema) for name, schema in schemas.items() if is_object(schema)}
    shapes = kinds
    while empty := {name for name, members in shapes.items() if not members}:
        shapes = {
            name: {member: kind for member, kind in members.items() if kind not in empty}
            for name, members in shapes.items()
            if name not in empty
        }
    rows = "".join(f"  {name}: {json.dumps(members)},\n" for name, members in shapes.items())
    events = "".join(f'  {value}: "{name}",\n' for name, values in events_of(contract) for value in values)
    return (
        f"{_HEAD.format(about='Where amounts are: a member is one (`#`), or holds some further down.')}"
        f"export const SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {{\n{rows}}};\n\n"
        "/** Kinds of webhooks by their `event_type`; a later one has none. */\n"
        f"export const EVENTS: Readonly<Record<string, string>> = {{\n{events}}};\n"
    )


def _members(contract: Contract, schema: Json) -> dict[str, str]:
    """Return which members are amounts, or objects by their schema."""
    found = {name: _shape(contract, each) for name, each in schema["properties"].items()}
    return {name: shape for name, shape in found.items() if shape}


def _shape(contract: Contract, schema: Json) -> str:
    schema, _ = without_null(schema)
    name = name_of(schema)
    whole, _ = without_null(contract.resolved(schema))
    if name and is_object(whole):
        return name
    if whole.get("type") == "array":
        return _shape(contract, whole["items"])
    return _AMOUNT if whole.get("type") == "number" else ""


def _resources(contract: Contract) -> str:
    out: list[str] = []
    for group, methods in groups(contract.methods):
        rows = []
        for method in methods:
            rows.append(_method(contract, method))
            if method.has_files:
                rows.append(_file_method(contract, method))
        out.append(
            f"\n/** {group.replace('_', ' ').capitalize()}. */\nexport class {pascal(group)} {{\n"
            f"  constructor(private readonly books: Transport) {{}}\n{''.join(rows)}}}\n"
        )
    text = "".join(out)
    return (
        f"{_HEAD.format(about='A method for each operation.')}"
        'import type * as models from "./models.js";\n'
        'import { type Download, id, type Listing, type Options, type Transport, type Upload } from "./transport.js";\n'
        f"{text}"
    )


def _method(contract: Contract, method: Method) -> str:
    schema = contract.schema(method.answer) if method.answer else {}
    is_typed = is_object(schema)
    taken, request = _arguments(method, answers=method.answer if is_typed else "")
    name = camel(method.name)
    if not method.answer:
        return _written(name, taken, "Promise<Download>", method.summary, f"download({request}, options)")
    answer = f"models.{model_of(method.answer, schema)}" if is_typed else "Record<string, unknown>"
    if method.rows:
        row = answered_type(contract, row_of(contract, method.answer, method.rows))
        found = [".".join(method.rows), *([cursor_place(method.rows)] if method.is_paged else [])]
        told = ", ".join(f"page.{each}" for each in found)
        call = f"list({request}, (page: {answer}) => [{told}], options)"
        return _written(name, taken, f"Listing<{answer}, models.{row}>", method.summary, call)
    return _written(name, taken, f"Promise<{answer}>", method.summary, f"answer({request}, options)")


def _file_method(contract: Contract, method: Method) -> str:
    formats = next(contract.resolved(each.schema) for each in method.query if each.name == "format")
    kinds = " | ".join(json.dumps(each) for each in values_of(formats) if each != "json")
    taken, request = _arguments(method, answers="")
    taken = [re.sub(r"^query\??: (.*)$", rf"query: \1 & {{ format: {kinds} }}", each) for each in taken]
    about = f"{method.summary.rstrip('.')}, as a file."
    return _written(f"{camel(method.name)}File", taken, "Promise<Download>", about, f"download({request}, options)")


def _written(name: str, taken: list[str], answer: str, about: str, call: str) -> str:
    return f"\n  /** {about} */\n  {name}({', '.join(taken)}): {answer} {{\n    return this.books.{call};\n  }}\n"


def _arguments(method: Method, answers: str) -> tuple[list[str], str]:
    """Return what a method takes, and the request that it makes of it."""
    taken = [f"{camel(each)}: string" for each in method.ids]
    path = re.sub(r"\{(\w+)\}", lambda found: f"${{id({camel(found[1])})}}", method.path)
    quote = "`" if method.ids else '"'
    made = [f'method: "{method.http}"', f"path: {quote}{path}{quote}"]
    options = "options?: Options"
    query = query_of(method)
    if method.body:
        taken += _body(method)
        made += _sent(method)
        if query:
            options = f"options?: Options & {{ query?: models.{_query_name(method)} }}"
            made.append("query: options?.query")
    elif query:
        mark = "" if any(each.is_needed for each in query) else "?"
        taken.append(f"query{mark}: models.{_query_name(method)}")
        made.append("query")
    if method.takes_key:
        made.append("takesKey: true")
    if answers:
        made.append(f'answers: "{answers}"')
    return [*taken, options], f"{{ {', '.join(made)} }}"


def _body(method: Method) -> list[str]:
    assert method.body is not None
    if method.body.media == FORM:
        return ["file: Upload", *([f"fields: models.{method.body.model}"] if method.body.has_fields else [])]
    if method.body.media != JSON:
        return ["content: string | Uint8Array<ArrayBuffer> | Blob"]
    return [f"body{'' if method.body.is_needed else '?'}: models.{method.body.model}"]


def _sent(method: Method) -> list[str]:
    assert method.body is not None
    if method.body.media == FORM:
        return [f"form: {{ file{', fields' if method.body.has_fields else ''} }}"]
    if method.body.media != JSON:
        return [f'content: {{ type: "{method.body.media}", bytes: content }}']
    return ["body", f'sends: "{method.body.model}"']


def _client(contract: Contract) -> str:
    names = [group for group, _ in groups(contract.methods)]
    rows = "".join(f"  readonly {camel(each)} = new resources.{pascal(each)}(this);\n" for each in names)
    return (
        f"{_HEAD.format(about='The books as one object: a group of methods for each resource.')}"
        'import * as resources from "./resources.js";\nimport { Transport } from "./transport.js";\n\n'
        f"/** Calls the API with a token. */\nexport class FinzBooks extends Transport {{\n{rows}}}\n"
    )
