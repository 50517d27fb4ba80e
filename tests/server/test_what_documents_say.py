"""What documents say for the GST returns, over the API: ship-to, shipping bills, operators, distributors, old notes."""

from typing import Any

from domain.gst.gstin import check_character
from tests.running import Caller, shown

Json = dict[str, Any]


def numbered(fourteen: str) -> str:
    return fourteen + check_character(fourteen)


RECEIVER, OPERATOR = numbered("29FGHBB2345Q1Z"), numbered("29AABCF8078M1C")
DISTRIBUTOR = numbered("29AACCS4321K1Z")
BOOKS = {"name": "Books", "hsn_or_sac": "4901", "rate": 100, "tax_category": "EXEMPT"}


async def a_customer(call: Caller, **said: Any) -> str:
    return str((await call.made("/contacts", {"contact_name": "Deccan", **said}))["contact_id"])


async def refused(call: Caller, method: str, path: str, body: Json) -> tuple[int, str, str | None]:
    reply = await call(method, path, body)
    said = reply.json()
    return reply.status_code, said["code"], said.get("field")


async def test_whoever_receives_the_goods_goes_from_the_contact_onto_the_invoice(call: Caller) -> None:
    address = {"address": "Plot 9", "city": "Bengaluru", "state_code": "KA", "gst_no": f" {RECEIVER.lower()} "}
    customer = await a_customer(call, shipping_address=address)
    contact = shown(await call("GET", f"/contacts/{customer}"))
    assert (contact["shipping_address"]["gst_no"], contact["billing_address"]) == (RECEIVER, None)

    invoice = await call.made("/invoices", {"customer_id": customer, "line_items": [BOOKS]})
    assert invoice["shipping_address"]["gst_no"] == RECEIVER
    path = f"/invoices/{invoice['invoice_id']}"
    moved = shown(await call("PUT", path, {"shipping_address": {"city": "Mysuru"}}))["shipping_address"]
    assert (moved["city"], moved["gst_no"]) == ("Mysuru", RECEIVER)
    cleared = shown(await call("PUT", path, {"shipping_address": {"gst_no": None}}))
    assert cleared["shipping_address"]["gst_no"] is None


async def test_a_vendor_may_be_told_to_deliver_to_somebody_else(call: Caller) -> None:
    vendor = await a_customer(call, contact_type="VENDOR")
    order = await call.made(
        "/purchase_orders",
        {"vendor_id": vendor, "delivery_address": {"city": "Hubballi", "gst_no": RECEIVER}, "line_items": [BOOKS]},
    )
    assert order["delivery_address"]["gst_no"] == RECEIVER


async def test_it_has_the_shape_of_a_number_and_stands_where_goods_go(call: Caller) -> None:
    of_goods, of_bills = ({name: {"gst_no": "29FGHBB2345Q1"}} for name in ("shipping_address", "billing_address"))
    is_wrong = (400, "validation.invalid_value", "shipping_address.gst_no")
    assert await refused(call, "POST", "/contacts", {"contact_name": "Wrong", **of_goods}) == is_wrong
    invoice = {"customer_id": await a_customer(call), "line_items": [BOOKS]}
    assert await refused(call, "POST", "/invoices", {**invoice, **of_goods}) == is_wrong
    is_unknown = (422, "validation.failed", "billing_address.gst_no")
    assert await refused(call, "POST", "/invoices", {**invoice, **of_bills}) == is_unknown


async def test_a_shipping_bill_is_written_into_a_posted_export(call: Caller) -> None:
    customer = await a_customer(call, gst_treatment="OVERSEAS")
    body = {"customer_id": customer, "place_of_supply": "OVERSEAS", "line_items": [BOOKS], "auto_approve": True}
    invoice = await call.made("/invoices", body)
    path = f"/invoices/{invoice['invoice_id']}"
    said = {"shipping_bill_number": "4455667", "shipping_bill_date": "2026-11-25", "port_code": "INNSA1"}
    after = shown(await call("PUT", path, said))
    assert {name: after[name] for name in said} == said
    assert shown(await call("PUT", path, after))["version"] == after["version"], "sent back as it was shown"
    for field, wrong in (("shipping_bill_number", "12"), ("port_code", "innsa1"), ("shipping_bill_number", "12345678")):
        assert await refused(call, "PUT", path, {field: wrong}) == (400, "validation.invalid_value", field)
    cleared = {"shipping_bill_date": None}
    assert await refused(call, "PUT", path, cleared) == (400, "validation.required_field", "shipping_bill_date")


async def test_invoices_are_found_by_their_operator(call: Caller) -> None:
    customer = await a_customer(call)
    through = {"ecommerce_operator_gst_no": OPERATOR, "ecommerce_section": "SECTION_9_5"}
    sold = await call.made("/invoices", {"customer_id": customer, **through, "line_items": [BOOKS]})
    await call.made("/invoices", {"customer_id": customer, "line_items": [BOOKS]})
    assert (sold["ecommerce_operator_gst_no"], sold["is_tax_paid_by_operator"]) == (OPERATOR, True)
    for query in (f"ecommerce_operator_gst_no={OPERATOR}", "ecommerce_section=SECTION_9_5"):
        found = (await call("GET", f"/invoices?{query}")).json()["invoices"]
        assert [invoice["invoice_id"] for invoice in found] == [sold["invoice_id"]]
    assert (await call("GET", "/invoices?ecommerce_section=SECTION_52")).json()["invoices"] == []
    wrong = {"customer_id": customer, **through, "ecommerce_operator_gst_no": RECEIVER, "line_items": [BOOKS]}
    assert await refused(call, "POST", "/invoices", wrong) == (
        422,
        "validation.failed",
        "ecommerce_operator_gst_no",
    )


async def test_a_distributors_invoice_is_entered_changed_and_found(call: Caller) -> None:
    office = await call.made("/contacts", {"contact_name": "ISD", "contact_type": "VENDOR", "gst_no": DISTRIBUTOR})
    line = {"name": "Audit fee", "distributed_tax": {"igst_amount": 540}}
    body = {"vendor_id": office["contact_id"], "is_isd_invoice": True, "reference_number": "ISD/7"}
    bill = await call.made("/bills", {**body, "line_items": [line]})
    heads = {"cgst_amount": 0, "sgst_amount": 0, "igst_amount": 540, "cess_amount": 0}
    assert (bill["line_items"][0]["distributed_tax"], bill["line_items"][0]["rate"], bill["total"]) == (heads, 0, 540)
    path = f"/bills/{bill['bill_id']}"
    assert shown(await call("PUT", path, bill))["version"] == 1, "sent back as it was shown"
    assert shown(await call("POST", f"{path}/approve"))["status"] == "OPEN"
    assert len((await call("GET", "/bills?is_isd_invoice=true")).json()["bills"]) == 1
    assert (await call("GET", "/bills?is_isd_invoice=false")).json()["bills"] == []


async def test_a_note_tells_of_an_invoice_that_is_not_in_the_books(call: Caller) -> None:
    told = {"original_invoice_number": "A/907", "original_invoice_date": "2026-02-14", "original_invoice_total": 118000}
    customer = await a_customer(call)
    note = await call.made("/credit_notes", {"customer_id": customer, **told, "line_items": [BOOKS]})
    assert {name: note[name] for name in told} == told
    half = {"customer_id": customer, "original_invoice_number": "A/907", "line_items": [BOOKS]}
    assert await refused(call, "POST", "/credit_notes", half) == (
        400,
        "validation.required_field",
        "original_invoice_date",
    )
