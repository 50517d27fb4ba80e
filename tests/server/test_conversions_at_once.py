"""Several convert, change or take back at once, over real connections: the order's lines always know what was made."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Any

from tests.running import Caller, Firm, rows
from tests.server.trade import a_customer, an_invoice

Json = dict[str, Any]


async def an_order(call: Caller, quantity: int) -> Json:
    """An open sales order of so many books at 1,000 rupees."""
    body = an_invoice(await a_customer(call))
    body["line_items"][0]["quantity"] = quantity
    return await call.made("/sales_orders", {**body, "auto_approve": True})


async def so_many(call: Caller, order: Json, quantity: int) -> Any:
    """Convert so many of the first line."""
    line = {"line_item_id": order["line_items"][0]["line_item_id"], "quantity": quantity}
    return await call("POST", f"/sales_orders/{order['sales_order_id']}/convert", {"line_items": [line]})


async def stands(call: Caller, order: Json) -> tuple[str, int]:
    """The status of the order, and how many of its first line were converted."""
    shown = (await call("GET", f"/sales_orders/{order['sales_order_id']}")).json()["sales_order"]
    return shown["status"], shown["line_items"][0]["converted_quantity"]


def invoiced(firm: Firm) -> Decimal:
    """How many are on invoices that stand."""
    query = """
    select coalesce(sum(line.quantity), 0) as quantity
      from document_lines as line
      join documents as document on document.organization_id = line.organization_id and document.id = line.document_id
     where document.organization_id = %s and document.kind = 'INVOICE' and document.voided_at is null
    """
    (summed,) = rows(firm.url, query, firm.organization_id)
    quantity: Decimal = summed["quantity"]
    return quantity


async def test_of_two_who_convert_everything_one_is_refused(call: Caller, firm: Firm) -> None:
    for _ in range(5):
        order = await an_order(call, 3)
        path = f"/sales_orders/{order['sales_order_id']}/convert"
        replies = await asyncio.gather(*[call("POST", path) for _ in range(4)])

        assert Counter(reply.status_code for reply in replies) == {200: 1, 409: 3}
        assert await stands(call, order) == ("INVOICED", 3)
    assert invoiced(firm) == 15


async def test_nobody_takes_more_than_is_left(call: Caller, firm: Firm) -> None:
    """Ten ask for two of seven: three get them, and one is left."""
    order = await an_order(call, 7)
    replies = await asyncio.gather(*[so_many(call, order, 2) for _ in range(10)])

    assert Counter(reply.status_code for reply in replies) == {200: 3, 422: 7}
    assert await stands(call, order) == ("PARTIALLY_INVOICED", 6)
    assert invoiced(firm) == 6


async def test_giving_back_and_taking_at_once_loses_nothing(call: Caller, firm: Firm) -> None:
    order = await an_order(call, 10)
    drafts = [(await so_many(call, order, 2)).json()["invoice"]["invoice_id"] for _ in range(4)]
    posted = [(await so_many(call, order, 1)).json()["invoice"]["invoice_id"] for _ in range(2)]
    for key in posted:
        assert (await call("POST", f"/invoices/{key}/approve")).status_code == 200

    replies = await asyncio.gather(
        *[call("DELETE", f"/invoices/{key}") for key in drafts],
        *[call("POST", f"/invoices/{key}/void") for key in posted],
        *[so_many(call, order, 1) for _ in range(6)],
    )

    assert {reply.status_code for reply in replies[:6]} == {200}
    assert {reply.status_code for reply in replies[6:]} <= {200, 409, 422}
    taken = sum(reply.status_code == 200 for reply in replies[6:])
    assert (await stands(call, order))[1] == taken == invoiced(firm)


async def test_what_is_changed_while_another_waits_is_seen(call: Caller) -> None:
    """Lines change while the approval waits for the lock: what is posted is what is shown."""
    customer = await a_customer(call)
    for _ in range(10):
        draft = await call.made("/invoices", an_invoice(customer))
        path, key = f"/invoices/{draft['invoice_id']}", draft["line_items"][0]["line_item_id"]
        changed, approved = await asyncio.gather(
            call("PUT", path, {"line_items": [{"line_item_id": key, "rate": 700}]}), call("POST", f"{path}/approve")
        )

        assert approved.status_code == 200, approved.text
        assert changed.status_code in (200, 409)
        invoice = approved.json()["invoice"]
        assert invoice["total"] == sum(line["taxable_amount"] for line in invoice["line_items"])
        assert (await call("GET", path)).json()["invoice"]["total"] == invoice["total"]
