"""Self-invoices: one series for bills and expenses, and a number that once given is never given again.

Source: CGST Act 2017, section 31(3)(f); CGST Rules 2017, rule 46(b).
"""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.branches import amend_branch, open_branch
from domain.documents import lifecycle
from domain.documents.kinds import BILL
from domain.errors import InvalidState, PeriodLocked
from domain.statements import Statement
from handlers import expenses as handlers
from tests.domain.conftest import trail
from tests.scenarios.builders import MAHARASHTRA_BUYER, a_bill, a_cost
from tests.scenarios.spending import Json, a_vendor, account, an_expense, changed

_PRIMARY = Statement("select id from branches where organization_id = %(organization_id)s and is_primary")
_KEPT = Statement(
    """
select array_agg(self_invoice_number order by self_invoice_number) as numbers
  from expenses
 where organization_id = %(organization_id)s
   and deleted_at is not null
"""
)


async def freight(books: Books, **body: Any) -> Json:
    """Freight for 8,000 on reverse charge at 5 %."""
    return await an_expense(books, "8000.00", "Freight inward", **{"is_rcm": True, "rcm_rate": Decimal("5"), **body})


def numbers(*papers: Json) -> list[str | None]:
    """The self-invoices of expenses."""
    return [paper["self_invoice_number"] for paper in papers]


async def test_bills_and_expenses_share_a_series(books: Books) -> None:
    carrier = await a_vendor(books)
    first = await freight(books, vendor_id=carrier.id)
    bill = await a_bill(books, carrier, a_cost("8000.00", "5", hsn_or_sac="996511"), is_reverse_charge=True)
    last = await freight(books, vendor_id=carrier.id)
    of_last_year = await freight(books, vendor_id=carrier.id, date="2026-03-31")

    assert numbers(first, last, of_last_year) == ["SI/26-27/0001", "SI/26-27/0003", "SI/25-26/0001"]
    assert bill.head.self_invoice_number == "SI/26-27/0002"


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        ({}, "SI/26-27/0001"),
        ({"gst_treatment": "CONSUMER"}, "SI/26-27/0001"),
        ({"gst_treatment": "OVERSEAS"}, "SI/26-27/0001"),
        ({"gst_no": MAHARASHTRA_BUYER}, None),
        ({"gst_treatment": "COMPOSITION", "gst_no": MAHARASHTRA_BUYER}, None),
        ({"is_rcm": False, "rcm_rate": None}, None),
    ],
    ids=["nobody known", "consumer", "abroad", "registered", "composition", "no reverse charge"],
)
async def test_who_has_no_registration_is_written_an_invoice(books: Books, party: Json, expected: str | None) -> None:
    assert numbers(await freight(books, **party)) == [expected]


async def test_a_number_stays_with_its_expense(books: Books) -> None:
    """Posted anew, off reverse charge, back on it, deleted: it is never given to another."""
    made = await freight(books)
    dearer = await changed(books, made, amount=Decimal("9000.00"))
    charged = await changed(books, made, is_rcm=False, gst_no=MAHARASHTRA_BUYER)
    again = await changed(books, made, is_rcm=True, gst_no=None, gst_treatment=None)
    await handlers.delete_expense(books, made["expense_id"])

    assert numbers(made, dearer, charged, again) == ["SI/26-27/0001"] * 4
    assert numbers(await freight(books)) == ["SI/26-27/0002"]
    assert await books.value(_KEPT) == ["SI/26-27/0001"]


async def test_an_expense_that_comes_to_be_on_reverse_charge_takes_a_number(books: Books) -> None:
    made = await an_expense(books, "8000.00")
    noted = await changed(books, made, notes="By road")
    after = await changed(books, made, is_rcm=True, rcm_rate=Decimal("5"))
    told = (await trail(books))[-1]["changes"]

    assert numbers(made, noted, after) == [None, None, "SI/26-27/0001"]
    assert told["self_invoice_number"] == {"old": None, "new": "SI/26-27/0001"}
    assert not {"number_scope", "financial_year"} & told.keys()


async def test_it_stays_in_the_series_of_its_self_invoice(books: Books) -> None:
    branch = await open_branch(books, {"branch_name": "Pune"})
    made = await freight(books)
    for body, field in (({"branch_id": branch.id}, "branch_id"), ({"date": "2026-03-31"}, "date")):
        with pytest.raises(InvalidState) as refused:
            await changed(books, made, **body)
        assert refused.value.field == field

    assert (await changed(books, made, date="2026-04-01"))["self_invoice_number"] == "SI/26-27/0001"


async def test_what_is_refused_gives_its_number_back(books: Books) -> None:
    await books.run(Statement("update organizations set locked_until = '2026-10-31' where id = %(organization_id)s"))
    cash = await account(books, "Cash in hand")
    with pytest.raises(PeriodLocked):
        await freight(books, date="2026-10-31")
    with pytest.raises(PeriodLocked):
        async with books.part():
            made = await freight(books)
            await changed(books, made, date="2026-10-31", paid_through_account_id=cash)

    assert numbers(await freight(books)) == ["SI/26-27/0001"]


async def test_a_branch_steps_over_what_another_gave_under_the_same_registration(books: Books) -> None:
    """Mumbai gave SI/26-27/0001 to an expense and 0002 to a bill, and then left the prefix to Pune."""
    mumbai = str(await books.value(_PRIMARY))
    pune = await open_branch(books, {"branch_name": "Pune"})
    made = await freight(books)
    bill = await a_bill(books, await a_vendor(books), a_cost("8000.00", "5"), is_reverse_charge=True)
    await lifecycle.void(books, BILL, bill.head.id, reason=None)
    await amend_branch(books, mumbai, {"prefixes": {"self_invoice": "M/{FY}/"}})
    await amend_branch(books, pune.id, {"prefixes": {"self_invoice": "si/{FY}/"}})

    assert numbers(made, await freight(books, branch_id=pune.id)) == ["SI/26-27/0001", "si/26-27/0003"]
