"""A month that is amended after it was filed, checked by hand: GSTR-1A while its GSTR-3B waits, then the next GSTR-1."""

from dataclasses import replace as copy
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import INVOICE
from domain.gst.returns import filing, filing_life, gstr3b_report
from domain.gst.returns.asked import return_asked_for
from domain.gst.returns.differences import differences
from domain.gst.returns.filing import ReturnFiling
from domain.gst.returns.gstr3b import SupplyRow
from domain.gst.returns.gstr3b_report import Gstr3bQuestion
from domain.gst.returns.makers import MAKERS
from domain.gst.returns.period import furnished_period_named
from domain.gst.returns.told import file_bytes, file_of, told
from domain.statements import from_json
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    a_customer,
    a_line,
    an_approved_invoice,
    on,
)
from tests.scenarios.filing import OUR_GSTIN, settle

JANUARY = datetime(2027, 1, 15, 6, 30, 0, 1, tzinfo=UTC)
Json = dict[str, Any]


@pytest.fixture
def books(books: Books) -> Books:
    """The books in January 2027."""
    return copy(books, now=JANUARY)


def later(books: Books, hours: int) -> Books:
    """The same books so many hours later."""
    return copy(books, now=JANUARY.replace(hour=6 + hours))


async def file(books: Books, form: str, period: str, often: str = "MONTHLY") -> ReturnFiling:
    """Open a return and file it."""
    await settle(books)
    one = await filing_life.open_return(books, form=form, period=period, gstin=None, frequency=often)
    arn = f"AA27{one.id[-11:].upper()}"
    return await filing_life.file(books, one.id, arn=arn, filed_on=on("2027-01-15"), makers=MAKERS)


async def portal(books: Books, period: str, form: str = "GSTR1", often: str = "MONTHLY") -> Json:
    """The portal's file of a period, without its envelope and the tables of numbers and codes."""
    asked = await return_asked_for(
        books, {"period": period, "frequency": often}, form=form, named=furnished_period_named
    )
    written = await told(books, asked.of, form)
    whole: Json = from_json(written.payload or file_bytes(file_of(asked.of, written.tables)))
    return {
        name: rows for name, rows in whole.items() if name not in ("gstin", "fp", "version", "hash", "doc_issue", "hsn")
    }


async def taxes(books: Books, period: str, often: str = "MONTHLY") -> tuple[str, str, str, str]:
    """Value, IGST, CGST and SGST of table 3.1(a) of the GSTR-3B."""
    asked = await return_asked_for(books, {"period": period, "frequency": often}, form="GSTR-3B")
    answer = await gstr3b_report.read(books, Gstr3bQuestion(scope=asked.scope, of=asked.of))
    worth = answer.tables.supplies[SupplyRow.TAXABLE]
    return (str(worth.taxable), str(worth.tax.igst), str(worth.tax.cgst), str(worth.tax.sgst))


async def sold(books: Books, gst_no: str | None, rate: str, day: str, **said: Any) -> Paper:
    """An invoice of furniture at 18 per cent."""
    party = {} if gst_no is None else {"gst_no": gst_no}
    customer = await a_customer(books, f"Buyer {gst_no or day} {rate}", **party)
    return await an_approved_invoice(books, customer, a_line(rate), dated_on=on(day), **said)


def b2b(number: str, day: str, value: float, taxable: float, tax: Json, **amended: str) -> Json:
    """A record of an invoice to a registered buyer."""
    pos = "24" if "iamt" in tax else "27"
    return {
        "inum": number,
        "idt": day,
        "val": value,
        "pos": pos,
        "rchrg": "N",
        "inv_typ": "R",
        **amended,
        "itms": [{"num": 1801, "itm_det": {"txval": taxable, "rt": 18, **tax, "csamt": 0}}],
    }


async def test_a_month_amended_after_filing(books: Books) -> None:
    """October: 1,000 to Gujarat, 500 to Maharashtra, 100 and 200 to consumers; 300 and 400 were left out."""
    gujarat = await sold(books, GUJARAT_BUYER, "1000", "2026-10-05")
    near = await sold(books, MAHARASHTRA_BUYER, "500", "2026-10-06")
    small = await sold(books, None, "100", "2026-10-07")
    await sold(books, None, "200", "2026-10-08")
    october = await file(books, "GSTR1", "102026")
    as_filed = await filing_life.payload_of(books, october.id)
    assert await taxes(books, "102026") == ("1800.00", "180.00", "72.00", "72.00")

    # Before the GSTR-3B: the Gujarat sale is taken back, and a sale of 300 to Maharashtra was left out.
    noon = later(books, 2)
    await lifecycle.void(noon, INVOICE, gujarat.head.id, reason="Not delivered", on=on("2026-11-02"))
    late = await sold(noon, MAHARASHTRA_BUYER, "300", "2026-10-20", is_late_entry=True)
    told_now = await differences(noon, october)
    assert [(each.change, each.becomes_form, each.becomes_section) for each in told_now.documents] == [
        ("REMOVED", "GSTR1A", "b2ba"),
        ("ADDED", "GSTR1A", "b2b"),
    ]
    assert (await portal(noon, "112026")) == {}
    amendment = await portal(noon, "102026", "GSTR1A")
    nought = {"iamt": 0.0}
    filed_as = {"oinum": gujarat.head.number or "", "oidt": "05-10-2026"}
    assert plain(amendment) == {
        "b2b": [
            {
                "ctin": MAHARASHTRA_BUYER,
                "inv": [b2b(late.head.number or "", "20-10-2026", 354, 300, {"camt": 27, "samt": 27})],
            }
        ],
        "b2ba": [
            {"ctin": GUJARAT_BUYER, "inv": [b2b(gujarat.head.number or "", "05-10-2026", 0, 0, nought, **filed_as)]}
        ],
    }

    await file(noon, "GSTR1A", "102026")
    assert await taxes(noon, "102026") == ("1100.00", "0.00", "99.00", "99.00")
    await file(noon, "GSTR3B", "102026")

    # After the GSTR-3B: a consumer's sale of 100 is void, and one of 400 to Gujarat was left out.
    evening = later(books, 4)
    await lifecycle.void(evening, INVOICE, small.head.id, reason="Not paid", on=on("2026-11-03"))
    missed = await sold(evening, GUJARAT_BUYER, "400", "2026-10-25", is_late_entry=True)
    november = await sold(evening, MAHARASHTRA_BUYER, "600", "2026-11-10")
    assert [
        (each.change, each.becomes_form, each.becomes_section)
        for each in (await differences(evening, october)).documents
    ] == [
        ("REMOVED", "GSTR1", "b2csa"),
        ("ADDED", "GSTR1", "b2b"),
    ]
    assert plain(await portal(evening, "112026")) == {
        "b2b": [
            {"ctin": GUJARAT_BUYER, "inv": [b2b(missed.head.number or "", "25-10-2026", 472, 400, {"iamt": 72})]},
            {
                "ctin": MAHARASHTRA_BUYER,
                "inv": [b2b(november.head.number or "", "10-11-2026", 708, 600, {"camt": 54, "samt": 54})],
            },
        ],
        "b2csa": [
            {
                "omon": "102026",
                "sply_ty": "INTRA",
                "pos": "27",
                "typ": "OE",
                "itms": [{"rt": 18, "txval": 200, "camt": 18, "samt": 18, "csamt": 0}],
            }
        ],
    }
    # 600 and 400 came, 100 went.
    assert await taxes(evening, "112026") == ("900.00", "72.00", "45.00", "45.00")

    # What was filed says the same as ever.
    assert await filing_life.payload_of(evening, october.id) == as_filed
    assert await taxes(evening, "102026") == ("1100.00", "0.00", "99.00", "99.00")
    assert (await filing.filings_of(evening, OUR_GSTIN)).of("GSTR1", "102026") is not None
    assert near.head.number in as_filed.decode()


def plain(value: Any) -> Any:
    """Numbers without their places, keys in any order."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value if isinstance(value, str) else float(value)
