"""What was sold by customer and item, and bought by vendor: notes taken off, and compared with the days before."""

from decimal import Decimal
from typing import Any

from domain import registers
from domain.books import Books
from domain.catalog import ITEMS
from domain.cost_centers import COST_CENTERS
from domain.documents.kinds import Side
from domain.reports.comparison import PREVIOUS_PERIOD, compared_with
from domain.reports.parties import Trader
from domain.reports.purchases import by_vendor
from domain.reports.registers import register
from domain.reports.sales import by_customer, by_item
from domain.reports.slices import Wanted
from domain.values import asdict
from tests.scenarios.builders import (
    a_bill,
    a_cost,
    a_credit_note,
    a_customer,
    a_debit_note,
    a_line,
    a_vendor,
    an_approved_invoice,
    gst,
    on,
)
from tests.scenarios.reports.asking import span_of
from tests.scenarios.spending import an_expense

MAY = ("2026-05-01", "2026-05-31")
_ALL = Wanted()


def told(row: Any) -> dict[str, str]:
    """Amounts that are not nought, as people write them."""
    return {name: str(value) for name, value in asdict(row).items() if isinstance(value, Decimal) and value}


async def test_notes_are_taken_off_what_a_customer_bought(books: Books) -> None:
    """1,000 and 200 less 100, at 18 %: 1,100, 198 and 1,298; in April it was 500."""
    asha, bala = await a_customer(books, "Asha"), await a_customer(books, "Bala")
    await an_approved_invoice(books, asha, a_line("500"), dated_on=on("2026-04-30"))
    invoice = await an_approved_invoice(books, asha, a_line("1000"), dated_on=on("2026-05-01"))
    await an_approved_invoice(books, asha, a_line("200"), dated_on=on("2026-05-31"))
    await a_credit_note(books, invoice, a_line("100"), dated_on=on("2026-05-31"))
    await an_approved_invoice(books, bala, a_line("10"), dated_on=on("2026-04-15"))
    scope = await span_of(books, *MAY)
    april = compared_with(scope.period, PREVIOUS_PERIOD)

    alone, compared = await by_customer(books, scope, _ALL), await by_customer(books, scope, _ALL, before=april)

    (row,) = alone.contacts.rows
    assert (row.contact_name, row.document_count) == ("Asha", 3)
    assert told(row) == {"value": "1100.00", "tax": "198.00", "total": "1298.00"}
    assert [(each.contact_name, str(each.value), str(each.previous_value)) for each in compared.contacts.rows] == [
        ("Asha", "1100.00", "500.00"),
        ("Bala", "0.00", "10.00"),
    ]
    assert (str(compared.totals.total), str(compared.totals.previous_total)) == ("1298.00", "601.80")


async def test_nothing_sold_is_nought_and_not_unknown(books: Books) -> None:
    scope = await span_of(books, *MAY)
    april = compared_with(scope.period, PREVIOUS_PERIOD)

    customers, items = await by_customer(books, scope, _ALL, before=april), await by_item(books, scope, _ALL)

    assert (customers.totals.document_count, str(customers.totals.previous_total)) == (0, "0.00")
    assert (items.totals.value, items.totals.previous_value) == (Decimal("0.00"), None)
    assert (await by_vendor(books, scope, _ALL)).totals.previous_total is None


async def test_a_cost_centre_has_the_lines_that_name_it(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    pune = await registers.add(books, COST_CENTERS, {"name": "Pune", "code": "PUN"})
    lines = (a_line("1000", cost_center_id=pune.id), a_line("300"))
    await an_approved_invoice(books, asha, *lines, untaxed_charges=Decimal(50), dated_on=on("2026-05-03"))
    await an_approved_invoice(books, asha, a_line("70"), dated_on=on("2026-05-03"))

    found = await by_customer(books, await span_of(books, *MAY, cost_center_id=pune.id), _ALL)

    (row,) = found.contacts.rows
    assert (row.document_count, told(row)) == (1, {"value": "1000.00", "tax": "180.00", "total": "1180.00"})


async def test_items_are_sold_at_an_average_price(books: Books) -> None:
    """Ten chairs at 100 and five at 130, two of the first come back: 13 for 1,450, 111.54 each."""
    asha = await a_customer(books, "Asha")
    chair = {"item_name": "Chair", "sku": "CH-1", "unit": "pcs", "rate": Decimal(100), "tax_id": gst("18")}
    item = await registers.add(books, ITEMS, {**chair, "hsn_or_sac": "940360"})
    of_item = {"item_id": item.id, "hsn_or_sac": "940360"}
    first = await an_approved_invoice(
        books, asha, {**of_item, "quantity": Decimal(10)}, a_line("55"), dated_on=on("2026-05-03")
    )
    await an_approved_invoice(
        books, asha, {**of_item, "quantity": Decimal(5), "rate": Decimal(130)}, dated_on=on("2026-05-04")
    )
    back = {**of_item, "quantity": Decimal(2), "corrected_line_id": first.lines[0].id}
    await a_credit_note(books, first, back, dated_on=on("2026-05-20"))

    found = await by_item(books, await span_of(books, *MAY), _ALL)

    assert [
        (row.item_name, row.sku, str(row.quantity), str(row.value), str(row.average_price)) for row in found.items.rows
    ] == [("Chair", "CH-1", "13", "1450.00", "111.54"), (None, None, "1", "55.00", "55.00")]
    assert found.totals.value == Decimal("1505.00")


async def test_vendors_have_credited_and_blocked_tax_apart(books: Books) -> None:
    """A bill of 5,000 with credit and 1,000 without, a tenth of the first back, an expense of 1,180 with tax inside."""
    vendor = await a_vendor(books)
    blocked = a_cost("1000", itc_eligibility="BLOCKED", itc_blocked_reason="17(5)(g)")
    said = {"dated_on": on("2026-05-02"), "reference_number": "K-1"}
    bill = await a_bill(books, vendor, a_cost("5000"), blocked, **said)
    await a_debit_note(books, bill, a_cost("500"), dated_on=on("2026-05-20"))
    of_vendor = {"date": "2026-05-05", "tax_id": gst("18"), "is_inclusive_tax": True}
    await an_expense(books, "1180", "Office rent", vendor_id=vendor.id, **of_vendor)
    await an_expense(books, "70", "Office rent", date="2026-05-06")
    scope = await span_of(books, *MAY)

    found = await by_vendor(books, scope, _ALL)

    vendors: list[Trader] = list(found.contacts.rows)
    assert [(row.contact_name, row.document_count, told(row)) for row in vendors] == [
        (
            vendor.contact_name,
            3,
            {
                "value": "6500.00",
                "tax": "1170.00",
                "eligible_tax": "990.00",
                "blocked_tax": "180.00",
                "total": "7670.00",
            },
        ),
        (None, 1, {"value": "70.00", "total": "70.00"}),
    ]
    whole = (await register(books, Side.PURCHASE, scope, _ALL)).totals
    assert whole is not None and (whole.value, whole.total) == (found.totals.value, found.totals.total)
