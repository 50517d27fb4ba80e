"""Small charts as the server draws them: where each bar stands, in a plain of numbers that the page scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_WIDTH, _HEIGHT, _FOOT, _HEAD = 480, 180, 24, 20
_GAP = Decimal("0.35")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its words; ``href`` is what it opens."""

    label: str
    value: Decimal
    x: int
    y: int
    width: int
    height: int
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side on a line at ``base``; values below zero hang from it."""

    bars: Sequence[Bar]
    width: int
    height: int
    base: int


def columns(points: Sequence[tuple[str, Decimal, str | None]]) -> Chart:
    """Return a chart of points: label, value, and what it opens."""
    highest = max((value for _, value, _ in points), default=Decimal(0))
    lowest = min((value for _, value, _ in points), default=Decimal(0))
    top, bottom = max(highest, Decimal(0)), min(lowest, Decimal(0))
    span, room = (top - bottom) or Decimal(1), _HEIGHT - _FOOT - _HEAD
    base = _HEAD + round(room * top / span) if top or bottom else _HEAD + room
    step = Decimal(_WIDTH) / max(len(points), 1)
    bars = []
    for index, (label, value, href) in enumerate(points):
        height = max(1, round(room * abs(value) / span)) if value else 0
        x = round(step * index + step * _GAP / 2)
        y = base - height if value > 0 else base
        bars.append(Bar(label, value, x, y, round(step * (1 - _GAP)), height, href))
    return Chart(bars, _WIDTH, _HEIGHT, base)


def short(value: Decimal) -> str:
    """Write an amount shortly, in lakh and crore: 12.4 L, 3.1 Cr."""
    for size, word in ((10_000_000, " Cr"), (100_000, " L"), (1_000, " k")):
        if abs(value) >= size:
            return f"{value / size:.1f}{word}".replace("-", "−")
    return f"{value:.0f}".replace("-", "−")
