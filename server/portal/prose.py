"""Markdown as HTML: the contract's descriptions, and the guides. Raw HTML in it stays text."""

import re
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

_REMEMBERED = 4096
"""Texts that are rendered once: the contract says many of them at each operation."""

_OWN_LINK = re.compile(r"\]\((/docs[^)]*)\)")
_BREAKS = re.compile(r"([._])")
_WITHOUT_TWIN = ("/docs/console", "/docs/search")


@lru_cache(_REMEMBERED)
def html_of(text: str | None) -> Markup:
    """Render paragraphs, lists and tables."""
    return Markup(renderer().render(text)) if text else Markup()  # noqa: S704  # the renderer escapes HTML


@lru_cache(_REMEMBERED)
def sentence_html(text: str | None) -> Markup:
    """Render a text of one paragraph without ``<p>`` around it; a longer one as it is."""
    if text and "\n\n" not in text:
        return Markup(renderer().renderInline(text.strip()))  # noqa: S704  # the renderer escapes HTML
    return html_of(text)


def breakable(code: str) -> Markup:
    """Let a long name break behind its dots and underscores."""
    return Markup(_BREAKS.sub(r"\1<wbr>", str(escape(code))))  # noqa: S704  # escaped just before


def twin_links(text: str) -> str:
    """Have the links of a Markdown text lead to the Markdown of our pages."""
    return _OWN_LINK.sub(lambda link: f"]({twin_path(link[1])})", text)


def twin_path(path: str) -> str:
    """Return where the Markdown of one of our pages stands; its anchor is left out, for Markdown has none."""
    page = path.partition("#")[0]
    return page if page in _WITHOUT_TWIN else f"{page}.md"


@cache
def renderer() -> Any:
    """Return the renderer, imported for the first page that asks for it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
