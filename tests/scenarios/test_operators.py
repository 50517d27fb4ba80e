"""Sales through an electronic commerce operator: under section 52 the seller owes the tax, under 9(5) the operator."""

from typing import Any

import pytest

from domain.books import Books
from domain.documents import lifecycle
from domain.documents.conversion import convert
from domain.documents.kinds import CREDIT_NOTE, ESTIMATE, INVOICE
from domain.errors import Failed, Invalid, Refusal, Required
from domain.gst.gstin import check_character
from tests.domain.founded import MAHARASHTRA, PAN
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    SEZ_UNIT,
    a_credit_note,
    a_customer,
    a_draft,
    a_line,
    amounts,
    an_approved_invoice,
    entries_of,
)


def a_collector(state: str, pan: str = "AABCF8078M") -> str:
    """The number under which an operator collects tax at source: C as its 14th character."""
    number = f"{state}{pan}1C"
    return number + check_character(number)


OPERATOR = a_collector("29")
OURSELVES = a_collector("27", PAN)
COLLECTED: dict[str, Any] = {"ecommerce_operator_gst_no": OPERATOR, "ecommerce_section": "SECTION_52"}
PAID: dict[str, Any] = {"ecommerce_operator_gst_no": OPERATOR, "ecommerce_section": "SECTION_9_5"}


async def test_under_section_52_the_seller_owes_the_tax_as_ever(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("1000"), **COLLECTED)
    assert (invoice.head.is_tax_paid_by_operator, str(invoice.head.total)) == (False, "1180.00")
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("1180.00", "0.00"),
        "Output CGST": ("0.00", "90.00"),
        "Output SGST": ("0.00", "90.00"),
        "Sales": ("0.00", "1000.00"),
    }


async def test_under_section_9_5_the_operator_pays_the_tax_also_of_a_consumer(books: Books) -> None:
    """A meal of 500 at 5 %: 12.50 and 12.50 are shown, 500 is owed, and no tax is posted."""
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("500", "5"), **PAID)
    assert invoice.head.is_tax_paid_by_operator
    assert not invoice.head.is_reverse_charge
    assert amounts(invoice.head) == {
        "taxable_total": "500.00",
        "cgst_total": "12.50",
        "sgst_total": "12.50",
        "total": "500.00",
        "balance": "500.00",
    }
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("500.00", "0.00"),
        "Sales": ("0.00", "500.00"),
    }


async def test_a_credit_note_follows_the_operator_of_its_invoice(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("500", "5"), **PAID)
    note = await a_credit_note(books, invoice, a_line("200", "5"))
    assert (note.head.ecommerce_operator_gst_no, note.head.ecommerce_section) == (OPERATOR, "SECTION_9_5")
    assert (str(note.head.cgst_total), str(note.head.total)) == ("5.00", "200.00")
    assert await entries_of(books, note) == {
        "Trade receivables": ("0.00", "200.00"),
        "Sales": ("200.00", "0.00"),
    }


async def test_a_note_names_no_other_operator_than_its_invoice(books: Books) -> None:
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("500", "5"), **PAID)
    with pytest.raises(Failed) as refusal:
        await a_credit_note(books, invoice, a_line("200", "5"), ecommerce_operator_gst_no=a_collector("24"))
    assert refusal.value.field == "ecommerce_operator_gst_no"
    again = await a_credit_note(books, invoice, a_line("200", "5"), ecommerce_operator_gst_no=f" {OPERATOR.lower()} ")
    assert again.head.ecommerce_operator_gst_no == OPERATOR


async def test_a_note_alone_says_its_operator_itself(books: Books) -> None:
    said = {"contact_id": (await a_customer(books)).id, **PAID}
    note = await lifecycle.draft_and_approve(books, CREDIT_NOTE, said, [a_line("200", "5")])
    assert str(note.head.total) == "200.00"


async def test_an_estimate_hands_its_operator_on(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    estimate = await lifecycle.draft_and_approve(
        books, ESTIMATE, {"contact_id": customer.id, **PAID}, [a_line("500", "5")]
    )
    made = (await convert(books, ESTIMATE, estimate.head.id, INVOICE, wanted=None, said={})).made
    assert made.head.is_tax_paid_by_operator
    assert (str(made.head.igst_total), str(made.head.total)) == ("25.00", "500.00")


async def test_where_we_are_the_operator_we_owe_the_tax(books: Books) -> None:
    """The ride of a driver without registration, sold by us: 100, and 2.50 + 2.50 of tax."""
    said = {"ecommerce_operator_gst_no": OURSELVES, "ecommerce_section": "SECTION_9_5"}
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100", "5"), **said)
    assert not invoice.head.is_tax_paid_by_operator
    assert await entries_of(books, invoice) == {
        "Trade receivables": ("105.00", "0.00"),
        "Output CGST": ("0.00", "2.50"),
        "Output SGST": ("0.00", "2.50"),
        "Sales": ("0.00", "100.00"),
    }


async def test_an_operator_may_name_himself_by_his_ordinary_number_and_his_supplier(books: Books) -> None:
    said = {
        "ecommerce_operator_gst_no": MAHARASHTRA,
        "ecommerce_section": "SECTION_9_5",
        "ecommerce_supplier_gst_no": GUJARAT_BUYER.lower(),
    }
    invoice = await an_approved_invoice(books, await a_customer(books), a_line("100", "5"), **said)
    assert (invoice.head.ecommerce_supplier_gst_no, str(invoice.head.total)) == (GUJARAT_BUYER, "105.00")


async def test_a_wrong_check_character_is_kept_as_of_every_other_party(books: Books) -> None:
    wrong = OPERATOR[:-1] + ("A" if OPERATOR[-1] != "A" else "B")
    draft = await a_draft(books, await a_customer(books), a_line("500"), **{**PAID, "ecommerce_operator_gst_no": wrong})
    assert draft.head.ecommerce_operator_gst_no == wrong


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"ecommerce_operator_gst_no": OPERATOR}, Required, "ecommerce_section"),
        ({"ecommerce_section": "SECTION_52"}, Required, "ecommerce_operator_gst_no"),
        ({**PAID, "ecommerce_operator_gst_no": "29AABCF8078M1"}, Invalid, "ecommerce_operator_gst_no"),
        ({**PAID, "ecommerce_operator_gst_no": GUJARAT_BUYER}, Failed, "ecommerce_operator_gst_no"),
        ({**COLLECTED, "ecommerce_operator_gst_no": OURSELVES}, Failed, "ecommerce_section"),
        ({"ecommerce_supplier_gst_no": GUJARAT_BUYER}, Failed, "ecommerce_supplier_gst_no"),
        ({**PAID, "ecommerce_supplier_gst_no": GUJARAT_BUYER}, Failed, "ecommerce_supplier_gst_no"),
        ({**PAID, "is_inclusive_tax": True}, Failed, "is_inclusive_tax"),
    ],
)
async def test_an_operator_that_cannot_be_is_refused(
    books: Books, said: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        await a_draft(books, await a_customer(books), a_line("500"), **said)
    assert refused.value.field == field


async def test_the_operator_and_the_customer_do_not_both_pay_the_tax(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)
    with pytest.raises(Failed) as refusal:
        await a_draft(books, customer, a_line("500"), **PAID, is_reverse_charge=True)
    assert refusal.value.field == "is_reverse_charge"


async def test_section_9_5_is_about_supplies_within_india(books: Books) -> None:
    abroad = await a_customer(books, "Oslo Travels", gst_treatment="OVERSEAS")
    with pytest.raises(Failed) as refusal:
        await a_draft(books, abroad, a_line("500"), **PAID, place_of_supply="OVERSEAS")
    assert refusal.value.field == "ecommerce_section"


async def test_a_special_economic_zone_buys_through_operators_too(books: Books) -> None:
    unit = await a_customer(books, gst_treatment="SEZ", gst_no=SEZ_UNIT)
    invoice = await an_approved_invoice(books, unit, a_line("500"), **COLLECTED, is_export_with_payment=True)
    assert str(invoice.head.total) == "590.00"
