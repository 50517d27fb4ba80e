"""Reads what is typed for one command, and makes the call of it that is to be sent."""

import argparse
import json
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from server.client.command import JSON_TEXT, Command, Option

OURS = frozenset(
    ("help", "json", "all", "columns", "curl", "output", "json_body", "unset", "file", "idempotency_key", "max_tries")
)
"""Options that every command may have, whatever the contract says."""

_WORDS = {"true": True, "yes": True, "false": False, "no": False}
_JSON = "application/json"
_FORM = "multipart/form-data"


class Mistyped(Exception):
    """What was typed is no call; says what is wrong."""


class Call(NamedTuple):
    """One HTTP call, without the server and the token; ``form`` and ``files`` are sent as a form."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes | None
    form: list[tuple[str, str]]
    files: list[tuple[str, Path]]


def flag_of(option: Option, command: Command) -> str:
    """Return how an option is typed; one whose name is taken already says where it goes."""
    name = option.name.replace("-", "_").lower()
    others = [each.name for each in command.options if each.place != option.place]
    is_taken = name in OURS or (option.place != "path" and option.name in others)
    return f"--{option.place}-{name}".replace("_", "-") if is_taken else f"--{name}".replace("_", "-")


def parser_of(command: Command, program: str) -> argparse.ArgumentParser:
    """Return what reads the words after a command's name."""
    usage = " ".join([program, *(each.name.upper() for each in command.needed), "[OPTIONS]"])
    parser = argparse.ArgumentParser(
        prog=program,
        usage=usage,
        description=_escaped(f"{command.summary}. {command.about}"),
        allow_abbrev=False,
        add_help=False,
    )
    for option in command.needed:
        parser.add_argument(option.name, metavar=option.name.upper(), help=_escaped(option.about))
    titles = {"query": "Choosing", "header": "Conditions", "body": "Fields of what is sent"}
    for place, title in titles.items():
        group = parser.add_argument_group(title)
        for option in sorted(command.options, key=lambda each: not each.is_needed):
            if option.place == place and option.type != "file":
                _add(group, option, command)
    _add_ours(parser.add_argument_group("In general"), command)
    return parser


def with_hyphens(words: Sequence[str]) -> list[str]:
    """Return words in which options are spelt with hyphens; underscores, as fields are written, will do as well."""
    names = (word.partition("=") if word.startswith("--") else (word, "", "") for word in words)
    return [(name.replace("_", "-") if name.startswith("--") else name) + sign + value for name, sign, value in names]


def call_of(command: Command, typed: argparse.Namespace) -> Call:
    """Return the call that was typed. Raises Mistyped."""
    said = vars(typed)
    given = {option: said[_key(option)] for option in command.options if said.get(_key(option)) is not None}
    path = command.path
    for option, value in given.items():
        if option.place == "path":
            path = path.replace(f"{{{option.name}}}", quote(value, safe=""))
    call = Call(
        method=command.method,
        path=path,
        query=[(option.name, value) for option, value in given.items() if option.place == "query"],
        headers={option.name: value for option, value in given.items() if option.place == "header"},
        body=None,
        form=[],
        files=[],
    )
    fields = {option: value for option, value in given.items() if option.place == "body"}
    return _with_body(call, command, fields, typed) if command.body else call


def _with_body(call: Call, command: Command, fields: dict[Option, str], typed: argparse.Namespace) -> Call:
    if command.body == _FORM:
        form = [(option.name, value) for option, value in fields.items()]
        file = next(option.name for option in command.options if option.type == "file")
        return call._replace(form=form, files=[(file, _needed_file(typed.file))])
    if command.body != _JSON:
        content = sys.stdin.buffer.read() if typed.file == "-" else _content(_needed_file(typed.file))
        return call._replace(body=content, headers={**call.headers, "Content-Type": command.body})
    text = _body_text(typed.json_body)
    members = {option.name: _value(option, value, command) for option, value in fields.items()}
    members |= dict.fromkeys((each.replace("-", "_") for each in typed.unset or []), "null")
    if text is None and not members and not command.needs_body:
        return call
    body = _merged(text or "{}", members)
    return call._replace(body=body, headers={**call.headers, "Content-Type": _JSON})


def _merged(text: str, members: dict[str, str]) -> bytes:
    """Return a JSON body with further members; numbers stay as they were typed."""
    try:
        body = json.loads(text, parse_float=_Typed, parse_int=_Typed)
    except ValueError as mistake:
        raise Mistyped(f"--json-body is no JSON: {mistake}") from None
    if not members:
        return text.strip().encode()
    if not isinstance(body, dict):
        raise Mistyped("Fields go into a JSON object, and --json-body is none.")
    kept = {name: _written(value) for name, value in body.items()}
    return ("{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in (kept | members).items()) + "}").encode()


class _Typed(str):
    """A number as it was typed."""

    __slots__ = ()


def _written(value: Any) -> str:
    """Write JSON again, its numbers as they were."""
    if isinstance(value, _Typed):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {_written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _value(option: Option, text: str, command: Command) -> str:
    """Return what was typed for a field as JSON. Raises Mistyped."""
    try:
        return _as_json(option.type, option.of, text)
    except (ValueError, InvalidOperation):
        kinds = {"boolean": "true or false", "integer": "a whole number", "number": "a number"}
        kind = kinds.get(option.type, "JSON")
        raise Mistyped(f"{flag_of(option, command)} takes {kind}, not '{text}'.") from None


def _as_json(kind: str, of: str, text: str) -> str:
    if kind == "string":
        return json.dumps(text, ensure_ascii=False)
    if kind == "boolean":
        return json.dumps(_WORDS[text.lower()]) if text.lower() in _WORDS else _not_so(text)
    if kind in ("integer", "number"):
        return text if Decimal(text).is_finite() and isinstance(json.loads(text), int | float) else _not_so(text)
    if kind == "array" and not text.lstrip().startswith("["):
        return "[" + ", ".join(_as_json(of, "", each.strip()) for each in text.split(",") if each.strip()) + "]"
    json.loads(text)
    return text


def _not_so(text: str) -> str:
    raise ValueError(text)


def _body_text(typed: str | None) -> str | None:
    """Return the JSON that ``--json-body`` means: text, a file after ``@``, or standard input. Raises Mistyped."""
    if typed is None:
        return None
    if typed == "-":
        return sys.stdin.read()
    return _content(Path(typed[1:])).decode() if typed.startswith("@") else typed


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as failure:
        raise Mistyped(f"{file} cannot be read: {failure.strerror}.") from None


def _needed_file(typed: str | None) -> Path:
    if not typed:
        raise Mistyped("Say with --file which file is sent.")
    return Path(typed)


def _key(option: Option) -> str:
    """Return where the parser keeps an option: a field and a filter may have one name."""
    return option.name if option.place == "path" else f"{option.place} {option.name}"


def _add(group: Any, option: Option, command: Command) -> None:
    about = _escaped(option.about)
    if option.values:
        about += f" ({', '.join(map(_escaped, option.values[:12]))}{', …' if len(option.values) > 12 else ''})"
    if option.is_needed:
        about = f"needed; {about}"
    metavar = {"array": "A,B", JSON_TEXT: "JSON", "boolean": "true|false", "string": "TEXT"}.get(option.type, "NUMBER")
    group.add_argument(flag_of(option, command), dest=_key(option), metavar=metavar, help=about)


def _add_ours(group: Any, command: Command) -> None:
    group.add_argument("--json", action="store_true", help="Print the answer as JSON, as it came.")
    if command.rows:
        group.add_argument("--columns", metavar="A,B", help=f"Columns of the table: {','.join(command.columns)}.")
    if command.pages:
        group.add_argument("--all", action="store_true", help="Walk through all pages.")
    if command.body == _JSON:
        group.add_argument("--json-body", metavar="JSON|@FILE|-", help="The body: JSON, a file, or standard input.")
        group.add_argument("--unset", action="append", metavar="FIELD", help="Send null for a field; may be repeated.")
    elif command.body:
        group.add_argument("--file", metavar="FILE", help="The file that is sent.")
    if command.takes_key:
        group.add_argument("--idempotency-key", metavar="KEY", help="Makes a repeated call safe; else one is made up.")
    group.add_argument("--output", "-o", metavar="FILE", help="Write the answer into a file.")
    group.add_argument("--max-tries", type=int, default=4, metavar="N", help="How often a call is tried (4).")
    group.add_argument("--curl", action="store_true", help="Print the call for curl, and do not make it.")
    group.add_argument("--help", "-h", action="help", help="Say this.")


def _escaped(text: str) -> str:
    """Argparse fills in what follows a per cent sign."""
    return text.replace("%", "%%")
