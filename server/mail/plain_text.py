"""The text of a mail for those who read no HTML: paragraphs, lists, rows of tables, and where links lead."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(("p", "div", "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr"))
_LINES = frozenset(("br", "tr", "li", "caption"))
_CELLS = frozenset(("td", "th"))
_BLANKS = re.compile(r"[ \t]+")
_GAPS = re.compile(r"\n{3,}")


class _Reader(HTMLParser):
    """Collects the text, with breaks where blocks begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Break, mark an item, or remember where a link leads."""
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            self._links.append(dict(attributes).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        """Break, part cells, or tell where a link leads."""
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _CELLS:
            self.parts.append("  ")
        elif tag == "a" and self._links and (link := self._links.pop()):
            self.parts.append(f" ({link})")

    def handle_data(self, data: str) -> None:
        """Keep words; breaks of lines in HTML are blanks."""
        self.parts.append(data.replace("\n", " "))


def text_of(html: str) -> str:
    """Return the text of HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(reader.parts).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip() + "\n"
