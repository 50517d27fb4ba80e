"""Entries by hand from two processes at once: nothing is taken back or reclaimed twice, no closed period moves."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.running import Caller, Firm, rows
from tests.server.trade import count_of, trial_balance, wrong_balances

Json = dict[str, Any]
AT_ONCE = 8


async def accounts_of(call: Caller) -> dict[str, str]:
    """The ids of all accounts by number."""
    reply = await call("GET", "/accounts", params={"per_page": 200})
    return {row["code"]: row["account_id"] for row in reply.json()["accounts"]}


def a_journal(accounts: dict[str, str], amount: int = 15000, **said: Any) -> Json:
    """The body of a journal of depreciation."""
    lines = [{"account_id": accounts["5370"], "debit": amount}, {"account_id": accounts["1590"], "credit": amount}]
    return {"date": "2026-10-31", **said, "lines": lines}


def statuses(replies: list[httpx.Response]) -> Counter[int]:
    return Counter(reply.status_code for reply in replies)


@pytest.mark.parametrize("way", ["delete", "reverse"])
async def test_a_journal_is_taken_back_once(call: Caller, firm: Firm, way: str) -> None:
    journal = await call.made("/journals", a_journal(await accounts_of(call)))
    path = f"/journals/{journal['journal_id']}"
    method, path = ("DELETE", path) if way == "delete" else ("POST", f"{path}/reverse")

    replies = await asyncio.gather(*(call(method, path) for _ in range(AT_ONCE)))

    assert statuses(replies) == {200: 1, 409: AT_ONCE - 1}
    refusals = {reply.json()["code"] for reply in replies if reply.status_code == 409}
    assert refusals == {"conflict.invalid_state"}
    assert count_of(firm, "journals") == 2
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


@pytest.mark.parametrize("is_named", ["by name", "alike"])
async def test_credit_is_reclaimed_once(call: Caller, firm: Firm, is_named: str) -> None:
    waiting = (await accounts_of(call))["1340"]
    body = {"date": "2026-10-31", "kind": "REVERSAL", "reason": "RULE_37", "account_id": waiting, "igst_amount": 900}
    reversal = await call.made("/itc_adjustments", body)
    own = {"reversal_id": reversal["itc_adjustment_id"]} if is_named == "by name" else {}

    replies = await asyncio.gather(
        *(call("POST", "/itc_adjustments", {**body, "kind": "RECLAIM", **own}) for _ in range(AT_ONCE))
    )

    assert statuses(replies) == {201: 1, 422: AT_ONCE - 1}
    assert count_of(firm, "itc_adjustments", "voided_at is null") == 2


async def test_a_reversal_is_either_reclaimed_or_taken_back(call: Caller, firm: Firm) -> None:
    waiting = (await accounts_of(call))["1340"]
    body = {"date": "2026-10-31", "kind": "REVERSAL", "reason": "RULE_37", "account_id": waiting, "igst_amount": 900}
    for _ in range(5):
        reversal = await call.made("/itc_adjustments", body)
        key = reversal["itc_adjustment_id"]

        reclaimed, taken_back = await asyncio.gather(
            call("POST", "/itc_adjustments", {**body, "kind": "RECLAIM", "reversal_id": key}),
            call("DELETE", f"/itc_adjustments/{key}"),
        )

        assert (reclaimed.status_code, taken_back.status_code) in ((201, 409), (422, 200))
    query = """
    select coalesce(sum(debit - credit), 0) as balance from journal_lines
     where organization_id = %s and account_id = %s
    """
    assert rows(firm.url, query, firm.organization_id, waiting) == [{"balance": 0}]


async def test_of_opening_balances_that_were_sent_at_once_one_entry_stands(call: Caller, firm: Firm) -> None:
    bank = (await accounts_of(call))["1100"]
    bodies = [
        {"date": "2026-03-31", "balances": [{"account_id": bank, "debit": 1000 + number}]} for number in range(AT_ONCE)
    ]

    replies = await asyncio.gather(*(call("PUT", "/opening_balances", body) for body in bodies))

    assert statuses(replies) == {200: AT_ONCE}
    assert count_of(firm, "journals", "reverses_id is null") == AT_ONCE
    assert count_of(firm, "journals", "reverses_id is not null") == AT_ONCE - 1
    standing = (await call("GET", "/opening_balances")).json()["opening_balances"]
    assert standing["open_difference"] == -standing["balances"][0]["debit"] == standing["difference"]


async def test_of_opening_balances_of_one_version_one_is_replaced(call: Caller) -> None:
    bank = (await accounts_of(call))["1100"]
    tag = (await call("GET", "/opening_balances")).headers["ETag"]
    bodies = [
        {"date": "2026-03-31", "balances": [{"account_id": bank, "debit": 1000 + number}]} for number in range(AT_ONCE)
    ]

    replies = await asyncio.gather(
        *(call("PUT", "/opening_balances", body, headers={"If-Match": tag}) for body in bodies)
    )

    assert statuses(replies) == {200: 1, 412: AT_ONCE - 1}


async def test_once_the_lock_is_set_nothing_more_comes_into_the_period(call: Caller, firm: Firm) -> None:
    """What is posted when the closing is answered is all that there will ever be."""
    body = a_journal(await accounts_of(call))

    async def closing() -> int:
        await asyncio.sleep(0.05)
        path = f"/organizations/{firm.organization_id}"
        assert (await call("PUT", path, {"lock_date": "2026-10-31"})).status_code == 200
        return count_of(firm, "journals")

    posting = asyncio.gather(*(call("POST", "/journals", body) for _ in range(60)))
    at_closing = await closing()
    replies = await posting

    told = statuses(replies)
    assert set(told) <= {201, 409}
    assert count_of(firm, "journals") == at_closing == told[201]
    refusals = {reply.json()["code"] for reply in replies if reply.status_code == 409}
    assert refusals <= {"conflict.period_locked"}


async def test_bills_and_expenses_at_once_take_one_series_of_self_invoices(call: Caller, firm: Firm) -> None:
    accounts, vendor = await accounts_of(call), {"contact_type": "VENDOR", "billing_address": {"state_code": "IN-MH"}}
    carrier = (await call.made("/contacts", {"contact_name": "Deccan Transport", **vendor}))["contact_id"]
    freight = {"vendor_id": carrier, "paid_through_account_id": accounts["1100"], "account_id": accounts["5240"]}
    expense = {**freight, "amount": 8000, "is_rcm": True, "rcm_rate": 5}
    tax_id = next(tax["tax_id"] for tax in (await call("GET", "/taxes")).json()["taxes"] if tax["tax_percentage"] == 5)
    line = {"name": "Freight", "hsn_or_sac": "996511", "rate": 8000, "tax_id": tax_id}
    bill = {"vendor_id": carrier, "is_reverse_charge": True, "line_items": [line], "auto_approve": True}

    replies = await asyncio.gather(
        *(call("POST", "/expenses", expense) for _ in range(AT_ONCE)),
        *(call("POST", "/bills", {**bill, "reference_number": f"{each}"}) for each in range(AT_ONCE)),
    )

    assert statuses(replies) == {201: 2 * AT_ONCE}
    papers = [reply.json().get("expense") or reply.json()["bill"] for reply in replies]
    numbers = sorted(paper["self_invoice_number"] for paper in papers)
    assert numbers == [f"SI/26-27/{number:04}" for number in range(1, 2 * AT_ONCE + 1)]
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])


async def test_of_a_bill_that_is_voided_and_cleared_at_once_one_happens(call: Caller, firm: Firm) -> None:
    vendor = {"contact_name": "Colombo Tiles", "contact_type": "VENDOR", "gst_treatment": "OVERSEAS"}
    seller = (await call.made("/contacts", vendor))["contact_id"]
    line = {"name": "Ceramic tiles", "rate": 1000, "tax_category": "NON_GST"}
    goods = {"description": "Ceramic tiles", "assessable_value": 1000, "tax_category": "EXEMPT"}
    for number in range(5):
        body = {"vendor_id": seller, "reference_number": f"{number}", "line_items": [line], "auto_approve": True}
        bill_id = (await call.made("/bills", body))["bill_id"]
        entry = {"bill_of_entry_number": f"N{number}", "port_code": "INNSA1", "bill_id": bill_id, "line_items": [goods]}

        void, cleared = await asyncio.gather(
            call("POST", f"/bills/{bill_id}/void"), call("POST", "/bills_of_entry", entry)
        )

        assert (void.status_code, cleared.status_code) in ((200, 422), (409, 201))
