"""Sheets as csv and as workbooks: every kind of cell read back by other programs, and texts that nothing runs."""

import csv
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from adapters.pdf import Page
from domain.errors import Failed, Unavailable
from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight
from handlers.replies import Export, File, Head
from server.exports import workbooks
from server.exports.making import MOST_AT_ONCE, Exports

HEAD = Head("Sahyadri Traders", "Trial balance", ("GSTIN 27AAPFU0939F1ZV", "As of 31 October 2026"), datetime.now(UTC))
COLUMNS = (
    Column("account_name", "Account", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("quantity", "Quantity", Form.QUANTITY),
    Column("rate", "Rate", Form.PERCENT),
    Column("count", "Count", Form.COUNT),
    Column("closing", "Closing", Form.MONEY),
)
HEADINGS = [column.title for column in COLUMNS]
ROW: tuple[Value, ...] = ("Cash", date(2026, 10, 31), Decimal("2.5"), Decimal("18"), 3, Decimal("1234567.05"))
EVIL = ["=1+1", "+91 98", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1"]


class Nothing:
    """What is on no paper needs no renderer."""

    name = "nothing"

    async def render(self, html: str, *, title: str, made_at: datetime, page: Page = Page.A4) -> bytes:
        raise AssertionError("nothing is rendered")

    async def close(self) -> None:
        pass


def a_line(*values: Value, weight: Weight = Weight.ROW, depth: int = 0) -> Line:
    return Line((*values, *(None,) * (len(COLUMNS) - len(values))), depth, weight)


async def made(kind: str, *sheets: Iterable[Line]) -> bytes:
    tables = [Sheet(f"sheet_{number}", f"Sheet {number}", COLUMNS, lines) for number, lines in enumerate(sheets, 1)]
    file = await Exports(Nothing()).made(Export(kind, f"trial_balance.{kind}", HEAD, tables))
    assert isinstance(file, File)
    content = file.content.read()
    assert len(content) == file.size
    file.content.close()
    return content


async def csv_of(*lines: Line) -> list[list[str]]:
    return list(csv.reader(StringIO((await made("csv", lines)).decode("utf-8-sig"), newline="")))


async def page_of(*lines: Line) -> Any:
    return openpyxl.load_workbook(BytesIO(await made("xlsx", lines))).active


def below_headings(page: Any) -> list[Any]:
    """The rows of cells below the headings."""
    rows = list(page.iter_rows())
    place = next(number for number, row in enumerate(rows) if [cell.value for cell in row] == HEADINGS)
    return rows[place + 1 :]


async def test_csv_has_the_names_of_the_contract_and_exact_values() -> None:
    assert await csv_of(Line(ROW)) == [
        ["account_name", "date", "quantity", "rate", "count", "closing", "line_kind"],
        ["Cash", "2026-10-31", "2.5", "18", "3", "1234567.05", "row"],
    ]


async def test_csv_says_what_a_line_is() -> None:
    _, heading, total = await csv_of(
        a_line("Assets", weight=Weight.HEADING), a_line("Total", None, None, None, 0, weight=Weight.TOTAL)
    )

    assert heading == ["Assets", "", "", "", "", "", "heading"]
    assert total == ["Total", "", "", "", "0", "", "total"]


async def test_csv_opens_in_excel_with_names_in_any_script() -> None:
    content = await made("csv", [a_line('श्री "राम", पुणे\nदुकान')])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    assert '"श्री ""राम"", पुणे\nदुकान"' in content.decode()


@pytest.mark.parametrize("text", EVIL)
async def test_csv_has_no_text_that_a_spreadsheet_would_run(text: str) -> None:
    _, row = await csv_of(a_line(text))

    assert row[0] == f"'{text}"


async def test_numbers_below_nought_are_no_formulas() -> None:
    _, row = await csv_of(a_line(None, None, None, None, None, Decimal("-5.00")))

    assert row[5] == "-5.00"


async def test_a_workbook_has_real_numbers_and_days() -> None:
    page = await page_of(Line(ROW))

    ((name, day, quantity, rate, count, closing),) = below_headings(page)
    assert (name.value, name.data_type) == ("Cash", "s")
    assert (day.value, day.is_date, day.number_format) == (datetime.fromisoformat("2026-10-31"), True, "dd\\-mm\\-yyyy")
    assert [cell.data_type for cell in (quantity, rate, count, closing)] == ["n"] * 4
    assert (quantity.value, rate.value, count.value, closing.value) == (2.5, 18, 3, 1234567.05)


@pytest.mark.parametrize(
    ("amount", "grouping"),
    [
        ("0.00", "#,##0.00"),
        ("99999.99", "#,##0.00"),
        ("100000.00", r"##\,##\,##0.00"),
        ("9999999.99", r"##\,##\,##0.00"),
        ("10000000.00", r"##\,##\,##\,##0.00"),
        ("-12345678.90", r"##\,##\,##\,##0.00"),
        ("1000000000.00", r"##\,##\,##\,##\,##0.00"),
        ("9999999999999.99", r"##\,##\,##\,##\,##\,##0.00"),
    ],
)
async def test_amounts_are_grouped_by_lakhs_and_crores(amount: str, grouping: str) -> None:
    page = await page_of(a_line(None, None, None, None, None, Decimal(amount)))

    ((*_, cell),) = below_headings(page)
    assert cell.number_format == rf"{grouping};[Red]\-{grouping}"
    assert Decimal(str(cell.value)) == Decimal(amount)
    assert cell.alignment.horizontal == "right"


async def test_an_amount_that_a_spreadsheet_cannot_hold_is_written_as_text() -> None:
    page = await page_of(a_line(None, None, None, None, None, Decimal("12345678901234.56")))

    ((*_, cell),) = below_headings(page)
    assert (cell.value, cell.data_type, cell.alignment.horizontal) == ("12345678901234.56", "s", "right")


@pytest.mark.parametrize("text", EVIL)
async def test_a_workbook_has_texts_that_stay_texts(text: str) -> None:
    """They are no formulas, and the apostrophe before them keeps it so when somebody edits the cell."""
    page = await page_of(a_line(text))

    ((cell, *_),) = below_headings(page)
    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text
    assert cell.quotePrefix


async def test_totals_are_told_from_rows() -> None:
    page = await page_of(
        a_line("Assets", weight=Weight.HEADING),
        a_line("Cash", depth=1),
        a_line("Assets", weight=Weight.SUBTOTAL),
        a_line("Total", weight=Weight.TOTAL),
    )

    heading, row, subtotal, total = (cells[0] for cells in below_headings(page))
    assert [cell.font.bold for cell in (heading, row, subtotal, total)] == [True, False, True, True]
    assert row.alignment.indent == 1
    assert (subtotal.border.top.style, total.border.bottom.style) == ("thin", "double")
    assert below_headings(page)[3][5].border.bottom.style == "double"


async def test_a_workbook_says_whose_report_it_is_and_keeps_its_headings_in_sight() -> None:
    page = await page_of(Line(ROW))

    assert [page.cell(row, 1).value for row in range(1, 5)] == [
        "Sahyadri Traders",
        "Trial balance: Sheet 1",
        *HEAD.lines,
    ]
    assert [cell.value for cell in page[6]] == HEADINGS
    assert page.freeze_panes == "A7"
    assert page.print_title_rows == "$6:$6"
    assert page.page_setup.orientation == "landscape"


async def test_columns_are_as_wide_as_what_is_in_them() -> None:
    page = await page_of(a_line("A firm with a rather long name", *ROW[1:]), a_line("x" * 500))

    assert page.column_dimensions["A"].width > 60
    assert 12 <= page.column_dimensions["B"].width <= 13
    assert page.column_dimensions["F"].width >= len("12,34,567.05")


async def test_each_sheet_of_a_report_has_a_tab() -> None:
    content = await made("xlsx", [a_line("one")], [a_line("two")])
    book = openpyxl.load_workbook(BytesIO(content))

    assert book.sheetnames == ["Sheet 1", "Sheet 2"]
    assert [below_headings(page)[0][0].value for page in book] == ["one", "two"]


async def test_odd_characters_come_back_as_they_were() -> None:
    page = await page_of(a_line(" <b>&amp; \x0b _x0041_ two\nlines ₹ "))

    ((cell, *_),) = below_headings(page)
    from openpyxl.utils.escape import unescape

    assert unescape(cell.value) == " <b>&amp; \x0b _x0041_ two\nlines ₹ "


async def test_more_rows_than_a_sheet_can_have_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    with pytest.raises(Failed) as refusal:
        await made("xlsx", [a_line("row")] * 11)

    assert "csv" in refusal.value.message
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # nothing waits here


async def test_a_finished_workbook_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    await made("xlsx", [a_line("row")] * 5000)

    assert os.listdir(tmp_path) == []  # noqa: PTH208  # nothing waits here


async def test_too_many_files_at_once_are_put_off() -> None:
    exports = Exports(Nothing())
    exports._made_now = MOST_AT_ONCE

    with pytest.raises(Unavailable) as refusal:
        await exports.made(Export("csv", "x.csv", HEAD, ()))

    assert refusal.value.headers == {"Retry-After": "3"}
