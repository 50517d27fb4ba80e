"""Input tax credit given up and taken again, as GSTR-3B asks for it (gst-rules 7.3 and 7.4)."""

from decimal import Decimal
from typing import Any

import pytest

from domain import itc_adjustments as rules
from domain import registers
from domain.books import Books
from domain.errors import Failed, Invalid, InvalidState, NotFound, PeriodLocked, Refusal, Required, VersionMismatch
from domain.gst.itc_reversals import HEADS, REVERSALS, ReversalReason
from domain.ledger.accounts import ACCOUNTS
from handlers import itc_adjustments as handlers
from tests.domain.conftest import body_of, trail
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_customer,
    a_draft_bill,
    a_line,
    a_vendor,
    an_approved_invoice,
    on,
    trial_balance,
)
from tests.scenarios.entries import a_journal, credit, debit, lock, the

Json = dict[str, Any]


@pytest.fixture
async def recoverable(books: Books) -> str:
    """The asset on which credit waits that can come back."""
    values = {"code": "1450", "name": "ITC recoverable", "account_type": "OTHER_CURRENT_ASSET"}
    return (await registers.add(books, ACCOUNTS, values)).id


async def adjusted(books: Books, kind: str, reason: str, **said: Any) -> Json:
    """Post an adjustment of 450 CGST and 450 SGST, unless other amounts are said."""
    amounts = {} if any(name.endswith("_amount") for name in said) else {"cgst_amount": 450, "sgst_amount": 450}
    body = {"date": "2026-10-31", "kind": kind, "reason": reason, **amounts, **said}
    reply = await handlers.create_itc_adjustment(books, body)
    assert reply.status == 201
    return dict(body_of(reply)["itc_adjustment"])


async def refused(books: Books, kind: type[Refusal], *what: str, **said: Any) -> Refusal:
    with pytest.raises(kind) as caught:
        await adjusted(books, *what, **said)
    return caught.value


async def read(books: Books, key: str) -> Json:
    return dict(body_of(await handlers.get_itc_adjustment(books, key))["itc_adjustment"])


async def test_stationery_for_own_use_costs_its_tax(books: Books) -> None:
    """Input tax of 1,000 and 1,000; 450 of each is lost under rule 42."""
    await a_journal(books, debit("1410", "1000"), debit("1420", "1000"), credit("1100", "2000"))
    adjustment = await adjusted(books, "REVERSAL", "RULE_42", notes="Own use of stationery")

    assert (adjustment["total"], adjustment["gstr3b_table"]) == (900, "4(B)(1)")
    assert await trial_balance(books) == {
        "Bank account": "-2000.00",
        "Input CGST": "550.00",
        "Input SGST": "550.00",
        "Input tax credit reversed": "900.00",
    }


async def test_each_head_has_its_own_account(books: Books) -> None:
    heads = {f"{head}_amount": amount for head, amount in (("igst", 1), ("cgst", 2), ("sgst", 4), ("cess", 8))}
    await adjusted(books, "REVERSAL", "SECTION_17_5", **heads)

    assert await trial_balance(books) == {
        "Input CGST": "-2.00",
        "Input SGST": "-4.00",
        "Input IGST": "-1.00",
        "Input cess": "-8.00",
        "Input tax credit reversed": "15.00",
    }


async def test_the_tax_of_a_machine_may_be_lost_to_the_machine(books: Books) -> None:
    await adjusted(books, "REVERSAL", "RULE_43", account_id=await the(books, "1520"))

    assert (await trial_balance(books))["Plant and machinery"] == "900.00"


async def test_a_bill_unpaid_for_180_days_and_then_paid(books: Books, recoverable: str) -> None:
    """Rule 37: 900 reversed, and 900 taken again in two parts."""
    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    assert reversal["gstr3b_table"] == "4(B)(2)"
    assert (await trial_balance(books))["ITC recoverable"] == "900.00"

    named = {"reversal_id": reversal["itc_adjustment_id"], "date": "2026-11-15"}
    first = await adjusted(books, "RECLAIM", "RULE_37", cgst_amount=200, sgst_amount=200, **named)
    assert (first["gstr3b_table"], first["account_id"], first["total"]) == ("4(D)(1)", recoverable, 400)
    assert (await trial_balance(books))["ITC recoverable"] == "500.00"
    await adjusted(books, "RECLAIM", "RULE_37", cgst_amount=250, sgst_amount=250, **named)

    assert await trial_balance(books) == {}


async def test_not_a_paisa_more_comes_back_than_was_reversed(books: Books, recoverable: str) -> None:
    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    named = {"reversal_id": reversal["itc_adjustment_id"], "cgst_amount": Decimal("450.01")}
    refusal = await refused(books, Failed, "RECLAIM", "RULE_37", **named)

    assert refusal.field == "cgst_amount"
    assert "450.00 is still reversed" in refusal.message


async def test_a_head_that_was_not_reversed_does_not_come_back(books: Books, recoverable: str) -> None:
    await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    refusal = await refused(books, Failed, "RECLAIM", "RULE_37", account_id=recoverable, igst_amount=1)

    assert refusal.field == "igst_amount"


async def test_without_naming_a_reversal_all_alike_are_one(books: Books, recoverable: str) -> None:
    """450 and 450 reversed twice: 900 of each head can come back at once, and no more."""
    for _ in range(2):
        await adjusted(books, "REVERSAL", "RULE_37A", account_id=recoverable)
    await adjusted(books, "RECLAIM", "RULE_37A", account_id=recoverable, cgst_amount=900, sgst_amount=900)

    assert await trial_balance(books) == {}
    await refused(books, Failed, "RECLAIM", "RULE_37A", account_id=recoverable, cgst_amount=Decimal("0.01"))


async def test_what_came_back_unnamed_does_not_come_back_by_name(books: Books, recoverable: str) -> None:
    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    await adjusted(books, "RECLAIM", "RULE_37", account_id=recoverable)

    await refused(books, Failed, "RECLAIM", "RULE_37", reversal_id=reversal["itc_adjustment_id"])


async def test_the_limit_is_that_of_the_same_reason(books: Books, recoverable: str) -> None:
    await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)

    await refused(books, Failed, "RECLAIM", "RULE_37A", account_id=recoverable)


@pytest.mark.parametrize("reason", [each for each in ReversalReason if REVERSALS[each].is_permanent])
async def test_what_is_lost_for_good_does_not_come_back(books: Books, reason: ReversalReason) -> None:
    await adjusted(books, "REVERSAL", reason.value)

    assert (await refused(books, Failed, "RECLAIM", reason.value)).field == "reason"


@pytest.mark.parametrize("reason", [each for each in ReversalReason if not REVERSALS[each].is_permanent])
async def test_what_can_come_back_needs_an_asset_to_wait_on(books: Books, reason: ReversalReason) -> None:
    assert (await refused(books, Required, "REVERSAL", reason.value)).field == "account_id"
    for code in ("5440", "1100", "1320", "1410", "1200"):  # a cost, the bank, advances, input tax, receivables
        refusal = await refused(books, Failed, "REVERSAL", reason.value, account_id=await the(books, code))
        assert refusal.field == "account_id"


async def test_credit_may_wait_on_an_account_of_gst_but_not_be_lost_to_it(books: Books) -> None:
    values = {"code": "1455", "name": "Credit to come back", "account_type": "GST_ASSET"}
    waiting = (await registers.add(books, ACCOUNTS, values)).id

    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=waiting)
    assert (reversal["account_id"], reversal["total"]) == (waiting, 900)
    assert (await refused(books, Failed, "REVERSAL", "RULE_42", account_id=waiting)).field == "account_id"


@pytest.mark.parametrize("code", ["4010", "1200", "1410", "2210", "1320", "1100", "1350"])
async def test_what_is_lost_goes_to_a_cost_or_an_asset(books: Books, code: str) -> None:
    refusal = await refused(books, Failed, "REVERSAL", "RULE_42", account_id=await the(books, code))

    assert refusal.field == "account_id"


async def test_a_reclaim_agrees_with_the_reversal_that_it_names(books: Books, recoverable: str) -> None:
    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    named = {"reversal_id": reversal["itc_adjustment_id"]}
    for said, field in (
        ({"account_id": await the(books, "1340")}, "account_id"),
        ({"branch_id": "br_nowhere"}, "branch_id"),
        ({"date": "2026-10-30"}, "date"),
    ):
        assert (await refused(books, Failed, "RECLAIM", "RULE_37", **named, **said)).field == field
    assert (await refused(books, Failed, "RECLAIM", "OTHER", **named)).field == "reason"
    assert (await refused(books, Failed, "REVERSAL", "RULE_42", **named)).field == "reversal_id"


async def test_only_a_reversal_that_stands_is_reclaimed(books: Books, recoverable: str) -> None:
    reversal = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    reclaim = await adjusted(books, "RECLAIM", "RULE_37", reversal_id=reversal["itc_adjustment_id"], cgst_amount=1)
    other = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    await handlers.delete_itc_adjustment(books, other["itc_adjustment_id"])

    for key in (reclaim["itc_adjustment_id"], other["itc_adjustment_id"]):
        refusal = await refused(books, Failed, "RECLAIM", "RULE_37", reversal_id=key, cgst_amount=1)
        assert refusal.field == "reversal_id"


@pytest.mark.parametrize("name", ["branch_id", "account_id", "bill_id", "reversal_id"])
async def test_what_is_named_has_to_be_there(books: Books, name: str) -> None:
    refusal = await refused(books, NotFound, "REVERSAL", "RULE_42", **{name: "x_nowhere"})

    assert refusal.field == name


async def test_an_adjustment_may_name_the_bill_that_it_is_of(books: Books, recoverable: str) -> None:
    """1,000 and 18 %, unpaid for 180 days: its 90 and 90 go off the input tax until it is paid."""
    vendor = await a_vendor(books)
    bill = await a_bill(books, vendor, a_cost("1000.00"), dated_on=on("2026-04-01"))
    said = {"account_id": recoverable, "bill_id": bill.head.id, "cgst_amount": 90, "sgst_amount": 90}
    adjustment = await adjusted(books, "REVERSAL", "RULE_37", **said)

    assert adjustment["bill_id"] == bill.head.id
    balances = await trial_balance(books)
    assert (balances["ITC recoverable"], "Input CGST" in balances) == ("180.00", False)

    draft = await a_draft_bill(books, vendor, a_cost("500.00"))
    refusal = await refused(books, Failed, "REVERSAL", "RULE_42", bill_id=draft.head.id)
    assert refusal.field == "bill_id"
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000.00"))
    await refused(books, NotFound, "REVERSAL", "RULE_42", bill_id=invoice.head.id)


async def test_an_adjustment_has_an_amount_and_not_too_much(books: Books) -> None:
    await refused(books, Failed, "REVERSAL", "RULE_42", cgst_amount=0)
    most = Decimal("9999999999999.99")
    assert (await refused(books, Invalid, "REVERSAL", "RULE_42", cgst_amount=most, sgst_amount=1)).field == "total"


async def test_taking_back_reverses_the_journal_and_the_row_stays(books: Books) -> None:
    key = (await adjusted(books, "REVERSAL", "RULE_42"))["itc_adjustment_id"]
    await handlers.delete_itc_adjustment(books, key)

    assert await trial_balance(books) == {}
    voided = await read(books, key)
    assert (voided["is_voided"], voided["version"]) == (True, 2)
    with pytest.raises(InvalidState):
        await handlers.delete_itc_adjustment(books, key)


@pytest.mark.parametrize("way", ["by name", "alike"])
async def test_a_reversal_is_taken_back_after_its_reclaim(books: Books, recoverable: str, way: str) -> None:
    key = (await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable))["itc_adjustment_id"]
    said = {"reversal_id": key} if way == "by name" else {"account_id": recoverable}
    reclaim = await adjusted(books, "RECLAIM", "RULE_37", **said)
    with pytest.raises(InvalidState):
        await handlers.delete_itc_adjustment(books, key)
    await handlers.delete_itc_adjustment(books, reclaim["itc_adjustment_id"])
    await handlers.delete_itc_adjustment(books, key)

    assert await trial_balance(books) == {}


async def test_a_closed_period_stays_as_it_is(books: Books) -> None:
    key = (await adjusted(books, "REVERSAL", "RULE_42"))["itc_adjustment_id"]
    await lock(books, "2026-10-31")

    await refused(books, PeriodLocked, "REVERSAL", "RULE_42")
    with pytest.raises(PeriodLocked):
        await handlers.delete_itc_adjustment(books, key)


async def test_another_version_is_not_taken_back(books: Books) -> None:
    key = (await adjusted(books, "REVERSAL", "RULE_42"))["itc_adjustment_id"]
    books.expected_versions = frozenset({2})
    with pytest.raises(VersionMismatch):
        await handlers.delete_itc_adjustment(books, key)


async def test_what_is_not_there_is_not_found(books: Books) -> None:
    for attempt in (handlers.get_itc_adjustment(books, "itc_x"), handlers.delete_itc_adjustment(books, "itc_x")):
        with pytest.raises(NotFound):
            await attempt


async def test_each_filter_of_the_list_works(books: Books, recoverable: str) -> None:
    first = await adjusted(books, "REVERSAL", "RULE_37", account_id=recoverable)
    one = first["itc_adjustment_id"]
    two = (await adjusted(books, "RECLAIM", "RULE_37", reversal_id=one, date="2026-11-01"))["itc_adjustment_id"]
    three = (await adjusted(books, "REVERSAL", "RULE_42", date="2026-11-02"))["itc_adjustment_id"]

    async def ids(**query: Any) -> list[str]:
        reply = await handlers.list_itc_adjustments(books, {"per_page": 50, **query})
        return [row["itc_adjustment_id"] for row in body_of(reply)["itc_adjustments"]]

    assert await ids() == [three, two, one]
    assert await ids(kind="RECLAIM") == await ids(reversal_id=one) == [two]
    assert await ids(reason="RULE_37") == [two, one]
    assert await ids(date_from=on("2026-11-01"), date_to=on("2026-11-01")) == [two]
    assert await ids(branch_id=first["branch_id"]) == [three, two, one]
    assert await ids(bill_id="bill_nowhere") == []


async def test_what_happened_is_told(books: Books) -> None:
    key = (await adjusted(books, "REVERSAL", "RULE_42"))["itc_adjustment_id"]
    await handlers.delete_itc_adjustment(books, key)

    told = [(row["action"], row["entity_id"]) for row in await trail(books)][-2:]
    assert told == [("ITC_ADJUSTMENT_CREATED", key), ("ITC_ADJUSTMENT_DELETED", key)]


def test_every_reason_has_its_facts() -> None:
    assert set(REVERSALS) == set(ReversalReason)
    assert set(rules._INPUT_ACCOUNTS) == set(HEADS)
