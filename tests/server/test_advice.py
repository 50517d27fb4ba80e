"""What a refusal advises can be done."""

from tests.running import Caller, shown
from tests.server.trade import a_customer, an_invoice


async def test_a_converted_estimate_is_voided_once_its_order_is_gone(call: Caller) -> None:
    estimate = await call.made("/estimates", an_invoice(await a_customer(call)))
    path = f"/estimates/{estimate['estimate_id']}"
    await call("POST", f"{path}/accept")
    converted = (await call("POST", f"{path}/convert", {})).json()

    refused = await call("DELETE", path)
    assert refused.status_code == 409
    assert refused.json()["message"].endswith("Take back what became of it, then void it.")

    order = converted["sales_order"]["sales_order_id"]
    assert (await call("DELETE", f"/sales_orders/{order}")).status_code == 200
    assert shown(await call("POST", f"{path}/void"))["status"] == "CANCELLED"


async def test_an_invoice_is_voided_instead_of_deleted(call: Caller) -> None:
    invoice = await call.made("/invoices", {**an_invoice(await a_customer(call)), "auto_approve": True})
    path = f"/invoices/{invoice['invoice_id']}"

    assert (await call("DELETE", path)).json()["message"].endswith("Void it instead.")
    assert (await call("POST", f"{path}/void")).status_code == 200
    assert (await call("DELETE", path)).json()["message"].endswith("It is void already, and its number stays used.")


async def test_an_example_is_told_once(call: Caller) -> None:
    reply = await call("GET", "/contacts?last_modified_after=yesterday")

    assert reply.status_code == 400
    assert reply.json()["message"].count("for example") == 1
