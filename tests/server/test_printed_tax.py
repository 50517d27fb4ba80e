"""The supplier's tax over HTTP: a write answers what the next read answers, and refusals name the head."""

from typing import Any

from tests.running import Caller
from tests.scenarios.builders import gst

Json = dict[str, Any]


async def a_bill(call: Caller, **said: Any) -> Json:
    """The body of a bill of timber for 1,000 at 18 %."""
    contact = {"contact_name": "Konkan Timber", "contact_type": "VENDOR", "gst_no": "27AAPFU0939F1ZV"}
    vendor = await call.made("/contacts", contact)
    line = {"name": "Timber", "hsn_or_sac": "4407", "rate": 1000, "tax_id": gst("18")}
    return {"vendor_id": vendor["contact_id"], "line_items": [line], **said}


async def test_tax_as_printed_is_answered_as_it_is_read(call: Caller) -> None:
    created = await call(
        "POST", "/bills", await a_bill(call, tax_as_printed={"cgst_amount": 90.5, "sgst_amount": 90.5})
    )
    assert created.status_code == 201, created.text
    bill = created.json()["bill"]
    assert (bill["cgst_total"], bill["sgst_total"], bill["total"]) == (90.5, 90.5, 1181)
    path = f"/bills/{bill['bill_id']}"
    read = await call("GET", path)
    assert read.content == created.content
    changed = await call("PUT", path, {"tax_as_printed": {"sgst_amount": None}})
    assert changed.json()["bill"]["tax_as_printed"] == {
        "cgst_amount": 90.5,
        "sgst_amount": None,
        "igst_amount": None,
        "cess_amount": None,
    }
    assert changed.json()["bill"]["sgst_total"] == 90


async def test_a_head_too_far_from_what_is_reckoned_is_named(call: Caller) -> None:
    refused = await call("POST", "/bills", await a_bill(call, tax_as_printed={"cgst_amount": 95}))
    told = refused.json()
    assert (refused.status_code, told["code"], told["field"]) == (
        422,
        "validation.failed",
        "tax_as_printed.cgst_amount",
    )
