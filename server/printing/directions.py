"""In which order the words of a line stand on paper, where it holds Arabic or Hebrew.

wkhtmltopdf measures a line of several Arabic words wrongly and prints figures over them; each word by itself it
measures well. So the order is found here, by the Unicode Bidirectional Algorithm (UAX 9) without embeddings, and every
word is set apart, from left to right as it is seen.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

_RIGHT_TO_LEFT = ("R", "AL")
_NUMBERS = ("EN", "AN")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def is_rtl(text: str) -> bool:
    """Say whether a text runs from right to left: by its first letter that has a direction (rules P2 and P3)."""
    if text.isascii():
        return False
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", *_RIGHT_TO_LEFT):
            return direction != "L"
    return False


def has_rtl(line: str) -> bool:
    """Say whether any letter of a line runs from right to left."""
    return not line.isascii() and any(unicodedata.bidirectional(letter) in (*_RIGHT_TO_LEFT, "AN") for letter in line)


def as_seen(line: str, *, is_rtl: bool) -> list[str]:
    """Return the words of a line, and what is between them, from left to right; ``is_rtl`` is said of its whole text.

    Within a word of Arabic or Hebrew its letters stay in the order in which they are read.
    """
    words = list(_words(line, _levels(_kinds(line), base=1 if is_rtl else 0)))
    for least in range(max((level for level, _ in words), default=0), 0, -1):
        words = _reversed_from(words, least)
    return [word.translate(_MIRRORED) if level % 2 and not word[0].isalnum() else word for level, word in words]


def _kinds(line: str) -> list[str]:
    """Return the direction of each letter, with weak ones resolved by their neighbours (rules W1 to W7)."""
    kinds = [unicodedata.bidirectional(letter) for letter in line]
    strong, before = "", ""
    for at, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kind = before
        if kind in ("L", *_RIGHT_TO_LEFT):
            strong = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        kinds[at] = before = kind
    _join_separators(kinds)
    strong = ""
    for at, kind in enumerate(kinds):
        strong = kind if kind in ("L", *_RIGHT_TO_LEFT) else strong
        if kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _join_separators(kinds: list[str]) -> None:
    """A comma, a point or a slash between two figures is of the figure; so is a sign of a currency or % beside it."""
    for at in range(1, len(kinds) - 1):
        before, kind, after = kinds[at - 1 : at + 2]
        if before == after and ((kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN")):
            kinds[at] = before
    for way in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for at in way:
            if kinds[at] == "ET" and kinds[at - way.step] == "EN":
                kinds[at] = "EN"


def _levels(kinds: list[str], *, base: int) -> list[int]:
    """Return the level of each letter; what has no direction takes that of both neighbours, else that of the text."""
    levels: list[int] = []
    ends = "R" if base else "L"
    runs = [(kind, len(list(group))) for kind, group in groupby(_direction(kind) for kind in kinds)]
    for at, (kind, count) in enumerate(runs):
        if kind == "":
            before = _side(runs[at - 1][0]) if at else ends
            after = _side(runs[at + 1][0]) if at + 1 < len(runs) else ends
            kind = before if before == after else ends
        if kind == "R":
            level = 1
        elif kind == "L":
            level = 2 if base else 0
        else:
            level = 2
        levels += [level] * count
    return levels


def _direction(kind: str) -> str:
    """Return L, R, N for a figure, or nothing for what has no direction."""
    return {"L": "L", "R": "R", "AL": "R", "EN": "N", "AN": "N"}.get(kind, "")


def _side(direction: str) -> str:
    """Return the direction that a neighbour gives: figures count as right to left (rule N1)."""
    return "L" if direction == "L" else "R"


def _words(line: str, levels: list[int]) -> Iterator[tuple[int, str]]:
    """Cut a line where the level changes, and what runs to the left at every mark between words as well."""

    def kind(at: int) -> tuple[int, object]:
        level = levels[at]
        is_letter = unicodedata.category(line[at])[0] in "LMN" or line[at] in "\u200c\u200d"
        return level, (is_letter or at) if level % 2 else True

    for (level, _), places in groupby(range(len(line)), key=kind):
        yield level, "".join(line[at] for at in places)


def _reversed_from(words: list[tuple[int, str]], least: int) -> list[tuple[int, str]]:
    """Turn round each stretch of words of at least a level (rule L2)."""
    turned: list[tuple[int, str]] = []
    for is_deep, group in groupby(words, key=lambda word: word[0] >= least):
        stretch = list(group)
        turned += stretch[::-1] if is_deep else stretch
    return turned
