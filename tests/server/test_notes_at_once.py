"""Notes that race: nothing is credited, applied or taken back twice, and the books stay whole."""

import asyncio
from typing import Any

from tests.running import Caller, Firm
from tests.server.trade import a_customer, a_draft, count_of, trial_balance, wrong_balances

Json = dict[str, Any]


async def an_open_invoice(call: Caller, customer_id: str) -> str:
    """Approve an invoice of 1,000 rupees and return its id."""
    invoice_id = await a_draft(call, customer_id)
    assert (await call("POST", f"/invoices/{invoice_id}/approve")).status_code == 200
    return invoice_id


def a_note(customer_id: str, rate: int, **fields: Any) -> Json:
    """The body of a credit note without tax."""
    line = {"name": "Printed books", "rate": rate, "tax_category": "EXEMPT"}
    return {"customer_id": customer_id, "line_items": [line], **fields}


def assert_whole(firm: Firm) -> None:
    """The ledger balances, and what notes and invoices say of credit is the sum of the allocations that stand."""
    assert trial_balance(firm) == 0
    assert wrong_balances(firm) == []
    settled = """amount_credited <> (select coalesce(sum(amount), 0)
                                       from allocations
                                      where organization_id = documents.organization_id
                                        and note_id is not null
                                        and unapplied_at is null
                                        and documents.id in (note_id, document_id))"""
    assert count_of(firm, "documents", settled) == 0


async def test_an_invoice_is_not_credited_twice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoice = await an_open_invoice(call, customer)

    replies = await asyncio.gather(
        *(call("POST", "/credit_notes", a_note(customer, 400, invoice_id=invoice)) for _ in range(6))
    )

    assert sorted(reply.status_code for reply in replies) == [201] * 2 + [422] * 4
    assert {reply.json()["field"] for reply in replies if reply.status_code == 422} == {"line_items[0]"}
    assert_whole(firm)


async def test_returns_at_once_credit_exactly_the_invoice(call: Caller, firm: Firm) -> None:
    """Three at 11.17 less 0.01 on the whole: of six returns of one three succeed, and one of these takes the rest."""
    customer = await a_customer(call)
    line = {"name": "Printed books", "hsn_or_sac": "4901", "quantity": 3, "rate": 11.17, "tax_category": "EXEMPT"}
    body = {"customer_id": customer, "discount": 0.01, "line_items": [line]}
    invoice = await call.made("/invoices?send=true", body)
    one = {"customer_id": customer, "invoice_id": invoice["invoice_id"], "line_items": [{"name": "Printed books"}]}
    drafts = [await call.made("/credit_notes", {**one, "auto_approve": False}) for _ in range(3)]

    replies = await asyncio.gather(
        *(call("POST", "/credit_notes", one) for _ in range(3)),
        *(call("POST", f"/credit_notes/{draft['credit_note_id']}/approve") for draft in drafts),
    )

    credited = [reply.json()["credit_note"]["taxable_total"] for reply in replies if reply.status_code < 300]
    assert sorted(credited) == [11.16, 11.17, 11.17]
    assert {reply.status_code for reply in replies} - {200, 201} == {422}
    assert_whole(firm)


async def test_of_an_invoice_that_is_voided_and_credited_at_once_one_happens(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    for _ in range(5):
        invoice = await an_open_invoice(call, customer)

        void, note = await asyncio.gather(
            call("POST", f"/invoices/{invoice}/void"),
            call("POST", "/credit_notes", a_note(customer, 400, invoice_id=invoice)),
        )

        assert (void.status_code, note.status_code) in ((200, 422), (409, 201))
        assert_whole(firm)


async def test_a_note_is_not_applied_twice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoices = [await an_open_invoice(call, customer) for _ in range(4)]
    note = await call.made("/credit_notes", a_note(customer, 1000))
    path = f"/credit_notes/{note['credit_note_id']}/apply-to-invoice"

    replies = await asyncio.gather(*(call("POST", path, {"invoice_id": key, "amount": 400}) for key in invoices))

    assert sorted(reply.status_code for reply in replies) == [200, 200, 422, 422]
    assert_whole(firm)


async def test_an_allocation_is_not_taken_back_twice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoice = await an_open_invoice(call, customer)
    note = await call.made("/credit_notes", a_note(customer, 1000, invoice_id=invoice))
    path = f"/credit_notes/{note['credit_note_id']}"
    for _ in range(3):
        applied = await call("POST", f"{path}/apply-to-invoice", {"invoice_id": invoice, "amount": 600})
        [allocation] = applied.json()["credit_note"]["allocations"]
        back = {"allocation_ids": [allocation["allocation_id"]]}

        replies = await asyncio.gather(*(call("POST", f"{path}/unapply", back) for _ in range(4)))

        assert sorted(reply.status_code for reply in replies) == [200, 404, 404, 404]
        assert_whole(firm)


async def test_notes_and_receipts_for_the_same_invoices_do_not_block_each_other(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoices = [await an_open_invoice(call, customer) for _ in range(3)]
    notes = [(await call.made("/credit_notes", a_note(customer, 900)))["credit_note_id"] for _ in range(3)]
    shares = [{"invoice_id": key, "amount": 10} for key in reversed(invoices)]
    receipt = {"flow": "INCOMING", "contact_id": customer, "amount": 30, "allocations": shares}

    replies = await asyncio.gather(
        *(
            call("POST", f"/credit_notes/{note}/apply-to-invoice", {"invoice_id": invoice, "amount": 100})
            for note in notes
            for invoice in invoices
        ),
        *(call("POST", "/payments", receipt) for _ in range(4)),
    )

    assert {reply.status_code for reply in replies} == {200, 201}, [reply.text for reply in replies]
    assert_whole(firm)
