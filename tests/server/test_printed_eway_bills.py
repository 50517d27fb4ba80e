"""The e-way bill with which goods travel, on the paper that travels with them (CGST Rules, rule 138A)."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from domain.documents.printing.figures import moment as written
from tests.running import Caller
from tests.server.eway_billing import KOLHAPUR, Worker, a_customer, a_line, an_invoice, moment, path_of, portal, worker

__all__ = ["portal", "worker"]

SIMULATED = "The e-way bill is of a simulated portal: none in law."


async def words_on(call: Caller, document: dict[str, Any]) -> str:
    """What a document says on paper, with the lines that were broken joined again."""
    reply = await call("GET", f"{await path_of(document)}/pdf")
    assert reply.status_code == 200, reply.text
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(reply.content)).pages).split())


async def test_an_invoice_says_with_which_eway_bill_its_goods_travel(call: Caller, worker: Worker) -> None:
    """Once it is cancelled it is not printed any more."""
    invoice = await an_invoice(call)
    assert "E-way bill" not in await words_on(call, invoice)

    bill = await worker.made(invoice)

    words = await words_on(call, invoice)
    assert f"E-way bill {bill['eway_bill_number']}" in words
    assert f"E-way bill made {written(moment(bill['generated_time']))}" in words
    assert f"E-way bill ends {written(moment(bill['valid_until']))}" in words
    assert SIMULATED in words
    await worker.ask(invoice, {"reason": "DUPLICATE"}, verb="cancel")
    await worker.work()
    assert "E-way bill" not in await words_on(call, invoice)


async def test_a_challan_and_a_note_say_it_too_and_no_end_before_the_vehicle(call: Caller, worker: Worker) -> None:
    customer = await a_customer(call)
    line = await a_line(call, rate=1000)
    body = {"customer_id": customer, "line_items": [line], "auto_approve": True}
    challan = await call.made("/delivery_challans", {**body, "challan_purpose": "JOB_WORK"})
    invoice = await call.made("/invoices", body)
    note = await call.made(
        "/credit_notes",
        {
            "customer_id": customer,
            "invoice_id": invoice["invoice_id"],
            "reason": "SALES_RETURN",
            "line_items": [{**line, "quantity": 1}],
        },
    )

    for document in (challan, note):
        bill = await worker.made(document, {"distance_km": 843, "transporter_id": "29AACCB1234F1Z3"})

        words = await words_on(call, document)
        assert f"E-way bill {bill['eway_bill_number']}" in words
        assert "E-way bill ends" not in words
        await worker.ask(document, {**KOLHAPUR, "mode": "ROAD", "vehicle_number": "KA01CD5678"}, verb="vehicle")
        await worker.work()
        assert "E-way bill ends" in await words_on(call, document)
