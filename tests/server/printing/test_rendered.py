"""What both renderers make of the pages: as many, in the same order, saying and showing the same."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from unicodedata import combining

import pytest
import zxingcpp
from PIL import Image, ImageChops

from domain.documents.printing.sheet import Party, Sheet
from domain.values import Struct, replace
from server.printing.designs import DESIGNS
from server.printing.markup import TEMPLATES
from server.printing.pages import pages_of
from tests.adapters.paper import RENDERERS, page_sizes, page_texts
from tests.server.printing.papers import PAPERS
from tests.server.printing.pictures import GALLERY_DPI, SHOWN, kept, pictures, rendered, unlikeness

BY_EACH = pytest.mark.parametrize("renderer", RENDERERS)
LOOKS = pytest.mark.parametrize("look", TEMPLATES)

NOT_PRINTED = {"file_name", "accent_colour", "signed_qr", "payload", "name", "align", "number", "copies"}
"""What is on no page as it stands; a column's name is none of its words, and names of people are asked for by hand."""

ALIKE = 34
"""Of 255: what letters that stand half a dot further make, and emoji. A line that is missing makes more than that."""


@cache
def pdf(paper: str, look: str, renderer: str) -> bytes:
    return rendered(PAPERS[paper], look, renderer)


def without_spaces(text: str) -> str:
    return "".join(text.split())


def strings(value: object) -> Iterator[str]:
    """Every text of a sheet that is to be read on paper."""
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            if field not in NOT_PRINTED:
                yield from strings(getattr(value, field))


def names(sheet: Sheet) -> list[str]:
    return [sheet.seller.name, *(party.name for party in sheet.parties), sheet.signature.name, *sheet.copies]


@BY_EACH
@LOOKS
@pytest.mark.parametrize(
    "paper", ["three_copies", "cancelled", "receipt", "bare", "crores", "two_hundred_lines", "pictures"]
)
def test_all_that_the_sheet_says_can_be_read_off_the_pages(paper: str, look: str, renderer: str) -> None:
    told = without_spaces("".join(page_texts(pdf(paper, look, renderer))))

    sheet = PAPERS[paper]
    missing = {text for text in (*strings(sheet), *names(sheet)) if without_spaces(text) not in told}
    assert missing == set()


@BY_EACH
@LOOKS
@pytest.mark.parametrize("paper", ["long", "hostile"])
def test_no_word_of_a_long_paper_is_lost(paper: str, look: str, renderer: str) -> None:
    told = without_spaces("".join(page_texts(pdf(paper, look, renderer))))

    dropped = "\u202e"
    words = {word.replace(dropped, "") for text in strings(PAPERS[paper]) for word in text.split()}
    assert {word for word in words if word not in told and len(word) < 20} == set()


@BY_EACH
@LOOKS
@pytest.mark.parametrize("paper", PAPERS)
def test_a_renderer_makes_as_many_pages_as_were_laid_out(paper: str, look: str, renderer: str) -> None:
    sizes = page_sizes(pdf(paper, look, renderer))

    assert sizes == [(210, 297)] * len(pages_of(PAPERS[paper], DESIGNS[look]))


@BY_EACH
@LOOKS
def test_lines_come_in_their_order(look: str, renderer: str) -> None:
    told = without_spaces("".join(page_texts(pdf("two_hundred_lines", look, renderer))))

    wanted = ["Readinglamp,no.{}", "no.{}", "Chair{}"]
    at = 0
    for number in range(1, 201):
        at = told.index(wanted[number % 3].format(number), at)


@BY_EACH
@LOOKS
@pytest.mark.parametrize("paper", ["invoice", "crores"])
def test_codes_are_read_off_the_printed_page(paper: str, look: str, renderer: str) -> None:
    sheet = PAPERS[paper]
    assert sheet.einvoice is not None
    assert sheet.payment_code is not None
    for page in pictures(pdf(paper, look, renderer), dpi=300):
        codes = {code.text: code for code in zxingcpp.read_barcodes(page)}
        assert set(codes) == {sheet.einvoice.signed_qr, sheet.payment_code.payload}
        place = codes[sheet.einvoice.signed_qr].position
        assert (place.top_right.x - place.top_left.x) / 300 * 25.4 >= 20


@BY_EACH
@pytest.mark.parametrize("name", ["北京贸易有限公司", "株式会社サンプル", "서울무역", "บริษัทกรุงเทพ"])
def test_letters_that_no_font_of_ours_has_are_boxes_and_no_error(name: str, renderer: str) -> None:
    """Chinese, Japanese, Korean and Thai: one box a letter, and no font of the machine; so all look alike."""
    letters = len(name)
    pages = [
        pictures(rendered(replace(PAPERS["bare"], parties=(Party("", called),)), "classic", renderer), dpi=GALLERY_DPI)
        for called in (name, "貿" * letters, "")
    ]

    assert [len(each) for each in pages] == [1, 1, 1]
    (told,), (boxes,), (nothing,) = pages
    assert ImageChops.difference(told, nothing).getbbox() is not None, "there is something to be seen"
    if not any(map(combining, name)):
        assert ImageChops.difference(told, boxes).getbbox() is None


@BY_EACH
@LOOKS
@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_printed_near_the_edges(paper: str, look: str, renderer: str) -> None:
    """But for the bar that one look has on top: six millimetres at the sides, the footer above five."""
    for page in pictures(pdf(paper, look, renderer), dpi=50):
        grey = page.convert("L").point(lambda shade: 255 if shade < 200 else 0)
        box = grey.crop((0, 10, page.width, page.height)).getbbox()
        assert box is not None
        assert box[0] >= 10
        assert box[2] <= page.width - 10
        assert box[3] <= page.height - 10 - 8


@LOOKS
@pytest.mark.parametrize("paper", PAPERS)
def test_both_renderers_show_the_same(paper: str, look: str) -> None:
    both = [pictures(pdf(paper, look, name), dpi=GALLERY_DPI) for name in _installed()]
    for one, other in combinations(both, 2):
        assert max(unlikeness(*pair) for pair in zip(one, other, strict=True)) <= ALIKE


@BY_EACH
@LOOKS
@pytest.mark.parametrize("paper", SHOWN)
def test_pages_look_as_in_the_gallery(paper: str, look: str, renderer: str) -> None:
    """Is the change meant? `make gallery`, and look at all of them."""
    with Image.open(kept(look, paper)) as picture:
        before = picture.convert("RGB")

    assert unlikeness(before, pictures(pdf(paper, look, renderer), dpi=GALLERY_DPI)[0]) <= ALIKE


@LOOKS
def test_a_line_that_is_missing_is_seen(look: str) -> None:
    page = pictures(pdf("invoice", look, "plutoprint"), dpi=GALLERY_DPI)[0]
    first = next(
        placed
        for placed in pages_of(PAPERS["invoice"], DESIGNS[look])[0].blocks
        if any("Reading lamp" in text.lines for text in placed.block.texts)
    )
    top, bottom = (dots * GALLERY_DPI // 125 for dots in (first.top, first.top + first.block.height))
    without = page.copy()
    without.paste((255, 255, 255), (0, top, page.width, bottom))

    assert unlikeness(page, without) > ALIKE


def _installed() -> list[str]:
    return [
        name if isinstance(name, str) else str(name.values[0])
        for name in RENDERERS
        if isinstance(name, str) or not any(mark.name == "skipif" and mark.args[0] for mark in name.marks)
    ]
