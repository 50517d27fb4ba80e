"""Bills of entry: what customs takes on goods from abroad, and what becomes of it in the books."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL
from domain.errors import (
    Duplicate,
    Failed,
    Invalid,
    InvalidState,
    NotFound,
    PeriodLocked,
    Refusal,
    Required,
    VersionMismatch,
)
from domain.statements import Statement
from handlers import bills_of_entry as handlers
from tests.domain.conftest import body_of, trail
from tests.domain.founded import a_firm
from tests.scenarios.builders import a_line, gst, trial_balance
from tests.scenarios.spending import Json, a_vendor, account, entries_in


def goods(value: str = "100000.00", duty: str = "11000.00", **values: Any) -> Json:
    """Tiles at 18 %."""
    tax = {} if "tax_category" in values else {"tax_id": gst("18")}
    return {
        "description": "Ceramic tiles",
        "hsn_or_sac": "690721",
        "assessable_value": Decimal(value),
        "customs_duty": Decimal(duty),
        **tax,
        **values,
    }


async def a_bill_of_entry(books: Books, *lines: Json, number: str = "4567891", **body: Any) -> Json:
    """A bill of entry of Nhava Sheva, as the contract shows it."""
    sent = {"bill_of_entry_number": number, "port_code": "INNSA1", "line_items": list(lines or (goods(),)), **body}
    return dict(body_of(await handlers.create_bill_of_entry(books, sent))["bill_of_entry"])


async def a_foreign_bill(books: Books, **vendor: Any) -> str:
    """A bill of 1,200 dollars from Colombo; its id."""
    usual = {"name": "Colombo Tiles", "gst_treatment": "OVERSEAS", "place_of_contact": None}
    seller = await a_vendor(books, **{**usual, **vendor})
    line = a_line("1200.00", None, tax_category="NON_GST")
    said = {"contact_id": seller.id, "reference_number": "CT-88"}
    return (await lifecycle.draft(books, BILL, said, [line])).head.id


async def voided(books: Books, entry: Json) -> Json:
    """The bill of entry, void."""
    reply = await handlers.void_bill_of_entry(books, entry["bill_of_entry_id"], {"reason": "Assessed anew"})
    return dict(body_of(reply)["bill_of_entry"])


async def test_tax_is_on_value_and_duty_and_all_is_owed_to_customs(books: Books) -> None:
    """100,000 and 11 % duty: 18 % of 111,000 is 19,980; customs gets 30,980."""
    entry = await a_bill_of_entry(books)

    assert (entry["taxable_total"], entry["igst_total"], entry["total"]) == (
        Decimal(111000),
        Decimal(19980),
        Decimal(30980),
    )
    assert await entries_in(books, entry["journal_id"]) == {
        "Input IGST": ("19980.00", "0.00"),
        "Customs duty payable": ("0.00", "30980.00"),
        "Purchases": ("11000.00", "0.00"),
    }
    assert entry["line_items"][0]["tax_name"] == "IGST 18%"


async def test_cess_in_rupees_a_unit_needs_the_quantity(books: Books) -> None:
    """12.5 tonnes of coal at 400: 5,000 of cess beside 5 % of 111,000, which are 5,550."""
    coal = goods(tax_id=gst("5"), description="Coal", hsn_or_sac="27011200", cess_per_unit=Decimal(400))
    entry = await a_bill_of_entry(books, {**coal, "quantity": Decimal("12.5")}, date="2025-09-21")
    assert (entry["igst_total"], entry["cess_total"], entry["total"]) == (5550, 5000, 21550)
    assert (await entries_in(books, entry["journal_id"]))["Input cess"] == ("5000.00", "0.00")
    with pytest.raises(Required) as refusal:
        await a_bill_of_entry(books, coal, number="4567892")
    assert refusal.value.field == "line_items[0].quantity"


async def test_blocked_tax_joins_the_duty(books: Books) -> None:
    """A car for 10,00,000 with 7,00,000 duty at 18 %: 3,06,000 of tax is a cost."""
    line = goods("1000000.00", "700000.00", itc_blocked_reason="17(5)(a)")
    entry = await a_bill_of_entry(books, {**line, "account_id": await account(books, "Vehicles")})

    assert entry["line_items"][0]["itc_eligibility"] == "BLOCKED"
    assert await entries_in(books, entry["journal_id"]) == {
        "Vehicles": ("1006000.00", "0.00"),
        "Customs duty payable": ("0.00", "1006000.00"),
    }


async def test_lines_of_two_kinds_make_one_entry(books: Books) -> None:
    """Tiles with tax, and books without: 19,980 and nothing; 11,000 and 250 of duty."""
    entry = await a_bill_of_entry(books, goods(), goods("5000.00", "250.00", tax_category="EXEMPT"))

    assert [line["itc_eligibility"] for line in entry["line_items"]] == ["ELIGIBLE", "NONE"]
    assert (await entries_in(books, entry["journal_id"]))["Purchases"] == ("11250.00", "0.00")


async def test_without_a_right_to_credit_the_tax_is_a_cost(connection: AsyncConnection[Any]) -> None:
    books = await a_firm(connection, registration_type="COMPOSITION")
    entry = await a_bill_of_entry(books)

    assert entry["line_items"][0]["itc_eligibility"] == "NONE"
    assert (await entries_in(books, entry["journal_id"]))["Purchases"] == ("30980.00", "0.00")


async def test_goods_free_of_duty_and_tax_post_nothing(books: Books) -> None:
    entry = await a_bill_of_entry(books, goods(duty="0.00", tax_category="NIL_RATED"))

    assert (entry["journal_id"], entry["total"]) == (None, 0)
    assert (await voided(books, entry))["status"] == "CANCELLED"


async def test_it_is_shown_as_it_was_entered_with_its_bill(books: Books) -> None:
    bill_id = await a_foreign_bill(books)
    entry = await a_bill_of_entry(books, bill_id=bill_id, notes="Two containers")
    again = body_of(await handlers.get_bill_of_entry(books, entry["bill_of_entry_id"]))["bill_of_entry"]

    assert again == entry
    assert (entry["bill_id"], entry["status"], entry["date"]) == (bill_id, "OPEN", "2026-11-21")


async def test_a_number_stands_once_a_year_in_a_port(books: Books) -> None:
    first = await a_bill_of_entry(books)
    with pytest.raises(Duplicate) as refused:
        await a_bill_of_entry(books)
    assert refused.value.field == "bill_of_entry_number"
    await a_bill_of_entry(books, port_code="INMAA1")
    await a_bill_of_entry(books, date="2026-03-31")
    await voided(books, first)
    assert (await a_bill_of_entry(books))["status"] == "OPEN"


async def test_voiding_reverses_the_entry(books: Books) -> None:
    entry = await a_bill_of_entry(books)
    after = await voided(books, entry)

    assert (after["status"], after["void_reason"], after["version"]) == ("CANCELLED", "Assessed anew", 2)
    assert await trial_balance(books) == {}
    with pytest.raises(InvalidState):
        await voided(books, entry)
    told = [row["action"] for row in await trail(books) if row["entity_id"] == entry["bill_of_entry_id"]]
    assert told == ["BILL_OF_ENTRY_CREATED", "BILL_OF_ENTRY_VOIDED"]


async def test_another_version_is_not_voided(books: Books) -> None:
    entry = await a_bill_of_entry(books)
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await voided(books, entry)


async def test_a_closed_period_stays_as_it_is(books: Books) -> None:
    entry = await a_bill_of_entry(books, date="2026-10-31")
    await books.run(Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s"))
    with pytest.raises(PeriodLocked):
        await a_bill_of_entry(books, number="7", date="2026-10-30")
    with pytest.raises(PeriodLocked):
        await voided(books, entry)


async def test_lists_filter_by_port_bill_and_number(books: Books) -> None:
    bill_id = await a_foreign_bill(books)
    await a_bill_of_entry(books, bill_id=bill_id, number="1001")
    await a_bill_of_entry(books, port_code="INMAA1", number="2002")
    for query, expected in (
        ({}, ["2002", "1001"]),
        ({"bill_id": bill_id}, ["1001"]),
        ({"port_code": "INMAA1"}, ["2002"]),
        ({"search": "00"}, ["2002", "1001"]),
        ({"search": "200"}, ["2002"]),
        ({"status": "CANCELLED"}, []),
        ({"date_to": "2026-11-20"}, []),
    ):
        reply = body_of(
            await handlers.list_bills_of_entry(books, {"per_page": 50, "sort_column": "created_time", **query})
        )
        assert [row["bill_of_entry_number"] for row in reply["bills_of_entry"]] == expected


@pytest.mark.parametrize(
    ("line", "refusal", "field"),
    [
        ({"tax_id": None}, Failed, "line_items[0].tax_id"),
        ({"tax_category": "TAXABLE"}, Failed, "line_items[0].tax_id"),
        ({"tax_id": gst("18"), "tax_category": "EXEMPT"}, Failed, "line_items[0].tax_category"),
        ({"tax_id": "tx_nowhere"}, NotFound, "line_items[0].tax_id"),
        ({"account_id": "acc_nowhere"}, NotFound, "line_items[0].account_id"),
        ({"cost_center_id": "cc_nowhere"}, NotFound, "line_items[0].cost_center_id"),
        ({"itc_eligibility": "BLOCKED"}, Required, "line_items[0].itc_blocked_reason"),
        ({"assessable_value": Decimal("9999999999999.99")}, Invalid, "line_items[0].assessable_value"),
    ],
)
async def test_what_a_line_is_refused_for(books: Books, line: Json, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        await a_bill_of_entry(books, goods(**line))
    assert refused.value.field == field


async def test_only_bills_from_abroad_pass_customs(books: Books) -> None:
    domestic = await a_foreign_bill(books, gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    with pytest.raises(Failed) as refused:
        await a_bill_of_entry(books, bill_id=domestic)
    assert refused.value.field == "bill_id"
    for body in ({"bill_id": "bill_nowhere"}, {"branch_id": "br_nowhere"}):
        with pytest.raises(NotFound) as unknown:
            await a_bill_of_entry(books, **body)
        assert unknown.value.field in body


async def test_a_cancelled_bill_is_cleared_no_more(books: Books) -> None:
    bill_id = await a_foreign_bill(books)
    await lifecycle.approve(books, BILL, bill_id)
    await lifecycle.void(books, BILL, bill_id, reason=None)
    with pytest.raises(Failed) as refused:
        await a_bill_of_entry(books, bill_id=bill_id)
    assert refused.value.field == "bill_id"


async def test_a_bill_is_neither_voided_nor_deleted_while_its_goods_are_cleared(books: Books) -> None:
    """The bill of entry goes first; then the bill is voided, or its draft deleted, and void entries let go of it."""
    opened, draft = await a_foreign_bill(books), await a_foreign_bill(books, name="Kandy Tiles")
    await lifecycle.approve(books, BILL, opened)
    entry = await a_bill_of_entry(books, bill_id=opened)
    other = await a_bill_of_entry(books, bill_id=draft, number="7")

    with pytest.raises(InvalidState, match="passed customs with bill of entry 4567891; void that first"):
        await lifecycle.void(books, BILL, opened, reason=None)
    with pytest.raises(InvalidState, match="passed customs with bill of entry 7; void that first"):
        await lifecycle.delete(books, BILL, draft)

    for each in (entry, other):
        await voided(books, each)
    await lifecycle.void(books, BILL, opened, reason=None)
    await lifecycle.delete(books, BILL, draft)
    after = body_of(await handlers.get_bill_of_entry(books, other["bill_of_entry_id"]))["bill_of_entry"]
    assert (after["bill_id"], after["status"], after["version"]) == (None, "CANCELLED", 3)
    assert await trial_balance(books) == {}
    told = [row for row in await trail(books) if row["action"] == "BILL_OF_ENTRY_UPDATED"]
    assert [row["changes"] for row in told] == [{"bill_id": {"old": draft, "new": None}}]
