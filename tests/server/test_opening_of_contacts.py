"""What contacts owed before the books began: set with the contact, kept as an opening document, read off it."""

from typing import Any

import pytest

from tests.running import Caller, Firm, mint, rows, shown
from tests.server.trade import a_customer, a_draft, trial_balance, wrong_balances

Json = dict[str, Any]

PAPERS = """
select kind, status, number, total::text, currency_code, exchange_rate::text, dated_on::text
  from documents
 where organization_id = %s
 order by created_at, id
"""


def papers(firm: Firm) -> list[tuple[str, ...]]:
    """Kind, status and total of all documents, in the order in which they were made."""
    return [(row["kind"], row["status"], row["total"]) for row in rows(firm.url, PAPERS, firm.organization_id)]


async def a_contact(call: Caller, **said: Any) -> Json:
    return await call.made("/contacts", {"contact_name": "Deccan Retail", **said})


async def changed(call: Caller, contact: Json, **said: Any) -> Json:
    reply = await call("PUT", f"/contacts/{contact['contact_id']}", said)
    assert reply.status_code == 200, reply.text
    return shown(reply)


async def refused(call: Caller, contact: Json, **said: Any) -> tuple[int, str, str | None]:
    reply = await call("PUT", f"/contacts/{contact['contact_id']}", said)
    return reply.status_code, reply.json()["code"], reply.json().get("field")


@pytest.mark.parametrize(
    ("contact_type", "amount", "kind", "receivable", "payable"),
    [
        ("CUSTOMER", 1500.5, "INVOICE", 1500.5, 0),
        ("CUSTOMER", -300, "CREDIT_NOTE", -300, 0),
        ("VENDOR", 5000, "BILL", 0, 5000),
        ("VENDOR", -300, "DEBIT_NOTE", 0, -300),
        ("BOTH", 700, "INVOICE", 700, 0),
        ("BOTH", -700, "CREDIT_NOTE", -700, 0),
    ],
)
async def test_an_opening_balance_is_a_document_of_its_side(
    call: Caller, firm: Firm, contact_type: str, amount: float, kind: str, receivable: float, payable: float
) -> None:
    contact = await a_contact(call, contact_type=contact_type, opening_balance=amount)

    assert contact["opening_balance"] == amount
    assert (contact["outstanding_receivable"], contact["outstanding_payable"]) == (receivable, payable)
    assert [(each[0], float(each[2])) for each in papers(firm)] == [(kind, abs(amount))]
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])
    read = shown(await call("GET", f"/contacts/{contact['contact_id']}"))
    assert read == contact
    (listed,) = (await call("GET", "/contacts")).json()["contacts"]
    assert listed == contact


async def test_without_one_nothing_is_brought_forward(call: Caller, firm: Firm) -> None:
    for said in ({}, {"opening_balance": 0}, {"opening_balance": None, "opening_balance_date": "2026-03-31"}):
        contact = await a_contact(call, **said)
        assert (contact["opening_balance"], contact["opening_balance_date"]) == (0, None)
        assert await changed(call, contact, opening_balance=0) == contact
    assert papers(firm) == []


async def test_it_is_dated_before_the_books_began(call: Caller, firm: Firm) -> None:
    """With nothing in the books the day before this year, then as the others, then as the accounts."""
    first = await a_contact(call, opening_balance=100)
    assert first["opening_balance_date"] == "2026-03-31"
    said = await a_contact(call, opening_balance=100, opening_balance_date="2025-12-31", contact_name="Of December")
    assert said["opening_balance_date"] == "2025-12-31"
    as_others = await a_contact(call, opening_balance=100, contact_name="As others")
    assert as_others["opening_balance_date"] == "2026-03-31"

    accounts = (await call("GET", "/accounts?account_type=BANK")).json()["accounts"]
    balances = [{"account_id": accounts[0]["account_id"], "debit": 10}]
    await call("PUT", "/opening_balances", {"date": "2026-06-30", "balances": balances})
    as_accounts = await a_contact(call, opening_balance=100, contact_name="As accounts")
    assert as_accounts["opening_balance_date"] == "2026-06-30"


async def test_it_lies_before_the_year_of_the_first_entry(call: Caller, firm: Firm) -> None:
    invoice_id = await a_draft(call, await a_customer(call, "First customer"), date="2024-05-10")
    assert (await call("POST", f"/invoices/{invoice_id}/approve")).status_code == 200

    assert (await a_contact(call, opening_balance=100))["opening_balance_date"] == "2024-03-31"


async def test_another_one_takes_the_place_of_what_stood(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    more = await changed(call, contact, opening_balance=1200)
    assert (more["opening_balance"], more["outstanding_receivable"], more["version"]) == (1200, 1200, 2)
    assert papers(firm) == [("INVOICE", "CANCELLED", "1000.00"), ("INVOICE", "SENT", "1200.00")]

    earlier = await changed(call, more, opening_balance_date="2026-02-28")
    assert (earlier["opening_balance"], earlier["opening_balance_date"]) == (1200, "2026-02-28")
    owed = await changed(call, earlier, opening_balance=-50)
    assert (owed["opening_balance"], owed["opening_balance_date"]) == (-50, "2026-02-28")
    none = await changed(call, owed, opening_balance=None)
    assert (none["opening_balance"], none["opening_balance_date"], none["outstanding_receivable"]) == (0, None, 0)
    assert [each[1] for each in papers(firm)] == ["CANCELLED"] * 4
    assert (trial_balance(firm), wrong_balances(firm)) == (0, [])

    events = (await call("GET", f"/activity/{contact['contact_id']}")).json()["activity"]
    assert [event["action"] for event in events] == ["CONTACT_UPDATED"] * 4 + ["CONTACT_CREATED"]
    assert events[3]["changes"] == {"opening_balance": {"old": 1000, "new": 1200}}


async def test_what_get_shows_put_takes_and_nothing_changes(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    opening = {name: contact[name] for name in contact if name.startswith("opening_balance")}
    assert opening == {
        "opening_balance": 1000,
        "opening_balance_date": "2026-03-31",
        "opening_balance_exchange_rate": 1,
    }
    assert await changed(call, contact, **opening) == contact
    assert len(papers(firm)) == 1


async def test_a_contact_that_changes_sides_keeps_its_paper_until_another_is_set(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    vendor = await changed(call, contact, contact_type="VENDOR")
    assert vendor["opening_balance"] == -1000

    owed_to = await changed(call, vendor, opening_balance=400)
    assert (owed_to["opening_balance"], owed_to["outstanding_payable"]) == (400, 400)
    assert [each[:2] for each in papers(firm)] == [("INVOICE", "CANCELLED"), ("BILL", "OPEN")]


async def test_in_a_foreign_currency_it_has_a_rate(call: Caller, firm: Firm) -> None:
    """USD 100 at 83.50 are 8,350 rupees."""
    abroad = {"contact_name": "Colombo", "gst_treatment": "OVERSEAS", "currency_code": "USD", "opening_balance": 100}
    reply = await call("POST", "/contacts", abroad)
    assert (reply.status_code, reply.json()["field"]) == (400, "opening_balance_exchange_rate")
    assert (await call("GET", "/contacts")).json()["contacts"] == []

    contact = await call.made("/contacts", {**abroad, "opening_balance_exchange_rate": 83.5})
    assert (contact["opening_balance"], contact["opening_balance_exchange_rate"]) == (100, 83.5)
    assert contact["outstanding_receivable"] == 8350
    more = await changed(call, contact, opening_balance=200)
    assert (more["opening_balance_exchange_rate"], more["outstanding_receivable"]) == (83.5, 16700)

    in_euros = await changed(call, more, currency_code="EUR")
    assert (in_euros["opening_balance"], in_euros["outstanding_receivable"]) == (0, 16700)
    asked = {"opening_balance": 5, "opening_balance_exchange_rate": 90}
    assert await refused(call, in_euros, **asked) == (409, "conflict.invalid_state", "opening_balance")


async def test_what_is_settled_stays(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    (invoice,) = (await call("GET", "/invoices")).json()["invoices"]
    settled = {"invoice_id": invoice["invoice_id"], "amount": 400}
    await call.made(
        "/payments",
        {"flow": "INCOMING", "contact_id": contact["contact_id"], "amount": 400, "allocations": [settled]},
    )

    assert await refused(call, contact, opening_balance=1) == (409, "conflict.invalid_state", "opening_balance")
    stays = await changed(call, contact, opening_balance=1000, payment_terms=30)
    assert (stays["opening_balance"], stays["outstanding_receivable"], stays["payment_terms"]) == (1000, 600, 30)


async def test_several_papers_are_added_up_and_left_alone(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    line = {"name": "Old chair", "quantity": 1, "rate": 250, "tax_category": "NON_GST"}
    paper = {
        "customer_id": contact["contact_id"],
        "invoice_number": "OLD-7",
        "date": "2026-03-15",
        "is_opening_balance": True,
        "line_items": [line],
    }
    invoice = await call.made("/invoices", paper)
    assert (await call("POST", f"/invoices/{invoice['invoice_id']}/approve")).status_code == 200

    read = shown(await call("GET", f"/contacts/{contact['contact_id']}"))
    assert (read["opening_balance"], read["opening_balance_date"]) == (1250, None)
    assert await refused(call, contact, opening_balance=1) == (409, "conflict.invalid_state", "opening_balance")


async def test_a_closed_period_keeps_its_opening_balances(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)
    closing = "update organizations set locked_until = '2026-03-31' where id = %s returning id"
    assert len(rows(firm.url, closing, firm.organization_id)) == 1

    locked = (409, "conflict.period_locked", "opening_balance_date")
    assert await refused(call, contact, opening_balance=1) == locked
    late = await call("POST", "/contacts", {"contact_name": "Late", "opening_balance": 5})
    assert (late.status_code, late.json()["code"], late.json()["field"]) == locked
    assert (await changed(call, contact, opening_balance=1000, phone="1"))["phone"] == "1"


async def test_it_needs_the_scopes_of_its_documents(call: Caller, firm: Firm) -> None:
    contact = await a_contact(call, opening_balance=1000)

    async def status_with(method: str, path: str, amount: int, *scopes: str) -> int:
        names = [f"AIBooks.{scope}" for scope in ("contacts.CREATE", "contacts.UPDATE", *scopes)]
        token = await mint(firm.url, firm.owner_id, firm.organization_id, held=names)
        body = {"contact_name": "Another", "opening_balance": amount}
        return (await call.with_token(token)(method, path, body)).status_code

    for scopes in ((), ("invoices.CREATE",), ("bills.CREATE", "bills.UPDATE")):
        assert await status_with("POST", "/contacts", 5, *scopes) == 403
    path = f"/contacts/{contact['contact_id']}"
    assert await status_with("PUT", path, 0) == 403
    assert await status_with("PUT", path, 5, "invoices.UPDATE") == 403
    assert await status_with("PUT", path, 1000) == 200
    assert await status_with("PUT", path, 0, "invoices.UPDATE") == 200
    assert await status_with("POST", "/contacts", 5, "invoices.CREATE", "invoices.UPDATE") == 201


async def test_names_follow_each_other_unless_they_were_said(call: Caller) -> None:
    contact = await a_contact(call)
    assert (contact["display_name"], contact["legal_name"]) == ("Deccan Retail", "Deccan Retail")
    renamed = await changed(call, contact, contact_name="Deccan", company_name="Deccan Retail LLP")
    assert (renamed["display_name"], renamed["legal_name"]) == ("Deccan", "Deccan Retail LLP")
    said = await changed(call, renamed, display_name="The Deccan", legal_name="Deccan Stores LLP")
    said = await changed(call, said, contact_name="Deccan 2", company_name=None)
    assert (said["display_name"], said["legal_name"]) == ("The Deccan", "Deccan Stores LLP")
    cleared = await changed(call, said, display_name=None, legal_name=None)
    assert (cleared["display_name"], cleared["legal_name"]) == ("Deccan 2", "Deccan 2")


@pytest.mark.parametrize("text", ["the dec", "stores llp", "27aapfu", "us@deccan"])
async def test_contacts_are_found_by_name_gstin_and_address(call: Caller, text: str) -> None:
    said = {"display_name": "The Deccan", "legal_name": "Deccan Stores LLP", "gst_no": "27AAPFU0939F1ZV"}
    await a_contact(call, **said, email="us@deccan.example")
    await a_contact(call, contact_name="Another")

    found = (await call("GET", "/contacts", params={"search": text})).json()["contacts"]
    assert [contact["contact_name"] for contact in found] == ["Deccan Retail"]


async def test_an_address_is_in_india_unless_something_else_is_said(call: Caller) -> None:
    at_home = await a_contact(call, billing_address={"city": "Pune"}, shipping_address={"country": None})
    assert (at_home["billing_address"]["country"], at_home["shipping_address"]["country"]) == ("India", None)
    moved = await changed(call, at_home, billing_address={"country": None})
    assert moved["billing_address"] == {**at_home["billing_address"], "country": None}
    abroad = await a_contact(call, gst_treatment="OVERSEAS", billing_address={"city": "Colombo"})
    assert abroad["billing_address"]["country"] is None
