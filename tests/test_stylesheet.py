"""The one stylesheet: no heavier than pages that come at once allow, and with nothing in it that no page has."""

import re
from collections.abc import Iterator
from pathlib import Path

from server.templates import TEMPLATES

_STYLE = (TEMPLATES / "finzbooks.css").read_text(encoding="utf-8")
_LARGEST = 40_000
_SERVER = Path(__file__).parent.parent / "server"
_SOURCES = [
    *TEMPLATES.glob("console/**/*.html"),
    *TEMPLATES.glob("portal/*.html"),
    *TEMPLATES.glob("*/*.js"),
    *(file for folder in ("console", "pages", "portal") for file in (_SERVER / folder).rglob("*.py")),
]


def _selectors() -> Iterator[str]:
    """Yield what stands before each block of rules; what Swagger UI draws is its own."""
    plain = re.sub(r"/\*.*?\*/", "", _STYLE, flags=re.DOTALL)
    for selector in re.findall(r"([^{}]+)\{", plain):
        yield from (each for each in selector.split(",") if "swagger-ui" not in each and "@" not in each)


def _names_in_pages() -> set[str]:
    """Return the words of all short texts in quotes, among which are the classes of all elements."""
    texts = (file.read_text(encoding="utf-8") for file in _SOURCES)
    quoted = (
        words for text in texts for words in re.findall(r"[\"']([^\"'\n]{1,120})[\"']|body_class %}([^{]+)", text)
    )
    return {word for both in quoted for words in both for word in re.split(r"[^\w-]+", words)}


def test_it_is_light() -> None:
    assert len(_STYLE.encode()) <= _LARGEST


def test_every_class_is_some_elements() -> None:
    classes = {name for selector in _selectors() for name in re.findall(r"\.([A-Za-z][\w-]*)", selector)}

    assert len(classes) > 50
    assert classes - _names_in_pages() == set()
