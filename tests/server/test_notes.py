"""Notes over HTTP: what the audit trail calls their fields, comments on them, and what their customer then owes."""

from typing import Any

import pytest

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice

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

    await call("PUT", path, {"restock": True, "invoice_id": None})

    trail = await call("GET", "/activity", params={"entity_type": "CREDIT_NOTE", "entity_id": note["credit_note_id"]})
    changes = trail.json()["activity"][0]["changes"]
    assert changes == {
        "restock": {"old": False, "new": True},
        "invoice_id": {"old": invoice["invoice_id"], "new": None},
    }


async def test_notes_take_comments(call: Caller, invoice: Json) -> None:
    note = await a_note(call, invoice)

    comment = await call.made(
        "/comments",
        {"entity_type": "CREDIT_NOTE", "entity_id": note["credit_note_id"], "description": "Books came wet."},
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
