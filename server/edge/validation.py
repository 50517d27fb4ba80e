"""What the contract asks of one operation's requests, compiled once: parameters, media types and body."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol

from domain.errors import (
    Failed,
    NotAcceptable,
    UnsupportedMediaType,
)
from server.contract.acceptance import acceptance
from server.contract.codec import NotJson, decode, decode_plain, whole
from server.contract.echoes import Echo, EchoRules, echo_rules
from server.contract.faults import Examiner, Fault, body_refused, refusal_for
from server.contract.parameters import ParameterGroups, SpecMistake
from server.contract.schemas import Schema, standalone
from server.contract.sheets import SheetBody
from server.contract.texts import composed, is_composed, may_repeat_members, repeated_member
from server.edge.forms import MEDIA_TYPE, FormRules

_MANY_VALUES = 5000
"""Telling every fault of a body costs 16 µs each, so a body with more values than this hears of one fault only."""

_JSON = re.compile(rb'application/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?', re.IGNORECASE)
_ZERO_WEIGHT = re.compile(rb"q\s*=\s*0(\.0{0,3})?\s*")
_NO_BODY: Schema = {"application/json": {"schema": {"type": "object", "additionalProperties": False, "properties": {}}}}
_EXPECTED = {
    "application/json": "A JSON object is expected as the body.",
    "text/csv": "A CSV file is expected as the body.",
}


class BodyReader(Protocol):
    """Reads the bodies of one operation, in the media type that its contract names."""

    def read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
        """Return the body as its handler takes it. Raises the contract's refusals."""


class JsonBody:
    """Reads the bodies of an operation that takes a JSON object."""

    def __init__(self, media: Schema, schemas: Mapping[str, Any], echoed: EchoRules | None = None) -> None:
        self._body = Examiner(standalone(media["schema"], schemas), unknown=Failed)
        self._echoed = echoed

    @cached_property
    def _accepts(self) -> Callable[[bytes], bool]:
        return acceptance(self._body.schema)

    def read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
        """Return the object, or an Echo of one. Raises: UnsupportedMediaType, Failed, and what its schema refuses."""
        check_content_type(headers)
        if is_composed(raw) and self._accepts(raw):
            body = decode_plain(raw)
            if not may_repeat_members(raw, body):
                return body
        body = _an_object(raw)
        if not self._body.is_valid(body):
            if self._echoed is not None and self._echoed.members.are_echoed_in(body):
                return Echo(body, self._echoed, self._body)
            body = self._body.trimmed(body)
            if not self._body.is_valid(body):
                is_small = raw.count(b",") <= _MANY_VALUES
                raise refusal_for(self._body.faults(body) if is_small else self._body.first_fault(body))
        return body


def _an_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in a body, its texts composed. Raises Failed for what is none, or names a member twice."""
    try:
        body = decode(raw)
    except NotJson as reason:
        raise body_refused(f"The body cannot be read as JSON: {reason}.") from None
    if not isinstance(body, dict):
        raise body_refused("The body must be a JSON object.")
    if may_repeat_members(raw, body) and (twice := (repeated_member(raw) or "")[:200]):
        raise refusal_for([Fault(Failed, twice, f"{twice} is there twice.", (), {})])
    value: dict[str, Any] = whole(body if is_composed(raw) else composed(body))
    return value


_IN_JSON = (b"application/json",)
"""What a call answers in that says nothing of it."""


class OperationRules:
    """The compiled contract of one operation; ``form`` where it takes one with a file, which is read as it arrives."""

    def __init__(
        self,
        method: str,
        operation: Schema,
        shared: list[Schema],
        components: Mapping[str, Any],
        groups: ParameterGroups,
    ) -> None:
        schemas = components.get("schemas", {})
        declared = _declared_parameters(shared + operation.get("parameters", []), components)
        self.path = groups.of("path", declared)
        self.query = groups.of("query", declared)
        self.header = groups.of("header", declared)
        self.offered = tuple(each.encode() for each in _answered_in(operation, components)) or _IN_JSON
        self.reads_body = method not in ("GET", "HEAD")
        request_body = _followed(operation.get("requestBody", {}), components)
        self.body_is_declared = bool(request_body)
        self.body_is_required = request_body.get("required", False)
        content: Schema = request_body["content"] if request_body else _NO_BODY
        self.form: FormRules | None = None
        if list(content) == [MEDIA_TYPE]:
            self.form = FormRules(content[MEDIA_TYPE], schemas, operation["operationId"])
        else:
            echoed = echo_rules(operation, components) if method == "PUT" else None
            self._media_type, self._reader = _reader(content, operation, schemas, echoed)

    def check_parameters(
        self, path: Mapping[str, str], query: bytes, headers: Mapping[bytes, bytes]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the path and query values. Raises Invalid or Required for what is not as the contract says."""
        query_values, faults = self.query.from_query(query)
        if self.header.parameters:
            faults = faults + self.header.header_faults(headers)
        if faults:
            raise refusal_for(faults)
        return self.path.from_path(path), query_values

    def check_body(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
        """Return the body as it was read, ``None`` if there is none. Raises the contract's refusals."""
        if not raw:
            if self.body_is_required:
                raise body_refused(_EXPECTED[self._media_type])
            return None
        body = self._reader.read(raw, headers)
        return body if self.body_is_declared else None


def check_accept(headers: Mapping[bytes, bytes], offered: tuple[bytes, ...] = _IN_JSON) -> None:
    """Refuse callers who accept nothing that an operation answers in (RFC 9110, 12.5.1), which is mostly JSON only."""
    accept = headers.get(b"accept")
    if accept is None or accept == b"*/*" or accept == b"application/json" or not accept.strip():
        return
    weights: dict[bytes, bool] = {}
    for each in accept.lower().split(b","):
        media_range, *parameters = each.split(b";")
        weights[media_range.strip()] = not any(_ZERO_WEIGHT.fullmatch(one.strip()) for one in parameters)
    if not any(_is_accepted(media_type, weights) for media_type in offered):
        raise NotAcceptable(f"This call answers in {' or '.join(each.decode() for each in offered)} only.")


def _is_accepted(media_type: bytes, weights: Mapping[bytes, bool]) -> bool:
    """Whether the most specific range that fits a media type takes it."""
    ranges = (media_type, media_type.partition(b"/")[0] + b"/*", b"*/*")
    return next((weights[each] for each in ranges if each in weights), False)


def check_content_type(headers: Mapping[bytes, bytes]) -> None:
    """Refuse bodies that do not say they are JSON in UTF-8."""
    media_type = headers.get(b"content-type", b"")
    if media_type != b"application/json" and not _JSON.fullmatch(media_type.strip()):
        raise UnsupportedMediaType("The body must be sent as Content-Type: application/json, in UTF-8.")


def _answered_in(operation: Schema, components: Mapping[str, Any]) -> list[str]:
    """Return the media types of an operation's answers; what is refused is told in JSON whatever is accepted."""
    answers = (_followed(each, components) for status, each in operation["responses"].items() if status[0] == "2")
    return list(dict.fromkeys(media_type for answer in answers for media_type in answer.get("content", {})))


def _declared_parameters(parameters: list[Schema], components: Mapping[str, Any]) -> list[Schema]:
    """Follow references; a parameter of the operation replaces one of the same name of its path."""
    resolved = [_followed(each, components) for each in parameters]
    return list({(each["in"], each["name"]): each for each in resolved}.values())


def _followed(value: Schema, components: Mapping[str, Any]) -> Schema:
    while "$ref" in value:
        kind, name = value["$ref"].split("/")[-2:]
        value = components[kind][name]
    return value


def _reader(
    content: Schema, operation: Schema, schemas: Mapping[str, Any], echoed: EchoRules | None
) -> tuple[str, BodyReader]:
    """Return the media type of an operation's bodies, and what reads them."""
    media_types = list(content)
    if len(media_types) != 1 or media_types[0] not in _READERS:
        raise SpecMistake(f"{operation['operationId']}: bodies are read in one of {', '.join(_READERS)}.")
    (media_type,) = media_types
    return media_type, _READERS[media_type](content[media_type], schemas, echoed)


_READERS: Mapping[str, Callable[[Schema, Mapping[str, Any], EchoRules | None], BodyReader]] = {
    "application/json": JsonBody,
    "text/csv": lambda media, schemas, _: SheetBody(media, schemas),
}
