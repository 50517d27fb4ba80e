"""Credit limits: an invoice beyond one is taken with a warning, or refused where the organization says so."""

from decimal import Decimal
from typing import Any

import pytest

from domain import organization
from domain.books import Books
from domain.cautions import CREDIT_LIMIT_EXCEEDED
from domain.contacts import Contact
from domain.documents import bulk, lifecycle
from domain.documents.credit_limits import CreditLimitExceeded
from domain.documents.kinds import BILL, INVOICE, SALES_ORDER
from domain.errors import Refusal
from tests.scenarios.builders import (
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    a_vendor,
    an_approved_invoice,
)
from tests.scenarios.money import a_payment


async def a_limited_customer(books: Books, limit: str = "2000") -> Contact:
    return await a_customer(books, credit_limit=Decimal(limit))


async def a_strict_organization(books: Books) -> None:
    await organization.amend(books, {"credit_limit_action": "REFUSE"})


def warned(books: Books) -> list[str]:
    """What the answer would warn of; each story warns of the limit only."""
    assert {caution.code for caution in books.cautions} <= {CREDIT_LIMIT_EXCEEDED}
    assert {caution.field for caution in books.cautions} <= {"customer_id"}
    return [caution.message for caution in books.cautions]


async def test_an_invoice_beyond_the_limit_is_taken_with_a_warning(books: Books) -> None:
    """1,180 and 1,180 are 2,360, over 2,000."""
    customer = await a_limited_customer(books)
    await an_approved_invoice(books, customer, a_line("1000"))
    assert warned(books) == []
    second = await an_approved_invoice(books, customer, a_line("1000"))
    assert second.head.status == "SENT"
    assert warned(books) == ["Deccan Retail owes 1180.00 and would owe 2360.00; the credit limit is 2000.00."]


async def test_a_limit_that_is_just_reached_is_kept(books: Books) -> None:
    await an_approved_invoice(books, await a_limited_customer(books, "1180"), a_line("1000"))
    assert warned(books) == []


async def test_an_organization_may_refuse_what_is_beyond_the_limit(books: Books) -> None:
    await a_strict_organization(books)
    customer = await a_limited_customer(books)
    await an_approved_invoice(books, customer, a_line("1000"))
    with pytest.raises(CreditLimitExceeded) as refusal:
        await an_approved_invoice(books, customer, a_line("1000"))
    assert (refusal.value.status, refusal.value.field) == (422, "customer_id")
    assert refusal.value.details == {"credit_limit": 2000, "owed": 1180, "would_owe": 2360}


async def test_a_draft_is_warned_of_and_refused_when_it_is_approved(books: Books) -> None:
    await a_strict_organization(books)
    draft = await a_draft(books, await a_limited_customer(books, "1000"), a_line("1000"))
    assert warned(books) == ["Deccan Retail owes 0.00 and would owe 1180.00; the credit limit is 1000.00."]
    with pytest.raises(CreditLimitExceeded):
        await lifecycle.approve(books, INVOICE, draft.head.id)


async def test_what_is_paid_or_credited_makes_room(books: Books) -> None:
    """Of 1,180 a note takes back 590 and 200 are paid in advance: 1,180 - 590 - 200 + 1,180 = 1,570."""
    await a_strict_organization(books)
    customer = await a_limited_customer(books, "1570")
    first = await an_approved_invoice(books, customer, a_line("1000"))
    await a_credit_note(books, first, a_line("500"))
    await a_payment(books, customer, "200")
    second = await an_approved_invoice(books, customer, a_line("1000"))
    assert second.head.status == "SENT"
    assert warned(books) == []


async def test_a_limit_counts_in_rupees(books: Books) -> None:
    """USD 20 at 83.50 are 1,670 rupees; 30 are 2,505."""
    await a_strict_organization(books)
    said: dict[str, Any] = {"gst_treatment": "OVERSEAS", "billing_address": None, "currency_code": "USD"}
    customer = await a_customer(books, **said, credit_limit=Decimal(2000))
    rate = {"exchange_rate": Decimal("83.50")}
    await an_approved_invoice(books, customer, a_line("20"), **rate)
    with pytest.raises(CreditLimitExceeded):
        await an_approved_invoice(books, customer, a_line("10"), **rate)


async def test_what_was_brought_forward_and_what_posts_nothing_is_not_held_to_the_limit(books: Books) -> None:
    await a_strict_organization(books)
    customer = await a_limited_customer(books, "100")
    said = {"is_opening_balance": True, "number": "OLD-1"}
    await an_approved_invoice(books, customer, a_line("1000"), **said)
    await lifecycle.draft_and_approve(books, SALES_ORDER, {"contact_id": customer.id}, [a_line("1000")])
    assert warned(books) == []


async def test_a_vendor_is_not_held_to_a_credit_limit(books: Books) -> None:
    await a_strict_organization(books)
    vendor = await a_vendor(books, credit_limit=Decimal(1))
    await lifecycle.draft_and_approve(books, BILL, {"contact_id": vendor.id}, [a_line("1000")])
    assert warned(books) == []


def taken(rows: list[bulk.Row]) -> list[Any]:
    """Of each row the field to blame or that it was taken, and what it warns of."""
    return [
        (row.outcome.field if isinstance(row.outcome, Refusal) else "taken", [each.code for each in row.cautions])
        for row in rows
    ]


@pytest.mark.parametrize(
    ("is_strict", "last"), [(True, ("customer_id", [])), (False, ("taken", [CREDIT_LIMIT_EXCEEDED]))]
)
async def test_rows_of_one_call_count_together(books: Books, last: tuple[str, list[str]], *, is_strict: bool) -> None:
    """Three of 590 are 1,770 and fit; a fourth of 590 is too much, and one of 118 fits where the fourth is refused."""
    if is_strict:
        await a_strict_organization(books)
    said = {"contact_id": (await a_limited_customer(books)).id}
    lines = [a_line("500")] * 4
    rows = [bulk.Said(said, [line], is_opened=True) for line in lines]
    made = await bulk.create(books, INVOICE, rows, is_all_or_nothing=False)
    assert taken(made) == [("taken", [])] * 3 + [last]
    assert warned(books) == []


async def test_drafts_of_one_call_take_nothing_from_the_approved(books: Books) -> None:
    """A draft of 1,180 comes first, but two approved ones of 590 each fit; then the draft goes beyond, and may."""
    await a_strict_organization(books)
    said = {"contact_id": (await a_limited_customer(books)).id}
    wanted = (("1000", False), ("500", True), ("500", True))
    rows = [bulk.Said(said, [a_line(rate)], is_opened=is_opened) for rate, is_opened in wanted]
    made = await bulk.create(books, INVOICE, rows, is_all_or_nothing=False)
    assert taken(made) == [("taken", [CREDIT_LIMIT_EXCEEDED]), ("taken", []), ("taken", [])]
