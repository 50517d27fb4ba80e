"""Colours on paper: whether white can be read on one, and the nearest darker one on which it can.

Source of the measure: WCAG 2.1, relative luminance and contrast ratio, success criterion 1.4.3 (4.5 : 1).
"""

from bisect import bisect_left
from decimal import Decimal
from functools import lru_cache

_LEAST_CONTRAST = Decimal("4.5")
_SHADES = 256
_WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))


@lru_cache(maxsize=256)
def readable_under_white(colour: str) -> str:
    """Return ``colour`` (``#rrggbb``), or one of the same hue that is as much darker as white on it needs."""
    parts = tuple(bytes.fromhex(colour.removeprefix("#")))
    steps = bisect_left(range(_SHADES), _LEAST_CONTRAST, key=lambda step: contrast_with_white(_darker(parts, step)))
    return "#" + bytes(_darker(parts, steps)).hex()


def contrast_with_white(parts: tuple[int, ...]) -> Decimal:
    """Return the contrast ratio of white on red, green and blue (0 to 255): 1 on white, 21 on black."""
    luminance = sum((weight * _linear(part) for weight, part in zip(_WEIGHTS, parts, strict=True)), Decimal(0))
    return Decimal("1.05") / (luminance + Decimal("0.05"))


def _darker(parts: tuple[int, ...], steps: int) -> tuple[int, ...]:
    return tuple(part * (_SHADES - steps) // _SHADES for part in parts)


def _linear(part: int) -> Decimal:
    value = Decimal(part) / 255
    if value <= Decimal("0.03928"):
        return value / Decimal("12.92")
    return ((value + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
