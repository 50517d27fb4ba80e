"""Sheets as a workbook (xlsx) that people read: real numbers and days, Indian grouping, widths, a frozen heading.

XlsxWriter makes the workbook; the rows are put into its file as text, because its own way through a method, a tuple and
a table for each cell takes ten times as long, and a long report would never be done. What it is made of is private to
XlsxWriter, whose version is locked; the tests read every kind of cell back with another program.
"""

import re
import shutil
import tempfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from domain.errors import Failed
from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight, naming_column
from handlers.replies import Head
from server.exports.sheets import is_formula

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576
"""Rows of a sheet, by the standard."""

_LONGEST_TEXT = 32_767
_DIGITS = 15
"""Digits that a spreadsheet's numbers hold exactly; an amount with more is written as text."""

_DAYS = "dd\\-mm\\-yyyy"
_FIRST_DAY = date(1899, 12, 30)
_NARROWEST, _WIDEST = 6, 60
_INDENT = 2

_GROUPS = ("#,##0", r"##\,##\,##0", r"##\,##\,##\,##0", r"##\,##\,##\,##\,##0", r"##\,##\,##\,##\,##\,##0")
"""How whole rupees are grouped: up to a lakh, from a lakh on, from a crore on, and so on by hundreds."""

_PLACES = {Form.MONEY: ".00", Form.QUANTITY: ".######", Form.PERCENT: ".###", Form.COUNT: ""}
_RIGHT = frozenset(_PLACES)
_STRONG = frozenset((Weight.HEADING, Weight.SUBTOTAL, Weight.TOTAL))
_UNUSUAL = re.compile(r"[\x00-\x08\x0b-\x1f￾￿]|_x[0-9A-Fa-f]{4}_")
_SPECIAL = re.compile(r"[&<>\x00-\x1f￾￿]|_x|^\s|\s$")
"""Texts that do not go into XML as they are."""

_SPACED = re.compile(r"^\s|\s$|\n")


class Workbook:
    """Writes sheets into a workbook, a row at a time; what is written waits in a directory of its own."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._directory = tempfile.mkdtemp(prefix="finzbooks-")
        options = {"constant_memory": True, "tmpdir": self._directory, "in_memory": False}
        self._book: Any = xlsxwriter.Workbook(file, options)
        self._book.set_properties({"title": head.title, "company": head.organization, "created": head.generated_at})
        self._head = head
        self.written = 0
        self._styles: dict[tuple[Any, ...], int] = {}
        self._sheet: _SheetInBook | None = None

    def begin(self, sheet: Sheet) -> None:
        """Begin a sheet with its title block and its headings."""
        self._end_sheet()
        page = self._book.add_worksheet(_sheet_name(sheet.title))
        self._sheet = _SheetInBook(self, page, sheet.columns)
        self._sheet.write_head(self._head, sheet)

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines of the sheet that was begun last. Raises Failed beyond the last row that a sheet can have."""
        assert self._sheet is not None, "a sheet was begun"
        for line in lines:
            self._sheet.write_line(line)

    def close(self) -> None:
        """Put the workbook together."""
        self._end_sheet()
        self._book.close()
        self.discard()

    def discard(self) -> None:
        """Remove what waits to be put together."""
        self._book.fileclosed = True
        shutil.rmtree(self._directory, ignore_errors=True)

    def style(self, **properties: Any) -> int:
        """Return the number of a format of cells."""
        key = tuple(properties.items())
        if key not in self._styles:
            self._styles[key] = self._book.add_format({"font_name": "Calibri", **properties})._get_xf_index()
        return self._styles[key]

    def _end_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.end()
            self._sheet = None


class _SheetInBook:
    """One sheet while it is written."""

    def __init__(self, book: Workbook, page: Any, columns: tuple[Column, ...]) -> None:
        self._book, self._page, self._columns = book, page, columns
        self._names = [xl_col_to_name(place) for place in range(len(columns))]
        self._widths = [max(_NARROWEST, len(column.title)) for column in columns]
        self._tree = naming_column(columns)
        self._row = 0
        self._plain = book.style()
        self._row_styles: dict[str, int] = {}

    def write_head(self, head: Head, sheet: Sheet) -> None:
        """Write whose report it is and of which days, and the headings, which stay in sight and on every page."""
        strong, plain = self._book.style(bold=True, font_size=14), self._book.style()
        self._write_cells(_text_cell("A", self._row + 1, head.organization, strong))
        for text in (f"{head.title}: {sheet.title}" if sheet.title != head.title else head.title, *head.lines):
            self._write_cells(_text_cell("A", self._row + 1, text, plain))
        self._row += 1
        titles = [self._title(place) for place in range(len(self._columns))]
        self._write_cells("".join(titles))
        self._page.freeze_panes(self._row, 0)
        self._page.repeat_rows(self._row - 1)

    def write_line(self, line: Line) -> None:
        """Write a line."""
        number = self._row + 1
        cells = [self._cell(place, number, value, line) for place, value in enumerate(line.values)]
        self._write_cells("".join(cells))

    def end(self) -> None:
        """Set what is known at the end only: widths, and how the sheet is printed."""
        page = self._page
        for place, width in enumerate(self._widths):
            page.set_column(place, place, min(width, _WIDEST) + 2)
        page.dim_rowmin, page.dim_rowmax = 0, self._row - 1
        page.dim_colmin, page.dim_colmax = 0, len(self._columns) - 1
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.hide_gridlines(2)

    def _title(self, place: int) -> str:
        column = self._columns[place]
        align = "right" if column.form in _RIGHT else "left"
        style = self._book.style(bold=True, bottom=1, bg_color="#EDEDED", align=align)
        return _text_cell(self._names[place], self._row + 1, column.title, style)

    def _cell(self, place: int, number: int, value: Value, line: Line) -> str:
        """A cell as XML. Of most cells all but the value is known from those before: this runs millions of times."""
        name = self._names[place]
        if value is None or value == "":
            return self._blank(name, number, line.weight)
        if isinstance(value, str | bool):
            return self._text(place, number, value if isinstance(value, str) else "Yes" if value else "No", line)
        if isinstance(value, date):
            self._widen(place, 10)
            days = (value - _FIRST_DAY).days
            return f'<c r="{name}{number}" s="{self._number_style(_DAYS, line.weight)}"><v>{days}</v></c>'
        shown = format(value, "f")
        self._widen(place, len(shown) * 5 // 4 + 1)
        if len(shown) > _DIGITS and len(shown.lstrip("-").replace(".", "")) > _DIGITS:
            return _text_cell(name, number, shown, self._number_style("@", line.weight))
        style = self._number_style(_number_format(self._columns[place].form, Decimal(value)), line.weight)
        return f'<c r="{name}{number}" s="{style}"><v>{shown}</v></c>'

    def _blank(self, name: str, number: int, weight: Weight) -> str:
        if weight is Weight.ROW:
            return ""
        return f'<c r="{name}{number}" s="{self._book.style(**_of_weight(weight))}"/>'

    def _text(self, place: int, number: int, text: str, line: Line) -> str:
        depth = line.depth if place == self._tree else 0
        self._widen(place, len(text) + depth * _INDENT)
        if line.weight is Weight.ROW and not depth and not is_formula(text):
            return _text_cell(self._names[place], number, text, self._plain)
        quoting = {"quote_prefix": True} if is_formula(text) else {}
        style = self._book.style(**_of_weight(line.weight), **({"indent": depth} if depth else {}), **quoting)
        return _text_cell(self._names[place], number, text, style)

    def _number_style(self, number_format: str, weight: Weight) -> int:
        known = self._row_styles.get(number_format) if weight is Weight.ROW else None
        if known is not None:
            return known
        style = self._book.style(num_format=number_format, align="right", **_of_weight(weight))
        if weight is Weight.ROW:
            self._row_styles[number_format] = style
        return style

    def _widen(self, place: int, width: int) -> None:
        if width > self._widths[place]:
            self._widths[place] = width

    def _write_cells(self, cells: str) -> None:
        if self._row >= MOST_ROWS:
            raise Failed(
                f"The report has more than {MOST_ROWS:,} rows, which no sheet can have; take format=csv.",
                field="format",
            )
        self._row += 1
        self._book.written += self._page.row_data_fh.write(f'<row r="{self._row}">{cells}</row>')


def _of_weight(weight: Weight) -> dict[str, Any]:
    if weight not in _STRONG:
        return {}
    lines = {Weight.SUBTOTAL: {"top": 1}, Weight.TOTAL: {"top": 1, "bottom": 6}}
    return {"bold": True, **lines.get(weight, {})}


def _number_format(form: Form, value: Decimal) -> str:
    """The format of one number: grouped in the Indian way by how large it is, red and with a minus below nought.

    A format can tell two sizes apart at most, and none of them below nought; a cell that is written once needs no more.
    """
    has_places = form is Form.MONEY or value != value.to_integral_value()
    return _format_of(form, value.adjusted() + 1, has_places)


@cache
def _format_of(form: Form, digits: int, has_places: bool) -> str:  # noqa: FBT001  # what is kept goes by place
    grouped = _GROUPS[max(0, min((digits - 4) // 2, len(_GROUPS) - 1))]
    shown = grouped + (_PLACES[form] if has_places else "")
    return rf"{shown};[Red]\-{shown}"


def _text_cell(column: str, number: int, text: str, style: int) -> str:
    if not _SPECIAL.search(text):
        return f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t>{text[:_LONGEST_TEXT]}</t></is></c>'
    space = ' xml:space="preserve"' if _SPACED.search(text) else ""
    shown = escape(_UNUSUAL.sub(_escaped, text)[:_LONGEST_TEXT])
    return f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t{space}>{shown}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    """A character that XML cannot have as the standard writes it, and what would be read as one."""
    text = found[0]
    return f"_x{ord(text):04X}_" if len(text) == 1 else f"_x005F{text}"


def _sheet_name(title: str) -> str:
    """The name on the tab: of 31 characters at most, without those that no name may have."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("'")
