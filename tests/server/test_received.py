"""A refused value comes back in ``details.received``: by schema and by rule, cut short, and never a secret."""

from decimal import Decimal
from typing import Any

import pytest

from server.contract.received import LONGEST, details_of
from tests.running import Caller
from tests.server.trade import a_customer, an_invoice


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("twelve", "twelve"),
        ("", ""),
        (None, None),
        (True, True),
        (12, 12),
        (Decimal("5.005"), Decimal("5.005")),
        ([], "[]"),
        ({"zip": 1}, '{"zip":1}'),
        ("a\nb\x7f\x85\u202ec", "a\ufffdb\ufffd\ufffd\ufffdc"),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * LONGEST + "…"),
        (["x" * 200], '["' + "x" * (LONGEST - 2) + "…"),
        (10**120, "1" + "0" * (LONGEST - 1) + "…"),
    ],
)
def test_what_is_told_of_a_value(value: Any, told: Any) -> None:
    assert details_of("billing_address", value) == {"received": told}


@pytest.mark.parametrize(
    ("field", "value"),
    [("client_secret", "s3cr3t"), ("token", 5), ("user.password", "hunter2"), ("login", [{"Password": "hunter2"}])],
)
def test_a_secret_is_not_told(field: str, value: Any) -> None:
    assert details_of(field, value) == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "received"),
    [
        ("POST", "/contacts", {"contact_name": "A", "payment_terms": "soon"}, "payment_terms", "soon"),
        ("POST", "/contacts", {"contact_name": "A", "billing_address": 5}, "billing_address", 5),
        ("POST", "/contacts", {"contact_name": "A", "gst_no": "27AAPFU0939F1ZX1"}, "gst_no", "27AAPFU0939F1ZX1"),
        ("POST", "/contacts", {"contact_name": "A", "currency_code": "XXY"}, "currency_code", "XXY"),
        ("GET", "/invoices?per_page=0", None, "per_page", 0),
        ("GET", "/invoices?cursor=mine", None, "cursor", "mine"),
        ("GET", "/invoices?status=DRAFT&status=PAID", None, "status", "PAID"),
        ("GET", "/invoices?no_filter=1", None, "no_filter", "1"),
    ],
)
async def test_the_value_that_was_refused_comes_back(
    call: Caller, method: str, path: str, body: Any, field: str, received: Any
) -> None:
    """Whoever refuses it: the schema, a rule of the books, or a parameter's reader."""
    reply = await call(method, path, body)

    problem = reply.json()
    assert (problem["code"], problem["field"], problem["details"]["received"]) == (
        "validation.invalid_value",
        field,
        received,
    )


async def test_each_of_several_values_comes_back_with_its_fault(call: Caller) -> None:
    body = an_invoice(await a_customer(call), date="yesterday", payment_terms=-1)

    details = (await call("POST", "/invoices", body)).json()["details"]

    assert details["received"] == "yesterday"
    assert [(each["field"], each["received"]) for each in details["errors"]] == [
        ("date", "yesterday"),
        ("payment_terms", -1),
    ]


async def test_a_kept_refusal_tells_it_again(call: Caller) -> None:
    """A rule refuses the rate of the rupee; under its key the same answer is replayed."""
    body = {"flow": "INCOMING", "contact_id": await a_customer(call), "amount": 5, "exchange_rate": 2}

    first, again = [await call("POST", "/payments", body, headers={"Idempotency-Key": "rate"}) for _ in range(2)]

    assert (first.status_code, first.json()["field"], first.json()["details"]) == (
        400,
        "exchange_rate",
        {"received": 2},
    )
    assert first.content == again.content


async def test_a_value_inside_a_line_comes_back_and_what_was_not_sent_does_not(call: Caller) -> None:
    invoice = an_invoice(await a_customer(call))
    invoice["line_items"][0]["quantity"] = "many"
    missing = await call("POST", "/invoices", {"line_items": []})

    refused = (await call("POST", "/invoices", invoice)).json()

    assert (refused["field"], refused["details"]["received"]) == ("line_items[0].quantity", "many")
    assert missing.json()["details"]["errors"][-1].keys() == {"code", "field", "message"}


async def test_of_two_organizations_the_one_in_the_query_comes_back(call: Caller) -> None:
    reply = await call("GET", "/contacts?organization_id=org_x", headers={"X-AIBooks-Org": "org_y"})

    assert (reply.json()["field"], reply.json()["details"]) == ("organization_id", {"received": "org_x"})
