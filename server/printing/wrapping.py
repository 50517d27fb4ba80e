"""Where a text is broken into lines: at spaces, else behind a mark within a word, else between two letters."""

import unicodedata

from server.printing.measure import width_of
from server.printing.pieces import Style

_BREAKABLE_BEHIND = frozenset("/-,;:@_&=?")
_JOINERS = frozenset("\u200c\u200d")
_DROPPED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f")
"""They turn the order of letters in what follows, or show nothing: no name needs them on paper."""


def wrap(text: str, style: Style, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` dots. Its own line breaks stay; empty lines at its ends do not."""
    if text.isascii() and text.isprintable() and width_of(text, style) <= width:
        line = " ".join(text.split())
        return (line,) if line else ()
    lines: list[str] = []
    for paragraph in clean(text).strip("\n").split("\n"):
        lines.extend(_wrapped(paragraph.split(), style, width))
    return tuple(lines) if any(lines) else ()


def clean(text: str) -> str:
    """Return a text without what cannot be printed: controls, and marks that turn the direction of letters."""
    unbroken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        letter
        for letter in unbroken
        if letter == "\n" or (letter not in _DROPPED and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn"))
    )


def _wrapped(words: list[str], style: Style, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if width_of(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _chopped(word, style, width)
        lines.extend(full)
    lines.append(line)
    return lines


def _chopped(word: str, style: Style, width: int) -> list[str]:
    """Cut a word that is too wide by itself; a letter that is wider than the line stands alone on it."""
    parts: list[str] = []
    part = ""
    for cluster in _clusters(word):
        if part and width_of(part + cluster, style) > width:
            at = _last_break(part)
            parts.append(part[:at])
            part = part[at:]
        part += cluster
    parts.append(part)
    return parts


def _last_break(part: str) -> int:
    """Return behind which letter to break: behind a mark in the last half of the part, else behind its end."""
    for at in range(len(part), len(part) // 2, -1):
        if part[at - 1] in _BREAKABLE_BEHIND:
            return at
    return len(part)


def _clusters(word: str) -> list[str]:
    """Divide a word into what must stay together: a letter with its marks, a conjunct."""
    clusters: list[str] = []
    for letter in word:
        if clusters and (_belongs_to_the_last(letter) or _asks_for_more(clusters[-1][-1])):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _belongs_to_the_last(letter: str) -> bool:
    return (
        letter in _JOINERS
        or unicodedata.category(letter) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )


def _asks_for_more(letter: str) -> bool:
    return letter == "\u200d" or unicodedata.combining(letter) == 9  # a virama
