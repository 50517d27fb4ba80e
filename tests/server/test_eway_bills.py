"""E-way bills over HTTP: asked for, refused, and made by the worker at a portal in a process of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.books import INDIA, to_the_microsecond
from domain.eway_bills import settling
from domain.eway_bills.validity import valid_until
from tests.running import Caller
from tests.server.einvoicing import now
from tests.server.eway_billing import (
    PUNE,
    TRUCK,
    Worker,
    a_customer,
    an_invoice,
    moment,
    path_of,
    portal,
    refused,
    worker,
)

__all__ = ["portal", "worker"]


async def test_an_eway_bill_waits_for_the_worker_and_is_then_active(call: Caller, worker: Worker) -> None:
    """Its number and end stand on the invoice, whose version rises."""
    invoice = await an_invoice(call)
    asked = await worker.ask(invoice)
    assert (asked["status"], asked["eway_bill_number"], asked["vehicle_number"]) == ("PENDING", None, "MH12AB1234")
    assert (asked["consignment_value"], asked["purpose"], asked["document_type"]) == (118000, "SUPPLY", "INV")

    await worker.work()

    bill = await worker.bill_of(invoice)
    made_at = moment(bill["generated_time"])
    assert (bill["status"], len(bill["eway_bill_number"]), bill["is_simulated"]) == ("ACTIVE", 12, True)
    assert moment(bill["valid_until"]) == to_the_microsecond(valid_until(made_at, 843, "REGULAR"))
    (request,) = bill["requests"]
    assert (request["action"], request["status"], request["attempts"], request["errors"]) == ("GENERATE", "DONE", 1, [])
    shown = (await call("GET", await path_of(invoice))).json()["invoice"]
    assert shown["eway_bill_number"] == bill["eway_bill_number"]
    assert (shown["eway_bill_status"], shown["eway_bill_valid_until"]) == ("ACTIVE", bill["valid_until"])
    assert shown["version"] == invoice["version"] + 2


async def test_invoices_are_listed_by_how_their_eway_bill_stands(call: Caller, worker: Worker) -> None:
    """One travels, one waits, one has none."""
    travelling, waiting, _ = await an_invoice(call), await an_invoice(call), await an_invoice(call)
    await worker.made(travelling)
    await worker.ask(waiting)

    for status, expected in (("ACTIVE", travelling), ("PENDING", waiting)):
        listed = (await call("GET", "/invoices", params={"eway_bill_status": status})).json()["invoices"]
        assert [each["invoice_id"] for each in listed] == [expected["invoice_id"]]


async def test_whether_one_is_needed_is_told_before_one_is_asked_for(call: Caller, worker: Worker) -> None:
    """118,000 rupees to another state: above fifty thousand."""
    invoice = await an_invoice(call)

    reply = (await call("GET", f"{await path_of(invoice)}/eway_bill")).json()

    assert reply["eway_bill"] is None
    assert reply["need"] == {
        "is_needed": True,
        "reason": "ABOVE_LIMIT",
        "consignment_value": 118000,
        "limit": 50000,
    }


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "validation.required_field", "vehicle_number"),
        ({"mode": "ROAD", "vehicle_number": "X"}, 400, "validation.invalid_value", "vehicle_number"),
        ({"vehicle_number": "MH12AB1234"}, 400, "validation.required_field", "mode"),
        (
            {"mode": "RAIL", "vehicle_number": "MH12AB1234"},
            400,
            "validation.required_field",
            "transport_document_number",
        ),
        ({"transporter_id": "88X"}, 400, "validation.invalid_value", "transporter_id"),
        ({**TRUCK, "purpose": "JOB_WORK"}, 422, "validation.failed", "purpose"),
        ({**TRUCK, "distance_km": 4001}, 400, "validation.invalid_value", "distance_km"),
        (
            {**TRUCK, "delivery_address": {"city": "Chennai"}},
            400,
            "validation.required_field",
            "delivery_address.state_code",
        ),
        (
            {**TRUCK, "transport_document_number": "LR1", "transport_document_date": "2026-01-01"},
            422,
            "validation.failed",
            "transport_document_date",
        ),
    ],
)
async def test_what_the_portal_would_refuse_is_refused_with_its_field(
    call: Caller, worker: Worker, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    """Before anything is written."""
    invoice = await an_invoice(call)

    assert await refused(call, invoice, body) == (status, code, field)
    assert await worker.bill_of(invoice) is None


async def test_a_draft_and_what_is_cancelled_have_none(call: Caller, worker: Worker) -> None:
    """Nothing travels with them."""
    draft = await an_invoice(call, auto_approve=False)
    void = await an_invoice(call)
    assert (await call("POST", f"{await path_of(void)}/void")).status_code == 200

    for each in (draft, void):
        assert await refused(call, each, TRUCK) == (409, "conflict.invalid_state", None)


async def test_an_old_document_has_none(call: Caller, worker: Worker) -> None:
    """181 days; the portal takes 180."""
    old = await an_invoice(call, date=str(datetime.now(INDIA).date() - timedelta(days=181)))

    assert await refused(call, old, TRUCK) == (422, "validation.failed", None)


async def test_a_second_one_is_refused_while_one_stands(call: Caller, worker: Worker) -> None:
    """Pending or active; once it is cancelled there may be another."""
    invoice = await an_invoice(call)
    await worker.ask(invoice)
    assert await refused(call, invoice, TRUCK) == (409, "conflict.invalid_state", None)
    await worker.work()
    assert await refused(call, invoice, TRUCK) == (409, "conflict.invalid_state", None)
    first = await worker.bill_of(invoice)
    await worker.ask(invoice, {"reason": "DATA_ENTRY_MISTAKE"}, verb="cancel")
    await worker.work()

    second = await worker.made(invoice)

    assert second["eway_bill_number"] > first["eway_bill_number"]


async def test_what_the_portal_refuses_is_kept_and_told(call: Caller, worker: Worker) -> None:
    """For the same PIN code 101 km are too many; another one may then be asked for."""
    near = await a_customer(call, gst_no=None, gst_treatment="CONSUMER", billing_address=PUNE, contact_name="Kale")
    invoice = await an_invoice(call, near)
    await worker.ask(invoice, {**TRUCK, "distance_km": 101})
    await worker.work()

    bill = await worker.bill_of(invoice)

    assert (bill["status"], bill["errors"]) == (
        "FAILED",
        [{"code": "702", "message": "The distance is more than that between the PIN codes allows."}],
    )
    assert (await worker.made(invoice, {**TRUCK, "distance_km": 9}))["status"] == "ACTIVE"


@pytest.mark.parametrize("fault", ["AWAY", "RUBBISH", "RESET", "SLOW", "RESET_AFTER", "RUBBISH_AFTER", "SLOW_AFTER"])
async def test_a_portal_that_does_not_answer_leaves_it_pending_and_is_asked_again(
    call: Caller, worker: Worker, fault: str
) -> None:
    """What the portal had made nevertheless is taken as it is: there is one number in the end."""
    invoice = await an_invoice(call)
    await worker.ask(invoice)
    worker.portal.switch(fault=fault, path="/ewayapi", seconds=2)
    await worker.work()
    waiting = await worker.bill_of(invoice)
    assert (waiting["status"], waiting["errors"][0]["code"]) == ("PENDING", "AWAY")
    assert waiting["requests"][0]["attempts"] == 1

    await worker.work()
    assert (await worker.bill_of(invoice))["requests"][0]["attempts"] == 1
    await worker.work(now=now() + timedelta(minutes=2))

    bill = await worker.bill_of(invoice)
    assert (bill["status"], bill["requests"][0]["attempts"]) == ("ACTIVE", 2)
    assert await refused(call, invoice, TRUCK) == (409, "conflict.invalid_state", None)


async def test_a_portal_that_is_down_is_asked_until_it_is_given_up(
    call: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After eighty attempts; here after two."""
    monkeypatch.setattr(settling, "MOST_ATTEMPTS", 2)
    invoice = await an_invoice(call)
    await worker.ask(invoice)
    worker.portal.kill()
    await worker.work()
    await worker.work(now=now() + timedelta(minutes=5))
    worker.portal.start_again()

    bill = await worker.bill_of(invoice)

    assert (bill["status"], bill["errors"][0]["code"]) == ("FAILED", "GIVEN_UP")


async def test_a_worker_that_dies_leaves_it_in_doubt_and_the_next_looks_first(
    call: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The portal made it; nobody wrote that down."""
    invoice = await an_invoice(call)
    await worker.ask(invoice)
    lost: list[Any] = []

    async def dies(*args: Any) -> None:
        lost.append(args)
        raise RuntimeError("power cut")

    with monkeypatch.context() as cut, pytest.raises(RuntimeError, match="power cut"):
        cut.setattr(settling, "done", dies)
        await worker.work()
    await worker.work(now=now() + timedelta(minutes=2))

    assert (await worker.bill_of(invoice))["eway_bill_number"] == lost[0][2].number
