"""The contract as a list of places where an id may stand, and bodies that are right but for the one id under test."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from openapi.bundle import bundle, operations_of, resolve
from tests.running import Caller, Firm, Form, rows, shown
from tests.workers_rows import an_attempt, an_eway_bill

Json = dict[str, Any]

NO_IDS = {
    "upi_id": "an address for payments, which the payer gives",
    "transporter_id": "the GSTIN or the enrolment number of a transporter",
}
"""Fields that are called an id and are none of ours."""

_FORM = "multipart/form-data"
OTHER_IDS = {
    "/expenses": {"account_id": "purchase_account_id"},
    "/bills_of_entry": {"account_id": "purchase_account_id"},
    "/credit_notes": {
        "invoice_id": "credited_invoice_id",
        "allocation_id": "credit_allocation_id",
        "customer_debit_note_id": "open_customer_debit_note_id",
    },
    "/customer_debit_notes": {"invoice_id": "credited_invoice_id"},
    "/debit_notes": {"bill_id": "debited_bill_id", "allocation_id": "debit_allocation_id"},
    "/payments": {"invoice_id": "open_invoice_id", "customer_debit_note_id": "open_customer_debit_note_id"},
}
"""Collections whose bodies mean another id by a name than most: a cost goes to no bank account, a note to no draft."""


def a_picture(width: int) -> bytes:
    """A red PNG of this width."""
    file = BytesIO()
    Image.new("RGB", (width, 30), "#c00000").save(file, "PNG")
    return file.getvalue()


A_PICTURE, ANOTHER_PICTURE = a_picture(40), a_picture(50)

_AN_ID = re.compile(r"[a-z]+_[0-9a-z]{26}")
SPEC = bundle()


@dataclass(frozen=True)
class Operation:
    """One operation; ``parameter`` is the id in its path, if it is on one thing."""

    id: str
    method: str
    path: str
    parameter: str | None
    document: Json

    @property
    def is_bulk(self) -> bool:
        """Whether it answers 200 and tells of each row what became of it."""
        return self.path.startswith("/bulk/")

    @property
    def collection(self) -> str:
        """The path of the list that the thing belongs to."""
        first, *_, on_one = self.path.partition("/{")
        return first if on_one else "/" + self.path.split("/")[1]


@dataclass(frozen=True)
class Place:
    """Where an id stands: in a body the way to it, in a query its name."""

    operation: Operation
    way: tuple[str, ...]

    @property
    def field(self) -> str:
        """The name of the field itself."""
        return self.way[-1]

    @property
    def shown(self) -> str:
        """The way as refusals tell it: ``line_items[0].item_id``; in bulk it begins in the row."""
        return ".".join(self.way[self.operation.is_bulk :]).replace("[]", "[0]")

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.operation.id} {'.'.join(self.way)}"


def _operations() -> Iterator[Operation]:
    for path, item in SPEC["paths"].items():
        for method, document in operations_of(item):
            named = re.search(r"\{(\w+)\}", path)
            yield Operation(document["operationId"], method.upper(), path, named[1] if named else None, document)


def _body_of(operation: Operation) -> Json:
    content: Json = operation.document.get("requestBody", {}).get("content", {})
    body: Json = content.get("application/json") or content.get(_FORM, {})
    return body


def _ids_in(schema: Json, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    schema = resolve(SPEC, schema)
    for part in schema.get("allOf", []):
        yield from _ids_in(part, way)
    for name, member in schema.get("properties", {}).items():
        whole = resolve(SPEC, member)
        is_id = name.endswith("_id") or _AN_ID.fullmatch(str(whole.get("example")))
        if is_id and name not in NO_IDS:
            yield (*way, name)
        if "items" in whole:
            yield from _ids_in(whole["items"], (*way, f"{name}[]"))
        else:
            yield from _ids_in(whole, (*way, name))


def _id_parameters(operation: Operation) -> Iterator[str]:
    for parameter in operation.document["parameters"]:
        whole = resolve(SPEC, parameter)
        if whole["in"] == "query" and whole["name"].endswith("_id") and whole["name"] != "organization_id":
            yield whole["name"]


OPERATIONS = list(_operations())
ON_ONE = [each for each in OPERATIONS if each.parameter]
CHANGES_OF_ONE = [each for each in ON_ONE if each.method != "GET"]
MUTATING = [each for each in OPERATIONS if each.method != "GET" and not each.path.startswith("/sandbox/")]
"""What changes live books; what only a sandbox does is told by ``tests/server/test_sandbox_clock.py``."""
ID_FIELDS = [Place(each, way) for each in OPERATIONS if _body_of(each) for way in _ids_in(_body_of(each)["schema"], ())]
ID_PARAMETERS = [Place(each, (name,)) for each in OPERATIONS for name in _id_parameters(each)]


def an_example(operation: Operation, ids: dict[str, str], *, whole: bool = False) -> Json | None:
    """The contract's longest example of a body, with real ids; ``whole`` adds the lists that creating it takes."""
    media = _body_of(operation)
    if not media:
        return None
    examples = [each["value"] for each in media.get("examples", {}).values()] or [media["example"]]
    ids = {
        **ids,
        **{name: ids[other] for name, other in OTHER_IDS.get(operation.collection, {}).items() if other in ids},
    }
    example: Json = _with_ids(deepcopy(max(examples, key=lambda each: len(str(each)))), ids)
    if whole and operation.method == "PUT":
        made_by = [each for each in OPERATIONS if each.method == "POST" and each.path == operation.collection]
        made = an_example(made_by[0], ids) or {} if made_by else {}
        example |= {name: value for name, value in made.items() if isinstance(value, list)}
    if _FORM not in operation.document["requestBody"]["content"]:
        return example
    is_picture = "x-most-bytes" in resolve(SPEC, media["schema"])["properties"]["file"]
    return Form({**example, "file": A_PICTURE} if is_picture else example)


def sheet_of(operation: Operation) -> Json:
    """What is sent to an operation that takes a CSV file: the contract's example of one."""
    content = operation.document.get("requestBody", {}).get("content", {})
    if "text/csv" not in content:
        return {}
    return {"content": content["text/csv"]["example"].encode(), "headers": {"Content-Type": "text/csv"}}


def _with_ids(value: Any, ids: dict[str, str], name: str = "") -> Any:
    """The value that stands under a name, with real ids; those of a list stand under the name in the plural."""
    if isinstance(value, list):
        return [_with_ids(each, ids, name.removesuffix("s")) for each in value]
    if isinstance(value, dict):
        return {member: _with_ids(each, ids, member) for member, each in value.items()}
    return ids[name] if isinstance(value, str) and _AN_ID.fullmatch(value) else value


def put_at(body: Json, place: Place, key: str) -> Json:
    """Put an id at its place in a body; of lists, into the first member."""
    target = body
    for step in place.way[:-1]:
        member = target.setdefault(step.removesuffix("[]"), [{}] if step.endswith("[]") else {})
        target = member[0] if step.endswith("[]") else member
    target[place.field] = key
    target.pop(OTHER_NAMES.get(place.field, ""), None)
    return body


OTHER_NAMES = {"customer_id": "vendor_id", "customer_debit_note_id": "invoice_id"}
"""Names of which a body may say one only, where both are taken for the same thing or for one of two."""


async def populate(call: Caller, firm: Firm) -> dict[str, str]:
    """Give a firm one of everything and a posted invoice; return an id for each field that takes one."""
    ids = {
        "organization_id": firm.organization_id,
        "branch_id": firm.branch_id,
        "actor_user_id": firm.owner_id,
    }
    (tax,) = [
        each["tax_id"]
        for each in (await call("GET", "/taxes", params={"shape": "INTRA_STATE"})).json()["taxes"]
        if each["tax_percentage"] == 18
    ][:1]
    ids["tax_id"] = tax
    for name, path in (
        ("account_id", "/bank_accounts"),
        ("contact_id", "/contacts"),
        ("item_id", "/items"),
        ("cost_center_id", "/cost_centers"),
        ("salesperson_id", "/salespersons"),
        ("exchange_rate_id", "/exchange_rates"),
        ("branch_id", "/branches"),
    ):
        made = await _made(call, path, ids)
        ids[name] = made[name]
        if name == "contact_id":
            ids["customer_id"], ids["contact_person_id"] = made[name], made["contact_persons"][0]["contact_person_id"]
    parent = await call.made("/accounts", {"code": "5999", "name": "Rents", "account_type": "EXPENSE"})
    ids["parent_id"] = ids["purchase_account_id"] = parent["account_id"]
    party = {"contact_name": "Deccan Transport", "contact_type": "VENDOR", "gst_no": "19FGHBB2345Q1ZR"}
    vendor = await call.made("/contacts", party)
    ids["vendor_id"], ids["paid_through_account_id"] = vendor["contact_id"], ids["account_id"]
    ids["bank_account_id"] = ids["account_id"]
    for name, path in (
        ("estimate_id", "/estimates"),
        ("sales_order_id", "/sales_orders"),
        ("delivery_challan_id", "/delivery_challans"),
        ("purchase_order_id", "/purchase_orders"),
    ):
        ids[name] = (await _opened(call, path, ids))[name]
    converted = (await _opened(call, "/estimates", ids))["estimate_id"]
    assert (await call("POST", f"/estimates/{converted}/convert")).status_code == 200
    posted = await _made(call, "/invoices", ids, headers={"Idempotency-Key": "populate"})
    approved = await call("POST", f"/invoices/{posted['invoice_id']}/approve")
    assert approved.status_code == 200, approved.text
    draft = await _made(call, "/invoices", ids)
    ids["invoice_id"], ids["line_item_id"] = draft["invoice_id"], draft["line_items"][0]["line_item_id"]
    ids["source_id"] = ids["open_invoice_id"] = posted["invoice_id"]
    payment = await _made(call, "/payments", ids)
    ids["payment_id"], ids["allocation_id"] = payment["payment_id"], payment["allocations"][0]["allocation_id"]
    ids["open_invoice_id"] = await _an_open_invoice(call, ids)
    ids["entity_id"] = ids["contact_id"]
    for owner in (f"/organizations/{firm.organization_id}", f"/branches/{ids['branch_id']}"):
        for name in ("logo", "signature"):
            put = await call("PUT", f"{owner}/{name}", Form({"file": ANOTHER_PICTURE}))
            assert put.status_code == 200, put.text
    ids["comment_id"] = (await _made(call, "/comments", ids))["comment_id"]
    given_up, ids["attachment_id"] = [(await _made(call, "/attachments", ids))["attachment_id"] for _ in range(2)]
    assert (await call("DELETE", f"/attachments/{given_up}")).status_code == 200
    ids["journal_id"] = (await _made(call, "/journals", ids))["journal_id"]
    ids["itc_adjustment_id"] = ids["reversal_id"] = (await _made(call, "/itc_adjustments", ids))["itc_adjustment_id"]
    ids["bill_id"] = (await _made(call, "/bills", ids))["bill_id"]
    ids["expense_id"] = (await _made(call, "/expenses", ids))["expense_id"]
    ids["bill_of_entry_id"] = (await _made(call, "/bills_of_entry", ids))["bill_of_entry_id"]
    await _add_notes(call, ids)
    await _of_a_cost_center(call, ids)
    ids["return_id"], ids["mail_id"] = await _returns(call, firm, ids), await _mailed(call, firm, ids)
    ids["recurring_id"] = await _recurring(call, ids)
    ids["endpoint_id"], ids["delivery_id"] = await _webhook(call, firm, ids)
    assert (await call("GET", "/events")).status_code == 200, "what happened gets its number when it is first read"
    return ids


async def _webhook(call: Caller, firm: Firm, ids: dict[str, str]) -> tuple[str, str]:
    """An endpoint, and a test of it that was delivered."""
    endpoint = await _made(call, "/webhooks/endpoints", ids)
    delivery = shown(await call("POST", f"/webhooks/endpoints/{endpoint['endpoint_id']}/test"))
    an_attempt(firm, delivery["delivery_id"])
    return endpoint["endpoint_id"], delivery["delivery_id"]


async def _recurring(call: Caller, ids: dict[str, str]) -> str:
    """A schedule that has run once."""
    ids["template_entity_id"] = ids["invoice_id"]
    recurring_id: str = (await _made(call, "/recurring", ids))["recurring_id"]
    assert (await call("POST", f"/recurring/{recurring_id}/run")).status_code == 200
    return recurring_id


async def _einvoices(call: Caller, firm: Firm, document_id: str) -> None:
    """Who signs in at the e-invoice portal, and what a worker has kept of it."""
    gstin = shown(await call("GET", f"/branches/{firm.branch_id}"))["gstin"]
    said = {"gstin": gstin, "user_name": "api", "password": "secret"}
    assert (await call("PUT", "/einvoice_credentials", said)).status_code == 200
    rows(
        firm.url,
        "insert into einvoices (organization_id, document_id, gst_no, document_type, errors, created_at, modified_at)"
        " values (%s, %s, %s, 'INV', '[]', now(), now()) returning 1",
        firm.organization_id,
        document_id,
        gstin,
    )
    rows(
        firm.url,
        "insert into einvoice_sessions values (%s, %s, 'sealed', now()) returning 1",
        firm.organization_id,
        gstin,
    )


_REMINDED = """
insert into payment_reminders (organization_id, document_id, days, mail_id, created_at)
select organization_id, entity_id, 7, id, created_at from mails where organization_id = %s
"""


_LAPSED = """
insert into lapses (organization_id, document_id, due_on, lapsed_at) values (%s, %s, '2026-10-31', now()) returning 1
"""


async def _mailed(call: Caller, firm: Firm, ids: dict[str, str]) -> str:
    """A mail, which counts as a reminder as well."""
    mail = shown(await call("POST", f"/invoices/{ids['open_invoice_id']}/email", {"to": ["accounts@sharma.example"]}))
    rows(firm.url, _REMINDED, firm.organization_id)
    rows(firm.url, _LAPSED, firm.organization_id, ids["open_invoice_id"])
    return str(mail["mail_id"])


async def _returns(call: Caller, firm: Firm, ids: dict[str, str]) -> str:
    """A filed GSTR-1 that tells an invoice, and an e-invoice; return the id of the GSTR-1A that may follow it."""
    sold = {"customer_id": ids["customer_id"], "date": "2026-10-05", "auto_approve": True}
    await call.made("/invoices", {**sold, "line_items": [{"item_id": ids["item_id"], "tax_id": ids["tax_id"]}]})
    await _einvoices(call, firm, ids["source_id"])
    an_eway_bill(firm, ids["source_id"])
    branch = shown(await call("GET", f"/branches/{firm.branch_id}"))
    period = {"period": "102026", "gstin": branch["gstin"]}
    stood = {"gstin": branch["gstin"], "date": "2026-03-31", "reclaim": {"cgst_amount": 450, "sgst_amount": 450}}
    assert (await call("PUT", "/gst/opening_balances", stood)).status_code == 200
    filed = await call.made("/gst/returns", {"form": "GSTR1", **period})
    told = {"arn": "AA2710260000001", "filed_on": "2026-11-11"}
    assert (await call("POST", f"/gst/returns/{filed['return_id']}/file", told)).status_code == 200
    return str((await call.made("/gst/returns", {"form": "GSTR1A", **period}))["return_id"])


async def _of_a_cost_center(call: Caller, ids: dict[str, str]) -> None:
    """A journal whose lines name a cost centre."""
    account = {"account_id": ids["parent_id"], "cost_center_id": ids["cost_center_id"]}
    lines = [{**account, "debit": 1}, {**account, "credit": 1}]
    await call.made("/journals", {"date": "2026-11-21", "lines": lines})


async def _add_notes(call: Caller, ids: dict[str, str]) -> None:
    """An invoice and a bill, posted, each with a note that settles a rupee of it, and the draft of another note.

    The invoice has a customer debit note besides, and the draft of another one.
    """
    lines = [{"item_id": ids["item_id"], "tax_id": ids["tax_id"], "quantity": 20, "rate": 5000}]
    open_at_once = {"line_items": lines, "auto_approve": True}
    invoice = await call.made("/invoices", {"customer_id": ids["customer_id"], **open_at_once})
    bill = await call.made("/bills", {"vendor_id": ids["vendor_id"], **open_at_once})
    ids["credited_invoice_id"], ids["debited_bill_id"] = invoice["invoice_id"], bill["bill_id"]
    ids["corrected_line_item_id"] = invoice["line_items"][0]["line_item_id"]
    for note, target, key in (("credit", "invoice", invoice["invoice_id"]), ("debit", "bill", bill["bill_id"])):
        whole = an_example(_making(f"/{note}_notes"), ids) or {}
        issued, draft = [await call.made(f"/{note}_notes", {**whole, "auto_approve": each}) for each in (True, False)]
        ids[f"applied_{note}_note_id"], ids[f"{note}_note_id"] = issued[f"{note}_note_id"], draft[f"{note}_note_id"]
        path = f"/{note}_notes/{issued[f'{note}_note_id']}/apply-to-{target}"
        applied = shown(await call("POST", path, {f"{target}_id": key, "amount": 1}))
        ids[f"{note}_allocation_id"] = applied["allocations"][0]["allocation_id"]
    whole = an_example(_making("/customer_debit_notes"), ids) or {}
    for name, is_open in (("open_customer_debit_note_id", True), ("customer_debit_note_id", False)):
        made = await call.made("/customer_debit_notes", {**whole, "auto_approve": is_open})
        ids[name] = made["customer_debit_note_id"]


async def _an_open_invoice(call: Caller, ids: dict[str, str]) -> str:
    invoice_id: str = (await _made(call, "/invoices", ids))["invoice_id"]
    assert (await call("POST", f"/invoices/{invoice_id}/approve")).status_code == 200
    return invoice_id


async def _opened(call: Caller, path: str, ids: dict[str, str]) -> Json:
    return await call.made(path, {**(an_example(_making(path), ids) or {}), "auto_approve": True})


async def _made(call: Caller, path: str, ids: dict[str, str], **options: Any) -> Json:
    reply = await call("POST", path, an_example(_making(path), ids), **options)
    assert reply.status_code == 201, reply.text
    return shown(reply)


def _making(path: str) -> Operation:
    return next(each for each in OPERATIONS if each.method == "POST" and each.path == path)
