"""Bulk: each row is refused alone, numbers go by the order of the rows, and nothing is half-written."""

import asyncio
from typing import Any

import pytest

from tests.running import Caller, Firm, mint, rows
from tests.server.trade import (
    a_customer,
    an_invoice,
    count_of,
    first_numbers,
    numbers_of,
    trial_balance,
    wrong_balances,
)

Json = dict[str, Any]


async def sent(call: Caller, invoices: list[Any], query: str = "", **fields: Any) -> Json:
    """Send rows and return the answer, which is 200 whatever the rows are."""
    reply = await call("POST", f"/bulk/invoices{query}", {"invoices": invoices, **fields})
    assert reply.status_code == 200, reply.text
    answer: Json = reply.json()
    return answer


def approved(customer: str, **fields: Any) -> Json:
    """An invoice that is to be approved at once."""
    return an_invoice(customer, auto_approve=True, **fields)


def outcomes(answer: Json) -> list[Any]:
    """Of each row its number (or that it is a draft), or the code and field of its error."""
    return [
        (result["error"]["code"], result["error"]["field"])
        if result["error"]
        else result["invoice"]["invoice_number"] or result["invoice"]["status"]
        for result in answer["results"]
    ]


async def test_rows_are_created_in_their_order(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    answer = await sent(call, [approved(customer) for _ in range(50)])

    assert outcomes(answer) == first_numbers(50)
    assert answer["message"] == "50 of 50 invoices created."
    assert answer["summary"] == {"total": 50, "succeeded": 50, "failed": 0}
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


async def test_rows_stay_drafts_unless_they_say_otherwise(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)

    assert outcomes(await sent(call, [an_invoice(customer), an_invoice(customer)])) == ["DRAFT", "DRAFT"]
    assert count_of(firm, "journals") == 0


async def test_drafts_and_approved_invoices_may_be_mixed(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    rows = [approved(customer), an_invoice(customer), approved(customer), an_invoice(customer, auto_approve=False)]

    assert outcomes(await sent(call, rows)) == ["INV/26-27/0001", "DRAFT", "INV/26-27/0002", "DRAFT"]
    assert count_of(firm, "journals") == 2
    assert count_of(firm, "events", "event_type = 'INVOICE_CREATED'") == 4
    assert count_of(firm, "events", "event_type = 'INVOICE_APPROVED'") == 2


async def test_a_row_is_refused_in_the_words_of_the_single_call(call: Caller) -> None:
    customer = await a_customer(call)
    rows = [an_invoice(customer, auto_approve="yes"), an_invoice(customer, line_items=[])]

    for row, result in zip(rows, (await sent(call, rows))["results"], strict=True):
        alone = (await call("POST", "/invoices", row)).json()
        assert result["error"] == {name: alone[name] for name in ("code", "message", "field")}


def rows_of_every_failure(customer: str) -> list[tuple[Any, Any]]:
    """Rows, each with what becomes of it; the good ones take the numbers in order."""
    line = approved(customer)["line_items"][0]
    return [
        (approved(customer), "INV/26-27/0001"),
        (approved("ct_unknown"), ("not_found.resource", "customer_id")),
        (approved(customer, line_items=[{**line, "rate": "x"}]), ("validation.invalid_value", "line_items[0].rate")),
        (approved(customer, line_items=[{"item_id": "it_no"}]), ("not_found.resource", "line_items[0].item_id")),
        ({"line_items": [line]}, ("validation.required_field", "customer_id")),
        (approved(customer, colour="red"), ("validation.failed", "colour")),
        (approved(customer, date="2026-02-30"), ("validation.invalid_value", "date")),
        (5, ("validation.invalid_value", None)),
        (None, ("validation.invalid_value", None)),
        (approved(customer, line_items=[{"name": "?", "rate": 1}]), ("validation.failed", "line_items[0].tax_id")),
        (approved(customer, date="2020-01-01"), ("conflict.period_locked", "date")),
        (approved(customer, place_of_supply="OVERSEAS"), ("validation.failed", "place_of_supply")),
        (approved(customer), "INV/26-27/0002"),
    ]


async def test_rows_that_are_all_no_invoices_are_told_one_by_one(call: Caller) -> None:
    """Found by fuzzing: with nothing to look up, the look-up gave nothing."""
    assert outcomes(await sent(call, [True, "x"])) == [("validation.invalid_value", None)] * 2


async def test_each_kind_of_failure_is_told_in_its_row(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    await call("PUT", f"/organizations/{firm.organization_id}", {"lock_date": "2020-03-31"})
    told = rows_of_every_failure(customer)

    answer = await sent(call, [row for row, _ in told])

    assert outcomes(answer) == [expected for _, expected in told]
    assert answer["summary"] == {"total": 13, "succeeded": 2, "failed": 11}
    assert answer["message"] == "2 of 13 invoices created."
    assert count_of(firm, "documents") == 2
    assert trial_balance(firm) == 0


async def test_a_row_that_only_the_database_refuses_is_refused_alone(call: Caller, firm: Firm) -> None:
    """The second row's number is the one that the series gives to the first."""
    customer = await a_customer(call)
    drafts = [approved(customer), approved(customer, invoice_number="INV/26-27/0001"), approved(customer)]

    answer = await sent(call, drafts)

    assert outcomes(answer) == ["INV/26-27/0001", ("conflict.duplicate", "invoice_number"), "INV/26-27/0002"]
    assert numbers_of(firm) == first_numbers(2)
    assert count_of(firm, "events", "event_type = 'INVOICE_CREATED'") == 2


@pytest.mark.parametrize("other", ["ct_unknown", None])
async def test_all_or_nothing_creates_nothing(call: Caller, firm: Firm, other: str | None) -> None:
    """One row is refused by the rules (an unknown customer) or by the database (a number twice)."""
    customer = await a_customer(call)
    bad = approved(other) if other else approved(customer, invoice_number="INV/26-27/0001")
    before = {table: count_of(firm, table) for table in ("documents", "journals", "events", "activity")}

    answer = await sent(call, [approved(customer), bad], all_or_nothing=True)

    assert answer["summary"] == {"total": 2, "succeeded": 0, "failed": 2}
    assert answer["results"][0]["error"]["code"] == "validation.failed"
    assert "all_or_nothing" in answer["results"][0]["error"]["message"]
    assert {table: count_of(firm, table) for table in before} == before
    assert count_of(firm, "number_counters", "last_number > 0") == 0


async def test_all_or_nothing_creates_all(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)

    answer = await sent(call, [an_invoice(customer)] * 3, all_or_nothing=True)

    assert answer["summary"]["succeeded"] == count_of(firm, "documents") == 3


@pytest.mark.parametrize("count", [0, 51])
async def test_fewer_than_one_or_more_than_fifty_rows_are_refused(call: Caller, firm: Firm, count: int) -> None:
    reply = await call("POST", "/bulk/invoices", {"invoices": [an_invoice("ct_unknown")] * count})

    assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (422, "validation.failed", "invoices")
    assert count_of(firm, "documents") == 0


async def test_each_row_is_told_as_an_event_and_the_whole_as_one(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    await sent(call, [approved(customer), approved("ct_unknown"), approved(customer)])

    told = rows(
        firm.url,
        "select event_type, summary from events where organization_id = %s and event_type like 'INVOICE%%' order by id",
        firm.organization_id,
    )
    assert [event["event_type"] for event in told] == [
        "INVOICE_CREATED",
        "INVOICE_CREATED",
        "INVOICE_APPROVED",
        "INVOICE_APPROVED",
        "INVOICE_BULK_CREATED",
    ]
    assert told[-1]["summary"] | {"count": 2, "failed": 1, "batch_size": 3} == told[-1]["summary"]


async def test_approving_needs_its_scope(call: Caller, firm: Firm) -> None:
    drafter = call.with_token(
        await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.invoices.CREATE"])
    )
    one, other = an_invoice("ct_unknown"), approved("ct_unknown")

    refused = await drafter("POST", "/bulk/invoices", {"invoices": [one, other]})
    assert (refused.status_code, refused.json()["details"]) == (403, {"required": ["AIBooks.invoices.UPDATE"]})
    assert (await drafter("POST", "/bulk/invoices", {"invoices": [one, one]})).status_code == 200


async def test_bulks_at_once_leave_no_gap(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    body = [approved(customer) for _ in range(20)]

    await asyncio.gather(*(sent(call, body) for _ in range(6)))

    assert numbers_of(firm) == first_numbers(120)
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


async def test_a_key_replays_the_whole(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    body = {"invoices": [an_invoice(customer), an_invoice("ct_unknown")]}

    first = await call("POST", "/bulk/invoices", body, headers={"Idempotency-Key": "bulk-1"})
    again = await call("POST", "/bulk/invoices", body, headers={"Idempotency-Key": "bulk-1"})

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert count_of(firm, "documents") == 1


async def test_the_same_bill_is_entered_once(call: Caller, firm: Firm) -> None:
    """The second row is the first again, the third is one that was entered before, the fourth the second again."""
    vendor = (await call.made("/contacts", {"contact_name": "Konkan Timber", "contact_type": "VENDOR"}))["contact_id"]
    line = {"name": "Planks", "rate": 1000}

    def a_bill(reference: str) -> Json:
        return {"vendor_id": vendor, "reference_number": reference, "line_items": [line]}

    def entered(references: str) -> Json:
        return {"bills": [{**a_bill(f"KT/{each}"), "auto_approve": True} for each in references]}

    before = await call.made("/bills", a_bill("KT/1"))
    bills = entered("2212")

    kept_back = (await call("POST", "/bulk/bills", {**bills, "all_or_nothing": True})).json()["results"]
    created, *refused = (await call("POST", "/bulk/bills", bills)).json()["results"]

    assert created["bill"]["bill_number"] == "BILL/26-27/0001"
    assert {(row["error"]["code"], row["error"]["field"]) for row in refused} == {
        ("conflict.duplicate", "reference_number")
    }
    twin, stored, again = (row["error"]["message"] for row in refused)
    assert twin == again
    assert twin.startswith("KT/2 of Konkan Timber in 2026-27 is row 1 already.")
    assert before["bill_id"] in stored
    assert kept_back[0]["error"]["code"] == "validation.failed"
    assert [row["error"] for row in kept_back[1:]] == [row["error"] for row in refused]
    assert count_of(firm, "documents") == 2
