"""Warnings over HTTP: beside the resource, in each row of many, kept with the key, and no part of the entity tag."""

from typing import Any

from tests.running import Caller
from tests.scenarios.builders import gst
from tests.server.test_imports import imported
from tests.server.trade import a_customer, an_invoice

Json = dict[str, Any]
WARNING = {
    "code": "tax.rate_not_in_force",
    "message": "GST 12% was in force until 2025-09-21; the invoice is of 2026-11-02.",
    "field": "line_items[0].tax_id",
}


async def an_old_rate(call: Caller) -> Json:
    """The body of an invoice at 12 %, which is a general rate no more."""
    line = {"name": "Bricks", "hsn_or_sac": "6904", "quantity": 1, "rate": 1000, "tax_id": gst("12")}
    return an_invoice(await a_customer(call), date="2026-11-02", line_items=[line])


async def test_a_warning_stands_beside_the_resource_and_is_no_part_of_its_tag(call: Caller) -> None:
    created = await call("POST", "/invoices", await an_old_rate(call))
    assert (created.status_code, created.json()["warnings"]) == (201, [WARNING])

    path = f"/invoices/{created.json()['invoice']['invoice_id']}"
    read = await call("GET", path, headers={"If-None-Match": created.headers["ETag"]})
    assert read.status_code == 304
    assert "warnings" not in (await call("GET", path)).json()


async def test_what_is_nothing_to_warn_of_has_no_warnings(call: Caller) -> None:
    created = await call("POST", "/invoices", an_invoice(await a_customer(call)))
    assert "warnings" not in created.json()


async def test_a_replayed_answer_warns_as_the_first_did(call: Caller) -> None:
    body, key = await an_old_rate(call), {"Idempotency-Key": "warned-once"}
    first = await call("POST", "/invoices", body, headers=key)
    again = await call("POST", "/invoices", body, headers=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert again.json()["warnings"] == [WARNING]


async def test_rows_of_many_warn_each_for_itself(call: Caller) -> None:
    rows = [an_invoice(await a_customer(call)), await an_old_rate(call), {}]
    answer = (await call("POST", "/bulk/invoices", {"invoices": rows})).json()
    assert [row["warnings"] for row in answer["results"]] == [[], [WARNING], []]
    assert "warnings" not in answer


async def test_a_refused_call_warns_of_nothing(call: Caller) -> None:
    body = await an_old_rate(call)
    refused = await call("POST", "/invoices", {**body, "branch_id": "br_unknown"})
    assert (refused.status_code, "warnings" in refused.json()) == (404, False)


async def test_an_imported_row_says_what_is_odd_about_it(call: Caller) -> None:
    await a_customer(call, "Brick Buyers")
    sheet = (
        "invoice_number,customer_name,date,name,hsn_or_sac,rate,tax_percentage\n"
        "B-1,Brick Buyers,2026-11-02,Bricks,6904,1000,12\n"
        "B-2,Brick Buyers,2026-11-02,Bricks,6904,1000,18\n"
    )
    report = await imported(call, "invoices", sheet)
    assert [row["warnings"] for row in report["rows"]] == [[WARNING], []]


async def test_an_organization_that_refuses_beyond_the_limit_says_so(call: Caller) -> None:
    customer = await call.made("/contacts", {"contact_name": "Deccan Retail", "credit_limit": 1500})
    one = an_invoice(customer["contact_id"], auto_approve=True)
    organization = (await call("GET", "/organizations")).json()["organizations"][0]
    assert organization["credit_limit_action"] == "WARN"
    path = f"/organizations/{organization['organization_id']}"
    await call("PUT", path, {"credit_limit_action": "REFUSE"})

    answer = (await call("POST", "/bulk/invoices", {"invoices": [one, one]})).json()

    second = answer["results"][1]
    assert (answer["summary"]["succeeded"], second["ok"]) == (1, False)
    assert second["error"] == {
        "code": "validation.failed",
        "message": "Deccan Retail owes 1000.00 and would owe 2000.00; the credit limit is 1500.00.",
        "field": "customer_id",
    }
