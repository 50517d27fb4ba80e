"""What Schemathesis does besides its own checks: it gives calls what they need, writes them down, and reads refusals.

``schemathesis.toml`` names this module; ``contract_tests/fuzzed.py`` sets the environment that it reads.
"""

import os
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.generation import GenerationMode

from contract_tests.beyond_the_schema import RULES_BEYOND_THE_SCHEMA
from contract_tests.fields import misnamed
from contract_tests.readable import readable
from contract_tests.spec import OPERATIONS, SPEC, Node

AnyCase = Case[Any]

CALLS_FILE, BASE_URL, TOKEN = "FINZBOOKS_CALLS", "FINZBOOKS_URL", "FINZBOOKS_TOKEN"
CUSTOMER, VENDOR, PARTNER = "FINZBOOKS_CUSTOMER", "FINZBOOKS_VENDOR", "FINZBOOKS_PARTNER"
"""The environment: where calls are written down (phase, operation and status), the server, the token, contacts; the
partner is one that no story meets, and so none archives."""

_CODES: Node = SPEC["x-error-codes"]
_EXAMPLE_IDS = "_01kar7v3fxe7srq2mv8cx0a1"
_KEY = re.compile(r'"?([A-Za-z0-9_:-]{1,200})"?')
_LONGEST_KEY = 200
_numbers = count(1)

_ANY_OPERATION_MAY_SAY = frozenset(("idempotency.in_progress", "idempotency.key_reused"))
"""Refusals of a valid request that no operation declares for itself."""


@schemathesis.hook
def before_call(context: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    """Give a valid call a key of its own, and one that changes something a new thing to change.

    Else the first call with a key would be the last that reaches the books, and the first change of a thing (approved,
    archived, deleted) would be the last that is not refused. The links of a story bring its own things; a story that
    begins with the change is given one, and that call is not counted as the story's.
    """
    if not _is_valid(case):
        return
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and (found := _KEY.fullmatch(key)):
        case.headers["Idempotency-Key"] = f"{found[1]}{next(_numbers)}"[-_LONGEST_KEY:]
    _make_readable(case)
    if isinstance(case.body, dict):
        _make_unique(case.body)
    _ask_what_makes_sense(case)
    if case.method != "GET" and _phase_of(case) != "examples":
        for name in case.path_parameters.keys() & _NEW_THINGS.keys():
            if not _is_of_a_story(case, case.path_parameters[name]):
                case.path_parameters[name] = _NEW_THINGS[name](_operation_of(case)["operationId"])
                if _phase_of(case) == "stateful":
                    _given.add(case.id)


@schemathesis.hook
def after_call(context: HookContext, case: AnyCase, response: Response) -> None:
    """Write the call down."""
    with Path(os.environ[CALLS_FILE]).open("a", encoding="ascii") as file:
        phase = "given" if case.id in _given else _phase_of(case)
        file.write(f"{phase} {_operation_of(case)['operationId']} {response.status_code}\n")


@schemathesis.deserializer(
    "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/png", "application/pdf"
)
def saved(ctx: schemathesis.DeserializationContext, response: Response) -> str:
    """A file is its bytes; tests/server/test_export_files.py reads what is in it."""
    return response.content.decode("latin-1")


@schemathesis.check
def refusal_is_in_the_error_table(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """Every refusal carries a code of the contract's table, with that code's status."""
    if response.status_code >= 400:
        code = response.json()["code"]
        assert code in _CODES, f"{code} is not in the error table"
        assert _CODES[code]["status"] == response.status_code, f"{code} came with {response.status_code}"
    return None


@schemathesis.check
def refusal_is_declared(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """What refuses a valid request is among the refusals of its operation, and no 400 where the schema says all."""
    if response.status_code < 400 or not _is_valid(case):
        return None
    problem: dict[str, Any] = response.json()
    code, field = problem["code"], problem.get("field", "")
    declared = _ANY_OPERATION_MAY_SAY | set(_operation_of(case)["x-refusals"])
    assert code in declared, f"{code} is not among the refusals of this operation"
    if response.status_code == 400 and not _is_without_its_link(case, field):
        names = set(re.findall(r"[a-z_]+", field))
        assert names & RULES_BEYOND_THE_SCHEMA.keys(), f"{field} is refused with 400 though its schema admits it"
    return None


@schemathesis.check
def refusal_names_what_the_contract_knows(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """What the books say is to blame has the contract's name, whichever name they have for it themselves."""
    operation_id = _operation_of(case)["operationId"]
    method, path, _ = OPERATIONS[operation_id]
    wrong = misnamed(method, path, response.status_code, response.json() if response.status_code >= 400 else None)
    assert wrong == [], f"{operation_id} has no {wrong[0]}"
    return None


def _ask_what_makes_sense(case: AnyCase) -> None:
    """An empty cursor is none (plots.py has it where no link brings one); and nobody waits for what nobody does."""
    if isinstance(case.query.get("wait"), int):
        case.query["wait"] = 0
    if _phase_of(case) == "stateful" and case.query.get("cursor") == "":
        del case.query["cursor"]


def _make_readable(case: AnyCase) -> None:
    """Put what people can read in place of texts that they cannot (``x-readable``); of these a schema cannot tell."""
    for place in ("body", "query"):
        sent = getattr(case, place)
        if (text := readable(sent)) != sent:  # what is set anew is judged anew, also where nothing was sent
            setattr(case, place, text)


def _make_unique(body: Node) -> None:
    """Give a name or code that was sent before another end: made-up requests say the same again and again."""
    for field in body.keys() & _UNIQUE.keys():
        value = body[field]
        if isinstance(value, str) and (field, value) in _sent:
            value = body[field] = f"{value[: _UNIQUE[field]]}{next(_numbers)}"
        _sent.add((field, str(value)))
    for field in body.keys() & {"invoice_prefix", "bill_prefix"}:
        body[field] = f"P{next(_numbers)}/"
        body.pop("prefixes", None)
    if isinstance(body.get("prefixes"), dict):
        body["prefixes"] = {kind: prefix and f"P{next(_numbers)}/" for kind, prefix in body["prefixes"].items()}


def _new_draft(operation_id: str) -> str:
    line = {"name": "Printed books", "hsn_or_sac": "4901", "rate": 450, "tax_category": "EXEMPT"}
    invoice: Node = _made("/invoices", {"customer_id": os.environ[CUSTOMER], "line_items": [line]})["invoice"]
    invoice_id: str = invoice["invoice_id"]
    if operation_id in ("void_invoice", "write_off_invoice", "cancel_invoice_write_off"):
        _made(f"/invoices/{invoice_id}/approve", {})
    if operation_id == "cancel_invoice_write_off":
        _made(f"/invoices/{invoice_id}/write_off", {})
    return invoice_id


def _new_bill(operation_id: str) -> str:
    line = {"name": "Timber", "rate": 450, "tax_category": "EXEMPT"}
    body = {"vendor_id": os.environ[PARTNER], "reference_number": f"KT/{next(_numbers)}", "line_items": [line]}
    is_approved = operation_id in ("void_bill", "write_off_bill", "cancel_bill_write_off")
    bill_id: str = _made("/bills", {**body, "auto_approve": is_approved})["bill"]["bill_id"]
    if operation_id == "cancel_bill_write_off":
        _made(f"/bills/{bill_id}/write_off", {})
    return bill_id


def _order_maker(path: str, singular: str, party: str, verb: str) -> Callable[[str], str]:
    """How to make an estimate or order: a draft for what is done to drafts, as by ``verb``, else an open one."""

    def make(operation_id: str) -> str:
        rate = 450 + next(_numbers)  # vendors' bills of the same amount would be the same bill
        line = {"name": "Printed books", "hsn_or_sac": "4901", "quantity": 2, "rate": rate, "tax_category": "EXEMPT"}
        is_open = not operation_id.startswith((verb, "update", "delete"))
        body = {f"{party.lower()}_id": os.environ[f"FINZBOOKS_{party}"], "line_items": [line]}
        key: str = _made(path, {**body, "auto_approve": is_open})[singular][f"{singular}_id"]
        return key

    return make


def _note_maker(path: str, singular: str, party: str) -> Callable[[str], str]:
    """How to make a note: a draft for what is done to drafts, else one that is posted, and written off if need be."""

    def make(operation_id: str) -> str:
        line = {"name": "Printed books", "hsn_or_sac": "4901", "rate": 450, "tax_category": "EXEMPT"}
        is_posted = not operation_id.startswith(("approve", "update", "delete"))
        body = {f"{party.lower()}_id": os.environ[f"FINZBOOKS_{party}"], "line_items": [line]}
        key: str = _made(path, {**body, "auto_approve": is_posted})[singular][f"{singular}_id"]
        if operation_id.endswith("write_off") and operation_id.startswith("cancel"):
            _made(f"{path}/{key}/write_off", {})
        return key

    return make


def _new_payment(_: str) -> str:
    body = {"flow": "INCOMING", "contact_id": os.environ[CUSTOMER], "amount": 450}
    payment_id: str = _made("/payments", body)["payment"]["payment_id"]
    return payment_id


def _new_expense(_: str) -> str:
    bank, cost = (
        _read(f"/accounts?account_type={kind}&per_page=1")["accounts"][0]["account_id"] for kind in ("BANK", "EXPENSE")
    )
    body = {"paid_through_account_id": bank, "account_id": cost, "amount": 500}
    expense_id: str = _made("/expenses", body)["expense"]["expense_id"]
    return expense_id


def _new_bill_of_entry(_: str) -> str:
    line = {"description": "Ceramic tiles", "assessable_value": 100000, "customs_duty": 50, "tax_category": "EXEMPT"}
    body = {"bill_of_entry_number": f"N{next(_numbers)}", "port_code": "INNSA1", "line_items": [line]}
    key: str = _made("/bills_of_entry", body)["bill_of_entry"]["bill_of_entry_id"]
    return key


def _new_contact(_: str) -> str:
    contact_id: str = _made("/contacts", {"contact_name": f"Customer {next(_numbers)}"})["contact"]["contact_id"]
    return contact_id


def _new_comment(_: str) -> str:
    body = {"entity_type": "CONTACT", "entity_id": os.environ[CUSTOMER], "body": "Pays on Fridays"}
    comment_id: str = _made("/comments", body)["comment"]["comment_id"]
    return comment_id


def _new_attachment(_: str) -> str:
    fields = {"entity_type": "CONTACT", "entity_id": os.environ[CUSTOMER]}
    made = _answer("POST", "/attachments", data=fields, files={"file": ("note.txt", b"Delivered")})
    attachment_id: str = made["attachment"]["attachment_id"]
    return attachment_id


def _new_mail(_: str) -> str:
    path = f"/invoices/{_new_draft('email_invoice')}/email"
    mail_id: str = _made(path, {"to": ["accounts@sharma.example"], "attach_pdf": False})["mail"]["mail_id"]
    return mail_id


def _new_endpoint(_: str) -> str:
    endpoints = _read("/webhooks/endpoints?per_page=200")["endpoints"]
    for endpoint in endpoints[_ENDPOINTS_KEPT:]:  # there is room for 50
        _answer("DELETE", f"/webhooks/endpoints/{endpoint['endpoint_id']}")
    made = _made("/webhooks/endpoints", {"url": "https://hooks.sharma.example/books", "events": ["*"]})
    endpoint_id: str = made["endpoint"]["endpoint_id"]
    return endpoint_id


def _new_delivery(_: str) -> str:
    delivery_id: str = _answer("POST", f"/webhooks/endpoints/{_new_endpoint('')}/test")["delivery"]["delivery_id"]
    return delivery_id


def _new_item(_: str) -> str:
    item_id: str = _made("/items", {"item_name": f"Article {next(_numbers)}"})["item"]["item_id"]
    return item_id


def _new_salesperson(_: str) -> str:
    made = _made("/salespersons", {"salesperson_name": f"Salesperson {next(_numbers)}"})
    salesperson_id: str = made["salesperson"]["salesperson_id"]
    return salesperson_id


def _new_journal(_: str) -> str:
    accounts = _read("/accounts?account_type=EXPENSE&per_page=1")["accounts"]
    lines = [{"account_id": accounts[0]["account_id"], side: 100} for side in ("debit", "credit")]
    journal_id: str = _made("/journals", {"date": "2026-10-31", "lines": lines})["journal"]["journal_id"]
    return journal_id


def _new_itc_adjustment(_: str) -> str:
    body = {"date": "2026-10-31", "kind": "REVERSAL", "reason": "RULE_42", "cgst_amount": 450}
    key: str = _made("/itc_adjustments", body)["itc_adjustment"]["itc_adjustment_id"]
    return key


def _new_schedule(_: str) -> str:
    line = {"name": "Printed books", "hsn_or_sac": "4901", "rate": 450, "tax_category": "EXEMPT"}
    template = {"customer_id": os.environ[CUSTOMER], "line_items": [line]}
    plan = {"name": "Rent", "entity_type": "INVOICE", "frequency": "MONTHLY", "start_date": "2035-01-31"}
    recurring_id: str = _made("/recurring", {**plan, "template_payload": template})["recurring"]["recurring_id"]
    return recurring_id


_NEW_THINGS: dict[str, Callable[[str], str]] = {
    "invoice_id": _new_draft,
    "bill_id": _new_bill,
    "payment_id": _new_payment,
    "estimate_id": _order_maker("/estimates", "estimate", "CUSTOMER", "send"),
    "sales_order_id": _order_maker("/sales_orders", "sales_order", "CUSTOMER", "confirm"),
    "delivery_challan_id": _order_maker("/delivery_challans", "delivery_challan", "CUSTOMER", "issue"),
    "purchase_order_id": _order_maker("/purchase_orders", "purchase_order", "VENDOR", "issue"),
    "expense_id": _new_expense,
    "bill_of_entry_id": _new_bill_of_entry,
    "credit_note_id": _note_maker("/credit_notes", "credit_note", "CUSTOMER"),
    "debit_note_id": _note_maker("/debit_notes", "debit_note", "VENDOR"),
    "customer_debit_note_id": _note_maker("/customer_debit_notes", "customer_debit_note", "CUSTOMER"),
    "contact_id": _new_contact,
    "comment_id": _new_comment,
    "attachment_id": _new_attachment,
    "mail_id": _new_mail,
    "endpoint_id": _new_endpoint,
    "delivery_id": _new_delivery,
    "item_id": _new_item,
    "salesperson_id": _new_salesperson,
    "journal_id": _new_journal,
    "itc_adjustment_id": _new_itc_adjustment,
    "recurring_id": _new_schedule,
}
"""How a thing is made for each path parameter, given the operation that is to be called with it."""

_ENDPOINTS_KEPT = 20

_UNIQUE = {
    **dict.fromkeys(("name",), 190),
    **dict.fromkeys(("code", "sku"), 40),
    "salesperson_name": 90,
    **dict.fromkeys(("invoice_number", "bill_number", "credit_note_number", "debit_note_number"), 9),
    **dict.fromkeys(("estimate_number", "sales_order_number", "purchase_order_number"), 9),
    **dict.fromkeys(("customer_debit_note_number", "delivery_challan_number"), 9),
    "bill_of_entry_number": 9,
    "reference_number": 90,
}
"""Fields of which no two things may have the same, and how much of the value is kept to make it another."""

_sent: set[tuple[str, str]] = set()
_given: set[str] = set()
_session = requests.Session()


def _made(path: str, body: Node) -> Node:
    return _answer("POST", path, json=body)


def _read(path: str) -> Node:
    return _answer("GET", path)


def _answer(method: str, path: str, **options: Any) -> Node:
    headers = {"Authorization": f"Bearer {os.environ[TOKEN]}"}
    answer = _session.request(method, os.environ[BASE_URL] + path, headers=headers, timeout=30, **options)
    assert answer.ok, answer.text
    told: Node = answer.json()
    return told


def _is_valid(case: AnyCase) -> bool:
    """Stories send valid requests only, though one with an id out of a link is taken for an invalid one."""
    if case.meta is None:
        return False
    return case.meta.generation.mode is GenerationMode.POSITIVE or _phase_of(case) == "stateful"


def _is_of_a_story(case: AnyCase, key: object) -> bool:
    is_an_id = re.fullmatch(r"[a-z]+_[0-9a-z]{26}", str(key)) is not None
    return _phase_of(case) == "stateful" and is_an_id and _EXAMPLE_IDS not in str(key)


def _is_without_its_link(case: AnyCase, field: str) -> bool:
    """Whether a link sent nothing for a field: the thing of this story has not what the link would take from it."""
    return _phase_of(case) == "stateful" and isinstance(case.body, dict) and case.body.get(field, "") is None


def _phase_of(case: AnyCase) -> str:
    return str(case.meta.phase.name.value) if case.meta else "probe"


def _operation_of(case: AnyCase) -> Node:
    operation: Node = case.operation.definition.raw
    return operation
