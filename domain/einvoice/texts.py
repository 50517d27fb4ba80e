"""Text as the portal takes it: without quotation marks and strokes back, on one line, within its limits."""

import re

_FORBIDDEN = {'"': "'", "\\": "/"}
_NOT_PRINTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def plain(text: str | None, most: int) -> str:
    """Return a text on one line with what the portal refuses written otherwise, cut to ``most`` characters."""
    changed = "".join(_FORBIDDEN.get(character, character) for character in text or "")
    return _NOT_PRINTED.sub(" ", changed).strip()[:most].rstrip()


def in_two_lines(text: str, most: int) -> tuple[str, str]:
    """Share a text out over two lines of ``most`` characters, at a blank where there is one."""
    if len(text) <= most:
        return text, ""
    cut = text.rfind(" ", most // 2, most + 1)
    cut = most if cut < 0 else cut
    return text[:cut].rstrip(), text[cut:].strip()[:most].rstrip()


def digits_of(text: str | None, least: int, most: int) -> str | None:
    """Return a telephone number as its digits; ``None`` where they are too few, or there is none."""
    digits = re.sub(r"\D", "", text or "")[-most:]
    return digits if len(digits) >= least else None
