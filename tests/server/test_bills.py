"""Bills over HTTP: what two callers at once may not both do, and under which names it is refused."""

import asyncio
from typing import Any

from tests.running import Caller, Firm, mint
from tests.server.trade import count_of

Json = dict[str, Any]


async def _a_vendor(call: Caller) -> str:
    vendor = await call.made("/contacts", {"contact_name": "Konkan Timber", "contact_type": "VENDOR"})
    vendor_id: str = vendor["contact_id"]
    return vendor_id


def _a_bill(vendor_id: str, **fields: Any) -> Json:
    line = {"name": "Printed books", "rate": 1000, "tax_category": "EXEMPT"}
    return {"vendor_id": vendor_id, "line_items": [line], **fields}


async def test_of_the_same_bill_sent_many_times_at_once_one_is_kept(call: Caller, firm: Firm) -> None:
    body = _a_bill(await _a_vendor(call), reference_number="KT/881", auto_approve=True)
    replies = await asyncio.gather(*(call("POST", "/bills", body) for _ in range(8)))

    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7
    refused = [reply.json() for reply in replies if reply.status_code == 409]
    assert {(each["code"], each["field"]) for each in refused} == {("conflict.duplicate", "reference_number")}
    assert count_of(firm, "documents", "kind = 'BILL' and reference_number = 'KT/881'") == 1


async def test_one_paper_sent_at_once_as_bills_and_expenses_of_two_contacts_is_kept_once(
    call: Caller, firm: Firm
) -> None:
    """The contacts share a GSTIN, and each writing, date and amount of INV-7 differs."""
    contact = {"contact_name": "Konkan Timber", "contact_type": "VENDOR", "gst_no": "27AAPFU0939F1ZV"}
    vendors = [(await call.made("/contacts", contact))["contact_id"] for _ in range(2)]
    listed = (await call("GET", "/accounts", params={"per_page": 200})).json()["accounts"]
    accounts = {each["code"]: each["account_id"] for each in listed}
    spent = {"paid_through_account_id": accounts["1000"], "account_id": accounts["5210"]}
    calls = []
    for number, writing in enumerate(("INV-7", "inv-7", "Inv-7", "INV-7 ") * 2):
        said = {"vendor_id": vendors[number % 2], "reference_number": writing, "date": f"2026-06-{number + 1:02}"}
        line = {"name": "Printed books", "rate": 1000 + number, "tax_category": "EXEMPT"}
        calls.append(call("POST", "/bills", {**said, "line_items": [line]}))
        calls.append(call("POST", "/expenses", {**said, **spent, "amount": 10 + number}))

    replies = await asyncio.gather(*calls)

    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 15
    assert {reply.json()["field"] for reply in replies if reply.status_code == 409} == {"reference_number"}
    assert count_of(firm, "documents") + count_of(firm, "expenses") == 1


async def test_a_number_that_is_used_is_told_by_its_own_name(call: Caller) -> None:
    vendor_id = await _a_vendor(call)
    await call.made("/bills", _a_bill(vendor_id, bill_number="B-77", reference_number="1"))
    other = await call.made("/bills", _a_bill(vendor_id, reference_number="2"))
    created = await call("POST", "/bills", _a_bill(vendor_id, bill_number="b-77", reference_number="3"))
    changed = await call("PUT", f"/bills/{other['bill_id']}", {"bill_number": "B-77"})

    for reply in (created, changed):
        told = (reply.status_code, reply.json()["code"], reply.json()["field"])
        assert told == (409, "conflict.duplicate", "bill_number")


async def test_what_is_frozen_is_told_by_the_contracts_names(call: Caller) -> None:
    vendor_id = await _a_vendor(call)
    bill = await call.made("/bills", _a_bill(vendor_id, auto_approve=True))
    reply = await call("PUT", f"/bills/{bill['bill_id']}", {"vendor_id": vendor_id, "date": "2026-11-01"})

    assert (reply.status_code, reply.json()["field"]) == (409, "vendor_id")
    assert "vendor_id, date cannot change" in reply.json()["message"]


async def test_approving_at_once_needs_its_scope_as_well(call: Caller, firm: Firm) -> None:
    """A token that may only draft is told which scope it lacks, and nothing is kept."""
    body = _a_bill(await _a_vendor(call), reference_number="KT/990")
    token = await mint(firm.url, firm.owner_id, firm.organization_id, held=("AIBooks.bills.CREATE",))
    refused = await call.with_token(token)("POST", "/bills", {**body, "auto_approve": True})

    assert (refused.status_code, refused.json()["details"]) == (403, {"required": ["AIBooks.bills.UPDATE"]})
    assert count_of(firm, "documents", "reference_number = 'KT/990'") == 0
    drafted = await call.with_token(token)("POST", "/bills", body)
    assert (drafted.status_code, drafted.json()["bill"]["status"]) == (201, "DRAFT")
