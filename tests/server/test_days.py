"""Days with a time: midnight after a day is cut off wherever a day is sent, and no other time is taken."""

from typing import Any

import pytest

from tests.running import Caller
from tests.server.trade import a_customer, an_invoice

PRINTED = "2026-05-12T00:00:00"


async def test_midnight_is_the_day_itself(call: Caller) -> None:
    customer = await a_customer(call)
    made = await call.made("/invoices", an_invoice(customer, date=PRINTED, due_date="2026-06-11T00:00:00"))
    assert (made["date"], made["due_date"]) == ("2026-05-12", "2026-06-11")
    changed = await call("PUT", f"/invoices/{made['invoice_id']}", {"due_date": "2026-06-12T00:00:00"})
    assert changed.json()["invoice"]["due_date"] == "2026-06-12"


async def test_it_is_so_in_rows_templates_and_filters_too(call: Caller) -> None:
    customer = await a_customer(call)
    rows = await call("POST", "/bulk/invoices", {"invoices": [an_invoice(customer, date=PRINTED)]})
    assert rows.json()["results"][0]["invoice"]["date"] == "2026-05-12"
    plan = {"name": "Rent", "entity_type": "INVOICE", "frequency": "MONTHLY", "start_date": "2035-01-31T00:00:00"}
    made = await call.made("/recurring", {**plan, "template_payload": an_invoice(customer)})
    assert made["start_date"] == "2035-01-31"
    for first, found in (("2026-05-12T00:00:00", 1), ("2026-05-13T00:00:00", 0)):
        listed = await call("GET", "/invoices", params={"date_from": first})
        assert len(listed.json()["invoices"]) == found


@pytest.mark.parametrize("time", ["T00:00:01", "T00:00:00Z", "T00:00:00.000", "T05:30:00", " 00:00:00", "T00:00"])
async def test_any_other_time_of_day_is_refused(call: Caller, time: str) -> None:
    day = f"2026-05-12{time}"
    body: dict[str, Any] = an_invoice(await a_customer(call), date=day)
    for reply, field in (
        (await call("POST", "/invoices", body), "date"),
        (await call("GET", "/invoices", params={"date_to": day}), "date_to"),
    ):
        assert (reply.status_code, reply.json()["code"], reply.json()["field"]) == (
            400,
            "validation.invalid_value",
            field,
        )
