"""Debit notes to customers over HTTP: what is told of them where other documents are told of, and their import."""

import pytest

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice


async def test_a_customer_debit_note_is_paid_and_credited_by_its_own_name(call: Caller) -> None:
    """Books for 1,000 are billed, and 100 more are charged: of these 50 are paid, 18 credited, 32 open."""
    customer = await a_customer(call)
    invoice = await call.made("/invoices", an_invoice(customer, auto_approve=True))
    of_invoice = {"invoice_id": invoice["invoice_id"], "customer_id": customer}
    line = {"name": invoice["line_items"][0]["name"], "quantity": 1}
    note = await call.made("/customer_debit_notes", {**of_invoice, "line_items": [{**line, "rate": 100}]})
    key = note["customer_debit_note_id"]
    assert (note["status"], note["balance"], note["customer_debit_note_number"][:4]) == (
        "ISSUED",
        note["total"],
        "CDN/",
    )

    money = {"flow": "INCOMING", "contact_id": customer, "amount": 50}
    payment = await call.made("/payments", {**money, "allocations": [{"customer_debit_note_id": key, "amount": 50}]})
    [allocation] = payment["allocations"]
    assert (allocation["customer_debit_note_id"], allocation["invoice_id"]) == (key, None)
    listed = (await call("GET", "/payments", params={"customer_debit_note_id": key})).json()["payments"]
    assert [each["payment_id"] for each in listed] == [payment["payment_id"]]

    credit = await call.made("/credit_notes", {**of_invoice, "line_items": [{**line, "rate": 100}]})
    path = f"/credit_notes/{credit['credit_note_id']}/apply-to-invoice"
    applied = (await call("POST", path, {"customer_debit_note_id": key, "amount": 18})).json()["credit_note"]
    assert [each["customer_debit_note_id"] for each in applied["allocations"]] == [key]

    shown = (await call("GET", f"/customer_debit_notes/{key}")).json()["customer_debit_note"]
    assert (shown["status"], shown["balance"], shown["amount_credited"]) == ("PARTIALLY_PAID", 32, 18)
    found = (await call("GET", "/customer_debit_notes", params={"invoice_id": invoice["invoice_id"]})).json()
    assert [each["customer_debit_note_id"] for each in found["customer_debit_notes"]] == [key]


@pytest.mark.parametrize(
    ("names", "status", "field"),
    [((), 400, "invoice_id"), (("invoice_id", "customer_debit_note_id"), 422, "customer_debit_note_id")],
)
async def test_a_credit_note_is_applied_to_one_thing(
    call: Caller, names: tuple[str, ...], status: int, field: str
) -> None:
    customer = await a_customer(call)
    line = {"name": "Books", "hsn_or_sac": "4901", "rate": 10, "tax_category": "EXEMPT"}
    credit = await call.made("/credit_notes", {"customer_id": customer, "line_items": [line]})
    path = f"/credit_notes/{credit['credit_note_id']}/apply-to-invoice"

    reply = await call("POST", path, dict.fromkeys(names, "inv_01kar7v3fxe7srq2mv8cx0a1in"))

    assert (reply.status_code, reply.json()["field"]) == (status, field)


async def test_they_are_imported_by_the_number_of_their_invoice(call: Caller) -> None:
    """The customer follows from the invoice; a row without an invoice that exists is refused by itself."""
    customer = await a_customer(call)
    await call.made("/invoices", an_invoice(customer, auto_approve=True, invoice_number="A-101", date="2026-04-10"))
    sheet = "debit_note_number,debit_note_date,invoice_no,name,hsn,quantity,rate,tax_percentage\n"
    sheet += "D-7,15/05/2026,A-101,Prices of this year,9403,4,150,18\nD-8,15/05/2026,A-102,Prices,9403,1,1,18\n"

    reply = await call("POST", "/customer_debit_notes/import", content=sheet, headers={"Content-Type": "text/csv"})

    made, failed = reply.json()["import"]["rows"]
    assert (made["ok"], made["number"]) == (True, "D-7"), reply.text
    assert (failed["error"]["code"], failed["error"]["field"]) == ("not_found.resource", "invoice_number")
    [note] = (await call("GET", "/customer_debit_notes")).json()["customer_debit_notes"]
    assert (note["customer_id"], note["status"], note["total"]) == (customer, "OVERDUE", 708)
