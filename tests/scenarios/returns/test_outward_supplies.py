"""What a registration supplied: one row a document, rate and category, in rupees, with its table and why."""

from decimal import Decimal
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from domain.branches import open_branch
from domain.documents import lifecycle
from domain.documents.kinds import CREDIT_NOTE, INVOICE
from domain.errors import Failed, NotFound, Required
from domain.gst.returns.gstr1 import summaries
from domain.gst.returns.hsn_lines import supplied_by_code
from domain.gst.returns.question import ReturnQuestion, registration_asked_for
from domain.gst.returns.sums import outward_sums
from domain.gst.returns.supplies import Outward, outward_supplies
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.statements import Statement
from tests.domain.founded import KARNATAKA, MAHARASHTRA, a_firm
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    MAHARASHTRA_BUYER,
    SEZ_UNIT,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    an_approved_invoice,
    on,
)
from tests.scenarios.returns.asking import month, november, told

SERVICE: dict[str, Any] = {"name": "Consulting", "hsn_or_sac": "998312"}


def untaxed(shape: TaxShape) -> str:
    """The id of the tax of lines that bear none."""
    return next(tax.id for tax in CATALOGUE if tax.shape is shape)


async def supplied(books: Books, question: ReturnQuestion | None = None) -> list[tuple[str, str, str, str]]:
    """Each row as number, table, rate and taxable value with its sign."""
    rows = await outward_supplies(books, question or november())
    return [(row.number, row.section, str(row.rate), str(row.sign * row.taxable)) for row in rows]


async def the_row(books: Books, question: ReturnQuestion | None = None) -> Outward:
    """The only row there is."""
    (row,) = await outward_supplies(books, question or november())
    return row


async def in_gujarat(books: Books) -> Any:
    return await a_customer(books, "Surat Home", billing_address={"state_code": "IN-GJ"})


async def test_lines_are_added_up_by_rate(books: Books) -> None:
    """300 + 200 at 18 % and 100 at 5 %."""
    buyer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    await an_approved_invoice(books, buyer, a_line("300"), a_line("100", "5"), a_line("200"))

    first, second = await outward_supplies(books, november())

    assert told(first, "rate taxable cgst sgst igst") == "5 100.00 2.50 2.50 0.00"
    assert told(second, "rate taxable cgst sgst igst") == "18 500.00 45.00 45.00 0.00"
    assert {str(row.document_total) for row in (first, second)} == {"695.00"}
    assert told(first, "section table_type gst_no gstin") == f"b2b R {MAHARASHTRA_BUYER} {MAHARASHTRA}"
    assert told(first, "kind sign place_of_supply is_to_registered") == "INVOICE 1 IN-MH True"


async def test_exempt_lines_leave_a_mixed_document_for_table_8(books: Books) -> None:
    buyer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    exempt = {**a_line("50", None), "tax_id": untaxed(TaxShape.EXEMPT)}
    await an_approved_invoice(books, buyer, a_line("300"), exempt)
    assert [row[1:] for row in await supplied(books)] == [("b2b", "18", "300.00"), ("nil", "0", "50.00")]


async def test_exempt_lines_of_an_export_stay_with_it(books: Books) -> None:
    """They are zero-rated (IGST Act, section 16(1))."""
    buyer = await a_customer(books, "Boston Interiors", gst_treatment="OVERSEAS", billing_address=None)
    exempt = {**a_line("50", None), "tax_id": untaxed(TaxShape.EXEMPT)}
    await an_approved_invoice(books, buyer, a_line("300"), exempt)
    assert [row[1:] for row in await supplied(books)] == [("exp", "18", "300.00"), ("exp", "0", "50.00")]


@pytest.mark.parametrize(
    ("value", "section"),
    [
        ("84745.76", "b2cs"),  # 84,745.76 and 15,254.24 of tax are 1,00,000.00: not more than it
        ("84745.77", "b2cl"),
    ],
)
async def test_large_is_strictly_more_than_the_limit(books: Books, value: str, section: str) -> None:
    await an_approved_invoice(books, await in_gujarat(books), a_line(value))
    assert (await the_row(books)).section == section


async def test_before_august_2024_the_limit_was_higher(books: Books) -> None:
    buyer = await in_gujarat(books)
    await an_approved_invoice(books, buyer, a_line("200000"), dated_on=on("2024-07-31"))
    await an_approved_invoice(books, buyer, a_line("200000"), dated_on=on("2024-08-01"))
    assert (await the_row(books, month(2024, 7))).section == "b2cs"
    assert (await the_row(books, month(2024, 8))).section == "b2cl"


async def test_the_round_off_can_make_an_invoice_large(connection: AsyncConnection[Any]) -> None:
    """1,00,000.50 is rounded up to 1,00,001; 1,00,000.49 down to 1,00,000."""
    books = await a_firm(connection)
    buyer = await in_gujarat(books)
    await an_approved_invoice(books, buyer, a_line("84746.19"))
    await an_approved_invoice(books, buyer, a_line("84746.18"))
    assert [row[1] for row in await supplied(books)] == ["b2cl", "b2cs"]


async def test_within_the_state_no_invoice_is_large(books: Books) -> None:
    await an_approved_invoice(books, await a_customer(books), a_line("500000"))
    assert (await the_row(books)).section == "b2cs"


async def test_a_small_note_follows_its_large_invoice(books: Books) -> None:
    invoice = await an_approved_invoice(books, await in_gujarat(books), a_line("200000"), dated_on=on("2026-10-05"))
    await a_credit_note(books, invoice, a_line("100"))

    row = await the_row(books)

    assert told(row, "section table_type sign taxable") == "cdnur B2CL -1 100.00"
    assert told(row, "original_id original_number original_on") == f"{invoice.head.id} {invoice.head.number} 2026-10-05"


async def test_a_note_is_measured_by_the_limit_of_its_invoices_day(books: Books) -> None:
    """2,36,000 was small in July 2024, so a note to it in September is small as well."""
    invoice = await an_approved_invoice(books, await in_gujarat(books), a_line("200000"), dated_on=on("2024-07-31"))
    await a_credit_note(books, invoice, a_line("150000"), dated_on=on("2024-09-05"))
    assert (await the_row(books, month(2024, 9))).section == "b2cs"


@pytest.mark.parametrize(("value", "section"), [("90000", "cdnur"), ("50000", "b2cs")])
async def test_a_note_without_an_invoice_is_measured_by_itself(books: Books, value: str, section: str) -> None:
    buyer = await in_gujarat(books)
    await lifecycle.draft_and_approve(books, CREDIT_NOTE, {"contact_id": buyer.id}, [a_line(value)])
    assert (await the_row(books)).section == section


async def test_a_note_may_say_what_its_invoice_was_worth(books: Books) -> None:
    """The invoice is not in the books; 1,18,000 was large in September 2026."""
    buyer = await in_gujarat(books)
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, {"contact_id": buyer.id}, [a_line("500")])
    await books.run(_SAY_ORIGINAL, id=note.head.id, on=on("2026-09-01"), total=Decimal("118000"))

    row = await the_row(books)

    assert told(row, "section original_number original_id") == "cdnur OLD/7 -"


_SAY_ORIGINAL = Statement(
    """
update documents
   set original_invoice_number = 'OLD/7',
       original_invoice_on = %(on)s,
       original_invoice_total = %(total)s
 where organization_id = %(organization_id)s
   and id = %(id)s
"""
)


async def test_a_note_without_gst_is_no_document_of_gst(books: Books) -> None:
    buyer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    invoice = await an_approved_invoice(books, buyer, a_line("300"), dated_on=on("2026-10-01"))
    await a_credit_note(books, invoice, a_line("100", None), is_without_gst=True)
    assert await supplied(books) == []
    assert await supplied_by_code(books, november()) == []


async def test_drafts_and_voided_documents_supply_nothing(books: Books) -> None:
    buyer = await a_customer(books)
    await a_draft(books, buyer, a_line("100"))
    invoice = await an_approved_invoice(books, buyer, a_line("200"))
    await lifecycle.void(books, INVOICE, invoice.head.id, reason=None)
    assert await supplied(books) == []


async def test_only_the_days_that_are_asked_for_count(books: Books) -> None:
    buyer = await a_customer(books)
    for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
        await an_approved_invoice(books, buyer, a_line("100"), dated_on=on(day))
    assert [row.dated_on for row in await outward_supplies(books, november())] == [on("2026-11-01"), on("2026-11-30")]


async def test_a_foreign_invoice_counts_in_the_rupees_that_were_posted(books: Books) -> None:
    """100.33 dollars at 83.335 are 8,361.00; 18 % of that are 1,504.98. The customer owes 118.39 dollars: 9,866.03."""
    buyer = await a_customer(books, "Boston Interiors", gst_treatment="OVERSEAS", billing_address=None)
    await an_approved_invoice(
        books,
        buyer,
        a_line("100.33"),
        currency_code="USD",
        exchange_rate=Decimal("83.335"),
        is_export_with_payment=True,
    )
    row = await the_row(books)
    assert told(row, "section table_type taxable igst document_total") == "exp WPAY 8361.00 1504.98 9866.03"


async def test_cess_a_unit_is_in_rupees_whatever_the_currency(books: Books) -> None:
    """3 units at 100 dollars of 83 rupees are 24,900; 28 % of that are 6,972, and 4.50 a unit 13.50."""
    buyer = await a_customer(books, "Boston Interiors", gst_treatment="OVERSEAS", billing_address=None)
    await an_approved_invoice(
        books,
        buyer,
        a_line("100", "28", quantity=Decimal(3), cess_per_unit=Decimal("4.50")),
        currency_code="USD",
        exchange_rate=Decimal(83),
        is_export_with_payment=True,
        dated_on=on("2025-09-01"),
    )
    row = await the_row(books, month(2025, 9))
    assert told(row, "taxable igst cess") == "24900.00 6972.00 13.50"


async def test_a_supply_to_an_sez_keeps_its_rate_without_tax(books: Books) -> None:
    buyer = await a_customer(books, "Kandla Foods", gst_treatment="SEZ", gst_no=SEZ_UNIT)
    await an_approved_invoice(books, buyer, a_line("1000"))
    row = await the_row(books)
    assert told(row, "section table_type rate igst cgst") == "b2b SEWOP 18 0.00 0.00"


async def test_reverse_charge_shows_the_tax_and_owes_the_value(books: Books) -> None:
    buyer = await a_customer(books, gst_no=MAHARASHTRA_BUYER)
    await an_approved_invoice(books, buyer, a_line("1000"), is_reverse_charge=True)
    row = await the_row(books)
    assert told(row, "is_reverse_charge cgst document_total") == "True 90.00 1000.00"


async def test_each_registration_tells_its_own_supplies(books: Books) -> None:
    branch = await open_branch(
        books, {"branch_name": "Bengaluru", "code": "BLR", "state_code": "IN-KA", "gst_no": KARNATAKA}
    )
    buyer = await a_customer(books)
    await an_approved_invoice(books, buyer, a_line("100"))
    await an_approved_invoice(books, buyer, a_line("200"), branch_id=branch.id)
    assert [row[3] for row in await supplied(books)] == ["100.00"]
    assert [row[3] for row in await supplied(books, november(gstin=KARNATAKA))] == ["200.00"]


async def test_branches_of_one_registration_are_told_together_or_apart(books: Books) -> None:
    branch = await open_branch(
        books, {"branch_name": "Pune", "code": "PNQ", "state_code": "IN-MH", "gst_no": MAHARASHTRA}
    )
    buyer = await a_customer(books)
    await an_approved_invoice(books, buyer, a_line("100"))
    await an_approved_invoice(books, buyer, a_line("200"), branch_id=branch.id)
    assert sorted(row[3] for row in await supplied(books)) == ["100.00", "200.00"]
    assert [row[3] for row in await supplied(books, november(branch_id=branch.id))] == ["200.00"]


async def test_the_hsn_summary_adds_up_what_the_documents_say(books: Books) -> None:
    """3 chairs and 2 of another invoice less 1 of a note; a service has no quantity."""
    buyer = await a_customer(books, gst_no=GUJARAT_BUYER)
    chairs = await an_approved_invoice(books, buyer, a_line("100", quantity=Decimal(3), unit="pcs"))
    await an_approved_invoice(books, buyer, a_line("100", quantity=Decimal(2), unit="pcs"), a_line("50", **SERVICE))
    await a_credit_note(books, chairs, a_line("100", unit="pcs"))

    rows = summaries(november(), await outward_sums(books, november()), [], []).hsn_b2b

    assert [told(row, "hsn_or_sac unit_code rate quantity") for row in rows] == ["940360 PCS 18 4", "998312 NA 18 0"]
    assert [str(row.amounts.taxable) for row in rows] == ["400.00", "50.00"]
    lines = await supplied_by_code(books, november())
    assert [told(line, "hsn_or_sac sign quantity taxable") for line in lines] == [
        "940360 -1 1 100.00",
        "940360 1 3 300.00",
        "940360 1 2 200.00",
        "998312 1 0 50.00",
    ]


async def test_the_only_registration_needs_no_name(books: Books) -> None:
    assert await registration_asked_for(books, form="GSTR-1") == MAHARASHTRA
    assert await registration_asked_for(books, form="GSTR-1", gstin=MAHARASHTRA.lower()) == MAHARASHTRA


async def test_of_several_registrations_one_is_named(books: Books) -> None:
    branch = await open_branch(
        books, {"branch_name": "Bengaluru", "code": "BLR", "state_code": "IN-KA", "gst_no": KARNATAKA}
    )
    with pytest.raises(Required) as refusal:
        await registration_asked_for(books, form="GSTR-1")
    assert refusal.value.field == "gstin"
    assert await registration_asked_for(books, form="GSTR-1", branch_id=branch.id) == KARNATAKA
    with pytest.raises(Failed) as contradiction:
        await registration_asked_for(books, form="GSTR-1", gstin=MAHARASHTRA, branch_id=branch.id)
    assert contradiction.value.field == "branch_id"


async def test_what_is_not_the_organizations_is_not_found(books: Books) -> None:
    with pytest.raises(NotFound) as number:
        await registration_asked_for(books, form="GSTR-1", gstin=KARNATAKA)
    with pytest.raises(NotFound) as branch:
        await registration_asked_for(books, form="GSTR-1", branch_id="br_none")
    assert (number.value.field, branch.value.field) == ("gstin", "branch_id")


@pytest.mark.parametrize(
    ("particulars", "form"),
    [
        ({"registration_type": "COMPOSITION"}, "CMP-08"),
        ({"registration_type": "UNREGISTERED", "gst_no": None}, "no GSTR-1"),
    ],
)
async def test_who_files_no_gstr1_is_told_what_he_files(
    connection: AsyncConnection[Any], particulars: dict[str, Any], form: str
) -> None:
    books = await a_firm(connection, **particulars)
    with pytest.raises(Failed, match=form):
        await registration_asked_for(books, form="GSTR-1")
