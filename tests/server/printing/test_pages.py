"""How sheets are dealt out to pages, in every look: nothing overflows, nothing is lost, nothing stands alone."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import pytest

from domain.documents.printing.sheet import Cell, Sheet, Table, Total
from domain.values import replace
from server.printing.designs import DESIGNS, MARGIN, WIDTH
from server.printing.measure import width_of
from server.printing.pages import pages_of
from server.printing.pieces import PAGE_HEIGHT, Page, Style, Text
from tests.server.printing.papers import ONE_COPY, PAPERS, many_lines

LOOKS = pytest.mark.parametrize("look", DESIGNS)
ALL_PAPERS = pytest.mark.parametrize("paper", PAPERS)


def laid_out(sheet: Sheet, look: str) -> list[Page]:
    return pages_of(sheet, DESIGNS[look])


def texts(page: Page) -> list[Text]:
    return [text for placed in page.blocks for text in placed.block.texts]


def words(page: Page) -> list[str]:
    return [" ".join(text.lines) for text in texts(page)]


@ALL_PAPERS
@LOOKS
def test_everything_stands_within_its_page_and_every_line_within_its_width(paper: str, look: str) -> None:
    for page in laid_out(PAPERS[paper], look):
        assert_everything_fits(page, look)


@LOOKS
def test_figures_are_not_broken_while_the_names_of_things_leave_them_room(look: str) -> None:
    """Nine columns of a short name and ten digits, and a sum of eleven, which just go beside each other."""
    columns = tuple(column for column in ONE_COPY.lines.columns if column.name != "discount")
    figures = (
        "25,99,99,99,999.99",
        "77,99,99,99,999.97",
        "7,02,00,00,000.00",
        "7,02,00,00,000.00",
        "92,03,99,99,999.97",
    )
    row = (Cell("1"), Cell("Tower crane"), Cell("940310"), Cell("3", "PCS"), *map(Cell, figures))
    lines = Table(columns=columns, rows=(row,), foot=(Cell(), Cell("Total"), *row[2:]))
    total = "₹92,04,00,00,000.00"
    [page] = laid_out(replace(ONE_COPY, lines=lines, totals=(Total("Total", total, is_grand=True),)), look)

    said = [line for text in texts(page) for line in text.lines]

    assert [figure for figure in (*figures, total) if figure not in said] == []


@ALL_PAPERS
@LOOKS
def test_no_text_lies_over_another(paper: str, look: str) -> None:
    for page in laid_out(PAPERS[paper], look):
        assert_nothing_overlaps(page, look)


def assert_everything_fits(page: Page, look: str) -> None:
    """No text, box or picture leaves the printed part of the page, and no line its column."""
    styles = DESIGNS[look].styles
    for placed in page.blocks:
        for text in placed.block.texts:
            assert placed.top + text.top + len(text.lines) * styles[text.style].leading <= PAGE_HEIGHT - 30
            assert MARGIN <= text.left <= text.left + text.width <= MARGIN + WIDTH
            assert max(width_of(line, styles[text.style]) for line in text.lines) <= text.width
        for box in placed.block.boxes:
            assert placed.top + box.top + box.height <= PAGE_HEIGHT
            assert MARGIN <= box.left <= box.left + box.width <= MARGIN + WIDTH + 1
        for picture in placed.block.pictures:
            assert placed.top + picture.top + picture.height <= PAGE_HEIGHT
            assert MARGIN <= picture.left <= picture.left + picture.width <= MARGIN + WIDTH


def assert_nothing_overlaps(page: Page, look: str) -> None:
    """No line of letters and no picture stands where another does."""
    spots = sorted(shown(page, DESIGNS[look].styles))
    for at, (_, bottom, left, right, line) in enumerate(spots):
        below = bisect_left(spots, (bottom,), lo=at + 1)
        assert [(line, spot[4]) for spot in spots[at + 1 : below] if spot[2] < right and left < spot[3]] == []


def shown(page: Page, styles: dict[str, Style]) -> Iterator[tuple[int, int, int, int, str]]:
    """Every line of letters and every picture on a page: top, bottom, left and right edge, and what it is."""
    for placed in page.blocks:
        for picture in placed.block.pictures:
            top = placed.top + picture.top
            yield top, top + picture.height, picture.left, picture.left + picture.width, "picture"
        for text in placed.block.texts:
            style = styles[text.style]
            for at, line in enumerate(text.lines):
                top = placed.top + text.top + at * style.leading
                width = width_of(line, style)
                spare = text.width - width
                left = text.left + {"left": 0, "centre": spare // 2, "right": spare}[text.align]
                yield top, top + style.size, left, left + width, line


@LOOKS
def test_two_hundred_lines_stand_in_order_on_pages_with_headings_of_their_own(look: str) -> None:
    pages = laid_out(many_lines(200), look)
    serials = [
        text for page in pages for text in texts(page) if text.style.startswith("cell_") and text.align == "right"
    ]
    serial_column = min(text.left for text in serials)

    assert [text.lines[0] for text in serials if text.left == serial_column] == [str(n) for n in range(1, 201)]
    with_lines = [page for page in pages if any(word.startswith("Chair ") for word in words(page))]
    assert len(with_lines) >= 8
    assert all("HSN/SAC" in words(page) and "Taxable value" in words(page) for page in with_lines)


@LOOKS
def test_every_page_says_which_it_is_of_how_many_and_whose(look: str) -> None:
    pages = laid_out(many_lines(60), look)

    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert words(page).count(f"Page {number} of {len(pages)}") == 1
        assert "Sahyadri Workspaces Private Limited" in words(page)
    assert all("Tax invoice · MUM/26-27/0042" in words(page) for page in pages[1:])


@LOOKS
@pytest.mark.parametrize("count", range(1, 60, 3))
def test_the_sum_never_stands_on_a_page_without_a_line(look: str, count: int) -> None:
    pages = laid_out(many_lines(count), look)
    (page,) = [page for page in pages if "₹3,68,161.00" in words(page)]

    last = many_lines(count).lines.rows[-1][1].text
    assert last in " ".join(words(page))


@LOOKS
def test_no_figure_is_broken_though_all_have_eleven_digits(look: str) -> None:
    sheet = PAPERS["crores"]
    (page,) = laid_out(sheet, look)

    lines = [line for text in texts(page) for line in text.lines]
    assert lines.count("99,99,99,99,999.99") >= 6
    assert "₹99,99,99,99,999.99" in lines
    assert lines.count("13,99,99,99,999.99") == 4 * 2 + 4 + 1


@LOOKS
def test_each_copy_bears_its_mark_on_every_page_and_counts_its_own(look: str) -> None:
    marks = ("Original for recipient", "Duplicate for transporter", "Triplicate for supplier")
    pages = laid_out(replace(many_lines(40), copies=marks), look)

    each = len(pages) // 3
    assert len(pages) == 3 * each
    assert each >= 2
    for number, page in enumerate(pages):
        mark = marks[number // each]
        assert any(mark in word for word in words(page))
        assert not any(other in word for other in marks if other != mark for word in words(page))
        assert f"Page {number % each + 1} of {each}" in words(page)


@LOOKS
def test_a_banner_stands_above_all_and_on_every_page(look: str) -> None:
    banner = PAPERS["cancelled"].banner
    pages = laid_out(replace(many_lines(60), banner=banner), look)

    first = pages[0].blocks[0].block
    assert [text.lines[0] for text in first.texts] == [
        "CANCELLED",
        "Cancelled on 20 Nov 2026: the order was withdrawn.",
    ]
    assert pages[0].blocks[1].top >= pages[0].blocks[0].top + first.height
    assert all("CANCELLED" in words(page) for page in pages)


@LOOKS
def test_a_row_that_is_higher_than_a_page_goes_on_over_leaf(look: str) -> None:
    pages = laid_out(PAPERS["long"], look)

    parts = [line for page in pages for text in texts(page) for line in text.lines if line.startswith("part ")]
    assert parts == [f"part {number}" for number in range(130)]


@LOOKS
def test_long_terms_follow_line_by_line(look: str) -> None:
    pages = laid_out(PAPERS["long"], look)

    lines = [line for page in pages for text in texts(page) for line in text.lines]
    assert [line.split(".")[0] for line in lines if ". The Consolidated" in line] == [str(n) for n in range(1, 60)]


@LOOKS
def test_blocks_follow_each_other_downwards(look: str) -> None:
    for page in laid_out(many_lines(60), look):
        with_text = [placed for placed in page.blocks if placed.block.texts]
        assert all(upper.top + upper.block.height <= lower.top for upper, lower in pairwise(with_text))


@pytest.mark.parametrize("look", [look for look, design in DESIGNS.items() if design.is_framed])
def test_in_boxes_a_short_table_reaches_down_to_the_foot_of_the_page(look: str) -> None:
    (page,) = laid_out(PAPERS["bare"], look)

    columns = [placed for placed in page.blocks if any(box.style == "column" for box in placed.block.boxes)]
    assert columns[0].block.height > PAGE_HEIGHT // 2
    bottom = max(placed.top + placed.block.height for placed in page.blocks[:-1])
    assert bottom == page.blocks[-1].top - 8 or bottom == max(c.top + c.block.height for c in columns)


def test_a_paper_of_somebody_else_bears_no_signature() -> None:
    sheet = replace(ONE_COPY, signature=type(ONE_COPY.signature)(), notes="", terms="", declaration="", statements=())
    (page,) = laid_out(sheet, "classic")

    assert not any("signatory" in word for word in words(page))
