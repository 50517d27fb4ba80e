"""A month that is amended after it was filed, checked by hand: GSTR-1A while its GSTR-3B waits, then the next one."""

from dataclasses import dataclass
from dataclasses import replace as copy
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import BILL, INVOICE
from domain.gst.returns import filing_life, gstr3b_report
from domain.gst.returns.asked import return_asked_for
from domain.gst.returns.differences import differences
from domain.gst.returns.filing import ReturnFiling
from domain.gst.returns.gstr3b import SupplyRow
from domain.gst.returns.gstr3b_report import Gstr3bQuestion
from domain.gst.returns.inward import InwardTable
from domain.gst.returns.makers import MAKERS
from domain.gst.returns.period import furnished_period_named
from domain.gst.returns.told import file_bytes, file_of, told
from domain.statements import from_json
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    KARNATAKA_VENDOR,
    MAHARASHTRA_BUYER,
    a_bill,
    a_cost,
    a_customer,
    a_line,
    a_vendor,
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


def number(paper: Paper) -> str:
    """The number of a document."""
    assert paper.head.number is not None
    return paper.head.number


def b2b(paper: Paper, day: str, value: float, taxable: float, tax: Json, **amended: str) -> Json:
    """A record of an invoice to a registered buyer."""
    pos = "24" if "iamt" in tax else "27"
    return {
        "inum": number(paper),
        "idt": day,
        "val": value,
        "pos": pos,
        "rchrg": "N",
        "inv_typ": "R",
        **amended,
        "itms": [{"num": 1801, "itm_det": {"txval": taxable, "rt": 18, **tax, "csamt": 0}}],
    }


@dataclass(frozen=True)
class October:
    """Sales of October and its GSTR-1 as it was filed."""

    gujarat: Paper
    near: Paper
    small: Paper
    filed: ReturnFiling


async def october_filed(books: Books) -> October:
    """Sales of 1,000 to Gujarat, 500 to Maharashtra, 100 and 200 to consumers, and their GSTR-1."""
    gujarat = await sold(books, GUJARAT_BUYER, "1000", "2026-10-05")
    near = await sold(books, MAHARASHTRA_BUYER, "500", "2026-10-06")
    small = await sold(books, None, "100", "2026-10-07")
    await sold(books, None, "200", "2026-10-08")
    return October(gujarat, near, small, await file(books, "GSTR1", "102026"))


async def becoming(books: Books, filed: ReturnFiling) -> list[tuple[str, str, str]]:
    """What changed since a return was filed, and where that is told."""
    found = (await differences(books, filed)).documents
    return [(each.change, each.becomes_form, each.becomes_section) for each in found]


async def amended_early(books: Books, october: October) -> Paper:
    """Before the GSTR-3B the Gujarat sale is taken back, and one of 300 to Maharashtra turns out to be left out."""
    await lifecycle.void(books, INVOICE, october.gujarat.head.id, reason="Not delivered", on=on("2026-11-02"))
    return await sold(books, MAHARASHTRA_BUYER, "300", "2026-10-20", is_late_entry=True)


async def test_changes_before_the_tax_are_a_gstr1a(books: Books) -> None:
    october = await october_filed(books)
    assert await taxes(books, "102026") == ("1800.00", "180.00", "72.00", "72.00")
    noon = later(books, 2)
    late = await amended_early(noon, october)

    told_where, amendment = await becoming(noon, october.filed), await portal(noon, "102026", "GSTR1A")

    assert told_where == [("REMOVED", "GSTR1A", "b2ba"), ("ADDED", "GSTR1A", "b2b")]
    tax, old = {"camt": 27, "samt": 27}, {"oinum": number(october.gujarat), "oidt": "05-10-2026"}
    nothing = b2b(october.gujarat, "05-10-2026", 0, 0, {"iamt": 0}, **old)
    assert plain(amendment) == {
        "b2b": [{"ctin": MAHARASHTRA_BUYER, "inv": [b2b(late, "20-10-2026", 354, 300, tax)]}],
        "b2ba": [{"ctin": GUJARAT_BUYER, "inv": [nothing]}],
    }
    assert await portal(noon, "112026") == {}
    await file(noon, "GSTR1A", "102026")
    assert await taxes(noon, "102026") == ("1100.00", "0.00", "99.00", "99.00")
    assert await becoming(noon, october.filed) == []


async def test_changes_after_the_tax_are_amendments_of_the_next_return(books: Books) -> None:
    """A consumer's sale of 100 is void, and one of 400 to Gujarat was left out; November sells 600 of its own."""
    october, evening = await october_filed(books), later(books, 4)
    await file(books, "GSTR3B", "102026")
    await lifecycle.void(evening, INVOICE, october.small.head.id, reason="Not paid", on=on("2026-11-03"))
    missed = await sold(evening, GUJARAT_BUYER, "400", "2026-10-25", is_late_entry=True)
    fresh = await sold(evening, MAHARASHTRA_BUYER, "600", "2026-11-10")

    told_where, november = await becoming(evening, october.filed), await portal(evening, "112026")

    assert told_where == [("REMOVED", "GSTR1", "b2csa"), ("ADDED", "GSTR1", "b2b")]
    rest = {"rt": 18, "txval": 200, "camt": 18, "samt": 18, "csamt": 0}
    assert plain(november) == {
        "b2b": [
            {"ctin": GUJARAT_BUYER, "inv": [b2b(missed, "25-10-2026", 472, 400, {"iamt": 72})]},
            {"ctin": MAHARASHTRA_BUYER, "inv": [b2b(fresh, "10-11-2026", 708, 600, {"camt": 54, "samt": 54})]},
        ],
        "b2csa": [{"omon": "102026", "sply_ty": "INTRA", "pos": "27", "typ": "OE", "itms": [rest]}],
    }
    assert await taxes(evening, "112026") == ("900.00", "72.00", "45.00", "45.00")


async def test_a_filed_month_says_the_same_ever_after(books: Books) -> None:
    october, noon = await october_filed(books), later(books, 2)
    as_filed, told_then = await filing_life.payload_of(books, october.filed.id), await portal(books, "102026")
    await amended_early(noon, october)
    await file(noon, "GSTR1A", "102026")
    await file(noon, "GSTR3B", "102026")
    paid = await taxes(noon, "102026")
    await lifecycle.void(later(books, 4), INVOICE, october.near.head.id, reason=None, on=on("2026-12-01"))

    assert await filing_life.payload_of(books, october.filed.id) == as_filed
    assert await portal(later(books, 5), "102026") == told_then
    assert await taxes(later(books, 5), "102026") == paid == ("1100.00", "0.00", "99.00", "99.00")


async def test_what_an_iff_told_does_not_come_again(books: Books) -> None:
    """A quarter of 500 to Maharashtra in October, told by IFF, 100 to a consumer, and 600 in December."""
    early = await sold(books, MAHARASHTRA_BUYER, "500", "2026-10-06")
    await sold(books, None, "100", "2026-10-07")
    often = "QUARTERLY"
    assert plain(await portal(books, "102026", "IFF", often)) == {
        "b2b": [{"ctin": MAHARASHTRA_BUYER, "inv": [b2b(early, "06-10-2026", 590, 500, {"camt": 45, "samt": 45})]}]
    }
    await file(books, "IFF", "102026", often)
    december = await sold(later(books, 2), MAHARASHTRA_BUYER, "600", "2026-12-10")

    quarter = await portal(later(books, 2), "122026", often=often)

    whole = {"sply_ty": "INTRA", "rt": 18, "typ": "OE", "pos": "27", "txval": 100, "camt": 9, "samt": 9, "csamt": 0}
    assert plain(quarter) == {
        "b2b": [{"ctin": MAHARASHTRA_BUYER, "inv": [b2b(december, "10-12-2026", 708, 600, {"camt": 54, "samt": 54})]}],
        "b2cs": [whole],
    }
    assert await taxes(later(books, 2), "122026", often) == ("1200.00", "0.00", "108.00", "108.00")
    await file(later(books, 2), "GSTR1", "122026", often)
    assert await taxes(later(books, 2), "122026", often) == ("1200.00", "0.00", "108.00", "108.00")


async def test_what_an_iff_told_and_is_void_is_amended_in_its_quarter(books: Books) -> None:
    early, often = await sold(books, MAHARASHTRA_BUYER, "500", "2026-10-06"), "QUARTERLY"
    filed = await file(books, "IFF", "102026", often)
    await lifecycle.void(later(books, 2), INVOICE, early.head.id, reason=None, on=on("2026-11-05"))

    quarter = await portal(later(books, 2), "122026", often=often)

    old = {"oinum": number(early), "oidt": "06-10-2026"}
    nothing = b2b(early, "06-10-2026", 0, 0, {"camt": 0, "samt": 0}, **old)
    assert plain(quarter) == {"b2ba": [{"ctin": MAHARASHTRA_BUYER, "inv": [nothing]}]}
    assert await becoming(later(books, 2), filed) == [("REMOVED", "GSTR1", "b2ba")]
    assert await taxes(later(books, 2), "122026", often) == ("0.00", "0.00", "0.00", "0.00")


async def test_purchases_that_came_late_or_went_are_told_by_the_next_gstr3b(books: Books) -> None:
    """CGST of 45 and 44.91 in October, of which the second is void by November; another 18 of October came then."""
    vendor = await a_vendor(books)
    await a_bill(books, vendor, a_cost("500"), dated_on=on("2026-10-05"))
    wrong = await a_bill(books, vendor, a_cost("499"), dated_on=on("2026-10-06"))
    await file(books, "GSTR1", "102026")
    filed = await file(books, "GSTR3B", "102026")
    noon = later(books, 2)
    await lifecycle.void(noon, BILL, wrong.head.id, reason="Sent back", on=on("2026-11-03"))
    await a_bill(noon, vendor, a_cost("200"), dated_on=on("2026-10-28"))

    told_where = await becoming(noon, filed)

    assert told_where == [("REMOVED", "GSTR3B", "4(A)(5)"), ("ADDED", "GSTR3B", "4(A)(5)")]
    assert await credit(noon, "102026") == "89.91"
    assert await credit(noon, "112026") == "-26.91"
    await file(noon, "GSTR1", "112026")
    await file(noon, "GSTR3B", "112026")
    assert (await credit(later(books, 4), "102026"), await credit(later(books, 4), "112026")) == ("89.91", "-26.91")
    assert await credit(later(books, 4), "122026") == "0.00"


async def credit(books: Books, period: str) -> str:
    """CGST of table 4(A)(5)."""
    asked = await return_asked_for(books, {"period": period}, form="GSTR-3B")
    answer = await gstr3b_report.read(books, Gstr3bQuestion(scope=asked.scope, of=asked.of))
    return str(answer.tables.available[InwardTable.OTHER_CREDIT].cgst)


def plain(value: Any) -> Any:
    """Numbers without their places, keys in any order."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value if isinstance(value, str) else float(value)


async def test_a_shipping_bill_that_came_later_amends_the_export(books: Books) -> None:
    buyer = await a_customer(books, "Dubai Interiors", gst_treatment="OVERSEAS")
    said = {"place_of_supply": "OVERSEAS", "dated_on": on("2026-10-15")}
    exported = await an_approved_invoice(books, buyer, a_line("1000"), **said)
    filed = await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")
    noon = later(books, 2)
    shipped = {"shipping_bill_number": "4455667", "shipping_bill_on": on("2026-10-20"), "port_code": "INNSA1"}
    await lifecycle.amend(noon, INVOICE, exported.head.id, shipped, None)

    november = await portal(noon, "112026")

    assert await becoming(noon, filed) == [("CHANGED", "GSTR1", "expa")]
    (told_as,) = november["expa"]
    (record,) = told_as["inv"]
    assert (told_as["exp_typ"], record["oinum"], record["oidt"]) == ("WOPAY", number(exported), "15-10-2026")
    assert (record["sbnum"], record["sbdt"], record["sbpcode"]) == ("4455667", "20-10-2026", "INNSA1")
    assert await taxes(noon, "112026") == ("0.00", "0.00", "0.00", "0.00")


async def test_what_others_supplied_through_us_is_amended_in_table_15a(books: Books) -> None:
    """Rides of 1,000 to a dealer and of 400 and 200 to consumers; in November that of the dealer and one of 400 go."""
    through_us = {"ecommerce_operator_gst_no": OUR_GSTIN, "ecommerce_section": "SECTION_9_5"}
    by_dealer = {**through_us, "ecommerce_supplier_gst_no": KARNATAKA_VENDOR, "dated_on": on("2026-10-05")}
    dealer, consumer = await a_customer(books, "Deccan", gst_no=MAHARASHTRA_BUYER), await a_customer(books)
    big = await an_approved_invoice(books, dealer, a_ride("1000"), **by_dealer)
    small = await an_approved_invoice(books, consumer, a_ride("400"), **by_dealer)
    await an_approved_invoice(books, consumer, a_ride("200"), **by_dealer)
    filed = await file(books, "GSTR1", "102026")
    await file(books, "GSTR3B", "102026")
    noon = later(books, 2)
    for paper in (big, small):
        await lifecycle.void(noon, INVOICE, paper.head.id, reason="Not driven", on=on("2026-11-03"))

    told_where, november = await becoming(noon, filed), await portal(noon, "112026")

    assert told_where == [("REMOVED", "GSTR1", "ecoma")] * 2
    nothing = {"txval": 0, "rt": 5, "camt": 0, "samt": 0, "csamt": 0}
    head = {"oinum": number(big), "oidt": "05-10-2026", "inum": number(big), "idt": "05-10-2026", "val": 0, "pos": "27"}
    record = {**head, "sply_ty": "INTRA", "inv_typ": "R", "flag": "N", "itms": [{"num": 501, "itm_det": nothing}]}
    rest = {"rt": 5, "txval": 200, "iamt": 0, "camt": 5, "samt": 5, "csamt": 0}
    supplier = {"sply_ty": "INTRA", "stin": KARNATAKA_VENDOR, "ostin": KARNATAKA_VENDOR, "omon": "102026", "flag": "N"}
    assert plain(november) == {
        "ecoma": {
            "b2ba": [{"stin": KARNATAKA_VENDOR, "rtin": MAHARASHTRA_BUYER, "inv": [record]}],
            "b2ca": [{"pos": "27", "posItms": [{**supplier, "itms": [rest]}]}],
        }
    }
    await file(noon, "GSTR1", "112026")
    assert plain(await portal(later(books, 4), "112026")) == plain(november)


async def test_what_an_iff_told_of_supplies_through_us_is_amended_in_its_quarter(books: Books) -> None:
    """An unregistered driver's ride is told by October's IFF, not again; void in November, the quarter amends it."""
    through_us = {"ecommerce_operator_gst_no": OUR_GSTIN, "ecommerce_section": "SECTION_9_5"}
    dealer, often = await a_customer(books, "Deccan", gst_no=MAHARASHTRA_BUYER), "QUARTERLY"
    ride = await an_approved_invoice(books, dealer, a_ride("1000"), **through_us, dated_on=on("2026-10-05"))
    await file(books, "IFF", "102026", often)
    assert "ecom" not in await portal(later(books, 1), "122026", often=often)
    noon = later(books, 2)
    await lifecycle.void(noon, INVOICE, ride.head.id, reason="Not driven", on=on("2026-11-03"))

    ((told_as,),) = (await portal(noon, "122026", often=often))["ecoma"].values()

    assert (told_as["rtin"], told_as["inv"][0]["oinum"], told_as["inv"][0]["val"]) == (
        MAHARASHTRA_BUYER,
        number(ride),
        0,
    )


def a_ride(rate: str) -> Any:
    """A ride at 5 per cent."""
    return a_line(rate, "5", name="Ride", hsn_or_sac="996412")
