"""Named number series of a branch: each counts by itself, and a document takes its number from the one that it names.

Source: CGST Rules 2017, rule 46(b): consecutive, in one or multiple series, unique for a financial year.
"""

from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.branches import BRANCHES
from domain.documents import lifecycle
from domain.documents.kinds import CREDIT_NOTE, INVOICE
from domain.errors import Duplicate, Invalid, InvalidState, Refusal
from domain.statements import Statement
from handlers import branches as branch_handlers
from handlers import invoices
from tests.domain.conftest import body_of
from tests.scenarios.builders import a_bill, a_cost, a_customer, a_draft, a_line, a_vendor, an_approved_invoice

EXPORT = {"series_name": "export", "invoice": "EXP/{FY}/", "credit_note": "XCN/{FY}/"}
RCM = {"series_name": "rcm", "self_invoice": "RCM/{FY}/"}


@pytest.fixture
async def books(books: Books) -> Books:
    """The books of a firm whose branch has further series."""
    await with_series(books, EXPORT, RCM)
    return books


async def with_series(books: Books, *series: dict[str, Any]) -> None:
    branch = await books.value(Statement("select id from branches where organization_id = %(organization_id)s"))
    await registers.amend(books, BRANCHES, branch, {"series": list(series)})


async def numbered(books: Books, **said: Any) -> tuple[str | None, str]:
    head = (await an_approved_invoice(books, await a_customer(books), a_line("100"), **said)).head
    return head.number, head.series_name


async def test_each_series_counts_by_itself(books: Books) -> None:
    wanted = ("default", "export", "export", "default")
    given = [await numbered(books, series_name=name) for name in wanted]
    assert given == [
        ("INV/26-27/0001", "default"),
        ("EXP/26-27/0001", "export"),
        ("EXP/26-27/0002", "export"),
        ("INV/26-27/0002", "default"),
    ]


async def test_a_series_that_the_branch_has_not_for_the_kind_is_the_default_one(books: Books) -> None:
    assert await numbered(books, series_name="retail") == ("INV/26-27/0001", "default")
    assert await numbered(books, series_name="rcm") == ("INV/26-27/0002", "default")
    assert await numbered(books) == ("INV/26-27/0003", "default")


async def test_a_number_given_by_hand_takes_none_of_the_series(books: Books) -> None:
    assert await numbered(books, series_name="export", number="EXP/26-27/0002") == ("EXP/26-27/0002", "export")
    assert await numbered(books, series_name="export") == ("EXP/26-27/0001", "export")
    assert await numbered(books, series_name="export") == ("EXP/26-27/0003", "export"), "what is given is stepped over"


async def test_other_kinds_are_numbered_so_as_well(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id, "series_name": "export"}
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, said, [a_line("100")])
    assert (note.head.number, note.head.series_name) == ("XCN/26-27/0001", "export")


async def test_self_invoices_may_have_a_series_of_their_own(books: Books) -> None:
    vendor = await a_vendor(books, "Ramesh Transport", gst_treatment="UNREGISTERED")
    numbers = []
    for name in ("rcm", "default"):
        said = {"is_reverse_charge": True, "series_name": name, "reference_number": f"from {name}"}
        head = (await a_bill(books, vendor, a_cost("100"), **said)).head
        numbers.append((head.number, head.self_invoice_number))
    assert numbers == [("BILL/26-27/0001", "RCM/26-27/0001"), ("BILL/26-27/0002", "SI/26-27/0001")]


async def test_a_draft_changes_its_series_and_what_is_posted_keeps_it(books: Books) -> None:
    key = (await a_draft(books, await a_customer(books), a_line("100"))).head.id
    assert (await lifecycle.amend(books, INVOICE, key, {"series_name": "export"}, None)).head.series_name == "export"
    assert (await lifecycle.approve(books, INVOICE, key)).head.number == "EXP/26-27/0001"
    with pytest.raises(InvalidState) as refused:
        await lifecycle.amend(books, INVOICE, key, {"series_name": "default"}, None)
    assert refused.value.field == "series_name"


async def test_a_draft_whose_series_is_gone_is_numbered_in_the_default_one(books: Books) -> None:
    key = (await a_draft(books, await a_customer(books), a_line("100"), series_name="export")).head.id
    await with_series(books)
    assert (await lifecycle.approve(books, INVOICE, key)).head.number == "INV/26-27/0001"


async def test_all_series_are_listed_with_their_next_number(books: Books) -> None:
    await numbered(books, series_name="export")
    rows = body_of(await invoices.list_invoice_series(books))["series"]
    assert [(row["series_name"], row["prefix"], row["next_invoice_number"]) for row in rows] == [
        ("default", "INV/26-27/", "INV/26-27/0001"),
        ("export", "EXP/26-27/", "EXP/26-27/0002"),
    ]


async def test_a_branch_shows_its_series_whole(books: Books) -> None:
    (branch,) = body_of(await branch_handlers.list_branches(books, {"active_only": True}))["branches"]
    kinds = (
        "invoice",
        "estimate",
        "sales_order",
        "purchase_order",
        "bill",
        "credit_note",
        "debit_note",
        "customer_debit_note",
        "delivery_challan",
        "self_invoice",
    )
    assert branch["series"] == [{**dict.fromkeys(kinds), **each} for each in (EXPORT, RCM)]


@pytest.mark.parametrize(
    ("series", "refusal", "field"),
    [
        ([{"series_name": "default", "invoice": "D/{FY}/"}], Invalid, "series[0].series_name"),
        ([EXPORT, {**RCM, "series_name": "export"}], Invalid, "series[1].series_name"),
        ([{"series_name": "export", "invoice": "EXPORT-{FY}-A/"}], Invalid, "series[0].invoice"),
        ([{"series_name": "export", "invoice": "inv/{FY}/"}], Duplicate, "series[0].invoice"),
        ([EXPORT, {"series_name": "sez", "invoice": "EXP/26-27/"}], Duplicate, "series[0].invoice"),
    ],
)
async def test_series_that_would_number_alike_are_refused(
    books: Books, series: list[dict[str, Any]], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await with_series(books, *series)
    assert refused.value.field == field
