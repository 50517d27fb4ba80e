"""Reports over HTTP: one snapshot each, what was asked stands in the answer, and what cannot be asked is refused."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from tests.running import Caller, Firm, shown
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
    ],
)
async def test_what_cannot_be_asked_is_refused(call: Caller, query: dict[str, Any], status: int, field: str) -> None:
    reply = await call("GET", "/reports/day_book", params=query)

    assert (reply.status_code, reply.json()["field"]) == (status, field)


async def an_open_invoice(call: Caller, **fields: Any) -> dict[str, Any]:
    """An approved invoice of 1,000 rupees."""
    draft = await call.made("/invoices", an_invoice(await a_customer(call), **fields))
    reply = await call("POST", f"/invoices/{draft['invoice_id']}/approve")
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def test_csv_is_saved_under_the_name_of_report_and_days(call: Caller) -> None:
    query = {"from_date": "2026-04-01", "to_date": "2099-10-31", "format": "csv"}

    reply = await call("GET", "/reports/day_book", params={**query, "from_date": "2090-04-01"})

    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="day_book-2090-04-01-to-2099-10-31.csv"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers


async def test_csv_says_what_json_says(call: Caller) -> None:
    await an_open_invoice(call)
    book = (await call("GET", "/reports/day_book")).json(parse_float=Decimal)["day_book"]

    reply = await call("GET", "/reports/day_book", params={"format": "csv"})

    rows = list(csv.DictReader(StringIO(reply.content.decode("utf-8-sig"), newline="")))
    lines = [(entry, line) for entry in book["entries"] for line in entry["lines"]]
    assert len(rows) == len(lines) + 1
    for row, (entry, line) in zip(rows, lines, strict=False):
        for name in ("date", "journal_id", "reference_number"):
            assert row[name] == entry[name]
        for name in ("account_code", "account_name"):
            assert row[name] == line[name]
        assert Decimal(row["debit"] or 0) == line["debit"]
        assert Decimal(row["credit"] or 0) == line["credit"]
    assert (rows[-1]["line_kind"], Decimal(rows[-1]["debit"])) == ("total", book["debit_total"])


async def test_a_workbook_opens(call: Caller) -> None:
    await an_open_invoice(call)

    reply = await call("GET", "/reports/day_book", params={"format": "xlsx"}, headers={"Accept": "*/*"})

    page: Any = openpyxl.load_workbook(BytesIO(reply.content)).active
    *_, total = page.iter_rows(values_only=True)
    assert page["A1"].value == "Sahyadri Traders"
    assert total[1] == "Total"
    assert total[9] == total[10] == 1000


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_file_comes_compressed_to_who_reads_that(call: Caller, encoding: str) -> None:
    for _ in range(20):
        await an_open_invoice(call)

    reply = await call(
        "GET",
        "/reports/day_book",
        params={"format": "csv"},
        headers={"Accept-Encoding": encoding, "Accept": "text/csv"},
    )

    assert reply.content.count(b"\r\n") == 42
    assert reply.headers.get("Content-Encoding", "identity") == encoding
    assert ("Content-Length" in reply.headers) == (encoding == "identity")


async def test_the_head_of_a_file_can_be_asked_for(call: Caller) -> None:
    await an_open_invoice(call)

    reply = await call("HEAD", "/reports/day_book", params={"format": "csv"}, headers={"Accept-Encoding": "identity"})
    again = await call("GET", "/reports/day_book", params={"format": "csv"}, headers={"Accept-Encoding": "identity"})

    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["Content-Length"]) == len(again.content)


async def test_who_accepts_no_file_and_no_json_gets_neither(call: Caller) -> None:
    reply = await call("GET", "/reports/day_book", headers={"Accept": "image/png"})

    assert (reply.status_code, reply.json()["code"]) == (406, "request.not_acceptable")


async def test_the_ledger_of_an_account_comes_in_every_format(call: Caller) -> None:
    await an_open_invoice(call)
    accounts = (await call("GET", "/accounts", params={"account_type": "ACCOUNTS_RECEIVABLE"})).json()["accounts"]
    query = {"account_id": accounts[0]["account_id"]}

    book = (await call("GET", "/reports/ledger", params=query)).json(parse_float=Decimal)["ledger"]
    sheet = await call("GET", "/reports/ledger", params={**query, "format": "csv"})
    workbook = await call("GET", "/reports/ledger", params={**query, "format": "xlsx"})

    (entry,) = book["entries"]
    assert (entry["balance"], book["closing_balance"], entry["contra_account_name"]) == (1000, 1000, "Sales")
    opening, row, closing = csv.DictReader(StringIO(sheet.content.decode("utf-8-sig"), newline=""))
    assert [each["balance"] for each in (opening, row, closing)] == ["0.00", "1000.00", "1000.00"]
    assert (row["reference_number"], row["contra_account_name"]) == (entry["reference_number"], "Sales")
    *_, last = openpyxl.load_workbook(BytesIO(workbook.content)).active.iter_rows(values_only=True)  # type: ignore[union-attr]  # a sheet
    assert (last[1], *last[9:12]) == ("Closing balance", 1000, 0, 1000)


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({}, 400, "account_id"),
        ({"account_id": "acc_of_another"}, 404, "account_id"),
    ],
)
async def test_a_ledger_needs_an_account(call: Caller, query: dict[str, Any], status: int, field: str) -> None:
    reply = await call("GET", "/reports/ledger", params=query)

    assert (reply.status_code, reply.json()["field"]) == (status, field)
