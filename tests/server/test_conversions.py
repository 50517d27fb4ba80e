"""What converting answers: a sentence, what became of the source, and the draft that was made of it."""

from typing import Any

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice

Json = dict[str, Any]


async def converted(call: Caller, path: str, body: Json | None = None) -> Json:
    reply = await call("POST", f"{path}/convert", body)
    assert reply.status_code == 200, reply.text
    answer: Json = reply.json()
    return answer


async def test_an_estimate_becomes_a_sales_order_as_the_pages_print_it(call: Caller) -> None:
    draft = await call.made("/estimates", an_invoice(await a_customer(call)))
    path = f"/estimates/{draft['estimate_id']}"
    accepted = (await call("POST", f"{path}/accept")).json()["estimate"]
    assert (draft["status"], draft["estimate_number"]) == ("DRAFT", None)
    assert (accepted["status"], accepted["estimate_number"]) == ("ACCEPTED", "EST/26-27/0001")

    answer = await converted(call, path)
    order_id = answer["sales_order"]["sales_order_id"]
    assert answer["message"] == f"The estimate has been converted to sales order '{order_id}'."
    assert answer["estimate"]["status"] == "CONVERTED"
    assert answer["estimate"]["converted_to_sales_order_id"] == order_id
    assert answer["estimate"]["converted_to_invoice_id"] is answer["invoice"] is None
    assert (await call("GET", path)).json()["estimate"] == answer["estimate"]
    assert (await call("GET", f"/sales_orders/{order_id}")).json()["sales_order"] == answer["sales_order"]


async def test_of_an_order_in_parts_the_last_invoice_that_stands_is_named(call: Caller) -> None:
    order = await call.made("/sales_orders", an_invoice(await a_customer(call), auto_approve=True))
    path, line = f"/sales_orders/{order['sales_order_id']}", order["line_items"][0]["line_item_id"]
    halves = [{"line_items": [{"line_item_id": line, "quantity": 0.5}]}] * 2
    first, second = [(await converted(call, path, half))["invoice"]["invoice_id"] for half in halves]

    async def named() -> Any:
        return (await call("GET", path)).json()["sales_order"]["converted_to_invoice_id"]

    assert await named() == second
    await call("POST", f"/invoices/{second}/approve")
    assert (await call("POST", f"/invoices/{second}/void")).status_code == 200
    assert await named() == first
    await call("DELETE", f"/invoices/{first}")
    assert await named() is None


async def test_a_purchase_order_becomes_a_bill_in_the_same_words(call: Caller) -> None:
    vendor = await call.made("/contacts", {"contact_name": "Konkan Timber", "contact_type": "VENDOR"})
    body = {**an_invoice(""), "vendor_id": vendor["contact_id"], "auto_approve": True}
    del body["customer_id"]
    order = await call.made("/purchase_orders", body)
    answer = await converted(call, f"/purchase_orders/{order['purchase_order_id']}")

    bill_id = answer["bill"]["bill_id"]
    assert answer["message"] == f"The purchase order has been converted to bill '{bill_id}'."
    assert (answer["purchase_order"]["status"], answer["purchase_order"]["converted_to_bill_id"]) == ("BILLED", bill_id)


async def test_a_conversion_hangs_on_the_version_of_its_source(call: Caller) -> None:
    order = await call.made("/sales_orders", an_invoice(await a_customer(call), auto_approve=True))
    path = f"/sales_orders/{order['sales_order_id']}"
    reply = await call("POST", f"{path}/convert", headers={"If-Match": f'"{order["version"]}"'})

    assert reply.headers["ETag"].removeprefix("W/").startswith(f'"{order["version"] + 1}-')
    assert reply.json()["sales_order"]["version"] == order["version"] + 1
