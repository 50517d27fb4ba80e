"""The quick test of bodies accepts nothing that the validator would refuse, and by itself what callers usually send."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.spec import OPERATIONS, SCHEMAS, SPEC, body_example, inside
from openapi.bundle import example_of
from server.contract.acceptance import acceptance
from server.contract.codec import decode, decode_plain, whole
from server.contract.schemas import Schema, compiled, standalone

_BODIES: dict[str, Schema] = {
    name: operation["requestBody"]["content"]["application/json"]["schema"]
    for name, (_, _, operation) in OPERATIONS.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
}
_LEFT_TO_THE_VALIDATOR = {
    *("bulk_create_invoices", "bulk_create_bills", "update_recurring"),
    *("create_webhook_endpoint", "update_webhook_endpoint"),
}
"""Operations whose example has rows that are checked one by one, a part of another operation's body, or a list in
which nothing may stand twice."""
_PLACE = re.compile('"<(text|number|other)>"')

_NUMBERS = (
    "0 -0 0.0 -0.0 1 -1 0.01 0.001 1.10 1.100 2.5e0 1e2 1E2 1e-3 5.0 100 100.00 100.01 99.99 9999999999999.99 "
    "10000000000000 9999999999999.991 -9999999999999.99 99999999999999 100000000000000.01"
)
_DATES = "2026-02-28 2024-02-29 2026-02-29 2026-04-31 2026-12-31 1899-12-31 2100-01-01 0000-01-01 2026-11-21T00:00:00Z"
_TEXTS = ["", " ", "\0", "a\nb", "\x7f", "INR", "inr", "१२३४", "😀", "2026-11-21\n", " 2026-11-21", *_DATES.split()]
_SIZES = [1, 4, 15, 16, 100, 101, 201, 5001]
_LITERALS = {
    "text": st.builds(
        json.dumps,
        st.one_of(st.sampled_from(_TEXTS), st.sampled_from(_SIZES).map("9".__mul__), st.text(max_size=20)),
        ensure_ascii=st.booleans(),
    ),
    "number": st.one_of(
        st.sampled_from([*_NUMBERS.split(), "1" * 30, "1" * 41, "1" * 400, "0." + "3" * 45]),
        st.integers(-(10**16), 10**16).map(str),
        st.decimals(-(10**14), 10**14, places=2).map(str),
        st.decimals(-2, 1_000_001, places=3).map(str),
        st.floats(allow_nan=False, allow_infinity=False).map(str),
    ),
    "other": st.sampled_from(["null", "true", "false", "[]", "{}", "[[]]", '[{"a": 1}]']),
}
_ANY_LITERAL = st.one_of(*_LITERALS.values())


@pytest.mark.parametrize("name", _BODIES)
def test_examples_are_accepted(name: str) -> None:
    """What is said about a body in the contract is what callers send."""
    body = json.dumps(body_example(name), ensure_ascii=False).encode()

    assert _accepts(name)(body) is (name not in _LEFT_TO_THE_VALIDATOR)
    assert _validator(name).is_valid(decode(body))


@given(data=st.data())
def test_what_is_accepted_is_valid(data: st.DataObject) -> None:
    """One value in the largest body of any operation is another one, most often of its kind."""
    name = data.draw(st.sampled_from(sorted(_BODIES.keys() - _LEFT_TO_THE_VALIDATOR)))
    before, kind, after = _PLACE.split(data.draw(st.sampled_from(_with_a_place(name))))
    literal = data.draw(st.one_of(_LITERALS[kind], _LITERALS[kind], _ANY_LITERAL))
    text = f"{before}{literal}{after}".encode(errors="replace")

    if _accepts(name)(text):
        value = decode(text)
        assert _validator(name).is_valid(value)
        assert repr(whole(decode_plain(text))) == repr(whole(value))


_CODE = {"type": "string", "pattern": "^[A-Z]{3}$"}
_PRINTED = {"type": "string", "pattern": "^[^\\x00-\\x1f\\x7f]+$"}
_MAP = {"type": "object", "additionalProperties": _CODE}
_NODE = {"$ref": "#/components/schemas/Node"}
_CLOSED = {"type": "object", "additionalProperties": False, "properties": {"a": _CODE}}


def _number(**limits: object) -> Schema:
    return {"type": "number", **limits}


def _text(pattern: str, **limits: object) -> Schema:
    return {"type": "string", "pattern": pattern, **limits}


def _list(**limits: object) -> Schema:
    return {"type": "array", "items": _CODE, **limits}


@pytest.mark.parametrize(
    ("schema", "accepted", "left"),
    [
        (_number(minimum=0, maximum=9999999999999.99, multipleOf=0.01), "0 0.01 7.10 9999999999999.98", "-0.01 0.001"),
        (_number(minimum=0, maximum=9999999999999.99, multipleOf=0.01), "1e2 1.5E1", '9999999999999.99 "1" true null'),
        (_number(), "5", "-0.0 -0e0 1e-2 15E-1 1.500"),
        (_number(minimum=0, exclusiveMinimum=True), "0.01", "0 0.00 -1"),
        (_number(maximum=100, exclusiveMaximum=True), "-1 99.99", "100 101"),
        (_number(minimum=1, maximum=100), "1 100 1.00", "0.99 100.01"),
        (_number(minimum=0.5, maximum=1e15), "0.51 99999999999999", "0.5 0.49 100000000000000"),
        (_number(), "-99999999999999 12.5", f"100000000000000 {'1' * 400}"),
        (_number(minimum=1e15), "", "1 1000000000000001"),
        (_number(multipleOf=0.25), "", "0.25 0.3"),
        (_number(multipleOf=0.1), "", "0.1 0.25"),
        (_number(multipleOf=0.001, nullable=True), "0.25 null", "0.125"),
        ({"type": "integer", "minimum": 1, "maximum": 200}, "1 200", '0 201 5.0 true "5"'),
        ({"type": "integer", "nullable": True}, "null -5", f"0.5 {'1' * 30}"),
        ({"type": "integer", "multipleOf": 5}, "", "5 4"),
        ({"type": "boolean"}, "true", '1 null "true"'),
        (_CODE, '"INR"', r'"INRX" "XINR" "INR\n" "\u0049NR" 7'),
        (_text(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"), '"metres" "" "₹"', '"a\\nb" "\\u0007" "\x7f"'),
        (_PRINTED, '"a"', '""'),
        (_PRINTED | {"minLength": 2}, '"ab"', '"a"'),
        (_text(r"^[^\x00-\x20]+$"), '"a"', '"\u0020"'),
        (_text(r"^\d+$"), "", '"१" "1"'),
        (_text("^(?i)a$"), "", '"a"'),
        ({"type": "string", "minLength": 2, "maxLength": 3}, '"ab" "😀😀😀"', '"a" "abcd"'),
        ({"type": "string", "format": "date"}, '"2026-11-30" "0001-01-31"', '"2026-02-29" "2024-02-29" "2026-11-31"'),
        ({"type": "string", "format": "date"}, "", '"0000-01-01" "x2026-11-30" "2026-11-30x" "20261130"'),
        (_text("^(19|20)[0-9]{2}-.*$", format="date"), '"2026-11-30"', '"1850-11-30" "20261130"'),
        ({"type": "string", "format": "email"}, "", '"a@b.example" "a"'),
        ({"type": "string", "enum": ["A", "B"]}, '"A"', '"C" null "a"'),
        ({"type": "string", "enum": ["A", None], "nullable": True}, '"A" null', '"C"'),
        ({"type": "string", "enum": ["A"], "nullable": True}, "", '"A" null'),
        (_list(minItems=1, maxItems=2), '["INR"]', '[] ["INR","USD","EUR"] ["x"] [null] {}'),
        (_list(uniqueItems=True), "", '["INR"]'),
        (_list(**{"x-checked-alone": True}), "", "[] [1]"),
        ({"oneOf": [_CODE, {"type": "integer"}]}, "", '1 "INR"'),
        (_CLOSED, '{} {"a":"INR"}', '{"b":"INR"} {"a":1}'),
        (_CLOSED | {"required": ["b"]}, "", '{} {"b":1}'),
        (_CLOSED | {"not": {"required": ["a"]}}, "", "{}"),
        (_CLOSED | {"additionalProperties": True}, "", "{}"),
        (_MAP | {"maxProperties": 1}, '{} {"b":"INR"}', '{"a":"INR","b":"INR"} {"a":1}'),
        (_MAP | {"properties": {"a": {"type": "integer"}}}, "", "{}"),
        (_CLOSED | {"maxProperties": 0}, "", '{} {"a":"INR"}'),
        ({"anyOf": [{**_CODE, "nullable": True}, _number(minimum=0)]}, '"INR" null 1', '-1 "x" [] true'),
        ({"anyOf": [_CODE, {"type": "string", "enum": ["x"]}]}, "", '"x"'),
        ({"anyOf": [_MAP, _CLOSED]}, "", "{}"),
        (_NODE, '{"class":"INR"} {"class":"INR","inner":null}', '{} {"class":"INR","seen":1}'),
        (_NODE, "", '{"class":"INR","inner":{"class":"INR"}} {"class":1,"class":"INR"}'),
    ],
)  # fmt: skip
def test_what_a_type_cannot_tell_is_left_to_the_validator(schema: Schema, accepted: str, left: str) -> None:
    node = {
        "type": "object", "additionalProperties": False, "required": ["class"],
        "properties": {
            "class": {**_CODE, "description": "A word that Python keeps for itself."},
            "inner": {"nullable": True, "allOf": [_NODE]},
            "seen": {"type": "integer", "readOnly": True},
        },
    }  # fmt: skip
    body = {"type": "object", "additionalProperties": False, "properties": {"value": schema}}
    accepts = acceptance(standalone(body, {"Node": node}))

    assert [text for text in accepted.split() if not accepts(f'{{"value": {text}}}'.encode())] == []
    assert [text for text in left.split() if accepts(f'{{"value": {text}}}'.encode())] == []


@cache
def _accepts(name: str) -> Any:
    return acceptance(standalone(_BODIES[name], SCHEMAS))


@cache
def _validator(name: str) -> Any:
    return compiled(standalone(_BODIES[name], SCHEMAS))


@cache
def _with_a_place(name: str) -> list[str]:
    """The largest body of an operation as a text, once for each value in it, which is a place for another."""
    return [json.dumps(each, ensure_ascii=False) for each in _replaced(_largest(_BODIES[name]))]


def _replaced(value: Any) -> Iterator[Any]:
    yield "<text>" if isinstance(value, str) else "<number>" if type(value) in (int, float, Decimal) else "<other>"
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: other} for other in _replaced(member))
        yield {**value, "unknown": "<other>"}
    elif isinstance(value, list):
        for position, element in enumerate(value):
            yield from ([*value[:position], other, *value[position + 1 :]] for other in _replaced(element))


def _largest(schema: Schema) -> Any:
    """An example of a schema with all that a request may say."""
    schema = inside(schema)
    if "example" in schema and "properties" not in schema:
        return schema["example"]
    if "properties" in schema:
        members = {name: each for name, each in schema["properties"].items() if not each.get("readOnly")}
        return {name: _largest(each) for name, each in members.items()}
    if schema.get("type") == "array":
        return [_largest(schema["items"])]
    return {} if schema.get("type") == "object" else example_of(SPEC, schema)
