"""Payments as their callers see them: shown, listed, found again, changed by version, and kept once."""

from typing import Any

import pytest

from tests.running import Caller, Firm
from tests.server.trade import a_customer, a_draft, count_of

Json = dict[str, Any]


async def open_invoices(call: Caller, customer_id: str, count: int) -> list[str]:
    """Approve some invoices of 1,000 rupees and return their ids."""
    invoices = [await a_draft(call, customer_id) for _ in range(count)]
    for key in invoices:
        assert (await call("POST", f"/invoices/{key}/approve")).status_code == 200
    return invoices


def a_receipt(customer_id: str, amount: float, *shares: tuple[str, float], **said: Any) -> Json:
    """The body of a receipt and what of it goes to which invoice."""
    allocations = [{"invoice_id": key, "amount": share} for key, share in shares]
    return {"flow": "INCOMING", "contact_id": customer_id, "amount": amount, "allocations": allocations, **said}


async def test_a_payment_is_shown_as_it_was_answered(call: Caller) -> None:
    """Alone, in the list, and after each change."""
    customer = await a_customer(call)
    first, second, third = await open_invoices(call, customer, 3)
    await call.made("/payments", a_receipt(customer, 5, (first, 5)))
    made = await call.made("/payments", a_receipt(customer, 900.5, (first, 300), (second, 400), mode="BANK_TRANSFER"))
    path = f"/payments/{made['payment_id']}"
    applied = (await call("POST", f"{path}/apply", {"allocations": [{"invoice_id": third, "amount": 0.5}]})).json()
    taken = {"allocation_ids": [made["allocations"][0]["allocation_id"]]}
    unapplied = (await call("POST", f"{path}/unapply", taken)).json()

    shown = (await call("GET", path)).json()
    listed = (await call("GET", "/payments", params={"invoice_id": second})).json()

    assert [len(each["payment"]["allocations"]) for each in (applied, unapplied)] == [3, 2]
    assert [shown["payment"]] == [unapplied["payment"]] == listed["payments"]
    assert (made["mode"], made["status"], shown["payment"]["version"]) == ("BANK", "PARTIALLY_APPLIED", 3)
    assert shown["payment"]["unallocated_amount"] == 500
    (of_second, of_third) = shown["payment"]["allocations"]
    assert (of_second["invoice_id"], of_second["document_number"], of_second["amount"]) == (
        second,
        "INV/26-27/0002",
        400,
    )
    assert of_third["invoice_id"] == third
    assert {of_third[name] for name in ("bill_id", "credit_note_id", "debit_note_id", "payment_id")} == {None}


async def test_payments_are_found_by_what_is_known_of_them(call: Caller) -> None:
    customer, other = await a_customer(call), await a_customer(call, "Konkan Traders")
    made = await call.made(
        "/payments", a_receipt(customer, 100, mode="UPI", reference_number="UTR77", date="2026-11-01")
    )
    await call.made("/payments", a_receipt(other, 200, mode="CASH", date="2026-11-10"))

    for filters, count in (
        ({}, 2),
        ({"flow": "OUTGOING"}, 0),
        ({"flow": "INCOMING", "payment_type": "REGULAR", "currency_code": "INR", "status": "UNAPPLIED"}, 2),
        ({"contact_id": customer}, 1),
        ({"mode": "UPI"}, 1),
        ({"search": "utr7"}, 1),
        ({"search": "deccan"}, 1),
        ({"search": "rv/26"}, 2),
        ({"date_to": "2026-11-05"}, 1),
        ({"date_from": "2026-11-01", "branch_id": made["branch_id"]}, 2),
        ({"last_modified_after": made["last_modified_time"]}, 1),
    ):
        found = (await call("GET", "/payments", params=filters)).json()["payments"]
        assert len(found) == count, filters
    newest = (await call("GET", "/payments?per_page=1")).json()
    assert newest["payments"][0]["contact_name"] == "Konkan Traders"
    rest = await call("GET", "/payments", params={"per_page": 1, "cursor": newest["page_context"]["next_cursor"]})
    assert [each["payment_id"] for each in rest.json()["payments"]] == [made["payment_id"]]


async def test_a_deleted_payment_is_gone_from_all_that_is_shown(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    (invoice,) = await open_invoices(call, customer, 1)
    made = await call.made("/payments", a_receipt(customer, 100, (invoice, 100)))
    path = f"/payments/{made['payment_id']}"

    assert (await call("DELETE", path)).status_code == 200

    for method, body in (("GET", None), ("DELETE", None)):
        assert (await call(method, path, body)).status_code == 404
    assert (await call("GET", "/payments")).json()["payments"] == []
    assert (await call("GET", f"/invoices/{invoice}")).json()["invoice"]["status"] == "SENT"
    assert count_of(firm, "payments") == 1
    again = await call.made("/payments", a_receipt(customer, 100))
    assert again["payment_number"] == "RV/26-27/0002"


@pytest.mark.parametrize("action", ["apply", "unapply", "void"])
async def test_only_the_version_that_was_seen_is_changed(call: Caller, action: str) -> None:
    customer = await a_customer(call)
    first, second = await open_invoices(call, customer, 2)
    made = await call.made("/payments", a_receipt(customer, 100, (first, 50)))
    body: dict[str, Json] = {
        "apply": {"allocations": [{"invoice_id": second, "amount": 50}]},
        "unapply": {"allocation_ids": [made["allocations"][0]["allocation_id"]]},
        "void": {"reason": "Bounced"},
    }
    path = f"/payments/{made['payment_id']}/{action}"

    stale = await call("POST", path, body[action], headers={"If-Match": '"7"'})
    fresh = await call("POST", path, body[action], headers={"If-Match": '"1"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "conflict.version_mismatch")
    assert (fresh.status_code, fresh.json()["payment"]["version"]) == (200, 2)


async def test_a_repeated_call_pays_once(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    (invoice,) = await open_invoices(call, customer, 1)
    body, headers = a_receipt(customer, 600, (invoice, 600)), {"Idempotency-Key": "utr-77"}

    replies = [await call("POST", "/payments", body, headers=headers) for _ in range(2)]
    refused = await call("POST", "/payments", body, headers={"Idempotency-Key": "utr-78"})

    assert replies[0].json() == replies[1].json()
    assert (refused.status_code, refused.json()["field"]) == (422, "allocations[0].amount")
    assert (count_of(firm, "payments"), count_of(firm, "allocations")) == (1, 1)
