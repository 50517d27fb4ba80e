"""Payments that race: no invoice is paid twice, no money is applied twice, and numbers stay without a gap."""

import asyncio
from typing import Any

from tests.running import Caller, Firm, rows
from tests.server.trade import a_customer, a_draft, trial_balance, wrong_balances

Json = dict[str, Any]


async def an_open_invoice(call: Caller, customer_id: str) -> str:
    """Approve an invoice of 1,000 rupees and return its id."""
    invoice_id = await a_draft(call, customer_id)
    assert (await call("POST", f"/invoices/{invoice_id}/approve")).status_code == 200
    return invoice_id


def a_receipt(customer_id: str, amount: int, **shares: int) -> Json:
    """The body of a receipt and what of it goes to which invoice."""
    allocations = [{"invoice_id": key, "amount": share} for key, share in shares.items()]
    return {"flow": "INCOMING", "contact_id": customer_id, "amount": amount, "allocations": allocations}


def assert_settled(firm: Firm) -> None:
    """What documents and payments say is the sum of the allocations that stand; the ledger agrees and balances."""
    query = """
    select document.number
      from documents as document
     where document.organization_id = %s
       and (payment_made, amount_written_off)
             <> (select coalesce(sum(amount) filter (where not is_write_off), 0),
                        coalesce(sum(amount) filter (where is_write_off), 0)
                   from allocations
                  where organization_id = document.organization_id
                    and document_id = document.id
                    and unapplied_at is null)
     union all
    select payment.number
      from payments as payment
     where payment.organization_id = %s
       and voided_at is null
       and amount - unallocated <> (select coalesce(sum(amount), 0)
                                      from allocations
                                     where organization_id = payment.organization_id
                                       and payment_id = payment.id
                                       and unapplied_at is null)
    """
    assert rows(firm.url, query, firm.organization_id, firm.organization_id) == []
    assert trial_balance(firm) == 0
    assert wrong_balances(firm) == []
    control = """
    select sum(case role when 'accounts_receivable' then debit - credit else 0 end)
             - (select coalesce(sum(balance), 0) from documents where organization_id = %s and journal_id is not null)
             as receivable,
           sum(case role when 'customer_advances' then credit - debit else 0 end)
             - (select coalesce(sum(unallocated), 0) from payments where organization_id = %s) as advances
      from journal_lines
      join accounts on accounts.organization_id = journal_lines.organization_id and accounts.id = account_id
     where journal_lines.organization_id = %s
    """
    (off,) = rows(firm.url, control, *[firm.organization_id] * 3)
    assert (off["receivable"], off["advances"]) == (0, 0)


async def test_two_receipts_do_not_pay_one_invoice_twice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoice = await an_open_invoice(call, customer)

    replies = await asyncio.gather(
        *(call("POST", "/payments", a_receipt(customer, 300, **{invoice: 300})) for _ in range(8))
    )

    assert sorted(reply.status_code for reply in replies) == [201] * 3 + [422] * 5
    refused = {reply.json()["field"] for reply in replies if reply.status_code == 422}
    assert refused == {"allocations[0].amount"}
    numbers = sorted(reply.json()["payment"]["payment_number"] for reply in replies if reply.status_code == 201)
    assert numbers == [f"RV/26-27/000{number}" for number in (1, 2, 3)]
    assert_settled(firm)


async def test_receipts_for_the_same_invoices_in_any_order_do_not_block_each_other(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoices = [await an_open_invoice(call, customer) for _ in range(4)]
    orders = [invoices, invoices[::-1]] * 6

    replies = await asyncio.gather(
        *(call("POST", "/payments", a_receipt(customer, 40, **dict.fromkeys(order, 10))) for order in orders)
    )

    assert {reply.status_code for reply in replies} == {201}
    assert_settled(firm)


async def test_money_is_not_applied_twice(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    invoices = [await an_open_invoice(call, customer) for _ in range(4)]
    payment = await call.made("/payments", a_receipt(customer, 1000))
    path = f"/payments/{payment['payment_id']}/apply"

    replies = await asyncio.gather(
        *(call("POST", path, {"allocations": [{"invoice_id": key, "amount": 400}]}) for key in invoices)
    )

    assert sorted(reply.status_code for reply in replies) == [200, 200, 422, 422]
    assert_settled(firm)


async def test_whatever_happens_to_one_payment_at_once_leaves_the_books_whole(call: Caller, firm: Firm) -> None:
    """Applied, taken back, voided and deleted by four at a time: each sees what the others have done."""
    customer = await a_customer(call)
    for _ in range(5):
        first, second = [await an_open_invoice(call, customer) for _ in range(2)]
        payment = await call.made("/payments", a_receipt(customer, 1000, **{first: 300}))
        path, (allocation,) = f"/payments/{payment['payment_id']}", payment["allocations"]

        replies = await asyncio.gather(
            call("POST", f"{path}/apply", {"allocations": [{"invoice_id": second, "amount": 500}]}),
            call("POST", f"{path}/unapply", {"allocation_ids": [allocation["allocation_id"]]}),
            call("POST", f"{path}/void"),
            call("DELETE", path),
        )

        assert {reply.status_code for reply in replies} <= {200, 404, 409}, [reply.text for reply in replies]
        assert replies[3].status_code == 200
        assert_settled(firm)


async def test_an_invoice_is_voided_or_paid_but_not_both(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    for _ in range(5):
        invoice = await an_open_invoice(call, customer)

        void, paid = await asyncio.gather(
            call("POST", f"/invoices/{invoice}/void"),
            call("POST", "/payments", a_receipt(customer, 1000, **{invoice: 1000})),
        )

        assert (void.status_code, paid.status_code) in ((200, 422), (409, 201))
        assert_settled(firm)


async def test_an_invoice_is_written_off_or_paid_but_not_both(call: Caller, firm: Firm) -> None:
    """Of 1,000 rupees 600 are written off once, or all is paid; what was written off is taken back once."""
    customer = await a_customer(call)
    for _ in range(5):
        path = f"/invoices/{(invoice := await an_open_invoice(call, customer))}"

        *written_off, paid = await asyncio.gather(
            *(call("POST", f"{path}/write_off", {"amount": 600}) for _ in range(2)),
            call("POST", "/payments", a_receipt(customer, 1000, **{invoice: 1000})),
        )
        assert sorted(reply.status_code for reply in written_off) in ([200, 422], [409, 409])
        assert paid.status_code == (201 if written_off[0].status_code == 409 else 422)
        assert_settled(firm)

        taken_back = await asyncio.gather(*(call("POST", f"{path}/cancel_write_off") for _ in range(3)))
        assert sorted(reply.status_code for reply in taken_back) in ([200, 409, 409], [409, 409, 409])
        assert_settled(firm)
