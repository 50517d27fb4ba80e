"""Gaps in number series: numbers that are missing between two runs of consecutive ones."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Protocol

from domain.values import Struct

_DIGITS = re.compile(r"([0-9]+)")


class Run(Protocol):
    """A run of consecutive numbers of one nature of documents."""

    @property
    def nature(self) -> int:
        """What kind of documents they are of."""

    @property
    def first(self) -> str:
        """The first number."""

    @property
    def last(self) -> str:
        """The last one."""


class Gap(Struct, frozen=True):
    """How many numbers are missing between two that are there."""

    after: str
    before: str
    missing: int


def gaps(runs: Iterable[Run]) -> list[Gap]:
    """Return the gaps between runs, which come in the order of their numbers.

    Two runs are of one series where their numbers differ in one group of digits alone.
    """
    pairs = pairwise(runs)
    found = [_gap(one.last, other.first) for one, other in pairs if one.nature == other.nature]
    return [gap for gap in found if gap is not None]


def _gap(one: str, other: str) -> Gap | None:
    parts, others = _DIGITS.split(one.upper()), _DIGITS.split(other.upper())
    changed = _changed(parts, others)
    if changed is None or not (changed[0].isdigit() and changed[1].isdigit()):
        return None
    missing = int(changed[1]) - int(changed[0]) - 1
    return Gap(one, other, missing) if missing > 0 else None


def _changed(parts: Sequence[str], others: Sequence[str]) -> tuple[str, str] | None:
    """The one pair of parts in which two numbers differ."""
    if len(parts) != len(others):
        return None
    pairs = [pair for pair in zip(parts, others, strict=True) if pair[0] != pair[1]]
    return pairs[0] if len(pairs) == 1 else None
