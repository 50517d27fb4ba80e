"""The guides: Markdown whose commands the tests carry out, one page each.

A fenced block ``sh NAME`` is a command of the story that its guide tells; the block ``json NAME`` (or ``text NAME``)
after it is what was answered. ``tests/guides.py`` runs the commands, compares the answers and pastes them anew. What a
name is followed by is for the tests (``only=…``, ``vary=…``), save that ``only`` is told to readers.
A line ``@program LANGUAGE FILE`` stands for the first block of that language in another template, where it is tested.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from server.templates import TEMPLATES

FOLDER = TEMPLATES / "portal" / "guides"
ORDER = (
    "quickstart", "authentication", "envelopes", "pagination", "idempotency", "errors", "rate_limits", "webhooks",
    "oauth", "organizations", "pdfs", "reports", "sandbox", "zoho_books", "sdks", "agents", "command_line",
)  # fmt: skip
"""The guides as the table of contents has them."""

_HERE = "http://localhost:8000"
"""The server's address as the guides are written; readers see that of the server which they ask."""

_PROGRAM = re.compile(r"^@program (\w+) (\S+)$", re.MULTILINE)
_TITLE = re.compile(r"^# ([^\n]+)\n+(.+?)\n\n", re.DOTALL)
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Guide:
    """One guide; ``about`` is its first paragraph, ``text`` the whole Markdown."""

    name: str
    title: str
    about: str
    text: str

    @property
    def url(self) -> str:
        """The page's path."""
        return f"/docs/guides/{self.name}"

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The headings of the second level with their anchors."""
        return [(each, slug(each)) for each in re.findall(r"^## (.+)$", self.text, re.MULTILINE)]


def read_guides(public_url: str = _HERE) -> tuple[Guide, ...]:
    """Return the guides in their order, as they are for readers of the server at this address."""
    return tuple(read_guide(FOLDER / f"{name}.md", public_url) for name in ORDER)


def read_guide(file: Path, public_url: str = _HERE) -> Guide:
    """Return one guide out of its file."""
    text = _PROGRAM.sub(_program, file.read_text(encoding="utf-8")).replace(_HERE, public_url)
    found = _TITLE.match(text)
    assert found is not None, f"{file.name} has no title with a paragraph"
    return Guide(file.stem, found[1], " ".join(found[2].replace("`", "").split()), text)


def _program(line: re.Match[str]) -> str:
    """Return the first block of a language in another template, as it stands there."""
    language, file = line.groups()
    block = re.search(rf"^```{language}\n.*?^```$", (TEMPLATES / file).read_text(encoding="utf-8"), re.M | re.S)
    assert block is not None, f"{file} has no {language}"
    return block[0]


def slug(heading: str) -> str:
    """Return the anchor of a heading."""
    return _NOT_IN_A_SLUG.sub("-", heading.lower()).strip("-")


def guide_html(text: str) -> Markup:
    """Render a guide: headings can be linked to, code can be copied, answers are told from commands."""
    markdown = _guide_renderer()
    tokens = markdown.parse(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            token.attrSet("id", slug(tokens[place + 1].content))
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704  # the renderer escapes HTML


@cache
def _guide_renderer() -> Any:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("fence", _fence)
    return markdown


def _fence(_renderer: Any, tokens: Any, place: int, *_rest: Any) -> str:
    words = tokens[place].info.split()
    is_answer = len(words) > 1 and words[0] in ("json", "text", "http")
    is_cut = is_answer and _command_of(tokens, place, words[1]).find(" only=") > 0
    caption = ("Answer, shortened" if is_cut else "Answer") if is_answer else ""
    head = f"<figcaption>{caption}</figcaption>" if caption else ""
    kind = "code answer" if is_answer else "code"
    return f'<figure class="{kind}">{head}<pre><code>{escape(tokens[place].content.rstrip())}</code></pre></figure>\n'


def _command_of(tokens: Any, place: int, name: str) -> str:
    """Return the first line of the command that an answer belongs to."""
    named = (each.info for each in reversed(tokens[:place]) if each.type == "fence")
    return next((info for info in named if info.split()[:2] == ["sh", name]), "")


def deeper(text: str) -> str:
    """Return a guide's Markdown with its headings one level further down, for a page that it is a part of."""
    return re.sub(r"^(#{2,5}) ", r"\1# ", text, flags=re.MULTILINE)


def plain_markdown(text: str) -> str:
    """Return a guide's Markdown for readers: fences without what only the tests are told."""
    return re.sub(r"^```(\w+) [^\n]*$", r"```\1", text, flags=re.MULTILINE)
