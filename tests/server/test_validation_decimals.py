"""Numbers are read exactly, and our keyword for their limits agrees with the validator's own, whatever the number."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from server.contract.codec import decode, whole
from server.contract.decimals import KEYWORD
from server.contract.schemas import compiled, standalone

_LIMITS: list[dict[str, Any]] = [
    {"multipleOf": 0.01, "minimum": -9999999999999.99, "maximum": 9999999999999.99},
    {"multipleOf": 0.000001, "minimum": 0},
    {"multipleOf": 0.25},
    {"maximum": 100, "multipleOf": 0.001},
    {"exclusiveMinimum": 0, "exclusiveMaximum": 1.5},
]
_NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=7, min_value=-3, max_value=3),
    st.sampled_from([Decimal("1E+40"), Decimal("1E-40"), Decimal("-0.0"), Decimal("1.1000"), Decimal("1E-7")]),
    st.booleans(),
    st.text(max_size=3),
    st.none(),
)


@pytest.mark.parametrize("limits", _LIMITS)
@given(value=_NUMBERS)
def test_our_keyword_accepts_what_the_standard_ones_accept(limits: dict[str, Any], value: object) -> None:
    schema = {"type": "number", **limits}
    ours = standalone(schema, {})

    assert KEYWORD in ours
    assert compiled(ours).is_valid(value) == Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("limits", "value", "words"),
    [
        ({"minimum": 0}, "-1", "must be at least 0"),
        ({"maximum": 9.5}, "10", "must be at most 9.5"),
        ({"minimum": 0, "maximum": 100}, "101", "must be between 0 and 100"),
        ({"minimum": 0, "exclusiveMinimum": True}, "0", "must be more than 0"),
        ({"maximum": 1, "exclusiveMaximum": True}, "1", "must be less than 1"),
        ({"multipleOf": 0.01}, "0.295", "must have at most 2 decimal places"),
        ({"multipleOf": 0.000001}, "0.0000001", "must have at most 6 decimal places"),
        ({"multipleOf": 0.25}, "0.3", "must be a multiple of 0.25"),
    ],
)
def test_the_message_tells_the_limit(limits: dict[str, Any], value: str, words: str) -> None:
    validator = compiled(standalone({"type": "number", **limits}, {}))

    assert [error.message for error in validator.iter_errors(Decimal(value))] == [words]


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
