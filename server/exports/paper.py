"""Reports on paper: their sheets dealt out to pages, upright or across, with headings on each page and its number.

Lines are kept until the last one has come, for only then is known how wide columns are and how many pages there will
be; so there is a limit to them, which is also one to what anybody reads on paper.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache

from jinja2 import Template

from adapters.fonts import FONT_FAMILY
from domain.errors import Failed
from domain.reports.sheet import Line, Sheet, Weight
from domain.values import Struct, replace
from handlers.replies import Head, Pages
from server.exports.paper_columns import INDENT, SIZES, Fitted, broken, fitted, forced, is_number, leading, texts_of
from server.printing.markup import inches
from server.printing.pieces import PAGE_HEIGHT, PAGE_WIDTH, Style
from server.printing.wrapping import clean, wrap
from server.templates import html_environment

MEDIA_TYPE = "application/pdf"

MOST_LINES = 3000
"""Lines of a report on paper: some hundred pages, and for wkhtmltopdf three seconds of a processor."""

_PAGE_LENGTH = 1461
"""A4 across, 297 mm."""

_MARGIN = 60
_TOP = 55
_FOOTER = 50
GAP = 3
"""Above and below the letters of a line."""

_STAY_TOGETHER = 6
_ORGANIZATION, _TITLE, _SMALL = Style(23, 31, is_bold=True), Style(18, 25), Style(13, 18)
_SECTION, _FINE = Style(16, 22, is_bold=True), Style(12, 16)
_STYLES = {each.size: each.leading for each in (_ORGANIZATION, _TITLE, _SMALL, _SECTION, _FINE)}
_SECTION_HEIGHT = 36
_NUMBERS = 130
"""Room for "Page 117 of 150"."""
_STRONG = frozenset((Weight.SUBTOTAL, Weight.TOTAL))
_NOTHING = "There is nothing to show."


class Cell(Struct, frozen=True):
    """A text in a line; ``style`` says where it stands."""

    text: str
    style: str
    indent: int = 0


class Strip(Struct, frozen=True):
    """What stands side by side on a page; ``style`` says how it is drawn, and in which letters."""

    style: str
    height: int
    cells: tuple[Cell, ...]


class Place(Struct, frozen=True):
    """Where the cells of a style stand in their line."""

    style: str
    left: int
    width: int
    is_right: bool


class Placed(Struct, frozen=True):
    """A strip, and how far from the top of the page it stands."""

    top: int
    strip: Strip


class Table(Struct, frozen=True):
    """A sheet with all its lines, these as texts, and its columns."""

    title: str
    lines: Sequence[Line]
    texts: Sequence[Sequence[str]]
    columns: Fitted


class PaperFile:
    """Takes the sheets of a report, one after the other."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._sheets: list[tuple[Sheet, list[Line]]] = []
        self._lines = 0

    def begin(self, sheet: Sheet) -> None:
        """Begin a sheet."""
        self._sheets.append((sheet, []))

    def write(self, lines: Iterable[Line]) -> None:
        """Take lines of the sheet that was begun last. Raises Failed when they are too many to be read."""
        _, taken = self._sheets[-1]
        before = len(taken)
        taken.extend(lines)
        self._lines += len(taken) - before
        if self._lines > MOST_LINES:
            raise Failed(
                f"The report has more than {MOST_LINES:,} lines, too many to be read on paper; "
                "ask for fewer days, or take format=csv or xlsx.",
                field="format",
            )

    def laid_out(self) -> Pages:
        """Return the report on pages. Takes a second for the longest."""
        texts = [texts_of(sheet.columns, lines) for sheet, lines in self._sheets]
        is_across = any(fitted(each, room=PAGE_WIDTH - 2 * _MARGIN) is None for each in texts)
        width, height = (_PAGE_LENGTH, PAGE_WIDTH - 5) if is_across else (PAGE_WIDTH, PAGE_HEIGHT)
        room = width - 2 * _MARGIN
        tables = [
            Table(
                sheet.title,
                lines,
                each.lines,
                replace(fitted(each, room=room) or forced(each, room=room), name=f"t{number}"),
            )
            for number, ((sheet, lines), each) in enumerate(zip(self._sheets, texts, strict=True))
        ]
        pages = _pages(self._head, tables, width=room, bottom=height - _FOOTER)
        title = f"{self._head.title}, {self._head.organization}"
        html = _template().render(
            title=title,
            pages=[
                [*page, Placed(height - _FOOTER + 8, _footer(self._head, number, len(pages), room))]
                for number, page in enumerate(pages, 1)
            ],
            width=width,
            height=height,
            margin=_MARGIN,
            gap=GAP,
            sizes={**_STYLES, **{size: leading(size) for size in SIZES}},
            places=[place for table in tables for place in _places(table.columns)],
            is_across=is_across,
            font_family=FONT_FAMILY,
        )
        return Pages(html, clean(title), self._head.generated_at, is_across)


def _pages(head: Head, tables: Sequence[Table], *, width: int, bottom: int) -> list[list[Placed]]:
    """Deal the sheets out to pages; what is empty is told at the end of all."""
    dealer = _Dealer(head, width=width, bottom=bottom)
    filled = [table for table in tables if table.lines]
    for table in filled:
        is_titled = len(tables) > 1 or table.title != head.title
        dealer.begin_section(table.title if is_titled else "", table.columns)
        texts = iter(table.texts)
        for chunk in _chunks(table.lines):
            dealer.add([_strip_of(line, next(texts), table.columns) for line in chunk])
        if table.columns.left_out:
            dealer.add_text(f"Not printed for want of room: {', '.join(table.columns.left_out)}.")
    empty = [table.title for table in tables if not table.lines]
    if empty:
        dealer.end_section()
        dealer.add_text(_NOTHING if not filled else f"There is nothing to show under: {', '.join(empty)}.")
    return dealer.pages


class _Dealer:
    """Fills page after page."""

    def __init__(self, head: Head, *, width: int, bottom: int) -> None:
        self._head, self._width, self._bottom = head, width, bottom
        self._headings: Strip | None = None
        self.pages: list[list[Placed]] = [[]]
        self._top = _TOP
        for text, style in (
            (head.organization, _ORGANIZATION),
            (head.title, _TITLE),
            *((each, _SMALL) for each in head.lines),
        ):
            self._place(_text_strip(text, style, width))
        self._top += 12

    def begin_section(self, title: str, columns: Fitted) -> None:
        """Begin a table, under a title if there is one; not so far below that no line of it would fit."""
        self._headings = None
        strips = [_text_strip(title, _SECTION, self._width, name="section")] if title else []
        headings = _headings(columns)
        if self._top + sum(each.height for each in (*strips, headings)) + 4 * headings.height > self._bottom:
            self._turn()
        for strip in (*strips, headings):
            self._place(strip)
        self._headings = headings

    def end_section(self) -> None:
        """Let no headings stand above what follows."""
        self._headings = None

    def add(self, strips: Sequence[Strip]) -> None:
        """Add lines that stay together."""
        if self._top + sum(strip.height for strip in strips) > self._bottom:
            self._turn()
        for strip in strips:
            if self._top + strip.height > self._bottom:
                self._turn()
            self._place(strip)

    def add_text(self, text: str) -> None:
        """Add a remark."""
        self._top += 8
        self.add([_text_strip(text, _SMALL, self._width)])

    def _turn(self) -> None:
        """Begin a page, under the name of the report and the headings of the table that goes on."""
        self.pages.append([])
        self._top = _TOP
        self._place(_text_strip(f"{self._head.organization}  ·  {self._head.title}", _SMALL, self._width))
        self._top += 8
        if self._headings is not None:
            self._place(self._headings)

    def _place(self, strip: Strip) -> None:
        self.pages[-1].append(Placed(self._top, strip))
        self._top += strip.height


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Keep a heading with what it heads, and a total with what it adds up."""
    chunk: list[Line] = []
    for place, line in enumerate(lines):
        chunk.append(line)
        following = lines[place + 1].weight if place + 1 < len(lines) else None
        stays = line.weight is Weight.HEADING or following in _STRONG
        if not stays or len(chunk) >= _STAY_TOGETHER:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _strip_of(line: Line, texts: Sequence[str], columns: Fitted) -> Strip:
    style = columns.style(line.weight)
    cells, most = [], 1
    for number, (column, place, width) in enumerate(zip(columns.columns, columns.places, columns.widths, strict=True)):
        value, text = line.values[place], texts[place]
        if text:
            indent = INDENT * line.depth if number == columns.tree else 0
            lines = (text,) if is_number(column) else broken(text, style, width - indent)
            most = max(most, len(lines))
            below = " below" if isinstance(value, Decimal) and value < 0 else ""
            cells.append(Cell("\n".join(lines), f"{columns.name}c{number}{below}", indent))
    return _strip(line.weight.value, style, most, cells)


def _headings(columns: Fitted) -> Strip:
    style = columns.style(Weight.HEADING)
    titles = [broken(column.title, style, width) for column, width in zip(columns.columns, columns.widths, strict=True)]
    most = max(map(len, titles), default=1)
    cells = [
        Cell("\n".join((*("",) * (most - len(lines)), *lines)), f"{columns.name}c{number}")
        for number, lines in enumerate(titles)
    ]
    return _strip("columns", style, most, cells)


def _strip(name: str, style: Style, lines: int, cells: Sequence[Cell]) -> Strip:
    return Strip(f"{name} z{style.size}", lines * style.leading + 2 * GAP, tuple(cells))


def _places(columns: Fitted) -> Iterator[Place]:
    for number, (column, left, width) in enumerate(zip(columns.columns, columns.lefts, columns.widths, strict=True)):
        yield Place(f"{columns.name}c{number}", left, width, is_number(column))


def _text_strip(text: str, style: Style, width: int, *, name: str = "text") -> Strip:
    lines = wrap(text, style, width) or ("",)
    height = max(len(lines) * style.leading, _SECTION_HEIGHT if name == "section" else 0)
    return Strip(
        f"{name}{' strong' if style.is_bold else ''} z{style.size}", height, (Cell("\n".join(lines), "whole"),)
    )


def _footer(head: Head, number: int, pages: int, width: int) -> Strip:
    first, *_ = wrap("  ·  ".join(head.lines), _FINE, width - _NUMBERS) or ("",)
    return _strip("footer", _FINE, 1, (Cell(first, "whole"), Cell(f"Page {number} of {pages}", "whole right")))


@cache
def _template() -> Template:
    environment = html_environment("reports")
    environment.filters["inches"] = inches
    return environment.get_template("report.html")
