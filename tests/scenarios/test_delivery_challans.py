"""Goods that leave on a delivery challan, and what becomes of them (CGST Rules, rules 45 and 55)."""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.document import Paper
from domain.documents.kinds import DELIVERY_CHALLAN, INVOICE, SALES_ORDER, Kind
from domain.errors import Failed, InvalidState, Refusal
from tests.scenarios.builders import a_customer, a_line, a_vendor, trial_balance
from tests.scenarios.entries import lock
from tests.scenarios.test_conversion import an_open, made_of, now, so_much, state

TEN_CHAIRS = a_line("100", quantity=Decimal(10))


async def a_challan(books: Books, **said: Any) -> Paper:
    """Ten chairs at 100 that left."""
    return await an_open(books, DELIVERY_CHALLAN, await a_customer(books), TEN_CHAIRS, **said)


async def refused(refusal: type[Refusal], field: str | None, attempt: Any) -> None:
    with pytest.raises(refusal) as told:
        await attempt
    assert told.value.field == field


async def test_it_has_value_and_tax_and_posts_nothing(books: Books) -> None:
    challan = await a_challan(books)

    head = challan.head
    assert (head.number, head.status, head.challan_purpose) == ("DC/26-27/0001", "OPEN", "OTHER")
    assert (str(head.total), head.journal_id) == ("1180.00", None)
    assert await trial_balance(books) == {}


async def test_a_draft_has_no_number_until_it_is_issued(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id, "challan_purpose": "SUPPLY_ON_APPROVAL"}
    draft = await lifecycle.draft(books, DELIVERY_CHALLAN, said, [TEN_CHAIRS])
    assert (draft.head.number, draft.head.challan_purpose) == (None, "SUPPLY_ON_APPROVAL")

    issued = await lifecycle.approve(books, DELIVERY_CHALLAN, draft.head.id)

    assert (issued.head.number, issued.head.challan_purpose) == ("DC/26-27/0001", "SUPPLY_ON_APPROVAL")


async def test_what_is_kept_of_it_is_invoiced_in_parts(books: Books) -> None:
    """Of ten chairs on approval six are kept, then three; the last one comes back."""
    challan = await a_challan(books, challan_purpose="SUPPLY_ON_APPROVAL")

    first = await made_of(books, DELIVERY_CHALLAN, challan, so_much(challan, 1, "6"))
    assert (first.head.kind, first.head.challan_purpose, str(first.head.total)) == ("INVOICE", None, "708.00")
    await lifecycle.approve(books, INVOICE, first.head.id)
    assert await state(books, DELIVERY_CHALLAN, challan) == ("PARTIALLY_INVOICED", ["6"])
    held = lifecycle.void(books, DELIVERY_CHALLAN, challan.head.id, reason=None)
    await refused(InvalidState, None, held)

    second = await made_of(books, DELIVERY_CHALLAN, challan, so_much(challan, 1, "3"))
    assert await state(books, DELIVERY_CHALLAN, challan) == ("PARTIALLY_INVOICED", ["9"])
    too_much = made_of(books, DELIVERY_CHALLAN, challan, so_much(challan, 1, "2"))
    await refused(Failed, "line_items[0].quantity", too_much)
    await made_of(books, DELIVERY_CHALLAN, challan)
    assert await state(books, DELIVERY_CHALLAN, challan) == ("INVOICED", ["10"])
    await lifecycle.delete(books, INVOICE, second.head.id)
    assert await state(books, DELIVERY_CHALLAN, challan) == ("PARTIALLY_INVOICED", ["7"])


async def test_an_order_leaves_on_a_challan_and_is_invoiced_from_there(books: Books) -> None:
    order = await an_open(books, SALES_ORDER, await a_customer(books), TEN_CHAIRS, reference_number="PO-7")

    draft = await made_of(books, SALES_ORDER, order, so_much(order, 1, "4"), into="DELIVERY_CHALLAN")
    assert (draft.head.kind, draft.head.challan_purpose, draft.head.reference_number) == (
        "DELIVERY_CHALLAN",
        "OTHER",
        "PO-7",
    )
    challan = await lifecycle.approve(books, DELIVERY_CHALLAN, draft.head.id)
    invoice = await made_of(books, DELIVERY_CHALLAN, challan)

    assert str(invoice.head.total) == "472.00"
    assert await state(books, SALES_ORDER, order) == ("PARTIALLY_INVOICED", ["4"])
    assert [each.document_type for each in (await now(books, DELIVERY_CHALLAN, challan)).converted_from] == [
        "SALES_ORDER"
    ]
    await lifecycle.delete(books, INVOICE, invoice.head.id)
    await lifecycle.void(books, DELIVERY_CHALLAN, challan.head.id, reason="The goods did not leave")
    assert await state(books, SALES_ORDER, order) == ("OPEN", ["0"])


async def test_goods_go_to_a_job_worker_who_is_a_vendor(books: Books) -> None:
    """He is sent goods, and is billed nothing."""
    worker = await a_vendor(books, "Satpura Polishing")

    challan = await an_open(books, DELIVERY_CHALLAN, worker, TEN_CHAIRS, challan_purpose="JOB_WORK")

    assert (challan.head.contact_name, challan.head.challan_purpose) == ("Satpura Polishing", "JOB_WORK")
    await refused(Failed, "customer_id", made_of(books, DELIVERY_CHALLAN, challan))
    order: Kind = SALES_ORDER
    await refused(Failed, "customer_id", an_open(books, order, worker, TEN_CHAIRS))


async def test_a_number_that_is_cancelled_stays_in_the_series(books: Books) -> None:
    """1, 2 (cancelled), 3: what table 13 of GSTR-1 tells."""
    _, second = await a_challan(books), await a_challan(books)
    await lifecycle.void(books, DELIVERY_CHALLAN, second.head.id, reason="The lorry broke down")

    third = await a_challan(books)

    assert third.head.number == "DC/26-27/0003"
    voided = (await now(books, DELIVERY_CHALLAN, second)).head
    assert (voided.number, voided.status) == ("DC/26-27/0002", "CANCELLED")


async def test_it_can_change_while_nothing_was_made_of_it_but_for_its_number(books: Books) -> None:
    challan = await a_challan(books)

    changed = await lifecycle.amend(books, DELIVERY_CHALLAN, challan.head.id, {"challan_purpose": "JOB_WORK"}, None)
    assert changed.head.challan_purpose == "JOB_WORK"
    renumbered = lifecycle.amend(books, DELIVERY_CHALLAN, challan.head.id, {"number": "D-1"}, None)
    await refused(InvalidState, "delivery_challan_number", renumbered)
    await made_of(books, DELIVERY_CHALLAN, challan, so_much(challan, 1, "1"))
    frozen = lifecycle.amend(books, DELIVERY_CHALLAN, challan.head.id, {"challan_purpose": "OTHER"}, None)
    await refused(InvalidState, "challan_purpose", frozen)


async def test_a_lock_date_does_not_hold_it(books: Books) -> None:
    """Nothing is posted, so nothing is closed."""
    await lock(books, "2026-11-30")
    assert (await a_challan(books)).head.status == "OPEN"
