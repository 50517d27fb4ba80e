"""Reports on contacts and trade over HTTP: what is shown, how it is opened, in pages, and what is refused."""

from typing import Any

import pytest

from tests.running import Caller, Firm
from tests.server.trade import a_customer, an_invoice

SPANS = ("sales_register", "purchase_register", "sales_by_customer", "purchases_by_vendor", "sales_by_item")
DAYS = ("ar_aging", "ap_aging", "outstanding_receivables", "outstanding_payables")
FILES = (*DAYS, *SPANS)


async def _sold(call: Caller, customer_id: str, count: int = 1) -> list[dict[str, Any]]:
    """Approved invoices of a customer."""
    made = []
    for _ in range(count):
        draft = await call.made("/invoices", an_invoice(customer_id))
        invoice = await call("POST", f"/invoices/{draft['invoice_id']}/approve")
        assert invoice.status_code == 200
        made.append(invoice.json()["invoice"])
    return made


async def _report(call: Caller, name: str, **query: Any) -> dict[str, Any]:
    reply = await call("GET", f"/reports/{name}", params=query)
    assert reply.status_code == 200, reply.text
    return dict(reply.json()[name])


async def test_figures_are_opened_until_the_document_is_shown(call: Caller) -> None:
    """From the age of what a customer owes to the unpaid invoices, and from there to the invoice."""
    (invoice,) = await _sold(call, await a_customer(call))

    aging = await _report(call, "ar_aging")
    (contact,) = aging["contacts"]
    opened = await call("GET", contact["drill_down"]["path"], params=contact["drill_down"]["query"])
    (document,) = opened.json()["outstanding_receivables"]["documents"]
    shown = await call("GET", document["drill_down"]["path"])

    assert contact["net"] == document["balance"] == invoice["total"] == aging["control_accounts"]["net"]
    assert shown.json()["invoice"]["invoice_number"] == document["document_number"]


async def test_pages_follow_one_another_and_only_the_first_has_totals(call: Caller) -> None:
    invoices = await _sold(call, await a_customer(call), 3)

    first = await _report(call, "sales_register", limit=2)
    second = await _report(call, "sales_register", limit=2, cursor=first["next_cursor"])

    numbers = [each["document_number"] for page in (first, second) for each in page["documents"]]
    assert numbers == [each["invoice_number"] for each in invoices]
    assert (first["has_more_page"], second["has_more_page"], second["next_cursor"]) == (True, False, None)
    assert (first["totals"]["document_count"], second["totals"]) == (3, None)


async def test_a_cursor_is_of_one_question_only(call: Caller) -> None:
    await _sold(call, await a_customer(call), 2)
    cursor = (await _report(call, "outstanding_receivables", limit=1))["next_cursor"]

    for name, query in (
        ("outstanding_payables", {}),
        ("outstanding_receivables", {"as_of_date": "2026-01-31"}),
        ("outstanding_receivables", {"known_at": "2026-01-31T00:00:00Z"}),
    ):
        reply = await call("GET", f"/reports/{name}", params={**query, "cursor": cursor})
        assert (reply.status_code, reply.json()["field"]) == (400, "cursor")


async def test_a_statement_runs_from_opening_to_closing(call: Caller) -> None:
    customer_id = await a_customer(call)
    (invoice,) = await _sold(call, customer_id)

    told = await _report(call, "contact_statement", contact_id=customer_id)

    (entry,) = told["entries"]
    assert (told["opening_balance"], told["closing_balance"]) == (0, invoice["total"])
    assert (entry["entry_type"], entry["debit"], entry["balance"]) == ("INVOICE", invoice["total"], invoice["total"])
    assert entry["drill_down"]["path"] == f"/invoices/{invoice['invoice_id']}"


async def test_sales_are_compared_with_the_period_before(call: Caller) -> None:
    (invoice,) = await _sold(call, await a_customer(call))

    told = await _report(call, "sales_by_customer", compare_with="PREVIOUS_YEAR")
    alone = await _report(call, "sales_by_customer")

    (row,) = told["contacts"]
    assert (row["total"], row["previous_total"], told["totals"]["previous_total"]) == (invoice["total"], 0, 0)
    assert alone["contacts"][0]["previous_total"] is None
    items = await _report(call, "sales_by_item")
    assert items["totals"]["taxable_total"] == invoice["taxable_total"]


@pytest.mark.parametrize("name", FILES)
async def test_each_report_comes_as_a_table_with_the_names_of_the_contract(call: Caller, name: str) -> None:
    await _sold(call, await a_customer(call))

    reply = await call("GET", f"/reports/{name}", params={"format": "csv"})

    assert reply.status_code == 200, reply.text
    head, *_ = reply.text.removeprefix("\ufeff").splitlines()
    assert {"contact_name", "item_name"} & set(head.split(","))


@pytest.mark.parametrize(
    ("name", "query", "status", "field"),
    [
        ("ar_aging", {"as_of_date": "1999-12-31"}, 400, "as_of_date"),
        ("ar_aging", {"by": "AGE"}, 400, "by"),
        ("ar_aging", {"branch_id": "br_of_another"}, 404, "branch_id"),
        ("ap_aging", {"known_at": "2099-01-01T00:00:00Z"}, 400, "known_at"),
        ("ap_aging", {"limit": "10001"}, 400, "limit"),
        ("ap_aging", {"cursor": "abc"}, 400, "cursor"),
        ("outstanding_receivables", {"customer_id": "ct_of_another"}, 404, "customer_id"),
        ("outstanding_payables", {"vendor_id": "ct_of_another"}, 404, "vendor_id"),
        ("contact_statement", {}, 400, "contact_id"),
        ("contact_statement", {"contact_id": "ct_of_another"}, 404, "contact_id"),
        ("sales_register", {"from_date": "2026-11-01", "to_date": "2026-10-31"}, 400, "from_date"),
        ("sales_register", {"item_id": "it_of_another"}, 404, "item_id"),
        ("purchase_register", {"from_date": "2010-01-01", "to_date": "2026-10-31"}, 400, "from_date"),
        ("purchase_register", {"vendor_id": "ct_of_another"}, 404, "vendor_id"),
        ("sales_by_customer", {"cost_center_id": "cc_of_another"}, 404, "cost_center_id"),
        ("sales_by_item", {"customer_id": "ct_of_another"}, 404, "customer_id"),
        ("purchases_by_vendor", {"compare_with": "NOTHING"}, 400, "compare_with"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    call: Caller, name: str, query: dict[str, str], status: int, field: str
) -> None:
    reply = await call("GET", f"/reports/{name}", params=query)

    assert (reply.status_code, reply.json()["field"]) == (status, field)


async def test_a_branch_has_no_control_account_to_agree_with(call: Caller, firm: Firm) -> None:
    await _sold(call, await a_customer(call))

    told = await _report(call, "ar_aging", branch_id=firm.branch_id)

    assert (told["control_accounts"], len(told["contacts"])) == (None, 1)
