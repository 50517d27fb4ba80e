"""How one operation is called, in each language that an integrator may copy from."""

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

from openapi.collection import Request
from openapi.sdk.snippets import Snippets, whole

TOKEN = "Authorization: Bearer $AIBOOKS_TOKEN"  # noqa: S105  # names where the token is
_PACKAGES = {"Python": "python", "TypeScript": "typescript"}
_LONGEST_LINE = 72
_FORM = "multipart/form-data"
_AN_ID = re.compile(r"[a-z]+_01[0-9a-z]{24}")
_VARIABLE = re.compile(r"<\$(\w+)>")
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "text/csv": "csv"}


@dataclass(frozen=True)
class Example:
    """A call that can be copied; ``language`` is its name for people, ``fence`` that in Markdown."""

    language: str
    fence: str
    code: str


def examples_of(request: Request, snippets: Snippets | None, answered: str = "") -> tuple[Example, ...]:
    """Return the call in every language, the shell first; the others by the packages that are made.

    ``answered`` is the media type of the answer: what is not text is saved as a file.
    """
    if snippets is None:
        return (Example("curl", "sh", curl(request, answered)),)
    packaged = (
        Example(name, fence, snippets.of(request.operation_id, fence).rstrip()) for name, fence in _PACKAGES.items()
    )
    return (Example("curl", "sh", curl(request, answered)), *packaged)


def curl(request: Request, answered: str = "") -> str:
    """Return a command that reads the token, the address of the API and all ids from the environment.

    Of an id the variable is called as its member: ``$CUSTOMER_ID``; a second one of the same name ``$ACCOUNT_ID_2``.
    """
    parts = ["curl -s", f'-H "{TOKEN}"']
    if request.method not in ("GET", "POST") or (request.method == "POST" and not request.media):
        parts.append(f"-X {request.method}")
    if request.media and request.media != _FORM:
        parts.append(f'-H "Content-Type: {request.media}"')
    parts += _sent(request)
    if answered in _ENDINGS:
        parts.append(f"-o answer.{_ENDINGS[answered]}")
    query = "&".join(f"{name}={_asked(name, value)}" for name, value, is_sent in request.query if is_sent)
    path = re.sub(r"\{\{(\w+)\}\}", lambda name: f"${name[1].upper()}", request.path)
    parts.append(f'"$AIBOOKS_URL{path}{f"?{query}" if query else ""}"')
    if len(" ".join(parts)) <= _LONGEST_LINE:
        return " ".join(parts)
    return " \\\n  ".join(parts)


def _asked(name: str, value: str) -> str:
    """Return a value of the query with variables for its ids."""
    return _VARIABLE.sub(r"$\1", ",".join(_with_variables(value.split(","), name, {})))


def _sent(request: Request) -> list[str]:
    if not request.media:
        return []
    if request.media == _FORM:
        fields = _with_variables(request.body, "", {})
        return [
            f"-F {_quoted(f'{name}=@file' if name == 'file' else f'{name}={value}')}" for name, value in fields.items()
        ]
    if isinstance(request.body, str):
        return ["--data-binary @file"]
    body = whole(_with_variables(request.body, "", {}))
    text = json.dumps(body, indent=2, ensure_ascii=False)
    short = json.dumps(body, ensure_ascii=False)
    return [f"-d {_quoted(short if len(short) <= _LONGEST_LINE - len('-d ') else text)}"]


def _with_variables(value: Any, name: str, named: dict[tuple[str, str], str]) -> Any:
    """Return a sample with marks in place of its ids; those of a list stand under a name in the plural."""
    if isinstance(value, dict):
        return {member: _with_variables(each, member, named) for member, each in value.items()}
    if isinstance(value, list):
        return [_with_variables(each, name.removesuffix("s"), named) for each in value]
    if not isinstance(value, str) or not _AN_ID.fullmatch(value):
        return value
    variable = f"{name.removesuffix('_id')}_id".upper()
    before = sum(known == variable for known, _ in named)
    named.setdefault((variable, value), f"{variable}_{before + 1}" if before else variable)
    return f"<${named[variable, value]}>"


def _quoted(text: str) -> str:
    """Quote for the shell, and leave the quotes where a variable stands."""
    if _VARIABLE.fullmatch(text.rpartition("=")[2]):
        return _VARIABLE.sub(r"$\1", f'"{text}"')
    return _VARIABLE.sub(r"'$\1'", shlex.quote(text))
