"""What GSTR-3B can be asked, and what is refused."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.branches import open_branch
from domain.errors import Failed, Invalid, NotFound, Refusal, Required
from tests.domain.founded import KARNATAKA, MAHARASHTRA, a_firm, branches_of
from tests.scenarios.builders import KARNATAKA_VENDOR, a_bill, a_cost, a_customer, a_line, a_vendor, an_approved_invoice
from tests.scenarios.gstr3b import Json, gstr3b, rows, the_file, told


async def test_a_return_is_of_one_registration(books: Books) -> None:
    await open_branch(books, {"branch_name": "Bengaluru", "state_code": "IN-KA", "gst_no": KARNATAKA})
    bengaluru = next(branch for branch in await branches_of(books) if branch.branch_name == "Bengaluru")
    await a_bill(books, await a_vendor(books, gst_no=KARNATAKA_VENDOR), a_cost("1000.00"), branch_id=bengaluru.id)
    await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))

    with pytest.raises(Required) as refused:
        await gstr3b(books)
    assert refused.value.field == "gstin"
    mumbai, karnataka = await gstr3b(books, gstin=MAHARASHTRA), await gstr3b(books, branch_id=bengaluru.id)
    assert (told(mumbai["input_tax_credit"]["net"]), rows(mumbai["outward_supplies"])) == (
        "",
        {"3.1(a)": "1000 cgst 90 sgst 90"},
    )
    assert (karnataka["gstin"], told(karnataka["input_tax_credit"]["net"])) == (KARNATAKA, "cgst 90 sgst 90")
    assert rows(karnataka["outward_supplies"]) == {}


async def test_books_without_anything_make_a_return_of_noughts(books: Books) -> None:
    report = await gstr3b(books, period="102026", paid_on="2026-11-23")

    assert rows(report["outward_supplies"]) == {}
    assert len(report["outward_supplies"]) == 5
    assert told(report["late_fee"]) == "cgst 30 sgst 30"
    assert not report["is_draft"]


@pytest.mark.parametrize(
    ("query", "refusal", "field"),
    [
        ({"period": "132026"}, Invalid, "period"),
        ({"period": "062017"}, Invalid, "period"),
        ({"from_date": "2026-11-01"}, Invalid, "period"),
        ({"period": None, "from_date": "2026-11-01"}, Required, "to_date"),
        ({"period": None, "to_date": "2026-11-01"}, Required, "from_date"),
        ({"period": None, "from_date": "2026-11-02", "to_date": "2026-11-01"}, Invalid, "from_date"),
        ({"gstin": KARNATAKA}, NotFound, "gstin"),
        ({"branch_id": "br_nowhere"}, NotFound, "branch_id"),
    ],
)
async def test_what_makes_no_sense_is_refused(books: Books, query: Json, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        await gstr3b(books, **query)
    assert refused.value.field == field


@pytest.mark.parametrize("query", [{"period": None, "from_date": "2026-11-01", "to_date": "2026-11-15"}, {"branch": 1}])
async def test_a_part_is_shown_but_not_uploaded(books: Books, query: Json) -> None:
    asked = {"branch_id": (await branches_of(books))[0].id} if "branch" in query else query
    assert (await gstr3b(books, **asked))["gstin"] == MAHARASHTRA
    with pytest.raises(Failed):
        await the_file(books, **asked)


async def test_without_a_period_it_is_the_last_one_that_is_over(books: Books) -> None:
    """Today is 21 November: October, and of those who file quarterly July to September."""
    assert (await gstr3b(books, period=None))["period"] == "102026"
    assert (await gstr3b(books, period=None, frequency="QUARTERLY"))["period"] == "092026"


async def test_a_dealer_under_composition_files_other_forms(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, registration_type="COMPOSITION")
    with pytest.raises(Failed, match="CMP-08"):
        await gstr3b(books)
