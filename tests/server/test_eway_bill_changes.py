"""E-way bills that are there: their vehicles, their time, cancelled and closed; and what travels by one."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.books import INDIA
from domain.documents.kinds import INVOICE
from domain.errors import Failed, InvalidState
from domain.eway_bills import changing, validity
from tests.running import Caller, Firm, rows
from tests.server.einvoicing import Worker as InvoiceWorker
from tests.server.einvoicing import now, switch_on
from tests.server.eway_billing import (
    KOLHAPUR,
    LONGER,
    MYSURU,
    TRUCK,
    Worker,
    a_customer,
    a_line,
    an_invoice,
    moment,
    path_of,
    portal,
    refused,
    worker,
)

__all__ = ["portal", "worker"]


async def test_a_transporter_says_the_vehicle_later(call: Caller, worker: Worker) -> None:
    """Until then it has a number and no end."""
    invoice = await an_invoice(call)
    bill = await worker.made(invoice, {"distance_km": 843, "transporter_id": "29AACCB1234F1Z3"})
    assert (bill["valid_until"], bill["vehicle_number"]) == (None, None)
    assert await refused(call, invoice, LONGER, verb="extend") == (409, "conflict.invalid_state", None)
    await worker.ask(invoice, {**KOLHAPUR, "mode": "ROAD", "vehicle_number": "KA 01 CD 5678"}, verb="vehicle")
    await worker.work()

    bill = await worker.bill_of(invoice)

    assert (bill["vehicle_number"], bill["requests"][1]["reason"]) == ("KA01CD5678", "FIRST_TIME")
    assert bill["valid_until"] is not None


async def test_every_vehicle_stays_in_the_history(call: Caller, worker: Worker) -> None:
    """The end stays, too."""
    invoice = await an_invoice(call)
    before = await worker.made(invoice)
    change = {**KOLHAPUR, "mode": "ROAD", "vehicle_number": "KA01CD5678", "reason": "BREAKDOWN"}
    assert await refused(call, invoice, {**change, "reason": None}, verb="vehicle") == (
        400,
        "validation.required_field",
        "reason",
    )
    assert await refused(call, invoice, {**change, "reason": "OTHERS"}, verb="vehicle") == (
        400,
        "validation.required_field",
        "remarks",
    )
    await worker.ask(invoice, change, verb="vehicle")
    assert await refused(call, invoice, change, verb="vehicle") == (409, "conflict.invalid_state", None)
    await worker.work()

    bill = await worker.bill_of(invoice)

    assert [(each["action"], each["vehicle_number"], each["from_place"]) for each in bill["requests"]] == [
        ("GENERATE", "mh 12 ab 1234", None),
        ("UPDATE_VEHICLE", "KA01CD5678", "Kolhapur"),
    ]
    assert (bill["vehicle_number"], bill["valid_until"]) == ("KA01CD5678", before["valid_until"])
    assert (bill["status"], bill["errors"]) == ("ACTIVE", [])


async def test_it_is_extended_around_its_end(call: Caller, worker: Worker) -> None:
    """Eight hours before and after; what the portal refuses leaves it as it was."""
    invoice = await an_invoice(call)
    bill = await worker.made(invoice, {**TRUCK, "distance_km": 200})
    assert await refused(call, invoice, LONGER, verb="extend") == (409, "conflict.invalid_state", None)
    ends = moment(bill["valid_until"])
    rows(
        worker.firm.url,
        "update eway_bills set valid_until = %s where organization_id = %s returning id",
        now() + timedelta(hours=1),
        worker.firm.organization_id,
    )
    assert await refused(call, invoice, {**LONGER, "distance_km": 201}, verb="extend") == (
        422,
        "validation.failed",
        "distance_km",
    )
    assert await refused(call, invoice, {**LONGER, "from_pin": "000000"}, verb="extend") == (
        422,
        "validation.failed",
        "from_pin",
    )
    await worker.ask(invoice, LONGER, verb="extend")
    await worker.work()
    refusal = await worker.bill_of(invoice)
    assert (refusal["status"], refusal["errors"][0]["code"]) == ("ACTIVE", "382")
    worker.portal.switch(hours_on=(ends - now()).total_seconds() / 3600 - 1)
    await worker.ask(invoice, LONGER, verb="extend")
    await worker.work()

    longer = await worker.bill_of(invoice)

    assert moment(longer["valid_until"]) == ends + timedelta(days=1)
    assert [each["status"] for each in longer["requests"]] == ["DONE", "REFUSED", "DONE"]


async def test_it_is_cancelled_within_a_day(call: Caller, worker: Worker) -> None:
    """Its number stays on the invoice, which can then be voided."""
    invoice = await an_invoice(call)
    path = await path_of(invoice)
    assert await refused(call, invoice, {"reason": "DUPLICATE"}, verb="cancel") == (409, "conflict.invalid_state", None)
    bill = await worker.made(invoice)
    assert await refused(call, invoice, {"reason": "OTHERS"}, verb="cancel") == (
        400,
        "validation.required_field",
        "remarks",
    )
    void = await call("POST", f"{path}/void")
    assert void.status_code == 409
    assert f"travel under e-way bill {bill['eway_bill_number']}" in void.json()["message"]
    await worker.ask(invoice, {"reason": "ORDER_CANCELLED"}, verb="cancel")
    await worker.work()

    cancelled = await worker.bill_of(invoice)

    assert (cancelled["status"], cancelled["eway_bill_number"]) == ("CANCELLED", bill["eway_bill_number"])
    assert cancelled["cancelled_time"] is not None
    assert (await call("POST", f"{path}/void")).status_code == 200


async def test_after_a_day_it_is_not_cancelled(call: Caller, worker: Worker) -> None:
    """Nor is the portal asked."""
    invoice = await an_invoice(call)
    await worker.made(invoice)
    rows(
        worker.firm.url,
        "update eway_bills set generated_at = %s where organization_id = %s returning id",
        now() - timedelta(hours=25),
        worker.firm.organization_id,
    )

    assert await refused(call, invoice, {"reason": "DUPLICATE"}, verb="cancel") == (409, "conflict.invalid_state", None)


async def test_one_that_the_portal_does_not_know_yet_is_dropped(call: Caller, worker: Worker) -> None:
    """Unless it may be making it this moment."""
    invoice, other = await an_invoice(call), await an_invoice(call)
    await worker.ask(invoice)
    await worker.ask(other)

    dropped = await worker.ask(invoice, {"reason": "DUPLICATE"}, verb="cancel")
    worker.portal.switch(fault="AWAY", path="/ewayapi")
    await worker.work()

    assert (dropped["status"], dropped["requests"][0]["status"]) == ("CANCELLED", "DROPPED")
    assert await refused(call, other, {"reason": "DUPLICATE"}, verb="cancel") == (409, "conflict.invalid_state", None)


async def test_closing_waits_for_its_day(call: Caller, worker: Worker) -> None:
    invoice = await an_invoice(call)
    await worker.made(invoice)
    assert await refused(call, invoice, {}, verb="close") == (409, "conflict.invalid_state", None)


async def test_once_its_day_has_come_the_arrival_of_the_goods_closes_it(
    call: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch is the code's own, so it is thrown where the rule is asked: in this process, and not over HTTP."""
    invoice = await an_invoice(call)
    bill = await worker.made(invoice)
    monkeypatch.setattr(validity, "CLOSURE_FROM", datetime.now(INDIA).date())
    today, key = datetime.now(INDIA).date(), invoice["invoice_id"]
    with pytest.raises(Failed) as early:
        async with worker.books() as books:
            await changing.close(books, INVOICE, key, {"closed_on": today - timedelta(days=1)})
    assert early.value.field == "date"
    with pytest.raises(InvalidState):
        async with worker.books(now=moment(bill["valid_until"]) + timedelta(days=1, minutes=1)) as books:
            await changing.close(books, INVOICE, key, {})

    async with worker.books() as books:
        await changing.close(books, INVOICE, key, {"remarks": "Unloaded at the warehouse"})
    await worker.work()

    closed = await worker.bill_of(invoice)
    assert (closed["status"], closed["closed_date"]) == ("CLOSED", today.isoformat())
    assert (closed["requests"][1]["action"], closed["requests"][1]["status"]) == ("CLOSE", "DONE")
    shown = (await call("GET", await path_of(invoice))).json()["invoice"]
    assert (shown["eway_bill_status"], shown["eway_bill_number"]) == ("CLOSED", bill["eway_bill_number"])
    told = (await call("GET", f"/activity/{key}")).json()["activity"]
    assert "INVOICE_EWAY_BILL_CLOSED" in {each["action"] for each in told}
    change = {**KOLHAPUR, "mode": "ROAD", "vehicle_number": "KA01CD5678", "reason": "BREAKDOWN"}
    assert await refused(call, invoice, change, verb="vehicle") == (409, "conflict.invalid_state", None)


async def test_a_registered_invoice_travels_by_its_irn(
    call: Caller, firm: Firm, worker: Worker, tmp_path: Path
) -> None:
    """While it travels its e-invoice is not cancelled."""
    await switch_on(call, firm)
    invoice = await an_invoice(call)
    assert await refused(call, invoice, TRUCK) == (409, "conflict.invalid_state", None)
    await InvoiceWorker(firm, worker.portal, tmp_path).do(invoice)

    bill = await worker.made(invoice)

    shown = (await call("GET", await path_of(invoice))).json()["invoice"]
    assert bill["irn"] == shown["irn"]
    reply = await call(
        "POST", f"{await path_of(invoice)}/einvoice/cancel", {"reason": "DUPLICATE", "remarks": "Entered twice"}
    )
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict.invalid_state")
    assert "e-way bill" in reply.json()["message"]


async def test_a_challan_for_job_work_travels_and_is_not_changed(call: Caller, worker: Worker) -> None:
    """Between states at any value; while it travels it stays as it is."""
    customer = await a_customer(call)
    body = {"customer_id": customer, "challan_purpose": "JOB_WORK", "line_items": [await a_line(call, rate=100)]}
    challan = await call.made("/delivery_challans", {**body, "auto_approve": True})
    need = (await call("GET", f"{await path_of(challan)}/eway_bill")).json()["need"]
    assert need["reason"] == "JOB_WORK_BETWEEN_STATES"

    bill = await worker.made(challan)

    assert (bill["document_type"], bill["purpose"]) == ("CHL", "JOB_WORK")
    changed = await call("PUT", await path_of(challan), {"date": "2026-11-29"})
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict.invalid_state")
    assert "travels under an e-way bill" in changed.json()["message"]
    assert (await call("PUT", await path_of(challan), {"notes": "Handle with care"})).status_code == 200


async def test_goods_come_back_under_a_credit_note_that_returns_them(call: Caller, worker: Worker) -> None:
    """From the customer to us; a discount moves nothing."""
    customer = await a_customer(call)
    invoice = await an_invoice(call, customer)
    body = {"customer_id": customer, "invoice_id": invoice["invoice_id"]}
    line = {**await a_line(call, rate=1000), "quantity": 1}
    back = await call.made("/credit_notes", {**body, "reason": "SALES_RETURN", "line_items": [line]})
    rebate = await call.made("/credit_notes", {**body, "reason": "POST_SALE_DISCOUNT", "line_items": [line]})

    assert await refused(call, rebate, TRUCK) == (422, "validation.failed", None)
    bill = await worker.made(back)
    assert (bill["purpose"], bill["document_type"]) == ("SALES_RETURN", "CHL")


async def test_what_an_unregistered_vendor_sends_travels_under_his_number(call: Caller, worker: Worker) -> None:
    """And goes back to him under a debit note."""
    vendor = await call.made(
        "/contacts",
        {
            "contact_name": "Konkan Timber",
            "contact_type": "VENDOR",
            "gst_treatment": "UNREGISTERED",
            "billing_address": MYSURU,
        },
    )
    line = {
        "name": "Teak",
        "hsn_or_sac": "440799",
        "quantity": 2,
        "unit": "pcs",
        "rate": 40000,
        "tax_category": "EXEMPT",
    }
    body = {"vendor_id": vendor["contact_id"], "line_items": [line], "auto_approve": True}
    bill = await call.made("/bills", {**body, "reference_number": "KT/77"})
    without = await call.made("/bills", {**body, "line_items": [{**line, "rate": 41000}]})

    assert await refused(call, without, TRUCK) == (422, "validation.failed", "reference_number")
    travelling = await worker.made(bill)
    assert (travelling["purpose"], travelling["document_type"]) == ("SUPPLY", "BIL")
    note = await call.made(
        "/debit_notes",
        {
            "vendor_id": vendor["contact_id"],
            "bill_id": bill["bill_id"],
            "reason": "PURCHASE_RETURN",
            "line_items": [{**line, "quantity": 1}],
        },
    )
    assert (await worker.made(note))["document_type"] == "OTH"


async def test_the_trail_tells_what_became_of_it(call: Caller, worker: Worker) -> None:
    """Asked for by a person, made by the worker."""
    invoice = await an_invoice(call)
    await worker.made(invoice)

    trail = (await call("GET", f"/activity/{invoice['invoice_id']}")).json()["activity"]

    told = {each["action"]: each for each in trail}
    assert told["INVOICE_EWAY_BILL_REQUESTED"]["changes"]["eway_bill_status"] == {"old": None, "new": "PENDING"}
    assert told["INVOICE_EWAY_BILL_GENERATED"]["metadata"]["source"] == "EWAY_BILL"
    assert told["INVOICE_EWAY_BILL_GENERATED"]["actor_user_id"] is None
