"""JSON in and out, exactly: numbers are never binary floats, and hostile literals never reach the books."""

import re
from decimal import (
    Clamped,
    Context,
    Decimal,
    DecimalException,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
    Underflow,
)
from typing import Any

import msgspec

from server.contract.texts import has_unseen_characters

MAX_NUMBER_CHARACTERS = 40
MAX_EXPONENT = 40
MAX_DEPTH = 32
"""The contract's own schemas nest five deep; the rest is room for custom fields."""

PLAIN_LIMIT = 10**14
"""How far from zero the numbers of a plain text may be; who reads it sees to that."""

PLAIN_PLACES = 2
"""How many decimal places they have at most."""

_LARGEST_INTEGER = 10**MAX_NUMBER_CHARACTERS


class NotJson(ValueError):
    """The text is no JSON that the server reads; the message says why, in words fit for the caller."""


def encode(value: object) -> bytes:
    """Return a value as JSON; decimals become exact JSON numbers."""
    return _encoder.encode(value)


def decode(text: bytes) -> Any:
    """Return the value of a JSON text: whole numbers as ``int``, those with a point or an exponent as ``Decimal``.

    A whole number may come out as either, if it is written with a point or an exponent; see ``whole``.
    Raises NotJson for malformed text, numbers beyond 40 characters or outside 1e-40 to 1e40, nesting deeper
    than 32 levels and NUL characters.
    """
    has_long_number = _LONG_NUMBER in text.translate(_NUMBERS_AS_ZEROS)
    try:
        value = _decode_warily(text) if has_long_number or _MINUS_NOUGHT.search(text) else decode_plain(text)
    except RecursionError:
        raise NotJson(f"it is nested deeper than {MAX_DEPTH} levels") from None
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    except msgspec.ValidationError as error:
        raise NotJson(_lower_first(str(error).partition(" - at ")[0])) from None
    except msgspec.DecodeError as error:
        raise NotJson(_lower_first(str(error).removeprefix("JSON is malformed: "))) from None
    if has_long_number or _needs_a_walk(text):
        _walk(value)
    return value


def is_plain(text: bytes) -> bool:
    """Tell whether a text surely has no escapes and no unseen characters, and if it is JSON, only ordinary numbers.

    Those have at most two decimal places, no negative exponent and no negative zero.
    """
    return not (
        b"\\" in text
        or b"\x7f" in text
        or has_unseen_characters(text)
        or _find_sign_of_nought_or_exponent(text)
        or _find_too_fine(text)
    )


def decode_plain(text: bytes) -> Any:
    """Return the value of a plain text, known to be JSON of a few levels with numbers within ``PLAIN_LIMIT``.

    No call of Python is made for each number, if all are of an ordinary size.
    """
    try:
        return _decode_ordinary(text)
    except DecimalException:
        return _decode_warily(text)


def whole(value: Any) -> Any:
    """Return a decoded value with ``int`` for each whole Decimal: 5.0 is good where an integer is asked for."""
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return _as_int(value) if isinstance(value, Decimal) else value


def _number(literal: str) -> Decimal | int:
    """Turn a literal with a point or an exponent into an exact number."""
    if len(literal) > MAX_NUMBER_CHARACTERS:
        raise ValueError(f"a number is longer than {MAX_NUMBER_CHARACTERS} characters")
    try:
        number = Decimal(literal)
    except InvalidOperation:
        raise ValueError("the exponent of a number is out of range") from None
    if literal[-1] != "0" and "e" not in literal and "E" not in literal:
        return number
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"a number is outside 1e-{MAX_EXPONENT} to 1e{MAX_EXPONENT}")
    return _as_int(number)


def _as_int(number: Decimal) -> Decimal | int:
    integer = int(number)
    return integer if integer == number else number


def _needs_a_walk(text: bytes) -> bool:
    """Tell whether a text could hold what only a walk through its values finds: it rarely does."""
    return b"\\u0000" in text or text.count(b"{") + text.count(b"[") > MAX_DEPTH


def _walk(value: Any) -> None:
    """Refuse what is nested too deep, integers that are too long and NUL characters, level by level."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each)
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
            else:
                _refuse_bad_leaf(each)
        if not inner:
            return
        level = inner
    raise NotJson(f"it is nested deeper than {MAX_DEPTH} levels")


def _refuse_bad_leaf(leaf: Any) -> None:
    if isinstance(leaf, str) and "\x00" in leaf:
        raise NotJson("a text contains a NUL character")
    if isinstance(leaf, int) and abs(leaf) >= _LARGEST_INTEGER:
        raise NotJson(f"a number is longer than {MAX_NUMBER_CHARACTERS} characters")


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].replace("`", "")


_NUMBER_CHARACTERS = b"0123456789.+-eE"
_NUMBERS_AS_ZEROS = bytes.maketrans(_NUMBER_CHARACTERS, b"0" * len(_NUMBER_CHARACTERS))
_LONG_NUMBER = b"0" * (MAX_NUMBER_CHARACTERS + 1)
_MINUS_NOUGHT = re.compile(rb"-0[.eE]")
_find_sign_of_nought_or_exponent = re.compile(rb"-(?:0[.eE]|(?<=[eE]-)[0-9])").search
_find_too_fine = re.compile(rb"\." + rb"[0-9]" * (PLAIN_PLACES + 1)).search
"""These three begin with the one character, and a rare one, by which Python finds the places to look at."""
_ORDINARY = Context(
    prec=28,
    Emax=27,
    Emin=-12,
    clamp=1,
    traps=[Clamped, Inexact, InvalidOperation, Overflow, Rounded, Subnormal, Underflow],
)
"""Holds numbers of up to 28 digits without a rest of their exponent; whatever does not fit exactly raises."""

_encoder = msgspec.json.Encoder(decimal_format="number")
_decode_ordinary = msgspec.json.Decoder(float_hook=_ORDINARY.create_decimal).decode
_decode_warily = msgspec.json.Decoder(float_hook=_number).decode
