"""Makes the HTML of a sheet in one of the looks: one ``div`` a page, everything at its measured place.

Whatever people wrote is escaped and can be neither markup nor style; nothing in it refers to anything outside of it.
"""

import re
from functools import cache, lru_cache

from jinja2 import Template
from markupsafe import Markup, escape

from adapters.fonts import FONT_FAMILY
from domain.documents.printing.sheet import Sheet
from server.printing.designs import DESIGNS
from server.printing.directions import as_seen, has_rtl
from server.printing.pages import pages_of
from server.printing.pieces import Box, Picture, Text
from server.templates import html_environment

TEMPLATES = tuple(DESIGNS)
"""The looks that a caller can name."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ACCENT = "#1f4e79"
_TINT_PERCENT = 9


def html_of(sheet: Sheet, template: str) -> str:
    """Return the HTML document of a sheet. ``template`` is one of ``TEMPLATES``."""
    design = DESIGNS[template]
    accent = sheet.accent_colour if _COLOUR.fullmatch(sheet.accent_colour) else _ACCENT
    return _template(template).render(
        title=" ".join(part for part in (sheet.title, sheet.number) if part),
        pages=pages_of(sheet, design),
        styles=design.styles,
        font_family=FONT_FAMILY,
        accent=accent,
        tint=_tint(accent),
    )


@cache
def _template(name: str) -> Template:
    environment = html_environment("documents")
    environment.filters |= {"inches": inches, "place": _place, "kind": _kind, "as_seen": _as_seen}
    return environment.get_template(f"{name}.html")


@lru_cache(maxsize=4096)
def inches(dots: int) -> Markup:
    """Write dots of 1/125 inch as CSS does."""
    thousandths = dots * 8
    return Markup(f"{thousandths // 1000}.{thousandths % 1000:03d}in")  # noqa: S704 (digits only)


def _place(piece: Box | Picture | Text) -> Markup:
    return Markup(f"left:{inches(piece.left)};top:{inches(piece.top)};width:{inches(piece.width)}")  # noqa: S704


def _kind(text: Text) -> Markup:
    """Return the classes of a text; both are words of ours."""
    return Markup(f"{text.style} {text.align}")  # noqa: S704


def _as_seen(line: str, is_rtl: bool) -> Markup:  # noqa: FBT001 (a filter's argument)
    """Return a line escaped; in Arabic and Hebrew each word is set apart, in the order in which they stand on paper."""
    if not has_rtl(line):
        return escape(line)
    return Markup().join(Markup("<bdi>{}</bdi>").format(word) for word in as_seen(line, is_rtl=is_rtl))


def _tint(colour: str) -> str:
    """Return a ground in a colour, light enough for black letters."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{255 - (255 - part) * _TINT_PERCENT // 100:02x}" for part in parts)
