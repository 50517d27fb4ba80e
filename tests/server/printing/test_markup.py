"""What people wrote is data in the HTML: neither markup nor style, and it refers to nothing outside."""

from html.parser import HTMLParser

import pytest

from domain.values import replace
from server.printing.designs import DESIGNS
from server.printing.markup import TEMPLATES, html_of
from tests.server.printing.papers import ONE_COPY, PAPERS, SCRIPTS

OUR_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "img", "br", "bdi"}
OUR_ATTRIBUTES = {
    *(("div", name) for name in ("class", "style")),
    *(("img", name) for name in ("class", "style", "src", "alt")),
    ("meta", "charset"),
    ("html", "lang"),
}


class Reader(HTMLParser):
    """Collects tags with their attributes, and texts by the tag they stand in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._inside, data))


@pytest.mark.parametrize("look", TEMPLATES)
def test_markup_in_names_and_notes_is_printed_as_it_was_written(look: str) -> None:
    page = Reader(html_of(PAPERS["hostile"], look))

    assert {tag for tag, _ in page.tags} <= OUR_TAGS
    assert {(tag, name) for tag, attributes in page.tags for name in attributes} <= OUR_ATTRIBUTES
    assert all((a["src"] or "").startswith("data:image/svg+xml") for tag, a in page.tags if tag == "img")
    told = "".join("".join(text for _, text in page.texts).split())
    assert "<script>alert(1)</script><style>*{display:none}</style><imgsrc=http://127.0.0.1:9/x.png>" in told
    assert "{{7*7}}{%raw%}" in told


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("look", TEMPLATES)
def test_style_holds_nothing_that_anybody_wrote(paper: str, look: str) -> None:
    page = Reader(html_of(PAPERS[paper], look))

    styles = [text for inside, text in page.texts if inside == "style"]
    styles += [attributes["style"] or "" for _, attributes in page.tags if "style" in attributes]
    assert not any(
        word in style for style in styles for word in ("url", "import", "expression", "display:none", "http")
    )


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "#7a1f3d;color:red", "", "#7a1f3d\n"])
def test_a_colour_that_is_none_is_not_used(colour: str) -> None:
    html = html_of(replace(ONE_COPY, accent_colour=colour), "classic")

    assert html == html_of(replace(ONE_COPY, accent_colour="#1f4e79"), "classic")


def test_a_colour_and_a_light_ground_of_it_are_used() -> None:
    html = html_of(replace(ONE_COPY, accent_colour="#000000"), "classic")

    assert "color: #000000" in html
    assert "background: #e9e9e9" in html


def test_the_title_is_that_of_the_document() -> None:
    page = Reader(html_of(ONE_COPY, "modern"))

    assert ("title", "Tax invoice MUM/26-27/0042") in page.texts


def test_words_from_right_to_left_are_set_apart() -> None:
    page = html_of(PAPERS["scripts"], "classic")

    assert "<bdi>(</bdi><bdi>دبي</bdi><bdi>)</bdi><bdi> </bdi><bdi>للتجارة</bdi>" in page
    assert f">{SCRIPTS[0][0]}<" in page


def test_all_four_looks_are_there() -> None:
    assert TEMPLATES == ("classic", "modern", "boxed", "tally")
    assert len({html_of(ONE_COPY, look) for look in TEMPLATES}) == 4


def test_every_style_of_a_text_is_one_of_the_look() -> None:
    for look, design in DESIGNS.items():
        html = html_of(PAPERS["long"], look)
        assert all(f".{name} {{ font-size" in html for name in design.styles)
