"""One long story, walked along the contract's own links: from an estimate to a credit note that is applied.

Stories that Schemathesis makes up are wide and short; this one goes the whole way of a sale, and short ones do
with drafts and masters what chance seldom does.
"""

import re
from itertools import chain
from typing import Any

import pytest

from contract_tests.shop import Shop
from contract_tests.spec import OPERATIONS, Node
from tests.running import Caller, Worker, calling

_BODY = "$response.body#/"

SALE = (
    ("create_estimate", "send"),
    ("send_estimate", "accept"),
    ("accept_estimate", "convert"),
    ("convert_estimate", "confirm"),
    ("confirm_sales_order", "convert_in_part"),
    ("convert_sales_order", "approve"),
    ("approve_invoice", "get"),
    ("get_invoice", "mail"),
    ("email_invoice", "mail"),
    ("get_mail", "about_the_same"),
    ("approve_invoice", "pay"),
    ("create_payment", "mail"),
    ("create_payment", "pdf"),
    ("create_payment", "apply"),
    ("apply_payment", "unapply"),
    ("approve_invoice", "write_off"),
    ("write_off_invoice", "cancel"),
    ("approve_invoice", "credit"),
    ("create_credit_note", "apply"),
    ("apply_credit_note_to_invoice", "take_back"),
    ("unapply_credit_note", "void"),
)
PURCHASE = (
    ("create_purchase_order", "issue"),
    ("issue_purchase_order", "convert_in_part"),
    ("convert_purchase_order", "approve"),
    ("approve_bill", "pay"),
    ("create_payment", "apply"),
    ("apply_payment", "unapply"),
    ("approve_bill", "write_off"),
    ("write_off_bill", "cancel"),
    ("approve_bill", "debit"),
    ("create_debit_note", "apply"),
    ("apply_debit_note_to_bill", "take_back"),
    ("unapply_debit_note", "void"),
)
SHORT = {
    "delete_contact": ("/contacts", "", (("create_contact", "delete"),)),
    "reopen_gst_return": (
        *("/gst/returns", ""),
        (
            ("create_gst_return", "get"),
            ("create_gst_return", "file"),
            ("file_gst_return", "payload"),
            ("file_gst_return", "differences"),
            ("file_gst_return", "reopen"),
        ),
    ),
    **{
        f"email_{singular}": (
            *(f"/{singular}s", party),
            ((f"create_{singular}", "get"), (f"get_{singular}", "mail")),
        )
        for singular, party in (
            *dict.fromkeys(("estimate", "sales_order", "delivery_challan", "credit_note"), "customer_id").items(),
            *dict.fromkeys(("purchase_order", "debit_note"), "vendor_id").items(),
            ("customer_debit_note", "customer_id"),
        )
    },
    **{
        f"get_{singular}_pdf": (f"/{singular}s", party, ((f"create_{singular}", "pdf"),))
        for singular, party in (
            *dict.fromkeys(("estimate", "sales_order", "delivery_challan", "invoice"), "customer_id").items(),
            *dict.fromkeys(("credit_note", "customer_debit_note"), "customer_id").items(),
            *dict.fromkeys(("purchase_order", "bill", "debit_note"), "vendor_id").items(),
        )
    },
    "get_expense_pdf": ("/expenses", "", (("create_expense", "pdf"),)),
    "get_webhook_delivery": (
        *("/webhooks/endpoints", ""),
        (("create_webhook_endpoint", "test"), ("test_webhook_endpoint", "get")),
    ),
    "archive_item": ("/items", "", (("create_item", "archive"),)),
    "delete_estimate": ("/estimates", "customer_id", (("create_estimate", "delete"),)),
    "decline_estimate": ("/estimates", "customer_id", (("create_estimate", "decline"),)),
    "delete_sales_order": ("/sales_orders", "customer_id", (("create_sales_order", "delete"),)),
    "void_sales_order": (
        *("/sales_orders", "customer_id"),
        (("create_sales_order", "confirm"), ("confirm_sales_order", "void")),
    ),
    "delete_delivery_challan": ("/delivery_challans", "customer_id", (("create_delivery_challan", "delete"),)),
    "convert_delivery_challan": (
        *("/delivery_challans", "customer_id"),
        (("create_delivery_challan", "issue"), ("issue_delivery_challan", "convert_in_part")),
    ),
    "void_delivery_challan": (
        *("/delivery_challans", "customer_id"),
        (("create_delivery_challan", "issue"), ("issue_delivery_challan", "void")),
    ),
    "cancel_customer_debit_note_write_off": (
        *("/customer_debit_notes", "customer_id"),
        (
            ("create_customer_debit_note", "update"),
            ("update_customer_debit_note", "approve"),
            ("approve_customer_debit_note", "write_off"),
            ("write_off_customer_debit_note", "cancel"),
        ),
    ),
    "delete_purchase_order": ("/purchase_orders", "vendor_id", (("create_purchase_order", "delete"),)),
    "delete_bill": ("/bills", "vendor_id", (("create_bill", "delete"),)),
    **{
        last: (f"/{kind}_notes", party, steps)
        for kind, party in (("credit", "customer_id"), ("debit", "vendor_id"), ("customer_debit", "customer_id"))
        for last, steps in {
            f"approve_{kind}_note": ((f"create_{kind}_note", "update"), (f"update_{kind}_note", "approve")),
            f"delete_{kind}_note": ((f"create_{kind}_note", "delete"),),
        }.items()
    },
}
"""Each step: an operation that was answered before, and the link of its answer that is followed."""


WITHOUT_LINES: dict[str, Node] = {
    "/contacts": {"contact_name": "Lakshmi Stores"},
    "/items": {"item_name": "Stool"},
    "/webhooks/endpoints": {"url": "https://hooks.sharma.example/books", "events": ["*"]},
    "/gst/returns": {"form": "GSTR1", "period": "102026", "gstin": "27AACCS4321K1ZD"},
}
"""What begins the stories that are about no document."""


def link_of(operation_id: str, name: str) -> Node:
    """The link of this name in an answer of an operation."""
    responses = OPERATIONS[operation_id][2]["responses"]
    link: Node = next(response["links"][name] for response in responses.values() if name in response.get("links", {}))
    return link


TOLD = {
    link_of(*step)["operationId"]
    for step in (*SALE, *PURCHASE, *chain.from_iterable(steps for *_, steps in SHORT.values()))
}
"""The operations that are carried out here in any case, whatever stories Schemathesis makes up."""


def resolved(value: Any, answer: Node) -> Any:
    """What a link sends, its expressions taken from the answer that it follows."""
    if isinstance(value, dict):
        return {name: resolved(each, answer) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, answer) for each in value]
    if not isinstance(value, str) or not value.startswith(_BODY):
        return value
    found: Any = answer
    for step in value.removeprefix(_BODY).split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


async def followed(call: Caller, answers: dict[str, Node], operation_id: str, link_name: str) -> None:
    """Follow a link of what an operation answered, and keep what the next one answers."""
    link = link_of(operation_id, link_name)
    answer = answers[operation_id]
    method, path, _ = OPERATIONS[link["operationId"]]
    for name, expression in link.get("parameters", {}).items():
        path = path.replace(f"{{{name}}}", str(resolved(expression, answer)))
    assert not re.search(r"[{}]", path), f"{link_name} of {operation_id} does not say whose {path} it is"
    reply = await call(method.upper(), path, resolved(link.get("x-request-body"), answer))
    assert reply.is_success, f"{operation_id} to {link['operationId']}: {reply.text}"
    answers[link["operationId"]] = reply.json() if reply.headers["Content-Type"] == "application/json" else {}


@pytest.mark.parametrize(
    ("path", "party", "steps"),
    [("/estimates", "customer_id", SALE), ("/purchase_orders", "vendor_id", PURCHASE)],
    ids=["sale", "purchase"],
)
async def test_the_links_go_the_whole_way(
    server: Worker, shop: Shop, path: str, party: str, steps: tuple[tuple[str, str], ...]
) -> None:
    line = {"item_id": shop.known["item_id"][0], "quantity": 10}
    async with calling(server.url) as caller:
        call = caller.with_token(shop.firm.token)
        first = await call("POST", path, {party: shop.known[party][0], "line_items": [line]})
        answers = {steps[0][0]: first.json()}
        for operation_id, link_name in steps:
            await followed(call, answers, operation_id, link_name)

    last_operation = next(reversed(answers))
    [note] = [each for each in answers[last_operation].values() if isinstance(each, dict)]
    assert note["status"] == "CANCELLED"
    [applied] = [answers[name] for name in answers if name.startswith("apply_") and "note" in name]
    assert next(each for each in applied.values() if isinstance(each, dict))["allocations"]


async def an_account(call: Caller, account_type: str) -> str:
    """The id of the first account of a type."""
    (first, *_) = (await call("GET", "/accounts", params={"account_type": account_type})).json()["accounts"]
    return str(first["account_id"])


@pytest.mark.parametrize("last", SHORT)
async def test_the_links_of_drafts_hold(server: Worker, shop: Shop, last: str) -> None:
    path, party, steps = SHORT[last]
    line = {"item_id": shop.known["item_id"][0], "rate": 1234.5}
    paper = {party: shop.known.get(party, [""])[0], "line_items": [line]}
    body: dict[str, Any] = {**WITHOUT_LINES.get(path, paper)}
    async with calling(server.url) as caller:
        call = caller.with_token(shop.firm.token)
        if path == "/expenses":
            cost, bank = [await an_account(call, account_type) for account_type in ("EXPENSE", "BANK")]
            body = {"account_id": cost, "paid_through_account_id": bank, "amount": 118}
        first = await call("POST", path, body | ({"auto_approve": False} if path.endswith("notes") else {}))
        answers = {steps[0][0]: first.json()}
        for operation_id, link_name in steps:
            await followed(call, answers, operation_id, link_name)

    assert next(reversed(answers)) == last
