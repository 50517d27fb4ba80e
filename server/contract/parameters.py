"""Path, query and header parameters: read strictly from the bytes of the request, converted by their schema's type.

Text that does not look like its type stays text, so that the schema refuses it with the same words as in a body.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from domain.errors import Invalid, Refusal
from server.contract.codec import encode
from server.contract.faults import Examiner, Fault, refusal_for
from server.contract.received import details_of
from server.contract.schemas import Schema, standalone

MAX_QUERY_BYTES = 8192
_NUL = "\x00"

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?")
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

Convert = Callable[[str], Any]


class SpecMistake(Exception):
    """The contract says something that this server cannot honour; it refuses to start."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``repeats`` is true for a list that is sent as ``name=a&name=b``."""

    name: str
    convert: Convert
    repeats: bool


class ParameterGroup:
    """All parameters of one place (``path``, ``query`` or ``header``) of one operation."""

    def __init__(self, here: Sequence[Schema], components: Mapping[str, Schema]) -> None:
        self.parameters = {each["name"]: _parameter(each, components) for each in here}
        self.defaults = {each["name"]: each["schema"]["default"] for each in here if "default" in each["schema"]}
        schema = {
            "type": "object",
            "properties": {each["name"]: each["schema"] for each in here},
            "required": [each["name"] for each in here if each.get("required")],
            "additionalProperties": False,
        }
        plain = standalone(schema, components)
        self._examiner = Examiner(plain, unknown=Invalid)
        self._is_optional = not schema["required"]
        self._by_header = [(each["name"].lower().encode("latin-1"), each["name"]) for each in here]

    def from_path(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the ids that routing cut out of the path.

        An id that the contract does not allow is one that nothing has, so it is left to the handler to say so as of any
        other; only the one character that the database cannot be asked for becomes another.
        """
        return {name: text.replace(_NUL, "\ufffd") for name, text in texts.items()}

    def from_query(self, query: bytes) -> tuple[dict[str, Any], list[Fault]]:
        """Read, convert and check a query string; absent parameters get their defaults."""
        values: dict[str, Any] = {}
        for name, text in _pairs(query):
            parameter = self.parameters.get(name)
            if parameter is None:
                values[name] = text
            elif parameter.repeats:
                values.setdefault(name, []).append(parameter.convert(text))
            elif name in values:
                raise Invalid(f"{name} was sent twice.", field=name, details=details_of(name, text))
            else:
                values[name] = parameter.convert(text)
        faults = self._faults(values)
        if faults:
            values = self._examiner.trimmed(values)
            faults = self._faults(values)
        return (self.defaults | values if self.defaults else values), faults

    def header_faults(self, headers: Mapping[bytes, bytes]) -> list[Fault]:
        """Check the headers that the contract declares; the others are none of our business."""
        values = {
            name: self.parameters[name].convert(headers[key].decode("latin-1"))
            for key, name in self._by_header
            if key in headers
        }
        return self._faults(values)

    def _faults(self, values: dict[str, Any]) -> list[Fault]:
        if not values and self._is_optional:
            return []
        return [] if self._examiner.is_valid(values) else self._examiner.faults(values)


class ParameterGroups:
    """The groups of one contract: operations that declare the same share one, as most do."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components
        self._groups: dict[bytes, ParameterGroup] = {}

    def of(self, place: str, declared: Sequence[Schema]) -> ParameterGroup:
        """Return the group of what an operation declares for one place."""
        here = [each for each in declared if each["in"] == place]
        key = encode(here)
        if key not in self._groups:
            self._groups[key] = ParameterGroup(here, self._components)
        return self._groups[key]


def percent_decoded(text: bytes, *, what: str) -> str:
    """Return percent-encoded UTF-8 as text. Raises Invalid for broken escapes and other encodings."""
    if b"%" in text:
        if _BROKEN_ESCAPE.search(text):
            raise Invalid(f"{what} has a % that is no escape of two hexadecimal digits.")
        text = unquote_to_bytes(text)
    try:
        return unicodedata.normalize("NFC", text.decode())
    except UnicodeDecodeError:
        raise Invalid(f"{what} is not percent-encoded UTF-8.") from None


def _pairs(query: bytes) -> list[tuple[str, str]]:
    """Split a query string into names and values, in the order sent."""
    if not query:
        return []
    if len(query) > MAX_QUERY_BYTES:
        raise Invalid(f"The query string is longer than {MAX_QUERY_BYTES} bytes.")
    if b"%" not in query and b"+" not in query:
        text = percent_decoded(query, what="The query string")
        plain = (piece.partition("=") for piece in text.split("&") if piece)
        return [(name, value) for name, _, value in plain]
    pieces = (piece.partition(b"=") for piece in query.replace(b"+", b" ").split(b"&") if piece)
    return [_decoded_pair(name, value) for name, _, value in pieces]


def _decoded_pair(raw_name: bytes, value: bytes) -> tuple[str, str]:
    name = percent_decoded(raw_name, what="A parameter's name")
    try:
        text = percent_decoded(value, what=name)
    except Invalid as refusal:
        raise _refused(name, refusal.message, value.decode("latin-1")) from None
    if _NUL in name or _NUL in text:
        raise _refused(name.replace(_NUL, ""), "A parameter contains a NUL character.", text)
    return name, text


def _refused(name: str, message: str, received: str) -> Refusal:
    """The refusal of a parameter under the name that it was sent by, whether or not there is such a one."""
    return refusal_for([Fault(Invalid, name, message, (), details_of(name, received))])


def _parameter(declared: Schema, components: Mapping[str, Schema]) -> Parameter:
    """Bind one parameter object of the contract to the conversion of its values."""
    name, schema = declared["name"], _resolved(declared.get("schema", {}), components)
    if schema.get("type") != "array":
        return Parameter(name, _conversion(name, schema), repeats=False)
    one = _conversion(name, _resolved(schema["items"], components))
    if declared["in"] == "query" and declared.get("explode", True):
        return Parameter(name, one, repeats=True)
    return Parameter(name, partial(_list, one), repeats=False)


def _resolved(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    return schema


def _conversion(name: str, schema: Schema) -> Convert:
    try:
        return _CONVERSIONS[schema.get("type", "string")]
    except KeyError:
        raise SpecMistake(f"Parameter {name}: type {schema['type']} cannot be read from text.") from None


def _integer(text: str) -> int | str:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> Decimal | str:
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


def _list(one: Convert, text: str) -> list[Any]:
    return [one(each) for each in text.split(",")] if text else []


_CONVERSIONS: dict[str, Convert] = {"string": str, "integer": _integer, "number": _number, "boolean": _boolean}
