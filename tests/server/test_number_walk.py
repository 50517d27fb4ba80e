"""The quick test of numbers passes nothing that the full validator would refuse, and the plain cases by itself."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.codec import decode, whole
from server.decimals import DecimalLimits
from server.number_walk import number_walk
from server.schemas import Schema, compiled, compiled_without_limits, standalone

_MONEY = {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.01}
_SMALL = {"type": "number", "minimum": 0, "maximum": 1, "exclusiveMinimum": True}
_ROW = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": _MONEY, "b": {**_SMALL, "nullable": True}, "c": {"type": "array", "items": _MONEY}},
}
_LIST_OF_TEXTS = {"type": "array", "items": {"type": "string"}}
_COMPONENTS: dict[str, Schema] = {
    "Node": {
        "type": "object",
        "properties": {"a": _MONEY, "b": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Node"}]}},
    },
}
_SCHEMAS: list[Schema] = [
    {"$ref": "#/components/schemas/Node"},
    {"type": "object", "properties": {"a": _MONEY, "b": {"type": "array", "items": _SMALL}}},
    {"type": "object", "properties": {"a": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}},
    {"type": "object", "properties": {"a": {"oneOf": [{"type": "array", "items": _ROW}, _LIST_OF_TEXTS]}}},
    {"type": "object", "additionalProperties": {"anyOf": [_SMALL, {"type": "string"}, {"type": "integer"}]}},
    {"type": "object", "properties": {"a": {"oneOf": [_MONEY, {**_MONEY, "minimum": 50}]}}},
    {"type": "object", "properties": {"a": {"type": "number", "not": _SMALL}}, "additionalProperties": _MONEY},
]
_NUMBERS = st.one_of(st.integers(-2, 101), st.decimals(-1, 101, places=2), st.decimals(0, 2, places=3))
_MEMBERS = st.recursive(
    st.one_of(_NUMBERS, st.none(), st.text(max_size=2)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=5,
)


@pytest.mark.parametrize("schema", _SCHEMAS)
@given(value=st.dictionaries(st.sampled_from("abc"), _MEMBERS, max_size=3))
def test_what_passes_is_valid(schema: Schema, value: dict[str, Any]) -> None:
    plain = standalone(schema, _COMPONENTS)

    if compiled_without_limits(plain).is_valid(value) and number_walk(plain)(value):
        assert compiled(plain).is_valid(value)


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        ({"a": Decimal("99.99"), "b": {"a": 100, "b": None}}, True),
        ({"b": {"b": {"a": Decimal("0.00")}}}, True),
        ({"b": {"b": {"a": Decimal("0.001")}}}, False),
        ({"a": Decimal("100.01")}, False),
        ({"a": -1}, False),
        ({"colour": Decimal("0.001")}, True),
    ],
)
def test_numbers_are_found_at_every_depth(value: dict[str, Any], *, passes: bool) -> None:
    assert number_walk(standalone({"$ref": "#/components/schemas/Node"}, _COMPONENTS))(value) is passes


@pytest.mark.parametrize(
    ("rows", "passes"),
    [
        ([{"a": Decimal("99.99"), "b": None}, {"a": 1, "c": [Decimal("0.01")]}, {"a": Decimal("0.5"), "b": 1}], True),
        ([], True),
        ([{"a": Decimal("99.99")}, {"a": Decimal("100.01")}], False),
        ([{"a": 1}, {"a": Decimal("-0.01")}], False),
        ([{"a": Decimal("0.005")}, {"a": Decimal("0.005")}], False),
        ([{"a": Decimal("1.500")}], False),
        ([{"a": 1, "b": Decimal("0.5")}, {"a": 1, "b": 0}], False),
        ([{"a": 1, "c": [Decimal("0.01"), Decimal("0.001")]}], False),
        ([{"a": 1}, {"a": "many"}], False),
        ([{"a": 1}, "a row of another kind"], False),
    ],
)
def test_a_member_is_tested_in_all_rows_at_once(rows: list[Any], *, passes: bool) -> None:
    """Only what is plain passes: 1.500 has no more than two places, but is left to be examined."""
    assert number_walk(standalone({"type": "array", "items": _ROW}, {}))(rows) is passes


@given(values=st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_no_sum_hides_what_one_of_many_numbers_is(values: list[Decimal]) -> None:
    """Numbers that differ by more digits than a sum is reckoned with show it, too."""
    limits = DecimalLimits(
        {}, {"minimum": "-9999999999999.99", "maximum": "9999999999999.99", "multipleOf": "0.01"}, []
    )

    assert not limits.plainly_admit(values) or all(map(limits.admits, values))


def test_an_integer_written_with_a_point_is_left_to_be_examined() -> None:
    walk = number_walk({"type": "object", "properties": {"a": {"type": ["integer", "null"]}}})

    assert [walk({"a": value}) for value in (5, None, Decimal("5.0"))] == [True, True, False]


@pytest.mark.parametrize(
    ("literal", "number"),
    [
        ("5.0", "5"), ("5e1", "50"), ("1.5e1", "15"), ("50e-1", "5"), ("-0.0", "0"), ("-0e0", "0"), ("0e-999", "0"),
        ("1e40", "1" + "0" * 40), ("1e-40", "1E-40"), ("0.10", "0.10"), ("-1180.05", "-1180.05"), ("1.5e-7", "1.5E-7"),
        ("0." + "1" * 38, "0." + "1" * 38), ("12345678901234567890.5", "12345678901234567890.5"),
    ],
)  # fmt: skip
def test_numbers_are_exact_and_plain(literal: str, number: str) -> None:
    """Whole ones become ``int`` by ``whole``; no zero has a sign, no large number an exponent."""
    (value,) = decode(f"[{literal}]".encode())

    assert str(whole(value)) == number
    assert not (value == 0 and str(value).startswith("-"))
    assert "E+" not in str(value)
