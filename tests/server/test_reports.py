"""Reports over HTTP: one snapshot each, what was asked stands in the answer, and what cannot be asked is refused."""

from typing import Any

import pytest

from tests.running import Caller, Firm
from tests.server.trade import a_customer, an_invoice


async def test_an_answer_says_what_was_asked(call: Caller, firm: Firm) -> None:
    query = {"from_date": "2026-04-01", "to_date": "2026-10-31", "branch_id": firm.branch_id}

    reply = await call("GET", "/reports/day_book", params=query)

    book = reply.json()["day_book"]
    assert {name: book[name] for name in query} == query
    assert (book["currency_code"], book["known_at"], book["compare_with"]) == ("INR", None, None)
    assert book["generated_time"].endswith("Z")
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_row_names_the_call_that_opens_it(call: Caller) -> None:
    draft = await call.made("/invoices", an_invoice(await a_customer(call)))
    invoice = await call("POST", f"/invoices/{draft['invoice_id']}/approve")
    assert invoice.status_code == 200

    (entry,) = (await call("GET", "/reports/day_book")).json()["day_book"]["entries"]

    assert entry["drill_down"] == {
        "operation_id": "get_invoice",
        "path": f"/invoices/{draft['invoice_id']}",
        "query": {},
    }
    opened = await call("GET", entry["drill_down"]["path"])
    assert opened.json()["invoice"]["invoice_number"] == entry["reference_number"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"from_date": "2026-11-01", "to_date": "2026-10-31"}, 400, "from_date"),
        ({"from_date": "2026-13-01"}, 400, "from_date"),
        ({"to_date": "2100-01-01"}, 400, "to_date"),
        ({"known_at": "2099-01-01T00:00:00Z"}, 400, "known_at"),
        ({"format": "docx"}, 400, "format"),
        ({"limit": "10001"}, 400, "limit"),
        ({"cursor": "abc"}, 400, "cursor"),
        ({"branch_id": "br_of_another"}, 404, "branch_id"),
        ({"format": "pdf"}, 406, "format"),
    ],
)
async def test_what_cannot_be_asked_is_refused(call: Caller, query: dict[str, Any], status: int, field: str) -> None:
    reply = await call("GET", "/reports/day_book", params=query)

    assert (reply.status_code, reply.json()["field"]) == (status, field)
