"""The sales and the purchase register: papers, lines and totals, as they were posted."""

from decimal import Decimal
from typing import Any

from domain.bills_of_entry import life as customs
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import INVOICE, Side
from domain.reports.registers import Register, Registered, register
from domain.reports.slices import Wanted
from domain.values import asdict
from tests.scenarios.builders import (
    GUJARAT_BUYER,
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

Amounts = dict[str, str]
MAY = ("2026-05-01", "2026-05-31")


async def registered(books: Books, side: Side, *days: str, **said: Any) -> Register:
    """The register of May, or of other days."""
    return await register(books, side, await span_of(books, *(days or MAY), **said), Wanted())


def amounts(row: Any) -> Amounts:
    """What is not nought, as people write it."""
    kept = {name: value for name, value in asdict(row).items() if isinstance(value, Decimal) and value}
    return {name: str(value) for name, value in kept.items() if name != "exchange_rate"}


async def test_invoices_and_notes_stand_by_date_with_their_lines(books: Books) -> None:
    """1,000 at 18 % in the state, 500 at 5 % to Gujarat, and a tenth of the first taken back."""
    asha, surat = await a_customer(books, "Asha"), await a_customer(books, "Surat Mills", gst_no=GUJARAT_BUYER)
    first = await an_approved_invoice(books, asha, a_line("1000"), dated_on=on("2026-05-03"))
    await an_approved_invoice(books, surat, a_line("500", "5", quantity=Decimal(2)), dated_on=on("2026-05-02"))
    await a_credit_note(books, first, a_line("100"), dated_on=on("2026-05-20"))
    await an_approved_invoice(books, asha, a_line("77"), dated_on=on("2026-06-01"))

    found = await registered(books, Side.SALE)

    assert [(row.contact_name, row.entity_type, *amounts(row).values()) for row in found.papers.rows] == [
        ("Surat Mills", "INVOICE", "1000.00", "50.00", "50.00", "1050.00"),
        ("Asha", "INVOICE", "1000.00", "90.00", "90.00", "180.00", "1180.00"),
        ("Asha", "CREDIT_NOTE", "-100.00", "-9.00", "-9.00", "-18.00", "-118.00"),
    ]
    assert found.totals is not None
    assert amounts(found.totals) == {
        "value": "1900.00",
        "cgst": "81.00",
        "sgst": "81.00",
        "igst": "50.00",
        "tax": "212.00",
        "total": "2112.00",
    }
    (line,) = found.papers.rows[0].lines
    assert line.hsn_or_sac == "940360"
    assert [str(each) for each in (line.quantity, line.rate, line.tax_percentage)] == ["2", "500", "5"]
    assert [str(each) for each in (line.value, line.igst, line.cgst)] == ["1000.00", "50.00", "0.00"]
    (taken_back,) = found.papers.rows[2].lines
    assert (str(taken_back.value), str(taken_back.cgst), str(taken_back.quantity)) == ("-100.00", "-9.00", "-1")
    assert found.papers.rows[2].original_id == first.head.id


async def test_drafts_voided_papers_and_what_was_brought_forward_are_no_sales(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    await lifecycle.draft(books, INVOICE, {"contact_id": asha.id, "dated_on": on("2026-05-03")}, [a_line("100")])
    void = await an_approved_invoice(books, asha, a_line("100"), dated_on=on("2026-05-03"))
    await lifecycle.void(books, INVOICE, void.head.id, reason=None)
    old = {"contact_id": asha.id, "is_opening_balance": True, "dated_on": on("2026-05-01"), "number": "OLD-1"}
    line = a_line("700", None, tax_category="EXEMPT")
    await lifecycle.draft_and_approve(books, INVOICE, old, [line])

    found = await registered(books, Side.SALE)

    assert (found.papers.rows, found.totals and found.totals.paper_count) == ([], 0)


async def test_what_a_filed_return_shows_is_taken_back_in_the_month_of_its_reverse(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    invoice = await an_approved_invoice(books, asha, a_line("100"), dated_on=on("2026-05-03"))
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None, on=on("2026-06-10"))

    may, june = await registered(books, Side.SALE), await registered(books, Side.SALE, "2026-06-01", "2026-06-30")

    assert [(row.is_cancellation, str(row.total)) for row in may.papers.rows] == [(False, "118.00")]
    assert [(row.is_cancellation, str(row.total)) for row in june.papers.rows] == [(True, "-118.00")]
    assert may.totals and june.totals and may.totals.total + june.totals.total == 0


async def test_an_export_is_told_in_rupees_with_the_tax_that_is_claimed_back(books: Books) -> None:
    """100.01 dollars at 83.25 are 8,325.83; IGST of 18 % on that, 1,498.65, is not the buyer's."""
    buyer = await a_customer(books, "Colombo", gst_treatment="OVERSEAS", currency_code="USD")
    said = {"exchange_rate": Decimal("83.25"), "is_export_with_payment": True, "dated_on": on("2026-05-03")}
    await an_approved_invoice(books, buyer, a_line("100.01"), is_export_tax_claimed=True, **said)

    (row,) = (await registered(books, Side.SALE)).papers.rows

    assert amounts(row) == {
        "value": "8325.83",
        "igst": "1498.65",
        "tax": "1498.65",
        "export_tax_claimed": "1498.65",
        "total": "8325.83",
    }


async def test_rounding_off_and_untaxed_charges_complete_the_total(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    said = {"untaxed_charges": Decimal(20), "round_off": Decimal("-0.18"), "dated_on": on("2026-05-03")}
    await an_approved_invoice(books, asha, a_line("101"), **said)

    (row,) = (await registered(books, Side.SALE)).papers.rows

    assert (str(row.value), str(row.tax), str(row.other_charges)) == ("101.00", "18.18", "20.00")
    assert (str(row.round_off), str(row.total)) == ("-0.18", "139.00")


async def test_bills_expenses_customs_and_debit_notes_stand_in_one_register(books: Books) -> None:
    """Credit of 900, a blocked 180, freight on reverse charge at 5 %, customs of 10,000 + 18 %, and a tenth back."""
    vendor = await a_vendor(books)
    blocked = a_cost("1000", itc_eligibility="BLOCKED", itc_blocked_reason="17(5)(g)")
    bill = await a_bill(books, vendor, a_cost("5000"), blocked, dated_on=on("2026-05-02"), reference_number="K-1")
    await a_debit_note(books, bill, a_cost("500"), dated_on=on("2026-05-20"))
    rent = await an_expense(books, "1180", "Office rent", date="2026-05-05", tax_id=gst("18"), is_inclusive_tax=True)
    line = {
        "description": "Tiles",
        "hsn_or_sac": "690721",
        "assessable_value": Decimal(90000),
        "customs_duty": Decimal(10000),
        "tax_id": gst("18"),
    }
    said = {"number": "4567891", "port_code": "INNSA1", "dated_on": on("2026-05-10")}
    await customs.record(books, said, [line])

    found = await registered(books, Side.PURCHASE)

    told = [
        (row.entity_type, str(row.value), str(row.eligible_tax), str(row.blocked_tax), str(row.total))
        for row in found.papers.rows
    ]
    assert told == [
        ("BILL", "6000.00", "900.00", "180.00", "7080.00"),
        ("EXPENSE", "1000.00", "180.00", "0.00", "1180.00"),
        ("BILL_OF_ENTRY", "10000.00", "18000.00", "0.00", "28000.00"),
        ("DEBIT_NOTE", "-500.00", "-90.00", "0.00", "-590.00"),
    ]
    assert found.papers.rows[0].reference_number == "K-1"
    assert found.papers.rows[1].id == rent["expense_id"]
    assert found.papers.rows[2].assessable_total == Decimal("90000.00")
    assert found.totals is not None
    assert (found.totals.paper_count, str(found.totals.value), str(found.totals.total)) == (4, "16500.00", "35670.00")


async def test_tax_on_reverse_charge_is_not_in_the_total(books: Books) -> None:
    """Freight of 8,000 from a carrier without registration: 400 of tax that we owe, and take as credit."""
    carrier = await a_vendor(books, gst_treatment="UNREGISTERED", place_of_contact="IN-MH")
    await a_bill(books, carrier, a_cost("8000", "5"), is_reverse_charge=True, dated_on=on("2026-05-02"))

    (row,) = (await registered(books, Side.PURCHASE)).papers.rows

    assert amounts(row) == {
        "value": "8000.00",
        "cgst": "200.00",
        "sgst": "200.00",
        "tax": "400.00",
        "eligible_tax": "400.00",
        "reverse_charge_tax": "400.00",
        "total": "8000.00",
    }


async def test_the_register_comes_in_slices_without_a_gap(books: Books) -> None:
    asha = await a_customer(books, "Asha")
    for day in ("03", "02", "03", "30", "02"):
        invoice = await an_approved_invoice(books, asha, a_line("1000"), dated_on=on(f"2026-05-{day}"))
        await a_credit_note(books, invoice, a_line("10"), dated_on=on("2026-05-30"))
    scope = await span_of(books, *MAY)
    whole = (await register(books, Side.SALE, scope, Wanted())).papers.rows

    for size in (1, 3, 9, 10):
        after: tuple[str, ...] | None = None
        rows: list[Registered] = []
        while True:
            part = await register(books, Side.SALE, scope, Wanted(size, after))
            assert (part.totals is None) == (after is not None)
            rows += part.papers.rows
            after = part.papers.next_place
            if after is None:
                break
        assert rows == whole
