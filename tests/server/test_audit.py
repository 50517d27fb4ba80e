"""The audit trail: each change leaves one row in it and the same as an event; what is refused leaves none.

That this holds for each operation of the contract is tested in ``test_every_write_is_audited``.

Source: Companies (Accounts) Rules 2014, rule 3(1), proviso.
"""

from typing import Any

from tests.running import Caller, Firm, rows
from tests.server.trade import a_customer, a_draft, an_invoice, count_of
from tests.walking import MUTATING, Operation, an_example

VERBS = {
    "create": "CREATED",
    "update": "UPDATED",
    "archive": "ARCHIVED",
    "delete": "DELETED",
    "remove": "UPDATED",
    "approve": "APPROVED",
    "void": "VOIDED",
    "send": "SENT",
    "accept": "ACCEPTED",
    "decline": "DECLINED",
    "confirm": "CONFIRMED",
    "issue": "ISSUED",
    "convert": "CONVERTED",
    "reverse": "REVERSED",
    "upload": "ADDED",
    "run": "RUN",
    "file": "FILED",
    "reopen": "REOPENED",
    "create_payment": "RECEIVED",
    "create_comment": "ADDED",
    **dict.fromkeys(("create_credit_note", "create_debit_note", "create_customer_debit_note"), "APPROVED"),
    "apply": "APPLIED",
    "unapply": "UNAPPLIED",
    "write": "WRITTEN_OFF",
    "cancel": "WRITE_OFF_CANCELLED",
    "email": "EMAIL_QUEUED",
    "rotate": "SECRET_ROTATED",
    "test": "TESTED",
    "replay": "REPLAYED",
    "redeliver": "REDELIVERED",
}
"""What each verb of an operation id (or, where it differs, the operation) is called when it has happened."""

EVENTS = {"COMMENT_ADDED": "COMMENT_CREATED"}
"""What integrators are told under another name than the trail has."""

BESIDE = {
    "convert_estimate": ["SALES_ORDER_CREATED"],
    "convert_sales_order": ["INVOICE_CREATED"],
    "convert_delivery_challan": ["INVOICE_CREATED"],
    "convert_purchase_order": ["BILL_CREATED"],
    "run_recurring": ["INVOICE_CREATED", "INVOICE_APPROVED"],
    **{key: ["JOURNAL_CREATED"] for key in ("reverse_journal", "delete_journal")},
    "create_payment": ["INVOICE_PARTIALLY_PAID"],
    "apply_payment": ["INVOICE_PARTIALLY_PAID"],
    "create_credit_note": ["CREDIT_NOTE_CREATED"],
    "create_debit_note": ["DEBIT_NOTE_CREATED"],
    "create_customer_debit_note": ["CUSTOMER_DEBIT_NOTE_CREATED"],
    "apply_credit_note_to_invoice": ["INVOICE_PARTIALLY_PAID"],
    "apply_debit_note_to_bill": ["BILL_PARTIALLY_PAID"],
    "unapply_credit_note": ["INVOICE_UPDATED"],
    "unapply_debit_note": ["BILL_UPDATED"],
    **{key: ["INVOICE_UPDATED"] for key in ("unapply_payment", "void_payment", "delete_payment")},
}
"""What an operation does to other things than its own, before it is told itself."""

DISTINCT: dict[str, Any] = {
    "bill_of_entry_number": "7",
    "name": "Another",
    "salesperson_name": "Another",
    "date": "2026-11-20",
    "rate_date": "2026-11-20",
    "reference_number": "ANO/7",
    "code": "5777",
    "period": "082026",
    "invoice_prefix": "ANO/{FY}/",
}
"""What a second thing must have different from the first one in the same books."""

FRESH: dict[str, Any] = {
    "create_account": {"code": "5888"},
    "create_salesperson": {"salesperson_name": "Yet another"},
    "create_bill": {"reference_number": "GS/999"},
    **{f"create_{key}": {"auto_approve": False} for key in ("credit_note", "debit_note", "customer_debit_note")},
}
"""What one more, made to be deleted, must have different."""

TO_APPROVE = (
    *("void_invoice", "void_bill", "void_credit_note", "void_debit_note"),
    *("apply_credit_note_to_invoice", "apply_debit_note_to_bill"),
    *("write_off_invoice", "write_off_bill", "cancel_invoice_write_off", "cancel_bill_write_off"),
    *("void_customer_debit_note", "write_off_customer_debit_note", "cancel_customer_debit_note_write_off"),
)
"""What is done to a thing that is approved."""

_TRAIL = """
select activity.*, event.event_type, event.summary, event.entity_id as event_entity_id,
       event.entity_type as event_entity_type, event.occurred_at as event_at,
       activity.xmin = event.xmin as is_one_transaction
  from activity
  full join events as event using (organization_id, id)
 where organization_id = %s
 order by id
"""


def trail(firm: Firm, *, after: int = 0) -> list[dict[str, Any]]:
    """What happened in the firm's books, after so many rows of it."""
    return rows(firm.url, _TRAIL, firm.organization_id)[after:]


async def prepared(call: Caller, operation: Operation, ids: dict[str, str]) -> tuple[str, Any]:
    """The path and body with which an operation succeeds on populated books."""
    body = an_example(operation, ids)
    if not operation.parameter:
        body = {} if body is None else body
        body.update({name: value for name, value in DISTINCT.items() if name in body})
        return operation.path, body
    key = ids[operation.parameter]
    if operation.id.startswith("convert"):
        body = {}
    if operation.id.startswith(("archive", "delete", "send", "confirm", "issue")):
        making = next(each for each in MUTATING if each.path == operation.collection)
        fresh = an_example(making, ids) or {}
        fresh.update(FRESH.get(making.id, {}))
        key = (await call.made(making.path, fresh))[operation.parameter]
    if operation.id.startswith("unapply"):
        key = ids.get(f"applied_{operation.parameter}", key)
    if operation.id == "reopen_gst_return":
        filed = await call("POST", f"/gst/returns/{key}/file", {"arn": "AA2710260000009", "filed_on": "2026-11-12"})
        assert filed.status_code in (200, 409), filed.text
    if operation.id in TO_APPROVE:
        assert (await call("POST", f"{operation.collection}/{key}/approve")).status_code == 200
    if operation.id.startswith("cancel"):
        assert (await call("POST", f"{operation.collection}/{key}/write_off")).status_code == 200
    return operation.path.replace(f"{{{operation.parameter}}}", key), body


MAKES_ONE_CHANGE = [each for each in MUTATING if not (each.is_bulk or each.id.startswith("import_"))]
"""Imports and bulks make many, each with its own row in the trail: see ``test_imports`` and ``test_bulk``."""


def audited(operation: Operation) -> dict[str, str]:
    """The headers of a call that ``check_told_once`` is asked about."""
    return {"X-Request-Id": f"audit-{operation.id}", "User-Agent": "auditor/1"}


def check_told_once(firm: Firm, operation: Operation, path: str, *, after: int) -> None:
    """Check that a call left one row in the trail, beside what else it did, after so many; each is an event, too."""
    *beside, row = trail(firm, after=after)
    assert [each["action"] for each in beside] == BESIDE.get(operation.id, [])
    verb, _, noun = operation.id.partition("_")
    assert row["action"].endswith(f"_{VERBS.get(operation.id) or VERBS[verb]}")
    assert (row["event_type"], row["event_entity_id"], row["event_at"]) == (
        EVENTS.get(row["action"], row["action"]),
        row["entity_id"],
        row["occurred_at"],
    )
    assert row["entity_type"] == row["event_entity_type"]
    assert row["is_one_transaction"]
    assert row["actor_user_id"] == firm.owner_id
    assert row["metadata"] == {
        "ip": "127.0.0.1",
        "user_agent": "auditor/1",
        "source": "PUBLIC_API",
        "token_kind": "PAT",
        "request_id": f"audit-{operation.id}",
    }
    assert row["summary"]["id"] == row["entity_id"]
    if operation.parameter:
        assert row["entity_id"] in path
    assert verb != "update" or row["changes"], f"{noun} changed, and the trail must say how"


async def test_what_the_books_refuse_is_not_in_the_trail(call: Caller, firm: Firm) -> None:
    """With and without a key: the savepoint takes back what had been noted."""
    customer = await a_customer(call)
    draft, posted = [await a_draft(call, customer) for _ in range(2)]
    await call("POST", f"/invoices/{posted}/approve")
    before = len(trail(firm))

    for headers in ({}, {"Idempotency-Key": "k"}):
        for method, path, body in (
            ("POST", f"/invoices/{posted}/approve", None),
            ("POST", f"/invoices/{draft}/void", None),
            ("DELETE", f"/invoices/{posted}", None),
            ("PUT", f"/invoices/{posted}", {"discount": 5}),
            ("DELETE", f"/contacts/{customer}", None),
            ("POST", "/branches", {"name": "head office", "state": "IN-MH"}),
            ("POST", "/invoices?send=true", an_invoice("ct_unknown")),
        ):
            reply = await call(method, path, body, headers=headers)
            assert reply.status_code in (404, 409), reply.text

    assert len(trail(firm)) == before


async def test_a_replay_is_not_in_the_trail(call: Caller, firm: Firm) -> None:
    for _ in range(3):
        await call("POST", "/contacts", {"contact_name": "Sharma"}, headers={"Idempotency-Key": "k"})

    assert count_of(firm, "activity", "action = 'CONTACT_CREATED'") == 1


async def test_reading_leaves_no_trail(call: Caller, firm: Firm) -> None:
    before = len(trail(firm))

    for path in ("/contacts", f"/branches/{firm.branch_id}", "/invoices", "/whoami"):
        await call("GET", path)

    assert len(trail(firm)) == before


async def test_a_change_of_nothing_is_no_change(call: Caller, firm: Firm) -> None:
    contact = await call.made("/contacts", {"contact_name": "Sharma", "notes": "Pays late"})
    path, before = f"/contacts/{contact['contact_id']}", len(trail(firm))

    same = await call("PUT", path, {"notes": "Pays late"})

    assert same.json()["contact"] == contact
    assert len(trail(firm)) == before


async def test_the_trail_tells_old_and_new(call: Caller, firm: Firm) -> None:
    made = {"contact_name": "Sharma", "notes": "Pays late", "billing_address": {"city": "Pune", "zip": "411001"}}
    contact = await call.made("/contacts", made)
    before = len(trail(firm))

    change = {"notes": None, "payment_terms": 15, "billing_address": {"zip": "411002"}}
    await call("PUT", f"/contacts/{contact['contact_id']}", change)

    (row,) = trail(firm, after=before)
    assert row["changes"]["notes"] == {"old": "Pays late", "new": None}
    assert row["changes"]["payment_terms"] == {"old": 0, "new": 15}
    address = row["changes"]["billing_address"]
    assert (address["old"]["zip"], address["new"]["zip"]) == ("411001", "411002")
    assert address["old"]["city"] == address["new"]["city"] == "Pune"
    assert set(row["changes"]) == {"notes", "payment_terms", "billing_address"}


async def test_the_trail_tells_how_a_drafts_lines_changed(call: Caller, firm: Firm) -> None:
    """A price changed in a draft must be seen in the trail, not only its new total."""
    customer = await a_customer(call)
    draft = await call.made("/invoices", an_invoice(customer))
    (line,) = draft["line_items"]
    before = len(trail(firm))

    await call("PUT", f"/invoices/{draft['invoice_id']}",
               {"line_items": [{"line_item_id": line["line_item_id"], "quantity": 2, "rate": 500}]})  # fmt: skip

    (row,) = trail(firm, after=before)
    assert "line_items" in row["changes"], "the same total, other lines"


async def test_the_trail_tells_what_a_bearer_said_of_itself(call: Caller, firm: Firm) -> None:
    """A browser's name of any length is cut off, and nothing a caller sends breaks the row."""
    await call("POST", "/contacts", {"contact_name": "Sharma"}, headers={"User-Agent": "x" * 5000})

    (row,) = [each for each in trail(firm) if each["action"] == "CONTACT_CREATED"]
    assert row["metadata"]["user_agent"] == "x" * 200
