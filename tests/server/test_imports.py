"""CSV files over the API: each row refused alone, a dry run without a trace, retries that add nothing twice."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.running import Caller, Firm, mint, rows
from tests.server.trade import a_customer, count_of, everything, numbers_of, trial_balance, wrong_balances

CONTACTS = """\
Contact Name;Type;GSTIN;Payment Terms;Billing City;Billing State;custom_fields.Region
Sharma Traders;customer;27AAPFU0939F1ZV;30;Pune;Maharashtra;West
Konkan Papers;vendor;;15;Panaji;Goa;

Bad Terms;customer;;soon;;;
"""
INVOICES = """\
invoice_number,date,customer_name,auto_approve,name,hsn_or_sac,quantity,rate,tax_percentage
A-101,15/04/2026,Deccan Retail,yes,Office chair,9403,4,"4,500.00",18
A-101,,,,Delivery,996511,1,800,18%
A-102,16/04/2026,Deccan Retail,no,Office chair,9403,1,4500,18
A-103,16/04/2026,Nobody,yes,Office chair,9403,1,4500,18
,17-04-2026,deccan retail,yes,Office chair,9403,1,"1,00,000.00",18
A-101,18-04-2026,Deccan Retail,yes,Office chair,9403,1,100,18
A-104,2026-04-31,Deccan Retail,yes,Office chair,9403,1,100,18
"""


async def sent(call: Caller, kind: str, text: str | bytes, headers: Any = None, **query: Any) -> httpx.Response:
    """Send a file."""
    content = text.encode() if isinstance(text, str) else text
    headers = {"Content-Type": "text/csv", **(headers or {})}
    return await call("POST", f"/{kind}/import", content=content, headers=headers, params=query)


async def imported(call: Caller, kind: str, text: str, **query: Any) -> Any:
    """Send a file and return the report."""
    reply = await sent(call, kind, text, **query)
    assert reply.status_code == 200, reply.text
    return reply.json()["import"]


def faults(report: Any) -> dict[int, tuple[str, str | None]]:
    """What each refused row is refused with."""
    return {row["row"]: (row["error"]["code"], row["error"]["field"]) for row in report["rows"] if row["error"]}


async def test_contacts_are_added_and_refused_row_by_row(call: Caller, firm: Firm) -> None:
    report = await imported(call, "contacts", CONTACTS)

    assert report["summary"] == {"total": 3, "created": 2, "failed": 1}
    assert [row["row"] for row in report["rows"]] == [2, 3, 5]
    assert faults(report) == {5: ("validation.invalid_value", "payment_terms")}
    contact = (await call("GET", f"/contacts/{report['rows'][0]['id']}")).json()["contact"]
    assert (contact["contact_name"], contact["place_of_contact"]) == ("Sharma Traders", "IN-MH")
    assert (contact["billing_address"]["city"], contact["billing_address"]["state_code"]) == ("Pune", "IN-MH")
    assert contact["custom_fields"] == {"Region": "West"}
    assert contact["payment_terms"] == 30


async def test_opening_balances_come_with_their_contacts(call: Caller, firm: Firm) -> None:
    """Deccan owed 1,500.50 and Colombo USD 100 at 83.50; Konkan is owed 5,000, and Sahil had 300 of ours."""
    text = (
        "name,type,currency_code,gst_treatment,opening_balance,opening_balance_date,opening_balance_exchange_rate\n"
        'Deccan,customer,INR,CONSUMER,"1,500.50",31/03/2026,\n'
        "Konkan,vendor,INR,UNREGISTERED,5000,31/03/2026,\n"
        "Sahil,vendor,INR,UNREGISTERED,(300),31/03/2026,\n"
        "Colombo,customer,USD,OVERSEAS,100,31/03/2026,83.50\n"
        "Undated,customer,INR,CONSUMER,10,,\n"
        "Unrated,customer,USD,OVERSEAS,10,31/03/2026,\n"
        "Vast,customer,INR,CONSUMER,1e30,31/03/2026,\n"
        "Huge,customer,INR,CONSUMER,999999999999999999,31/03/2026,\n"
        "Settled,customer,INR,CONSUMER,0.00,,\n"
    )
    report = await imported(call, "contacts", text)

    assert faults(report) == {
        6: ("validation.required_field", "opening_balance_date"),
        7: ("validation.required_field", "opening_balance_exchange_rate"),
        8: ("validation.invalid_value", "opening_balance"),
        9: ("validation.invalid_value", "opening_balance"),
    }
    assert count_of(firm, "contacts") == 5
    brought = "select contact_name, kind, status, total, number from documents where organization_id = %s"
    assert {
        (row["contact_name"], row["kind"], row["status"], str(row["total"]))
        for row in rows(firm.url, brought, firm.organization_id)
    } == {
        ("Deccan", "INVOICE", "SENT", "1500.50"),
        ("Konkan", "BILL", "OPEN", "5000.00"),
        ("Sahil", "DEBIT_NOTE", "ISSUED", "300.00"),
        ("Colombo", "INVOICE", "SENT", "100.00"),
    }
    assert (await call("GET", "/opening_balances")).json()["opening_balances"]["open_difference"] == -5150.50
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])
    again = await imported(call, "contacts", text)
    assert again["summary"]["created"] == 0


async def test_a_file_sent_twice_adds_nothing_twice(call: Caller, firm: Firm) -> None:
    await imported(call, "contacts", CONTACTS)
    again = await imported(call, "contacts", CONTACTS)

    assert again["summary"]["created"] == 0
    assert faults(again)[2] == ("conflict.duplicate", "contact_name")
    assert count_of(firm, "contacts") == 2


async def test_a_key_makes_a_file_safe_to_send_again(call: Caller, firm: Firm) -> None:
    key = {"Idempotency-Key": "contacts-1"}
    first = await sent(call, "contacts", CONTACTS, key)
    replay = await sent(call, "contacts", CONTACTS, key)
    other = await sent(call, "contacts", CONTACTS.replace("Pune", "Nashik"), key)

    assert replay.json() == first.json()
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_items_find_their_tax_and_accounts_by_rate_and_name(call: Caller) -> None:
    report = await imported(
        call,
        "items",
        "name,sku,type,hsn,unit,price,gst_rate,account_name,purchase_account_code\n"
        'Office chair,CH-1,GOODS,="9403",pcs,"4,500.00",18%,Sales,5020\n'
        "Consulting,,service,998312,hour,5000,18,,\n"
        "Desk,CH-1,GOODS,9403,pcs,1,18,,\n"
        "Lamp,,GOODS,9405,pcs,1,17,,\n"
        "Sofa,,GOODS,9401,pcs,1,18,No such account,\n",
    )

    assert faults(report) == {
        4: ("conflict.duplicate", "sku"),
        5: ("not_found.resource", "tax_percentage"),
        6: ("not_found.resource", "account_name"),
    }
    item = (await call("GET", f"/items/{report['rows'][0]['id']}")).json()["item"]
    assert (item["hsn_or_sac"], item["rate"], item["tax_percentage"]) == ("9403", 4500, 18)


async def test_invoices_keep_their_numbers_lines_and_status(call: Caller, firm: Firm) -> None:
    """18,000 and 800 at 18 %: 18,800 + 1,692 + 1,692 = 22,184; one lakh: 1,18,000."""
    await a_customer(call)
    report = await imported(call, "invoices", INVOICES)

    assert report["summary"] == {"total": 6, "created": 3, "failed": 3}
    assert faults(report) == {
        5: ("not_found.resource", "customer_name"),
        7: ("conflict.duplicate", "invoice_number"),
        8: ("validation.invalid_value", "date"),
    }
    assert numbers_of(firm) == ["A-101", "A-102", "INV/26-27/0001"]
    invoices = [(await call("GET", f"/invoices/{row['id']}")).json()["invoice"] for row in report["rows"] if row["ok"]]
    assert [(each["total"], each["tax_total"]) for each in invoices] == [(22184, 3384), (5310, 810), (118000, 18000)]
    assert [each["journal_id"] is None for each in invoices] == [False, True, False]
    assert [line["name"] for line in invoices[0]["line_items"]] == ["Office chair", "Delivery"]
    assert trial_balance(firm) == 0
    assert wrong_balances(firm) == []


async def test_a_salesperson_is_found_by_name_or_named_in_words(call: Caller) -> None:
    await a_customer(call, "Deccan Retail")
    meera = await call.made("/salespersons", {"salesperson_name": "Meera Kulkarni"})
    header = "invoice_number,customer_name,salesperson,salesperson_name,name,rate,tax_percentage"
    said = (
        "B-1,Deccan Retail,meera kulkarni,,Chair,100,18",
        "B-2,Deccan Retail,,Ravi,Chair,100,18",
        "B-3,Deccan Retail,Nobody,,Chair,100,18",
    )
    report = await imported(call, "invoices", "\n".join((header, *said)))

    assert faults(report) == {4: ("not_found.resource", "salesperson")}
    ids = [row["id"] for row in report["rows"][:2]]
    first, second = [(await call("GET", f"/invoices/{key}")).json()["invoice"] for key in ids]
    assert (first["salesperson_id"], first["salesperson_name"]) == (meera["salesperson_id"], "Meera Kulkarni")
    assert (second["salesperson_id"], second["salesperson_name"]) == (None, "Ravi")


@pytest.mark.parametrize(("kind", "text"), [("contacts", CONTACTS), ("invoices", INVOICES)])
async def test_a_dry_run_tells_what_would_be_and_leaves_no_trace(
    call: Caller, firm: Firm, kind: str, text: str
) -> None:
    await a_customer(call)
    before = everything(firm)

    tried = await imported(call, kind, text, dry_run="true")

    assert everything(firm) == before
    assert (tried["dry_run"], tried["is_written"]) == (True, False)
    real = await imported(call, kind, text)
    assert tried["summary"] == real["summary"]
    assert [{**row, "id": None} for row in real["rows"]] == tried["rows"]


async def test_all_or_nothing_keeps_nothing_if_a_row_is_refused(call: Caller, firm: Firm) -> None:
    await a_customer(call)
    before = everything(firm)

    report = await imported(call, "invoices", INVOICES, all_or_nothing="true")

    assert report["summary"] == {"total": 6, "created": 0, "failed": 3}
    assert not report["is_written"]
    assert {row["id"] for row in report["rows"]} == {None}
    assert everything(firm) == before
    good = await imported(call, "contacts", "contact_name\nAsha\nRavi\n", all_or_nothing="true")
    assert good["summary"]["created"] == 2


async def test_each_row_and_the_whole_are_in_the_trail(call: Caller, firm: Firm) -> None:
    await a_customer(call)
    await imported(call, "invoices", INVOICES)

    query = "select event_type as action, summary from events where organization_id = %s and entity_type = 'INVOICE'"
    told = rows(firm.url, query, firm.organization_id)
    assert sorted(row["action"] for row in told) == [
        *["INVOICE_APPROVED"] * 2,
        *["INVOICE_CREATED"] * 3,
        "INVOICE_IMPORTED",
    ]
    (whole,) = [row["summary"] for row in told if row["action"] == "INVOICE_IMPORTED"]
    assert {name: whole[name] for name in ("count", "failed", "batch_size")} == {
        "count": 3,
        "failed": 3,
        "batch_size": 6,
    }


async def test_a_scope_is_needed_to_approve(call: Caller, firm: Firm) -> None:
    await a_customer(call)
    drafts_only = await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.invoices.CREATE"])
    clerk = call.with_token(drafts_only)

    refused = await sent(clerk, "invoices", INVOICES)
    drafted = await imported(clerk, "invoices", INVOICES.replace(",yes,", ",no,"))

    assert (refused.status_code, refused.json()["code"]) == (403, "auth.insufficient_scope")
    assert drafted["summary"]["created"] == 3
    assert (await sent(clerk, "contacts", CONTACTS)).status_code == 403


@pytest.mark.parametrize(
    ("content", "headers", "status", "field"),
    [
        (b"colour\nred", {}, 422, "colour"),
        (b"contact_name,Contact Name\nA,B", {}, 422, "Contact Name"),
        ("contact_name\nCafé".encode("latin-1"), {}, 400, None),
        (b"contact_name\n" + b"A\n" * 1001, {}, 422, None),
        (b'contact_name\n"A', {}, 422, None),
        (b"", {}, 422, None),
        (b"contact_name\nA", {"Content-Type": "application/json"}, 415, None),
        (b"contact_name\nA", {"Content-Type": "text/csv; charset=latin-1"}, 415, None),
        (b"contact_name\n" + b"A" * 2_100_000, {}, 413, None),
    ],
)
async def test_what_is_no_file_of_this_kind_is_refused_whole(
    call: Caller, firm: Firm, content: bytes, headers: dict[str, str], status: int, field: str | None
) -> None:
    reply = await sent(call, "contacts", content, headers)

    assert (reply.status_code, reply.json().get("field")) == (status, field), reply.text
    assert count_of(firm, "contacts") == 0


async def test_the_media_type_may_say_its_encoding(call: Caller) -> None:
    reply = await sent(
        call, "contacts", "\ufeffcontact_name\nनाम\n", {"Content-Type": "text/csv; charset=UTF-8; header=present"}
    )

    assert reply.json()["import"]["rows"][0]["number"] == "नाम"


async def test_a_client_that_knows_no_csv_sends_any_file(call: Caller) -> None:
    reply = await sent(call, "contacts", "contact_name\nनाम\n", {"Content-Type": "application/octet-stream"})

    assert reply.json()["import"]["rows"][0]["number"] == "नाम"


async def test_two_imports_at_once_share_the_series(call: Caller, firm: Firm) -> None:
    """Each gets numbers without a gap, none twice."""
    await a_customer(call)
    header, *_ = INVOICES.splitlines()
    file = "\n".join([header, *[",15/04/2026,Deccan Retail,yes,Chair,9403,1,100,18"] * 10])

    await asyncio.gather(*[imported(call, "invoices", file) for _ in range(2)])

    assert numbers_of(firm) == [f"INV/26-27/{number:04}" for number in range(1, 21)]
    assert trial_balance(firm) == 0


OPENING = """\
Account,As on,Dr,Cr
Bank account,31/03/2026,"2,50,000.00",0.00
Capital,,,"2,00,000.00"
No such account,,5,
Trade receivables,,100,
Petty cash,,1,2
Bank account,,7,
Cash in hand,30/03/2026,9,
"""


async def test_opening_balances_are_one_entry_of_the_rows_that_are_good(call: Caller, firm: Firm) -> None:
    """2,50,000 of bank less 2,00,000 of capital leaves 50,000 on the opening balance difference."""
    report = await imported(call, "opening_balances", OPENING)

    assert report["summary"] == {"total": 7, "created": 2, "failed": 5}
    assert {row: code for row, (code, _) in faults(report).items()} == {
        4: "not_found.resource",
        5: "validation.failed",
        6: "validation.failed",
        7: "validation.failed",
        8: "validation.failed",
    }
    assert [row["number"] for row in report["rows"] if row["ok"]] == ["Bank account", "Capital"]
    stored = (await call("GET", "/opening_balances")).json()["opening_balances"]
    assert (stored["date"], stored["difference"]) == ("2026-03-31", -50000)
    assert trial_balance(firm) == 0
    assert wrong_balances(firm) == []


async def test_opening_balances_are_tried_and_kept_whole_or_not_at_all(call: Caller, firm: Firm) -> None:
    before = everything(firm)

    tried = await imported(call, "opening_balances", OPENING, dry_run="true")
    refused = await imported(call, "opening_balances", OPENING, all_or_nothing="true")
    undated = await sent(call, "opening_balances", "account_code,debit\n1100,5\n")

    assert everything(firm) == before
    assert (tried["summary"]["created"], refused["summary"]["created"]) == (2, 0)
    assert (undated.status_code, undated.json()["field"]) == (400, "date")
    reader = call.with_token(
        await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.accounts.CREATE"])
    )
    assert (await sent(reader, "opening_balances", OPENING)).status_code == 403
