"""Rent, month by month: what a schedule books from January to March, to be checked by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain import happenings
from domain.access import members
from domain.books import Books
from domain.recurring import runs
from domain.recurring.schedules import Schedule
from domain.statements import Statement
from handlers import bills, expenses, makers
from openapi.bundle import bundle
from server.contract.bodies import Bodies
from tests.domain.conftest import body_of
from tests.scenarios.builders import MAHARASHTRA_VENDOR, a_customer, gst, on, trial_balance
from tests.scenarios.spending import a_vendor, account

_BODIES = Bodies(bundle())
_DOCUMENTS = Statement(
    """
select number, dated_on::text as dated_on, due_on::text as due_on, total::text as total, status
  from documents
 where organization_id = %(organization_id)s
   and kind = %(kind)s
 order by dated_on, id
"""
)


@pytest.fixture
async def books(books: Books) -> Books:
    """The books of the firm, opened by its owner."""
    (owner,) = await members.list_members(books)
    books.user_id = owner.user_id
    return books


async def a_schedule(books: Books, entity_type: str, template: dict[str, Any], **fields: Any) -> Schedule:
    """At the end of each month from January 2027, approved."""
    return await _scheduled(books, entity_type, makers.template_of(_BODIES, entity_type, template).body, fields)


async def a_copy(books: Books, entity_type: str, key: str, **fields: Any) -> Schedule:
    """The same, made from a document that is there."""
    template = await makers.template_from(books, _BODIES, entity_type, key)
    return await _scheduled(books, entity_type, template.body, fields)


async def _scheduled(books: Books, entity_type: str, template: dict[str, Any], fields: dict[str, Any]) -> Schedule:
    usual = {"name": "Rent", "frequency": "MONTHLY", "start_on": on("2027-01-31"), "auto_approve": True}
    values = {**usual, "entity_type": entity_type, "template": template, **fields}
    return await runs.add(books, values, makers.make)


async def at_nine(books: Books, day: str, schedule: Schedule) -> int:
    """Do what the worker does at nine on a day; say how many documents it made."""
    now = datetime.fromisoformat(f"{day}T03:30:00").replace(tzinfo=UTC)
    later = replace(books, now=now, happenings=[], jobs=[])
    made = 0
    while await runs.run_due(later, schedule.id, makers.make) is not None:
        made += 1
    await happenings.record(later)
    return made


async def documents(books: Books, kind: str) -> list[tuple[str, ...]]:
    """Number, date, due date, total and status of all documents of a kind."""
    return [tuple(row.values()) for row in await books.rows(_DOCUMENTS, kind=kind)]


async def test_rent_from_january_to_march(books: Books) -> None:
    """25,000 a month and 18 % GST, due in ten days: 29,500 on 31 January, 28 February and 31 March."""
    customer = await a_customer(books)
    line = {"name": "Rent of the shop", "hsn_or_sac": "997212", "rate": Decimal(25000), "tax_id": gst("18")}
    template = {"customer_id": customer.id, "payment_terms": 10, "line_items": [line]}
    schedule = await a_schedule(books, "INVOICE", template)

    made = [await at_nine(books, day, schedule) for day in ("2027-01-30", "2027-01-31", "2027-02-01")]
    assert made == [0, 1, 0]
    assert await trial_balance(books) == {
        "Trade receivables": "29500.00",
        "Output CGST": "-2250.00",
        "Output SGST": "-2250.00",
        "Sales": "-25000.00",
    }

    assert await at_nine(books, "2027-03-31", schedule) == 2, "February was missed, and is made up"
    assert await documents(books, "INVOICE") == [
        ("INV/26-27/0001", "2027-01-31", "2027-02-10", "29500.00", "SENT"),
        ("INV/26-27/0002", "2027-02-28", "2027-03-10", "29500.00", "SENT"),
        ("INV/26-27/0003", "2027-03-31", "2027-04-10", "29500.00", "SENT"),
    ]
    assert await trial_balance(books) == {
        "Trade receivables": "88500.00",
        "Output CGST": "-6750.00",
        "Output SGST": "-6750.00",
        "Sales": "-75000.00",
    }


async def test_a_new_financial_year_begins_its_own_numbers(books: Books) -> None:
    """The invoice of 30 April made in May belongs to April, and to the series of 2027-28."""
    customer = await a_customer(books)
    line = {"name": "Books", "hsn_or_sac": "4901", "rate": Decimal(1000), "tax_category": "EXEMPT"}
    schedule = await a_schedule(books, "INVOICE", {"customer_id": customer.id, "line_items": [line]}, max_runs=4)

    assert await at_nine(books, "2027-05-15", schedule) == 4

    numbers = [number for number, *_ in await documents(books, "INVOICE")]
    assert numbers == ["INV/26-27/0001", "INV/26-27/0002", "INV/26-27/0003", "INV/27-28/0001"]
    assert await at_nine(books, "2027-08-15", schedule) == 0, "four were asked for"


async def test_the_same_bill_each_month_with_tax_withheld(books: Books) -> None:
    """A copy of today's bill of 50,000 with 18 % GST and 10 % withheld: each month 59,000, of which 5,000 are TDS."""
    vendor = await a_vendor(books, "Kulkarni Estates", gst_no=MAHARASHTRA_VENDOR)
    line = {
        "name": "Office rent",
        "account_id": await account(books, "Office rent"),
        "hsn_or_sac": "997212",
        "rate": Decimal(50000),
        "tax_id": gst("18"),
    }
    body = {"vendor_id": vendor.id, "reference_number": "KE/7", "tds_percent": Decimal(10), "line_items": [line]}
    first = body_of(await bills.create_bill(books, {**body, "auto_approve": True}))["bill"]
    schedule = await a_copy(books, "BILL", first["bill_id"])
    assert not {"reference_number", "bill_number", "tds_amount"} & schedule.template.keys()

    assert await at_nine(books, "2027-02-28", schedule) == 2

    assert [row[1:] for row in await documents(books, "BILL")][1:] == [
        ("2027-01-31", "2027-01-31", "59000.00", "OPEN"),
        ("2027-02-28", "2027-02-28", "59000.00", "OPEN"),
    ]
    assert await trial_balance(books) == {
        "Input CGST": "13500.00",
        "Input SGST": "13500.00",
        "Trade payables": "-162000.00",
        "TDS payable": "-15000.00",
        "Office rent": "150000.00",
    }


async def test_an_expense_each_month(books: Books) -> None:
    """A copy of an expense of 1,000 and 5 % GST out of the bank: 1,050 a month."""
    body = {
        "paid_through_account_id": await account(books, "Bank account"),
        "account_id": await account(books, "Office rent"),
        "amount": Decimal(1000),
        "tax_id": gst("5"),
        "hsn_or_sac": "997212",
        "gst_treatment": "REGISTERED",
        "gst_no": MAHARASHTRA_VENDOR,
    }
    first = body_of(await expenses.create_expense(books, body))["expense"]
    schedule = await a_copy(books, "EXPENSE", first["expense_id"])

    assert await at_nine(books, "2027-03-31", schedule) == 3

    assert await trial_balance(books) == {
        "Bank account": "-4200.00",
        "Input CGST": "100.00",
        "Input SGST": "100.00",
        "Office rent": "4000.00",
    }


async def test_an_expense_on_reverse_charge_is_copied_with_its_rate(books: Books) -> None:
    """Freight of 8,000 on which 5 % is owed to the government: the bank pays 8,000 each month."""
    body = {
        "paid_through_account_id": await account(books, "Bank account"),
        "account_id": await account(books, "Office rent"),
        "amount": Decimal(8000),
        "is_rcm": True,
        "rcm_rate": Decimal(5),
    }
    first = body_of(await expenses.create_expense(books, body))["expense"]
    schedule = await a_copy(books, "EXPENSE", first["expense_id"])

    assert await at_nine(books, "2027-01-31", schedule) == 1

    assert (await trial_balance(books))["Bank account"] == "-16000.00"
