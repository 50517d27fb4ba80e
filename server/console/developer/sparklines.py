"""How the last deliveries to an endpoint went, as a row of bars that the server draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MOST = 30
_CLASSES = {"DELIVERED": "good", "FAILED": "bad", "PENDING": "warm", "CANCELLED": "soft"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One delivery: its place from the left, the earliest first, and whether it was taken."""

    x: int
    kind: str


@dataclass(frozen=True, slots=True)
class Spark:
    """The bars, and what they say in words."""

    bars: Sequence[Bar]
    words: str

    @property
    def width(self) -> int:
        """Return how wide the picture is."""
        return _MOST * 6


def spark(deliveries: Sequence[Mapping[str, Any]]) -> Spark:
    """Draw the last of ``deliveries``, of which the newest comes first."""
    last = list(deliveries[:_MOST])[::-1]
    bars = [
        Bar((_MOST - len(last) + place) * 6, _CLASSES.get(each["status"], "soft")) for place, each in enumerate(last)
    ]
    taken = sum(each["status"] == "DELIVERED" for each in last)
    words = f"{taken} of the last {len(last)} deliveries were taken" if last else "Nothing was sent yet"
    return Spark(bars, words)
