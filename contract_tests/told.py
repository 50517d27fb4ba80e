"""Stories told to a running server, as data: a list of calls, and what each answer must be.

A step is one call, and what its answer must be::

    - post: /contacts                   # or get, put, delete
      body: {contact_name: Sharma Traders}
      status: 201                       # if not said: 201 of a post to a list, else 200
      shows: {contact.status: ACTIVE}   # values by their path in the answer, numbers by value
      has: {contact: [contact_id]}      # members, whatever their value
      equals: gstr1-042026.json         # the whole answer, by a file beside the story
      sha256: '{filed}'                 # that of the answer's very bytes
      keep: {customer: contact.contact_id}

``{customer}`` in a path, or as a whole value, stands for what a step before kept. ``form`` in place of ``body`` sends a
form; its member ``file`` is the text of the file.
"""

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from contract_tests.spec import Node
from tests.running import Caller, Form

_METHODS = ("get", "post", "put", "delete")
_NAME = re.compile(r"\{(\w+)\}")


def read_story(file: Path) -> Any:
    """Read a file of stories; dates stay the text that is sent."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Plain)


class _Plain(yaml.SafeLoader):
    """YAML whose dates are the text that is sent."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


async def tell(call: Caller, step: Node, kept: dict[str, Any], folder: Path) -> None:
    """Make the call of one step, hold its answer against what is printed, and keep what later steps refer to."""
    method = next(each for each in _METHODS if each in step)
    path = _NAME.sub(lambda name: str(kept[name[1]]), step[method])
    body = Form(_filled(step["form"], kept)) if "form" in step else _filled(step.get("body"), kept)
    reply = await call(method.upper(), path, body)
    is_new = method == "post" and path.count("/") == 1 and not path.startswith("/bulk")
    assert reply.status_code == step.get("status", 201 if is_new else 200), f"{method} {path}: {reply.text}"
    answer = reply.json()
    for where, value in step.get("shows", {}).items():
        assert _same(_at(answer, where), _filled(value, kept)), f"{where} of {method} {path}: {_at(answer, where)!r}"
    for where, names in step.get("has", {}).items():
        assert set(names) <= set(_at(answer, where)), f"{where} of {method} {path} lacks what is printed"
    if "equals" in step:
        expected = json.loads((folder / step["equals"]).read_text(encoding="utf-8"), parse_float=Decimal)
        told = json.loads(reply.text, parse_float=Decimal)
        assert told == expected, f"{method} {path} and {step['equals']} differ in {_differing(told, expected)}"
    if "sha256" in step:
        seal = hashlib.sha256(reply.content).hexdigest()
        assert seal == _filled(step["sha256"], kept), f"{method} {path} has other bytes"
    kept.update({name: _at(answer, where) for name, where in step.get("keep", {}).items()})


def _filled(value: Any, kept: dict[str, Any]) -> Any:
    """A value of a step with what was kept in place of its names."""
    if isinstance(value, dict):
        return {name: _filled(each, kept) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, kept) for each in value]
    named = _NAME.fullmatch(value) if isinstance(value, str) else None
    return kept[named[1]] if named else value


def _at(answer: Any, where: str) -> Any:
    """What stands in an answer under a path such as ``invoice.line_items.0.rate``; the empty path is all of it."""
    for part in where.split(".") if where else []:
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


def _differing(told: Any, printed: Any) -> dict[str, Any]:
    """The members of both answers that differ, as they were told."""
    return {name: told.get(name) for name in told.keys() | printed.keys() if told.get(name) != printed.get(name)}


def _same(shown: Any, printed: Any) -> bool:
    """Whether an answer's value is the printed one: numbers by value, texts by themselves or as ``/a pattern/``."""
    if isinstance(printed, (int, float)) and not isinstance(printed, bool):
        return Decimal(str(shown)) == Decimal(str(printed))
    if isinstance(printed, str) and len(printed) > 1 and printed.startswith("/") and printed.endswith("/"):
        return re.fullmatch(printed[1:-1], str(shown)) is not None
    return bool(shown == printed)
