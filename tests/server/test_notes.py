"""Notes over HTTP: what the audit trail calls their fields, comments on them, and what their customer then owes."""

from typing import Any

import pytest

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice

BOOKS = {"name": "Printed books", "rate": 500, "tax_category": "EXEMPT"}

Json = dict[str, Any]


@pytest.fixture
async def invoice(call: Caller) -> Json:
    """A posted invoice of 1,000 rupees."""
    return await call.made("/invoices?send=true", an_invoice(await a_customer(call)))


async def a_note(call: Caller, invoice: Json, **fields: Any) -> Json:
    """A credit note of 400 rupees on an invoice."""
    line = {"name": "Printed books", "rate": 400}
    of_invoice = {"customer_id": invoice["customer_id"], "invoice_id": invoice["invoice_id"]}
    return await call.made("/credit_notes", {**of_invoice, "line_items": [line], **fields})


async def test_a_note_is_posted_unless_its_maker_wants_to_look_at_it_first(call: Caller, invoice: Json) -> None:
    posted, draft = await a_note(call, invoice), await a_note(call, invoice, auto_approve=False)

    assert (posted["status"], posted["credit_note_number"], posted["reason"]) == (
        "ISSUED",
        "CN/26-27/0001",
        "OTHERS",
    )
    assert (draft["status"], draft["credit_note_number"], draft["journal_id"]) == ("DRAFT", None, None)
    assert draft["line_items"][0]["tax_category"] == "EXEMPT"


async def test_the_trail_names_the_fields_of_a_note_as_the_contract_does(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice, auto_approve=False)
    path = f"/credit_notes/{note['credit_note_id']}"

    line = note["line_items"][0]["line_item_id"]
    await call("PUT", path, {"invoice_id": None, "line_items": [{"line_item_id": line, "restock": True}]})

    trail = await call("GET", "/activity", params={"entity_type": "CREDIT_NOTE", "entity_id": note["credit_note_id"]})
    changes = trail.json()["activity"][0]["changes"]
    assert changes.keys() == {"invoice_id", "line_items"}
    assert changes["invoice_id"] == {"old": invoice["invoice_id"], "new": None}
    [before], [after] = changes["line_items"]["old"], changes["line_items"]["new"]
    assert {name: after[name] for name in after if after[name] != before[name]} == {
        "restock": True,
        "stock_direction": "SALES_RETURN_IN",
    }


async def test_notes_take_comments(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice)

    comment = await call.made(
        "/comments",
        {"entity_type": "CREDIT_NOTE", "entity_id": note["credit_note_id"], "body": "Books came wet."},
    )

    assert comment["entity_id"] == note["credit_note_id"]


async def test_unused_credit_lessens_what_a_customer_owes(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice)
    customer = f"/contacts/{invoice['customer_id']}"
    before = (await call("GET", customer)).json()["contact"]["outstanding_receivable"]

    applied = await call(
        "POST",
        f"/credit_notes/{note['credit_note_id']}/apply-to-invoice",
        {"invoice_id": invoice["invoice_id"]},
        headers={"If-Match": '"1"'},
    )

    assert applied.json()["credit_note"]["status"] == "APPLIED"
    [allocation] = applied.json()["credit_note"]["allocations"]
    assert (allocation["invoice_id"], allocation["bill_id"]) == (invoice["invoice_id"], None)
    after = (await call("GET", customer)).json()["contact"]["outstanding_receivable"]
    assert before == after == 600


async def test_a_note_that_changed_meanwhile_is_not_applied(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice)
    path = f"/credit_notes/{note['credit_note_id']}"
    await call("PUT", path, {"notes": "As agreed."})

    refused = await call(
        "POST", f"{path}/apply-to-invoice", {"invoice_id": invoice["invoice_id"]}, headers={"If-Match": '"1"'}
    )

    assert (refused.status_code, refused.json()["code"]) == (412, "conflict.version_mismatch")


@pytest.fixture
async def bill(call: Caller) -> Json:
    """A posted bill of two lots of books at 500."""
    vendor = await call.made("/contacts", {"contact_name": "Konkan Papers", "contact_type": "VENDOR"})
    draft = await call.made("/bills", {"vendor_id": vendor["contact_id"], "line_items": [{**BOOKS, "quantity": 2}]})
    approved: Json = (await call("POST", f"/bills/{draft['bill_id']}/approve")).json()["bill"]
    return approved


async def ids_of(call: Caller, path: str, **params: str) -> list[str]:
    """The ids of a list of notes."""
    listed = (await call("GET", path, params=params)).json()
    [rows] = [value for value in listed.values() if isinstance(value, list)]
    return [row.get("credit_note_id") or row["debit_note_id"] for row in rows]


async def test_notes_are_found_by_what_they_correct_and_whose_they_are(call: Caller, invoice: Json) -> None:
    note = (await a_note(call, invoice))["credit_note_id"]
    alone = (await a_note(call, invoice, invoice_id=None, line_items=[BOOKS]))["credit_note_id"]

    assert await ids_of(call, "/credit_notes", invoice_id=invoice["invoice_id"]) == [note]
    assert await ids_of(call, "/credit_notes", invoice_id=note) == []
    assert await ids_of(call, "/credit_notes", type="customer") == [alone, note]
    assert await ids_of(call, "/credit_notes", type="vendor") == []


async def test_a_vendor_may_be_called_by_the_older_name(call: Caller, bill: Json) -> None:
    body = {"customer_id": bill["vendor_id"], "bill_id": bill["bill_id"], "line_items": [{"name": BOOKS["name"]}]}
    note = await call.made("/debit_notes", body)

    assert (note["vendor_id"], note["total"]) == (bill["vendor_id"], 500)
    for params in ({"customer_id": bill["vendor_id"]}, {"vendor_id": bill["vendor_id"]}, {"bill_id": bill["bill_id"]}):
        assert await ids_of(call, "/debit_notes", type="vendor", **params) == [note["debit_note_id"]]
    assert await ids_of(call, "/debit_notes", type="customer") == []


async def test_two_names_of_the_vendor_say_the_same(call: Caller, bill: Json) -> None:
    other = await a_customer(call)
    said = {"vendor_id": bill["vendor_id"], "line_items": [BOOKS]}

    both = await call("POST", "/debit_notes", {**said, "customer_id": bill["vendor_id"]})
    refused = await call("POST", "/debit_notes", {**said, "customer_id": other})

    assert both.status_code == 201
    assert (refused.status_code, refused.json()["field"]) == (422, "customer_id")


async def test_a_debit_note_on_nothing_names_its_vendor(call: Caller, bill: Json) -> None:
    refused = await call("POST", "/debit_notes", {"line_items": [BOOKS]})
    on_bill = await call("POST", "/debit_notes", {"bill_id": bill["bill_id"], "line_items": [{"name": BOOKS["name"]}]})

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        400,
        "validation.required_field",
        "vendor_id",
    )
    assert on_bill.json()["debit_note"]["vendor_id"] == bill["vendor_id"]


@pytest.mark.parametrize(
    ("said", "shown", "portal"),
    [
        (None, "OTHERS", "OTHERS"),
        ("PURCHASE_RETURN", "PURCHASE_RETURN", "SALES_RETURN"),
        ("SALES_RETURN", "PURCHASE_RETURN", "SALES_RETURN"),
        ("POST_PURCHASE_DISCOUNT", "POST_PURCHASE_DISCOUNT", "POST_SALE_DISCOUNT"),
        ("DEFICIENCY_IN_SERVICES", "DEFICIENCY_IN_SERVICES", "DEFICIENCY_IN_SERVICES"),
        ("The books came wet.", "The books came wet.", "OTHERS"),
    ],
)
async def test_a_buyer_says_why_in_his_own_words(
    call: Caller, bill: Json, said: str | None, shown: str, portal: str
) -> None:
    reason = {} if said is None else {"reason": said}

    note = await call.made("/debit_notes", {"vendor_id": bill["vendor_id"], "line_items": [BOOKS], **reason})

    assert (note["reason"], note["gst_reason"]) == (shown, portal)


async def test_refusals_name_what_a_note_corrects_as_the_contract_does(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice)
    missing = {"customer_id": invoice["customer_id"], "invoice_id": note["credit_note_id"], "line_items": [BOOKS]}

    frozen = await call("PUT", f"/credit_notes/{note['credit_note_id']}", {"invoice_id": None})
    unknown = await call("POST", "/credit_notes", missing)

    assert (frozen.status_code, frozen.json()["field"]) == (409, "invoice_id")
    assert "parent_id" not in frozen.text
    assert (unknown.status_code, unknown.json()["field"]) == (404, "invoice_id")


async def test_sending_back_what_a_note_shows_changes_nothing(call: Caller, invoice: Json) -> None:
    line = {"name": "Printed books", "restock": True}
    note = await a_note(call, invoice, auto_approve=False, line_items=[line])
    [shown] = note["line_items"]
    said = ("line_item_id", "name", "quantity", "rate", "discount", "tax_id", "corrected_line_item_id", "restock")

    again = await call(
        "PUT",
        f"/credit_notes/{note['credit_note_id']}",
        {
            "invoice_id": note["invoice_id"],
            "reason": note["reason"],
            "line_items": [{name: shown[name] for name in said}],
        },
    )

    assert shown["corrected_line_item_id"] == invoice["line_items"][0]["line_item_id"]
    assert again.json()["credit_note"] == note
