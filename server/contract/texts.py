"""Texts as they arrive: composed (Unicode's form NFC), so that what looks the same is the same, and no member twice.

Both are looked for in the bytes of a body first, at a fraction of the cost of walking through its values.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

KEYWORD = "x-readable"
"""Says of a type of the contract that its texts are for people to read: ``any``, or ``seen`` for names."""

_DISORDER = re.compile("[\x80-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters of the second set (C1), and what turns the direction of writing about."""
_UNSEEN = (
    "\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Spaces of all kinds and what has no width (Unicode's Default_Ignorable_Code_Point, and blank letters)."""
_SEEN = re.compile(f"[^{_UNSEEN}]")
_UNSEEN_BEYOND_ASCII = re.compile(f"[{_UNSEEN}]".replace("\x00-\x20\x7f-", "\x80-"))


class Readable:
    """The keyword's check of one text."""

    __slots__ = ("_must_be_seen",)

    def __init__(self, _parent: dict[str, Any], wanted: str, _path: list[str | int]) -> None:
        self._must_be_seen = wanted == "seen"

    def validate(self, value: Any) -> None:
        """Raise ValueError, saying what the text must be. What is no text is the business of ``type``."""
        if type(value) is not str:
            return
        if _DISORDER.search(value):
            raise ValueError("must have no control characters and none that turn the direction of writing")
        if self._must_be_seen and not _SEEN.search(value):
            raise ValueError("must have a character that can be seen")


def has_unseen_characters(text: bytes) -> bool:
    """Tell whether a text in UTF-8 has characters beyond ASCII that are not seen, so that ``Readable`` has to look."""
    return not text.isascii() and _UNSEEN_BEYOND_ASCII.search(text.decode(errors="replace")) is not None


def is_composed(text: bytes) -> bool:
    """Tell whether a JSON text in UTF-8 surely holds composed texts only."""
    if b"\\u" in text:
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text.decode(errors="replace"))


def composed(value: Any) -> Any:
    """Return a decoded value with all its texts composed, names of members too."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(each) for each in value]
    if isinstance(value, dict):
        return {composed(name): composed(each) for name, each in value.items()}
    return value


def may_repeat_members(text: bytes, value: dict[str, Any]) -> bool:
    """Tell whether a JSON text may name a member twice: not, if it has as many names as the value has members."""
    return text.count(b'":') != _members_in(value)


def repeated_member(text: bytes) -> str | None:
    """Return the way to the first member that an object of a JSON text names twice; ``None`` if there is none."""
    pairs = json.loads(text, object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=str)
    return next(_repeated_in(pairs, ""), None)


class _Pairs(list[tuple[str, Any]]):
    """The members of an object as they were written."""


def _repeated_in(value: Any, way: str) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, each in value:
            inner = f"{way}.{name}" if way else name
            if name in seen:
                yield inner
            seen.add(name)
            yield from _repeated_in(each, inner)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _repeated_in(each, f"{way}[{place}]")


def _members_in(value: dict[str, Any]) -> int:
    number, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        number += len(each)
        for inner in each.values():
            if type(inner) is dict:
                waiting.append(inner)
            elif type(inner) is list:
                waiting += _objects_in(inner)
    return number


def _objects_in(values: list[Any]) -> list[dict[str, Any]]:
    """The objects of a list, also those in lists in it."""
    objects = [each for each in values if type(each) is dict]
    for each in values:
        if type(each) is list:
            objects += _objects_in(each)
    return objects
