"""CSV bodies: the contract says with ``x-row`` what the rows become, and the columns follow from that schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from domain.errors import Failed, UnsupportedMediaType
from domain.imports.cells import Reading
from domain.imports.columns import FREE, LISTS, Body, Column, Path
from domain.imports.running import Sent
from domain.imports.sheets import decoded, parsed
from server.contract.codec import whole
from server.contract.faults import Examiner, refusal_for
from server.contract.parameters import SpecMistake
from server.contract.schemas import Schema, standalone

_CSV = re.compile(
    rb"application/octet-stream|text/csv\s*(;\s*(charset\s*=\s*\"?utf-(?:8|16)\"?|header\s*=\s*\"?present\"?)\s*)*",
    re.IGNORECASE,
)
"""What a sheet is sent as; the former by clients whose generators know no ``text/csv`` (``openapi/published.py``)."""
_PERCENT = re.compile(r"percent(age)?$")
_SEVERAL_LINES = r"\x08"
"""What the pattern of a text has in it that may have several lines: tabs and line feeds come after it."""
_BALANCES = frozenset(("debit", "credit", "opening_balance"))
_STATES = frozenset(("state_code", "place_of_contact", "place_of_supply"))


class RowRules:
    """One operation's row schema, compiled: the columns that it gives a sheet, and the check of each row's body."""

    def __init__(self, row: Schema, schemas: Mapping[str, Any]) -> None:
        schema = standalone(row, schemas)
        self._examiner = Examiner(schema, unknown=Failed)
        self.columns = tuple(_columns(row, schemas, ()))

    def check(self, body: Body) -> None:
        """Hold a row's body to the contract. Raises the contract's refusals."""
        value = whole(body)
        if not self._examiner.is_valid(value):
            raise refusal_for(self._examiner.faults(value))


class SheetBody:
    """Reads the bodies of an operation that takes a sheet."""

    def __init__(self, media: Schema, schemas: Mapping[str, Any]) -> None:
        if "x-row" not in media:
            raise SpecMistake("A CSV body needs an x-row that says what its rows become.")
        self._rules = RowRules(media["x-row"], schemas)

    def read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Sent:
        """Return the sheet. Raises: UnsupportedMediaType, Invalid for another encoding, Failed for what is no CSV."""
        if not _CSV.fullmatch(headers.get(b"content-type", b"").strip()):
            raise UnsupportedMediaType(
                "The body must be sent as Content-Type: text/csv, in UTF-8 or UTF-16, or as application/octet-stream."
            )
        return Sent(parsed(decoded(raw)), self._rules.columns, self._rules.check)


def _columns(schema: Schema, schemas: Mapping[str, Any], path: Path) -> Iterator[Column]:
    """Yield a column for each member that one cell can hold; members of objects and of lines by their path."""
    for name, member in _resolved(schema, schemas)["properties"].items():
        whole_member, here = _resolved(member, schemas), (*path, name)
        items = _resolved(whole_member.get("items", {}), schemas)
        if "properties" in whole_member:
            yield from _columns(whole_member, schemas, here)
        elif name in LISTS:
            yield from _columns(items, schemas, here)
        elif name == FREE or "properties" not in items:
            yield Column(here, _reading(name, whole_member))


def _reading(name: str, schema: Schema) -> Reading:
    if name in _STATES:
        return Reading.STATE
    if name in _BALANCES:
        return Reading.BALANCE
    if "enum" in schema:
        return Reading.WORD
    if schema.get("format") == "date":
        return Reading.DAY
    if schema.get("type") == "number" and _PERCENT.search(name):
        return Reading.PERCENT
    if schema.get("type") == "string" and _SEVERAL_LINES not in schema.get("pattern", _SEVERAL_LINES):
        return Reading.LINE
    return _READINGS.get(schema.get("type", "string"), Reading.TEXT)


def _resolved(schema: Schema, schemas: Mapping[str, Any]) -> Schema:
    """Follow a reference, also one that is wrapped in ``allOf``."""
    while "$ref" in schema or "allOf" in schema:
        if "allOf" in schema:
            schema = {**_resolved(schema["allOf"][0], schemas), **{k: v for k, v in schema.items() if k != "allOf"}}
        else:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


_READINGS = {
    "number": Reading.NUMBER,
    "integer": Reading.WHOLE_NUMBER,
    "boolean": Reading.CLAIM,
    "array": Reading.WORDS,
}
