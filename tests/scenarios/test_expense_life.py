"""How an expense changes: posted entries stay, what is wrong is reversed and posted anew; and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from domain import registers
from domain.books import Books
from domain.contacts import CONTACTS
from domain.cost_centers import COST_CENTERS
from domain.errors import Failed, Invalid, NotFound, PeriodLocked, Refusal, Required, VersionMismatch
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.statements import Statement
from handlers import expenses as handlers
from tests.domain.conftest import body_of, trail
from tests.domain.founded import OTHER_PAN
from tests.scenarios.builders import GUJARAT_BUYER, a_customer, gst, trial_balance
from tests.scenarios.spending import a_vendor, account, an_expense, changed, entries_in

_JOURNALS = Statement(
    """
select entry_on::text, narration, reverses_id is not null as is_reversal
  from journals
 where organization_id = %(organization_id)s
   and source_type = 'EXPENSE'
   and source_id = %(id)s
 order by id
"""
)


async def journals_of(books: Books, expense: dict[str, Any]) -> list[tuple[str, bool]]:
    """The date of each journal of an expense, and whether it reverses another."""
    rows = await books.rows(_JOURNALS, id=expense["expense_id"])
    return [(row["entry_on"], row["is_reversal"]) for row in rows]


async def listed(books: Books, **query: Any) -> list[str | None]:
    """The references of the expenses in a list."""
    reply = await handlers.list_expenses(books, {"per_page": 50, "sort_column": "date", "sort_order": "ASC", **query})
    return [row["reference_number"] for row in body_of(reply)["expenses"]]


async def test_an_expense_is_shown_as_it_was_entered(books: Books) -> None:
    made = await an_expense(books, "1000.00", tax_id=gst("18"), reference_number="TXN-1", notes="November")
    again = body_of(await handlers.get_expense(books, made["expense_id"]))["expense"]

    assert again == made
    assert made["expense_id"].startswith("exp_")
    assert (made["date"], made["gst_treatment"], made["place_of_supply"]) == ("2026-11-21", None, "IN-MH")
    assert [line["amount"] for line in made["line_items"]] == [Decimal("1000.00")]


async def test_a_change_reverses_the_entry_and_posts_anew(books: Books) -> None:
    made = await an_expense(books, "1000.00", tax_id=gst("18"))
    after = await changed(books, made, amount=Decimal("2000.00"))

    assert (after["version"], after["total"]) == (2, Decimal("2360.00"))
    assert await journals_of(books, made) == [("2026-11-21", False), ("2026-11-21", True), ("2026-11-21", False)]
    assert (await entries_in(books, made["journal_id"]))["Office rent"] == ("1000.00", "0.00")
    assert await trial_balance(books) == {
        "Bank account": "-2360.00",
        "Input CGST": "180.00",
        "Input SGST": "180.00",
        "Office rent": "2000.00",
    }


async def test_a_change_of_date_reverses_on_the_old_date(books: Books) -> None:
    made = await an_expense(books, "1000.00", date="2026-11-20")
    await changed(books, made, date="2026-11-18")

    assert await journals_of(books, made) == [("2026-11-20", False), ("2026-11-20", True), ("2026-11-18", False)]


async def test_notes_tags_and_own_fields_change_without_an_entry(books: Books) -> None:
    made = await an_expense(books, "1000.00", custom_fields={"region": "West"})
    after = await changed(books, made, notes="Checked", tags=["rent"], custom_fields={"code": "7"})

    assert (after["version"], after["journal_id"]) == (2, made["journal_id"])
    assert after["custom_fields"] == {"region": "West", "code": "7"}
    assert await journals_of(books, made) == [("2026-11-21", False)]


async def test_a_change_of_nothing_changes_nothing(books: Books) -> None:
    made = await an_expense(books, "1000.00", tax_id=gst("18"))

    assert await changed(books, made, amount=Decimal("1000.00"), tax_id=gst("18"), date="2026-11-21") == made


async def test_reverse_charge_can_be_taken_back(books: Books) -> None:
    made = await an_expense(books, "8000.00", is_rcm=True, rcm_rate=Decimal("5"))
    after = await changed(books, made, is_rcm=False)

    assert (after["total"], after["rcm_rate"], after["line_items"][0]["tax_name"]) == (
        Decimal("8400.00"),
        None,
        "GST 5%",
    )
    assert (await trial_balance(books)).keys() == {"Bank account", "Input CGST", "Input SGST", "Office rent"}


async def test_lines_are_replaced_in_full(books: Books) -> None:
    rent, repairs = await account(books, "Office rent"), await account(books, "Repairs and maintenance")
    two = [{"account_id": rent, "amount": Decimal(100)}, {"account_id": repairs, "amount": Decimal(50)}]
    made = await an_expense(books, tax_id=gst("18"), line_items=two)
    kept = made["line_items"][1]["line_item_id"]
    after = await changed(
        books,
        made,
        line_items=[{"line_item_id": kept, "note": "Roof"}, {"account_id": rent, "amount": Decimal(30)}],
    )

    assert [(line["line_item_id"] == kept, line["amount"], line["note"]) for line in after["line_items"]] == [
        (True, Decimal(50), "Roof"),
        (False, Decimal(30), None),
    ]
    assert [line["tax_percentage"] for line in after["line_items"]] == [18, 0]


async def test_what_the_head_says_changes_all_lines(books: Books) -> None:
    rent = await account(books, "Office rent")
    center = await registers.add(books, COST_CENTERS, {"name": "Mumbai shop"})
    lines = [{"account_id": rent, "amount": Decimal(100)}, {"account_id": rent, "amount": Decimal(50)}]
    made = await an_expense(books, line_items=lines)
    after = await changed(books, made, tax_id=gst("5"), cost_center_id=center.id)

    assert [line["cost_center_id"] for line in after["line_items"]] == [center.id, center.id]
    assert (after["tax_total"], after["cost_center_id"]) == (Decimal("7.50"), center.id)


async def test_a_proposed_eligibility_is_proposed_anew_and_a_chosen_one_stays(books: Books) -> None:
    proposed = await an_expense(books, "100.00", tax_id=gst("18"))
    chosen = await an_expense(books, "100.00", tax_id=gst("18"), itc_eligibility="ELIGIBLE")
    moved = [await changed(books, made, place_of_supply="IN-GA") for made in (proposed, chosen)]

    assert [made["itc_eligibility"] for made in moved] == ["POS_RESTRICTED", "ELIGIBLE"]


async def test_another_vendor_brings_his_own_registration(books: Books) -> None:
    one, other = await a_vendor(books), await a_vendor(books, "Gujarat Paper", gst_no=GUJARAT_BUYER)
    made = await an_expense(books, "100.00", vendor_id=one.id)
    after = await changed(books, made, vendor_id=other.id, tax_id=gst("18"))

    assert (made["gst_treatment"], after["gst_treatment"]) == ("UNREGISTERED", "REGISTERED")
    assert (after["vendor_name"], after["source_of_supply"], after["igst_total"]) == ("Gujarat Paper", "IN-GJ", 18)


async def test_a_tax_between_states_tells_that_an_unknown_vendor_is_elsewhere(books: Books) -> None:
    igst = next(tax.id for tax in CATALOGUE if tax.shape is TaxShape.INTER_STATE and tax.percent == 18 and not tax.cess)
    made = await an_expense(books, "100.00", tax_id=igst)

    assert (made["supply_type"], made["igst_total"]) == ("INTER_STATE", 18)
    assert (await changed(books, made, source_of_supply="IN-MH"))["cgst_total"] == 9


async def test_deleting_reverses_and_shows_it_no_more(books: Books) -> None:
    made = await an_expense(books, "1000.00", tax_id=gst("18"))
    await handlers.delete_expense(books, made["expense_id"])

    assert await trial_balance(books) == {}
    assert await listed(books) == []
    for again in (handlers.get_expense, handlers.delete_expense):
        with pytest.raises(NotFound):
            await again(books, made["expense_id"])
    kept = Statement("select deleted_at is not null from expenses where organization_id = %(organization_id)s")
    assert await books.value(kept) is True


async def test_each_change_is_told(books: Books) -> None:
    made = await an_expense(books, "1000.00", reference_number="TXN-1")
    await changed(books, made, amount=Decimal("1200.00"))
    await handlers.delete_expense(books, made["expense_id"])
    told = [row for row in await trail(books) if row["entity_id"] == made["expense_id"]]

    assert [row["action"] for row in told] == ["EXPENSE_CREATED", "EXPENSE_UPDATED", "EXPENSE_DELETED"]
    assert [row["entity_ref"] for row in told] == ["TXN-1"] * 3
    assert told[1]["changes"]["total"] == {"old": Decimal(1000), "new": Decimal(1200)}
    assert "line_items" in told[1]["changes"]


async def test_lists_filter_and_search(books: Books) -> None:
    vendor = await a_vendor(books)
    till = await account(books, "Cash in hand")
    await an_expense(books, "10.00", reference_number="A", date="2026-11-01", vendor_id=vendor.id)
    await an_expense(
        books, "20.00", "Freight inward", reference_number="B", is_rcm=True, rcm_rate=Decimal("5"), date="2026-11-02"
    )
    await an_expense(books, "30.00", reference_number="C", paid_through_account_id=till, notes="Tea for the office")

    assert await listed(books) == ["A", "B", "C"]
    assert await listed(books, vendor_id=vendor.id) == ["A"]
    assert await listed(books, search="transport") == ["A"]
    assert await listed(books, search="TEA") == ["C"]
    assert await listed(books, paid_through_account_id=till) == ["C"]
    assert await listed(books, account_id=await account(books, "Freight inward")) == ["B"]
    assert await listed(books, is_rcm=True) == ["B"]
    assert await listed(books, is_rcm=False) == ["A", "C"]
    assert await listed(books, date_from="2026-11-02", date_to="2026-11-20") == ["B"]
    assert await listed(books, branch_id="br_nowhere") == []


async def test_another_version_is_neither_changed_nor_deleted(books: Books) -> None:
    made = await an_expense(books, "1000.00")
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await changed(books, made, notes="x")
    with pytest.raises(VersionMismatch):
        await handlers.delete_expense(books, made["expense_id"])


async def test_a_closed_period_takes_no_expense_and_gives_none_back(books: Books) -> None:
    made = await an_expense(books, "1000.00", date="2026-10-31")
    other = await an_expense(books, "1000.00", date="2026-11-02")
    organization = Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s")
    await books.run(organization)

    with pytest.raises(PeriodLocked):
        await an_expense(books, "1.00", date="2026-10-31")
    for body in ({"amount": Decimal(5)}, {"date": "2026-11-05"}):
        with pytest.raises(PeriodLocked):
            await changed(books, made, **body)
    with pytest.raises(PeriodLocked):
        await changed(books, other, date="2026-10-31")
    with pytest.raises(PeriodLocked):
        await handlers.delete_expense(books, made["expense_id"])
    assert (await changed(books, made, notes="Seen by the auditor"))["version"] == 2


RCM_5 = next(tax.id for tax in CATALOGUE if tax.shape is TaxShape.RCM and tax.percent == 5)


@pytest.mark.parametrize(
    ("body", "refusal", "field"),
    [
        ({"is_rcm": True}, Required, "rcm_rate"),
        ({"rcm_rate": Decimal(5)}, Failed, "rcm_rate"),
        ({"is_rcm": True, "rcm_rate": Decimal(7)}, Invalid, "rcm_rate"),
        ({"is_rcm": True, "rcm_rate": Decimal(5), "tax_id": gst("18")}, Failed, "rcm_rate"),
        ({"tax_id": RCM_5}, Failed, "tax_id"),
        ({"tax_id": "tx_nowhere"}, NotFound, "tax_id"),
        ({"tax_category": "TAXABLE"}, Failed, "tax_id"),
        ({"tax_id": gst("18"), "tax_category": "EXEMPT"}, Failed, "tax_category"),
        ({"tax_id": gst("18"), "gst_treatment": "UNREGISTERED"}, Failed, "tax_id"),
        ({"is_rcm": True, "rcm_rate": Decimal(5), "is_inclusive_tax": True}, Failed, "is_inclusive_tax"),
        ({"is_rcm": True, "rcm_rate": Decimal(5), "gst_treatment": "OVERSEAS", "place_of_supply": "OVERSEAS"},
         Failed, "is_rcm"),
        ({"place_of_supply": "OVERSEAS"}, Failed, "place_of_supply"),
        ({"gst_treatment": "REGISTERED"}, Required, "gst_no"),
        ({"gst_treatment": "CONSUMER", "gst_no": OTHER_PAN}, Failed, "gst_no"),
        ({"tax_id": gst("18"), "itc_eligibility": "BLOCKED"}, Required, "itc_blocked_reason"),
        ({"currency_code": "USD"}, Required, "exchange_rate"),
        ({"currency_code": "XXZ"}, Invalid, "currency_code"),
        ({"exchange_rate": Decimal(2)}, Invalid, "exchange_rate"),
        ({"currency_code": "USD", "exchange_rate": Decimal("999999999999")}, Invalid, "exchange_rate"),
        ({"vendor_id": "ct_nowhere"}, NotFound, "vendor_id"),
        ({"branch_id": "br_nowhere"}, NotFound, "branch_id"),
        ({"account_id": "acc_nowhere"}, NotFound, "account_id"),
        ({"cost_center_id": "cc_nowhere"}, NotFound, "cost_center_id"),
        ({"paid_through_account_id": "acc_nowhere"}, NotFound, "paid_through_account_id"),
        ({"account_id": None}, Required, "account_id"),
        ({"line_items": [{"amount": Decimal(5)}]}, Failed, "amount"),
        ({"line_items": [{"amount": Decimal(5), "account_id": "acc_nowhere"}]}, NotFound, "line_items[0].account_id"),
        ({"line_items": [{"amount": Decimal(100), "tax_id": "tx_nowhere"}]}, NotFound, "line_items[0].tax_id"),
        ({"line_items": [{"amount": Decimal(100), "tax_id": RCM_5}]}, Failed, "line_items[0].tax_id"),
    ],
)  # fmt: skip
async def test_what_is_refused(books: Books, body: dict[str, Any], refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        await an_expense(books, "100.00", **body)
    assert refused.value.field == field


@pytest.mark.parametrize("name", ["Trade payables", "Input CGST", "Bank account", "Advances to vendors", "Sales"])
async def test_costs_go_to_accounts_of_costs(books: Books, name: str) -> None:
    with pytest.raises(Failed) as refused:
        await an_expense(books, "100.00", name)
    assert refused.value.field == "account_id"


async def test_money_comes_from_an_account_that_holds_some(books: Books) -> None:
    with pytest.raises(Failed) as refused:
        await an_expense(books, "100.00", paid_through_account_id=await account(books, "Sales"))
    assert refused.value.field == "paid_through_account_id"


async def test_only_vendors_in_use_are_paid(books: Books) -> None:
    customer, archived = await a_customer(books), await a_vendor(books)
    await registers.archive(books, CONTACTS, archived.id)
    for contact in (customer, archived):
        with pytest.raises(Failed) as refused:
            await an_expense(books, "100.00", vendor_id=contact.id)
        assert refused.value.field == "vendor_id"


async def test_an_amount_cannot_be_spread_over_several_lines(books: Books) -> None:
    rent = await account(books, "Office rent")
    lines = [{"account_id": rent, "amount": Decimal(100)}, {"account_id": rent, "amount": Decimal(50)}]
    made = await an_expense(books, line_items=lines)
    with pytest.raises(Failed) as refused:
        await changed(books, made, amount=Decimal(200))
    assert refused.value.field == "amount"
    with pytest.raises(NotFound) as unknown:
        await changed(books, made, line_items=[{"line_item_id": "li_nowhere", "amount": Decimal(1)}])
    assert unknown.value.field == "line_items[0].line_item_id"


async def test_no_total_is_larger_than_an_amount_can_be(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        await an_expense(books, "9999999999999.99", tax_id=gst("18"))
    assert refused.value.field == "total"


async def test_reverse_charge_on_what_bears_no_tax_has_no_rate(books: Books) -> None:
    """Found by fuzzing: the rate was shown as 0, which is none."""
    made = await an_expense(books, "100.00", is_rcm=True, tax_category="NON_GST")
    assert (made["rcm_rate"], made["tax_total"]) == (None, 0)


async def test_how_it_was_paid_follows_the_account_unless_it_is_said(books: Books) -> None:
    """Out of the bank, the till, and by cheque; another account proposes anew, the same one keeps what was said."""
    till = await account(books, "Cash in hand")
    banked, cash = await an_expense(books, "10.00"), await an_expense(books, "10.00", paid_through_account_id=till)
    cheque, transfer = [await an_expense(books, "10.00", mode=mode) for mode in ("CHEQUE", "BANK_TRANSFER")]

    assert [each["mode"] for each in (banked, cash, cheque, transfer)] == ["BANK", "CASH", "CHEQUE", "BANK"]
    assert (await changed(books, cheque, amount=Decimal("12.00")))["mode"] == "CHEQUE"
    assert (await changed(books, cheque, paid_through_account_id=till))["mode"] == "CASH"


async def test_another_mode_posts_nothing_anew(books: Books) -> None:
    made = await an_expense(books, "10.00")
    after = await changed(books, made, mode="UPI")
    assert (after["mode"], after["version"], after["journal_id"]) == ("UPI", 2, made["journal_id"])


async def test_an_amount_of_nought_leaves_it_to_the_lines(books: Books) -> None:
    """A header of 0 beside lines of 100 and 50 is an expense of 150, also when changed; without lines it is refused."""
    rent = await account(books, "Office rent")
    lines = [{"account_id": rent, "amount": Decimal(100)}, {"account_id": rent, "amount": Decimal(50)}]

    made = await an_expense(books, "0", line_items=lines)

    assert (made["amount"], made["total"]) == (Decimal("150.00"), Decimal("150.00"))
    assert (await changed(books, made, amount=Decimal(0), notes="Seen"))["amount"] == Decimal("150.00")
    for attempt in (an_expense(books, "0"), changed(books, await an_expense(books, "5.00"), amount=Decimal(0))):
        with pytest.raises(Invalid) as refused:
            await attempt
        assert refused.value.field == "amount"
