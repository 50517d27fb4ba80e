"""What a write answers is what the next read answers, to the byte, so that its tag is good for the next look."""

import json
import re
from typing import Any

import httpx
import pytest

from openapi.bundle import resolve
from tests.running import BASE, Caller, Firm
from tests.server.test_audit import prepared
from tests.walking import MUTATING, SPEC, Operation, populate


def _shows_one(operation: Operation) -> bool:
    return any(
        "ETag" in resolve(SPEC, reply).get("headers", {})
        for status, reply in operation.document["responses"].items()
        if status.startswith("2")
    )


ONLY_LISTED = {"update_einvoice_credentials": "tests/server/test_einvoice_credentials.py"}
"""Of what no read shows one alone, so that no answer has the same bytes; and who holds the list against it."""

SHOWS_A_SECRET = ("create_webhook_endpoint", "rotate_webhook_secret")
"""What shows a member that no read does; its tag is that of the next read all the same."""

CONVERTING = [each for each in MUTATING if each.id.startswith("convert")]
WRITING = [
    each
    for each in MUTATING
    if _shows_one(each) and each not in CONVERTING and each.id not in (*ONLY_LISTED, *SHOWS_A_SECRET)
]


def shown_by(operation: Operation, written: httpx.Response, path: str) -> str:
    """Where what was answered is read again: what a mail is made of is not shown, but the mail."""
    if operation.id.startswith("email_"):
        return f"/mails/{written.json()['mail']['mail_id']}"
    return one_of(written.headers.get("Location", BASE + path).removeprefix(BASE))


def one_of(path: str) -> str:
    """The part of a path that shows one thing: what follows its id is what is done with it."""
    with_id = re.match(r".*?/[a-z]+_[0-9a-z]{26}(?=/|$)", path)
    return with_id[0] if with_id else path


async def assert_read_again(call: Caller, written: httpx.Response, path: str) -> None:
    """The next read has the same bytes, and none at all for whoever shows the tag of the write."""
    read = await call("GET", path)
    assert first_difference(read.content, written.content) is None
    assert read.headers["ETag"] == written.headers["ETag"]
    again = await call("GET", path, headers={"If-None-Match": written.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def first_difference(one: bytes, other: bytes) -> tuple[bytes, bytes] | None:
    """Where two texts part, with what stands around; ``None`` where they do not."""
    if one == other:
        return None
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    around = slice(max(0, place - 60), place + 60)
    return one[around], other[around]


@pytest.mark.parametrize("operation", WRITING, ids=[each.id for each in WRITING])
async def test_what_is_written_is_read(call: Caller, firm: Firm, operation: Operation) -> None:
    path, body = await prepared(call, operation, await populate(call, firm))
    written = await call(operation.method, path, body or None)
    assert written.is_success, written.text
    await assert_read_again(call, written, shown_by(operation, written, path))


@pytest.mark.parametrize("operation", [each for each in MUTATING if each.id in SHOWS_A_SECRET], ids=SHOWS_A_SECRET)
async def test_what_is_written_with_a_secret_is_read_without(call: Caller, firm: Firm, operation: Operation) -> None:
    path, body = await prepared(call, operation, await populate(call, firm))
    written = await call(operation.method, path, body or None)
    assert written.is_success, written.text
    read = await call("GET", shown_by(operation, written, path))
    shown = as_written(written)
    assert shown["endpoint"].pop("secret").startswith("whsec_")
    assert json.dumps(as_written(read)) == json.dumps(shown)
    assert read.headers["ETag"] == written.headers["ETag"]


@pytest.mark.parametrize("operation", CONVERTING, ids=[each.id for each in CONVERTING])
async def test_both_that_a_conversion_answers_are_read_so(call: Caller, firm: Firm, operation: Operation) -> None:
    """It answers two documents under a sentence of its own, so each is compared by itself, digit by digit."""
    path, body = await prepared(call, operation, await populate(call, firm))
    reply = await call(operation.method, path, body or None)
    written = as_written(reply)
    source = await call("GET", one_of(path), headers={"If-None-Match": reply.headers["ETag"]})
    assert (source.status_code, source.content) == (304, b"")
    shown = {name: each for name, each in written.items() if isinstance(each, dict)}
    assert len(shown) == 2
    for name, document in shown.items():
        read = as_written(await call("GET", f"/{name}s/{document[f'{name}_id']}"))
        assert json.dumps(read[name]) == json.dumps(document)


def as_written(reply: httpx.Response) -> dict[str, Any]:
    """The members of an answer in their order, numbers as the digits that they were written with."""
    answer: dict[str, Any] = json.loads(reply.text, parse_float=str, parse_int=str)
    return answer


LINES = (
    '[{"name": "Chair", "hsn_or_sac": "9403", "quantity": 5, "rate": 1e2, "discount": 1.5, "tax_id": "%s"},'
    ' {"name": "Book", "hsn_or_sac": "4901", "quantity": 0.50, "rate": 10.250, "tax_category": "EXEMPT"},'
    ' {"name": "Shelf", "hsn_or_sac": "9403", "quantity": 2.0, "rate": 7, "discount_percent": 2.50, "tax_id": "%s"}]'
)
"""Numbers as people write them, and taxes in no order."""
PAPERS = {
    "/estimates": "customer_id",
    "/sales_orders": "customer_id",
    "/invoices": "customer_id",
    "/purchase_orders": "vendor_id",
    "/bills": "vendor_id",
    "/credit_notes": "customer_id",
    "/debit_notes": "vendor_id",
}


@pytest.mark.parametrize("path", PAPERS)
async def test_numbers_are_answered_in_one_way_however_they_were_sent(call: Caller, firm: Firm, path: str) -> None:
    taxes = (await call("GET", "/taxes?shape=INTRA_STATE")).json()["taxes"]
    high, low = (next(each["tax_id"] for each in taxes if each["tax_percentage"] == rate) for rate in (18, 5))
    party = await call.made(
        "/contacts", {"contact_name": "Sharma", "contact_type": "BOTH", "gst_no": "27ZZSFS4321H1ZU"}
    )
    body = (
        f'{{"{PAPERS[path]}": "{party["contact_id"]}", "line_items": {LINES % (high, low)}, "discount": 3,'
        ' "untaxed_charges": 0.5, "custom_fields": {"weight": 2.50, "b": "é", "a": null}}'
    )
    if path.endswith("notes"):
        body = body[:-1] + ', "auto_approve": false}'
    headers = {"Content-Type": "application/json"}
    drafted = await call("POST", path, content=body.encode(), headers=headers)
    assert drafted.status_code == 201, drafted.text
    one = drafted.headers["Location"].removeprefix(BASE)
    await assert_read_again(call, drafted, one)

    changed = await call("PUT", one, content=b'{"discount": 4.10, "untaxed_charges": 1}', headers=headers)
    assert changed.status_code == 200, changed.text
    await assert_read_again(call, changed, one)
