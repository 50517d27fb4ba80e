"""How one operation is called with curl, Python and TypeScript: the packages' names, the contract's sample.

``snippet("approve_invoice", "python")`` is a whole program; where the server is, and the token, come from the
environment: ``AIBOOKS_URL`` and ``AIBOOKS_TOKEN``.
"""

import json
import keyword
import re
from collections.abc import Callable
from functools import cache
from shlex import quote
from typing import Any
from urllib.parse import urlencode

from openapi.bundle import bundle, example_of, resolve
from openapi.fragments import Json
from openapi.published import published
from openapi.sdk.reading import FORM, JSON, Method, methods_of, query_of

LANGUAGES = ("curl", "python", "typescript")
NPM, PYPI, IMPORTED = "finzbooks-sdk", "finzbooks-sdk", "finzbooks"
TOKEN, URL = "AIBOOKS_TOKEN", "AIBOOKS_URL"
_UPLOADED = "upload.bin"
_SHEET = "rows.csv"
_PRINTED = "answer.bin"
_WIDTH = 100


class Snippets:
    """The calls of one published contract."""

    def __init__(self, contract: Json) -> None:
        self._spec = contract
        self._methods = {each.operation_id: each for each in methods_of(contract)}

    def of(self, operation_id: str, language: str, *, body: Any = None) -> str:
        """Return a program that calls an operation; see ``snippet``."""
        return _WRITERS[language](_Sample(self._spec, self._methods[operation_id], body))


def snippet(operation_id: str, language: str, *, body: Any = None) -> str:
    """Return a program that calls an operation, with another body than the contract's example if one is given.

    Raises: ``KeyError`` for an operation or a language that is none.
    """
    return _present().of(operation_id, language, body=body)


@cache
def _present() -> Snippets:
    return Snippets(published(bundle()))


class _Sample:
    """What a call is made of in the contract's own examples."""

    def __init__(self, spec: Json, method: Method, body: Any) -> None:
        parameters = [resolve(spec, each) for each in method.operation["parameters"]]
        self.method = method
        self.ids: dict[str, str] = {
            each["name"]: str(_example(spec, each)) for each in parameters if each["in"] == "path"
        }
        needed = {each.name for each in query_of(method) if each.is_needed}
        self.query = {each["name"]: _example(spec, each) for each in parameters if each["name"] in needed}
        self.media = method.body.media if method.body else ""
        self.body = whole(_body_of(spec, method.operation) if body is None else body)


def _example(spec: Json, parameter: Json) -> Any:
    return parameter.get("example", example_of(spec, parameter["schema"]))


def _body_of(spec: Json, operation: Json) -> Any:
    content = resolve(spec, operation.get("requestBody", {})).get("content", {})
    for each in content.values():
        examples = [named["value"] for named in each.get("examples", {}).values()]
        return each["example"] if "example" in each else [*examples, example_of(spec, each["schema"])][0]
    return None


def whole(value: Any) -> Any:
    """Write whole amounts as people do, without a point."""
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _curl(sample: _Sample) -> str:
    method = sample.method
    path = re.sub(r"\{(\w+)\}", lambda found: sample.ids[found[1]], method.path)
    query = {name: ",".join(value) if isinstance(value, list) else value for name, value in sample.query.items()}
    url = f"${URL}{path}" + (f"?{urlencode(query, safe=',')}" if query else "")
    lines = ["curl -sS" + ("" if method.http == "GET" else f" -X {method.http}") + f' "{url}"']
    lines.append(f'-H "Authorization: Bearer ${TOKEN}"')
    if method.takes_key:
        lines.append('-H "Idempotency-Key: $(date +%s)-$RANDOM"')
    if sample.media == FORM:
        fields = {name: value for name, value in sample.body.items() if name != "file"}
        lines += [f"--form-string {quote(f'{name}={value}')}" for name, value in fields.items()]
        lines.append(f"-F file=@{_UPLOADED}")
    elif sample.media == JSON and sample.body is not None:
        lines += [
            '-H "Content-Type: application/json"',
            f"-d {quote(json.dumps(sample.body, indent=2, ensure_ascii=False))}",
        ]
    elif sample.media and sample.media != JSON:
        lines += [f'-H "Content-Type: {sample.media}"', f"--data-binary @{_SHEET}"]
    if not method.answer:
        lines.append(f"-o {_PRINTED}")
    return " \\\n  ".join(lines) + "\n"


def _python(sample: _Sample) -> str:
    method = sample.method
    arguments = [_in_python(each, 1) for each in sample.ids.values()]
    head = ["from finzbooks import FinzBooks"]
    if sample.media == FORM:
        head.insert(0, "from pathlib import Path\n")
        arguments.append(f'file=Path("{_UPLOADED}")')
        arguments += _keywords({name: value for name, value in sample.body.items() if name != "file"})
    elif sample.media == JSON:
        arguments += _keywords(sample.body or {})
    elif sample.media:
        head.insert(0, "from pathlib import Path\n")
        arguments.append(f'content=Path("{_SHEET}").read_bytes()')
    if "Decimal(" in "".join(arguments):
        head.insert(0, "from decimal import Decimal\n")
    arguments += _keywords(sample.query)
    call = f"books.{method.group}.{method.name}"
    one_line = f"{call}({', '.join(arguments)})"
    is_short = len(one_line) < _WIDTH and "\n" not in one_line
    many = "".join(f"    {each},\n" for each in arguments)
    made = one_line if is_short else f"{call}(\n{many})"
    shown = "print(answer)" if method.answer else f'answer.save("{_PRINTED}")'
    return "\n".join(head) + f"\n\nbooks = FinzBooks()\nanswer = {made}\n{shown}\n"


def _keywords(members: Json) -> list[str]:
    assert not any(keyword.iskeyword(name) for name in members)
    return [f"{name}={_in_python(value, 1)}" for name, value in members.items()]


def _in_python(value: Any, depth: int) -> str:
    """Write a value as Python does; a number with a fraction is a Decimal."""
    if isinstance(value, float):
        return f'Decimal("{value!r}")'
    if isinstance(value, dict | list) and value:
        return _several(value, depth, _in_python, lambda name: f"{json.dumps(name, ensure_ascii=False)}: ")
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _typescript(sample: _Sample) -> str:
    method = sample.method
    head = [f'import {{ FinzBooks }} from "{NPM}";']
    arguments = [json.dumps(each, ensure_ascii=False) for each in sample.ids.values()]
    if sample.media == FORM:
        fields = {name: value for name, value in sample.body.items() if name != "file"}
        arguments.append('new Blob(["…"])')
        arguments += [_in_typescript(fields, 0)] if fields else []
    elif sample.media == JSON and (sample.body or (method.body and method.body.is_needed)):
        arguments.append(_in_typescript(sample.body, 0))
    elif sample.media and sample.media != JSON:
        arguments.append(json.dumps(sample.body, ensure_ascii=False))
    if sample.query:
        arguments.append(_in_typescript(sample.query, 0))
    call = f"books.{camel(method.group)}.{camel(method.name)}({', '.join(arguments)})"
    shown = "console.log(answer);" if method.answer else "console.log(answer.filename, answer.content.byteLength);"
    return "\n".join(head) + f"\n\nconst books = new FinzBooks();\nconst answer = await {call};\n{shown}\n"


def camel(name: str) -> str:
    """Write words as TypeScript does: ``credit_notes`` is ``creditNotes``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _in_typescript(value: Any, depth: int) -> str:
    if isinstance(value, dict | list) and value:
        return _several(value, depth, _in_typescript, _member_of_typescript)
    return json.dumps(value, ensure_ascii=False)


def _member_of_typescript(name: str) -> str:
    return f"{name}: " if re.fullmatch(r"[A-Za-z_]\w*", name) else f"{json.dumps(name, ensure_ascii=False)}: "


def _several(value: Any, depth: int, write: Callable[[Any, int], str], member: Callable[[str], str]) -> str:
    """Write a list or an object on one line if it is short."""
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, dict):
        inner = [member(name) + write(each, depth + 1) for name, each in value.items()]
    else:
        inner = [write(each, depth + 1) for each in value]
    one_line = f"{opening}{', '.join(inner)}{closing}"
    if member is _member_of_typescript and isinstance(value, dict):
        one_line = f"{{ {', '.join(inner)} }}"
    if len(one_line) < _WIDTH - 30 and "\n" not in one_line:
        return one_line
    indent = "    " if member is not _member_of_typescript else "  "
    rows = "".join(f"{indent * (depth + 1)}{each},\n" for each in inner)
    return f"{opening}\n{rows}{indent * depth}{closing}"


_WRITERS: dict[str, Callable[[_Sample], str]] = {"curl": _curl, "python": _python, "typescript": _typescript}
