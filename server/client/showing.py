"""Shows an answer: tables for people, lines with tabs for other programs, the JSON itself, or a file."""

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import msgspec

from server.client.command import Command

DONE, REFUSED, MISTYPED, NOT_ADMITTED, NOT_THERE, BUSY, UNREACHABLE = range(7)
"""What the command ends with."""

_CODES = {401: NOT_ADMITTED, 403: NOT_ADMITTED, 404: NOT_THERE, 410: NOT_THERE, 429: BUSY}
_ENVELOPE = frozenset(("code", "message", "warnings", "page_context"))
_MOST_COLUMNS = 12
_FOR_PROGRAMS = "drill_down"
"""How a report's row says by which call it is opened; a table leaves it out."""

_NARROWEST_TEXT, _LONGEST_WORD, _BETWEEN = 12, 20, 2
_JSON = "application/json"

_read = msgspec.json.Decoder(float_hook=Decimal).decode


def is_json(answer: httpx.Response) -> bool:
    """Say whether an answer is JSON; a report may be a file."""
    return str(answer.headers.get("Content-Type", "")).startswith(_JSON)


def tell_refusal(answer: httpx.Response, key: str | None) -> int:
    """Print in words what was refused, and return the exit code."""
    said = _read(answer.content) if is_json(answer) else {}
    words = [f"{answer.status_code} {said.get('code', answer.reason_phrase)}: {said.get('message', answer.text[:200])}"]
    if said.get("field"):
        words.append(f"  field    {said['field']}")
    if said.get("details"):
        words.append(f"  details  {msgspec.json.Encoder(decimal_format='number').encode(said['details']).decode()}")
    words.append(f"  request  {said.get('request_id') or answer.headers.get('X-Request-Id', 'without an id')}")
    if key is not None and answer.status_code >= 500:
        words.append(f"  It is safe to repeat with: --idempotency-key {key}")
    print("\n".join(words), file=sys.stderr)
    return _CODES.get(answer.status_code, BUSY if answer.status_code >= 500 else REFUSED)


def save(content: bytes, output: str) -> None:
    """Write an answer into a file, or to standard output, which is called ``-``. Raises OSError."""
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    Path(output).write_bytes(content)
    print(f"{len(content):,} bytes are in {output}.", file=sys.stderr)


def show_json(content: bytes) -> None:
    """Print JSON indented, each number as it came."""
    sys.stdout.buffer.write(msgspec.json.format(content, indent=2) + b"\n")


def joined(pages: Sequence[bytes], path: str) -> bytes:
    """Return one JSON object with the rows of several pages, each as it came; the rest of a report is its last."""
    *report, name = path.split(".")
    held = [_members(page) for page in pages]
    if report:
        held = [_members(page[report[0]]) for page in held]
    rows = [row for page in held for row in msgspec.json.decode(page[name], type=list[msgspec.Raw])]
    whole = {**held[-1], name: rows} if report else {name: rows}
    return msgspec.json.encode({report[0]: whole} if report else whole)


def _members(content: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(content, type=dict[str, msgspec.Raw])


def show(content: bytes, command: Command, columns: str | None) -> None:
    """Print an answer for people: a page as a table, a thing as its fields."""
    said = _read(content)
    for warning in said.get("warnings", []):
        print(f"Warning: {warning.get('message')}", file=sys.stderr)
    if command.rows in said:
        chosen = columns.replace("-", "_").split(",") if columns else command.columns
        _table(chosen, said[command.rows])
        return
    shown = {name: value for name, value in said.items() if name not in _ENVELOPE}
    only = next(iter(shown.values())) if len(shown) == 1 else shown
    _thing(only if isinstance(only, dict) else shown)


def _thing(thing: dict[str, Any]) -> None:
    """Print the fields of a thing, one a line, and below them its lists."""
    fields = list(_fields(thing, ""))
    width = max((len(name) for name, _ in fields), default=0) if sys.stdout.isatty() else 0
    for name, value in fields:
        print(f"{name:<{width}}  {value}" if width else f"{name}\t{value}")
    for name, value in thing.items():
        if _is_table(value):
            print(f"\n{name}")
            _rows(value)


def _rows(rows: Sequence[dict[str, Any]]) -> None:
    """Print a list within a thing as a table, or one by one where its rows have lists of their own."""
    if any(_is_table(value) for row in rows for value in row.values()):
        for number, row in enumerate(rows):
            print(end="\n" if number else "")
            _thing(row)
        return
    flat = [_flat(row, "") for row in rows]
    _table(_most_telling(flat), flat)


def _flat(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return a row whose things within are further columns of it."""
    flat: dict[str, Any] = {}
    for name, value in ((name, value) for name, value in row.items() if name != _FOR_PROGRAMS):
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


def _most_telling(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Choose the columns of a list within a thing: those that say something, ids last."""
    filled = [name for name in rows[0] if any(row.get(name) not in (None, "", False, []) for row in rows)]
    return sorted(filled, key=lambda name: name.endswith("_id"))[:_MOST_COLUMNS]


def _fields(thing: dict[str, Any], prefix: str) -> Any:
    for name, value in thing.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        elif value not in (None, []) and not _is_table(value):
            yield prefix + name, _text(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(_text(row.get(name)) for name in columns))
        return
    if not rows:
        print("There are none.", file=sys.stderr)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    widths = _widths(columns, rows, Console().width)
    for name, width in widths.items():
        is_number = any(_is_number(row.get(name)) for row in rows)
        table.add_column(name, no_wrap=True, justify="right" if is_number else "left", width=width)
    for row in rows:
        table.add_row(*(Text(_text(row.get(name)), overflow="ellipsis") for name in widths))
    Console().print(table)


def _widths(columns: Sequence[str], rows: Sequence[dict[str, Any]], width: int) -> dict[str, int]:
    """Return the first columns for which there is room, at least one, and give what is left to those that are cut."""
    widths: dict[str, int] = {}
    for name in columns:
        least = _least(name, rows)
        if widths and sum(widths.values()) + _BETWEEN * len(widths) + least > width:
            break
        widths[name] = least
    left = width - sum(widths.values()) - _BETWEEN * len(widths)
    for name in widths:
        more = min(max(_widest(name, rows) - widths[name], 0), max(left, 0))
        widths[name] += more
        left -= more
    return widths


def _widest(name: str, rows: Sequence[dict[str, Any]]) -> int:
    return max(len(_text(row.get(name))) for row in rows)


def _least(name: str, rows: Sequence[dict[str, Any]]) -> int:
    """Return the characters that a column needs: an id, a number or a word whole, a text in part."""
    widest = max(_widest(name, rows), min(len(name), _NARROWEST_TEXT))
    is_word = widest <= _LONGEST_WORD and not any(" " in _text(row.get(name)) for row in rows)
    return widest if is_word or name.endswith("_id") else min(widest, _NARROWEST_TEXT)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _text(value: Any) -> str:
    """Return a value as one word of a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, dict):
        return msgspec.json.Encoder(decimal_format="number").encode(value).decode()
    return "" if value is None else " ".join(str(value).split())
