"""How one operation is called, in each language that an integrator may copy from."""

import json
import re
import shlex
from dataclasses import dataclass

from openapi.collection import Request
from openapi.sdk.snippets import Snippets

TOKEN = "Authorization: Bearer $AIBOOKS_TOKEN"  # noqa: S105  # names where the token is
_PACKAGES = {"Python": "python", "TypeScript": "typescript"}
_LONGEST_LINE = 72
_FORM = "multipart/form-data"


@dataclass(frozen=True)
class Example:
    """A call that can be copied; ``language`` is its name for people, ``fence`` that in Markdown."""

    language: str
    fence: str
    code: str


def examples_of(request: Request, snippets: Snippets | None) -> tuple[Example, ...]:
    """Return the call in every language, the shell first; the others by the packages that are made."""
    if snippets is None:
        return (Example("curl", "sh", curl(request)),)
    packaged = (
        Example(name, fence, snippets.of(request.operation_id, fence).rstrip()) for name, fence in _PACKAGES.items()
    )
    return (Example("curl", "sh", curl(request)), *packaged)


def curl(request: Request) -> str:
    """Return a command that reads the token and the address of the API from the environment."""
    parts = [f'curl -s -H "{TOKEN}"']
    if request.method not in ("GET", "POST") or (request.method == "POST" and not request.media):
        parts.append(f"-X {request.method}")
    if request.media and request.media != _FORM:
        parts.append(f'-H "Content-Type: {request.media}"')
    parts += _sent(request)
    query = "&".join(f"{name}={value}" for name, value, is_sent in request.query if is_sent)
    path = re.sub(r"\{\{(\w+)\}\}", r"{\1}", request.path)
    parts.append(f'"$AIBOOKS_URL{path}{f"?{query}" if query else ""}"')
    if len(" ".join(parts)) <= _LONGEST_LINE:
        return " ".join(parts)
    return " \\\n  ".join(parts)


def _sent(request: Request) -> list[str]:
    if not request.media:
        return []
    if request.media == _FORM:
        return [
            f"-F {shlex.quote(f'{name}=@file' if name == 'file' else f'{name}={value}')}"
            for name, value in request.body.items()
        ]
    if isinstance(request.body, str):
        return ["--data-binary @file"]
    text = json.dumps(request.body, indent=2, ensure_ascii=False)
    short = json.dumps(request.body, ensure_ascii=False)
    return [f"-d {shlex.quote(short if len(short) <= _LONGEST_LINE - len('-d ') else text)}"]
