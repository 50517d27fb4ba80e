"""How wide a text is, by the metrics of our own fonts.

Each letter counts with its full advance: kerning and conjuncts make a text narrower, hardly ever wider, so a line that
fits here fits on the page.
"""

from functools import cache, lru_cache

from fontTools.ttLib import TTFont

from adapters.fonts import FAMILIES, FONTS
from server.printing.pieces import Style

_EM = 1000
_UNKNOWN = 1300
"""A letter that none of our fonts has: the widest that a machine's own may be, an emoji."""

_WIDEST_LINE = 101
"""Percent of its measure that a line may come to: letters are placed at whole dots by one of the renderers."""

_SEEN: dict[bool, dict[str, int]] = {False: {}, True: {}}


def width_of(text: str, style: Style) -> int:
    """Return how many dots wide a line is, rounded up."""
    return -(-_advances(text, style.is_bold) * style.size * _WIDEST_LINE // (_EM * 100))


@lru_cache(maxsize=8192)
def _advances(text: str, is_bold: bool) -> int:  # noqa: FBT001 (a key of the cache)
    """Return the width of a text whose em is 1,000; the same figures are asked for several times a page."""
    seen = _SEEN[is_bold]
    advances = 0
    for letter in text:
        advance = seen.get(letter)
        if advance is None:
            advance = seen[letter] = _advance(ord(letter), is_bold=is_bold)
        advances += advance
    return advances


def _advance(code: int, *, is_bold: bool) -> int:
    for family in FAMILIES:
        advance = _face(family, is_bold=is_bold).get(code)
        if advance is not None:
            return advance
    return _UNKNOWN


@cache
def _face(family: str, *, is_bold: bool) -> dict[int, int]:
    """Return the advance of every letter of a font; of its regular weight where there is no bold one."""
    name = family.replace(" ", "")
    path = FONTS / f"{name}-Bold.ttf"
    if not is_bold or not path.is_file():
        path = FONTS / f"{name}-Regular.ttf"
    with TTFont(path, lazy=True) as font:
        advances = font["hmtx"].metrics
        units = font["head"].unitsPerEm
        return {code: -(-advances[name][0] * _EM // units) for code, name in font.getBestCmap().items()}
