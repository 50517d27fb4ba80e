"""Reports on paper: the figures of the csv, in lakhs and crores, under headings on each page, by both renderers."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.pdf import renderer_of
from domain.errors import Failed, Unavailable
from domain.reports.sheet import Column, Form, Line, Sheet, Value, Weight
from handlers.replies import Export, Head, Pages
from server.exports import paper
from server.exports.making import Exports
from tests.adapters.paper import RENDERERS, page_sizes, page_texts, renderer
from tests.running import Caller
from tests.server.test_reports import an_open_invoice

HEAD = Head(
    "Sahyadri Traders",
    "Day book",
    ("GSTIN 27AAPFU0939F1ZV", "1 April 2026 to 31 October 2026"),
    datetime(2026, 11, 1, tzinfo=UTC),
)
FEW = (
    Column("account_name", "Account", Form.TEXT),
    Column("date", "Date", Form.DATE),
    Column("count", "Lines", Form.COUNT),
    Column("rate", "Rate", Form.PERCENT),
    Column("amount", "Amount", Form.MONEY),
    Column("account_id", "Id", Form.TEXT),
)
MANY = (
    Column("contact_name", "Customer", Form.TEXT),
    *(Column(f"text_{number}", f"Remark {number}", Form.TEXT) for number in range(1, 9)),
    *(Column(f"amount_{number}", f"Amount {number}", Form.MONEY) for number in range(1, 13)),
)
CASH: tuple[Value, ...] = ("Cash", date(2026, 10, 31), 12, Decimal("18.5"), Decimal("1234567.50"), "ac_1")


@pytest_asyncio.fixture(params=RENDERERS, scope="module")
async def exports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exports]:
    press = renderer(request.param, tmp_path_factory.mktemp("paper"))
    yield Exports(press)
    await press.close()


def a_sheet(*lines: Line, title: str = "Day book", columns: tuple[Column, ...] = FEW) -> Sheet:
    return Sheet(title.lower(), title, columns, lines)


async def printed(exports: Exports, *sheets: Sheet) -> bytes:
    pages = await exports.made(Export("pdf", "day_book.pdf", HEAD, sheets))
    assert isinstance(pages, Pages)
    file = await exports.rendered(pages)
    content = file.content.read()
    assert (len(content), file.media_type) == (file.size, "application/pdf")
    return content


def words(text: str) -> str:
    return " ".join(text.split())


async def test_values_are_written_as_people_in_india_read_them(exports: Exports) -> None:
    (said,) = page_texts(await printed(exports, a_sheet(Line(CASH))))

    assert "Cash 31-10-2026 12 18.5 12,34,567.50" in words(said)
    assert "ac_1" not in said


async def test_the_head_says_whose_and_what_and_when(exports: Exports) -> None:
    pdf = await printed(exports, a_sheet(Line(CASH)))

    (said,) = page_texts(pdf)
    for text in (HEAD.organization, HEAD.title, *HEAD.lines, "Page 1 of 1"):
        assert text in said
    assert page_sizes(pdf) == [(210, 297)]


async def test_headings_and_numbers_stand_on_each_page(exports: Exports) -> None:
    lines = [Line((f"Account {number}", *CASH[1:])) for number in range(1, 201)]

    pages = page_texts(await printed(exports, a_sheet(*lines)))

    assert len(pages) > 3
    for number, said in enumerate(pages, 1):
        assert words("Account Date Lines Rate Amount") in words(said)
        assert f"Page {number} of {len(pages)}" in said
        assert "Sahyadri Traders" in said
    everywhere = words(" ".join(pages))
    assert [everywhere.count(f"Account {number} 31-10-2026") for number in range(1, 201)] == [1] * 200


async def test_a_total_never_stands_alone_on_a_page(exports: Exports) -> None:
    for count in range(45, 62):
        lines = [*(Line((f"Account {number}", *CASH[1:])) for number in range(count))]
        total = Line(("Total", None, None, None, Decimal("99"), None), weight=Weight.TOTAL)

        *_, last = page_texts(await printed(exports, a_sheet(*lines, total)))

        assert f"Account {count - 1}" in last


async def test_many_columns_are_printed_across_and_what_has_no_room_is_named(exports: Exports) -> None:
    text = "Delivered to the second floor against the gate pass of the day"
    amounts = [Decimal("12345678.90") + number for number in range(12)]
    row = Line(("Konkan Retail LLP", *(text for _ in range(8)), *amounts))

    pdf = await printed(exports, a_sheet(row, columns=MANY))

    said = words(" ".join(page_texts(pdf)))
    assert set(page_sizes(pdf)) == {(297, 210)}
    assert "Konkan Retail LLP" in said
    assert "Not printed for want of room: Remark 2, " in said
    for number in range(1, 13):
        is_printed = f"1,23,45,{677 + number}.90" in said
        is_named = f"Amount {number}" in said.partition("Not printed")[2]
        assert is_printed or is_named


async def test_long_texts_are_broken_and_the_longest_cut(exports: Exports) -> None:
    long = " ".join(f"word{number}" for number in range(400))

    (said,) = page_texts(await printed(exports, a_sheet(Line((long, *CASH[1:])))))

    assert "word0 word1" in words(said)
    assert "word399" not in said
    assert "…" in said


async def test_names_in_any_script_and_html_are_printed_as_they_are(exports: Exports) -> None:
    evil = "<script>alert(1)</script> & <b>Co</b>"

    (said,) = page_texts(await printed(exports, a_sheet(Line((evil, *CASH[1:])), Line(("शर्मा", *CASH[1:])))))

    assert evil in words(said)


async def test_sheets_follow_each_other_and_empty_ones_are_named(exports: Exports) -> None:
    sheets = (a_sheet(Line(CASH)), a_sheet(title="Advances"), a_sheet(Line(CASH), title="Documents"))

    (said,) = page_texts(await printed(exports, *sheets))

    assert words(said).count("12,34,567.50") == 2
    assert said.index("Documents") > said.index("Day book")
    assert "There is nothing to show under: Advances." in said


async def test_an_empty_report_says_so(exports: Exports) -> None:
    (said,) = page_texts(await printed(exports, a_sheet()))

    assert "There is nothing to show." in said


async def test_the_same_report_is_the_same_bytes(exports: Exports) -> None:
    assert await printed(exports, a_sheet(Line(CASH))) == await printed(exports, a_sheet(Line(CASH)))


async def test_the_longest_report_is_printed_and_a_longer_one_refused(exports: Exports) -> None:
    pdf = await printed(exports, a_sheet(*[Line(CASH)] * paper.MOST_LINES))
    assert len(page_sizes(pdf)) > 40

    with pytest.raises(Failed, match="more than 3,000 lines, too many to be read on paper") as refusal:
        await printed(exports, a_sheet(*[Line(CASH)] * (paper.MOST_LINES + 1)))

    assert refusal.value.field == "format"


async def test_where_nothing_makes_pdfs_the_caller_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.pdf.find_spec", lambda name: None)
    press = renderer_of("plutoprint", directory=tmp_path, seconds=5, wait_seconds=5)

    with pytest.raises(Unavailable, match="plutoprint is not installed here"):
        await printed(Exports(press), a_sheet(Line(CASH)))


async def test_a_report_comes_as_pdf_over_http_with_the_figures_of_the_csv(call: Caller) -> None:
    await an_open_invoice(call)
    query = {"from_date": "2090-04-01", "to_date": "2090-10-31"}
    nothing = await call("GET", "/reports/day_book", params={**query, "format": "pdf"})
    assert "1 April 2090 to 31 October 2090" in page_texts(nothing.content)[0]
    assert nothing.headers["Content-Disposition"] == 'attachment; filename="day_book-2090-04-01-to-2090-10-31.pdf"'

    reply = await call("GET", "/reports/day_book", params={"format": "pdf"})
    table = await call("GET", "/reports/day_book", params={"format": "csv"})

    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Cache-Control"] == "no-store"
    said = words(" ".join(page_texts(reply.content)))
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline="")))
    amounts = [row[name] for row in rows for name in ("debit", "credit") if row[name]]
    assert amounts
    for amount in amounts:
        assert f" {Decimal(amount):,.2f}" in said  # below a lakh both ways of grouping are the same
