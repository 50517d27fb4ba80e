"""Advances for services: the tax inside is due when the money comes, and goes back when the invoice is there.

Source: CGST Act 2017, section 13(2); CGST Rules 2017, rule 50. Advances for goods bear none (66/2017-CT).
"""

from decimal import Decimal
from typing import Any

import pytest

from domain.books import Books
from domain.errors import Failed, InvalidState, NotFound
from domain.ids import new_id
from domain.payments import applying, voiding
from tests.scenarios.builders import (
    GUJARAT_BUYER,
    SEZ_UNIT,
    a_customer,
    a_line,
    an_approved_invoice,
    gst,
    on,
    trial_balance,
)
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree, postings_of, settled_as

SERVICE: dict[str, Any] = {"name": "Consulting", "hsn_or_sac": "998312"}
ADVANCE: dict[str, Any] = {"payment_type": "ADVANCE", "is_service_advance": True}


async def test_tax_inside_an_advance_is_owed_at_once(books: Books) -> None:
    """11,800 hold 18 % of 10,000."""
    customer = await a_customer(books)

    advance = await a_payment(books, customer, "11800", **ADVANCE)

    assert await trial_balance(books) == {
        "Bank account": "11800.00",
        "Advances from customers": "-10000.00",
        "Output CGST": "-900.00",
        "Output SGST": "-900.00",
    }
    payment = advance.payment
    assert (payment.tax_percentage, payment.place_of_supply, payment.supply_type) == (
        Decimal(18),
        "IN-MH",
        "INTRA_STATE",
    )
    await assert_control_accounts_agree(books)


async def test_the_tax_goes_back_when_the_advance_is_applied(books: Books) -> None:
    """The invoice bears its own tax in full, so nothing is due twice."""
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE)
    invoice = await an_approved_invoice(books, customer, a_line("20000", **SERVICE))

    applied = await applying.apply(books, advance.payment.id, asked((invoice, "11800")), on=None)

    assert (applied.applied[0].cgst_amount, applied.applied[0].sgst_amount) == (Decimal(900), Decimal(900))
    assert await trial_balance(books) == {
        "Bank account": "11800.00",
        "Trade receivables": "11800.00",
        "Output CGST": "-1800.00",
        "Output SGST": "-1800.00",
        "Sales": "-20000.00",
    }
    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "11800.00")


async def test_nothing_is_left_over_of_tax_that_goes_back_in_parts(books: Books) -> None:
    """100 hold 7.63 and 7.63. A third of that is 2.54, and the rest, whatever was taken back between, 5.09."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("1000", **SERVICE))
    advance = await a_payment(books, customer, "100", **ADVANCE)
    key = advance.payment.id

    first = await applying.apply(books, key, asked((invoice, "33.33")), on=None)
    await applying.apply(books, key, asked((invoice, "33.33")), on=None)
    await applying.unapply(books, key, [first.applied[0].id])
    await assert_control_accounts_agree(books)
    last = await applying.apply(books, key, asked((invoice, "66.67")), on=None)

    assert [each.cgst_amount for each in (*first.applied, *last.applied)] == [
        Decimal("2.54"),
        Decimal("2.54"),
        Decimal("5.09"),
    ]
    payment = last.payment
    assert (payment.unallocated, payment.cgst_left, payment.sgst_left, payment.status) == (*[Decimal(0)] * 3, "APPLIED")
    balances = await trial_balance(books)
    assert (balances["Output CGST"], "Advances from customers" in balances) == ("-90.00", False)


async def test_an_advance_from_another_state_bears_igst(books: Books) -> None:
    customer = await a_customer(books, gst_no=GUJARAT_BUYER)

    advance = await a_payment(books, customer, "1050", **ADVANCE, tax_id=gst("5"))

    assert (await trial_balance(books))["Output IGST"] == "-50.00"
    assert advance.payment.place_of_supply == "IN-GJ"


async def test_an_advance_from_an_sez_bears_none(books: Books) -> None:
    customer = await a_customer(books, gst_no=SEZ_UNIT, gst_treatment="SEZ")

    await a_payment(books, customer, "1000", **ADVANCE)

    assert await trial_balance(books) == {"Bank account": "1000.00", "Advances from customers": "-1000.00"}


async def test_an_advance_for_goods_bears_none(books: Books) -> None:
    customer = await a_customer(books)

    await a_payment(books, customer, "1000", payment_type="ADVANCE")

    assert await trial_balance(books) == {"Bank account": "1000.00", "Advances from customers": "-1000.00"}


async def test_only_what_is_not_invoiced_yet_is_an_advance(books: Books) -> None:
    """Of 11,800 half is for an invoice that is there; the other half has 900 of tax inside."""
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("5000", **SERVICE))

    advance = await a_payment(books, customer, "11800", (invoice, "5900"), **ADVANCE)

    assert (advance.payment.cgst_amount, advance.payment.unallocated) == (Decimal(450), Decimal(5900))
    assert (await trial_balance(books))["Output CGST"] == "-900.00"


async def test_an_invoice_of_a_later_day_takes_the_tax_back_on_that_day(books: Books) -> None:
    customer = await a_customer(books)
    invoice = await an_approved_invoice(books, customer, a_line("100", **SERVICE), dated_on=on("2026-12-05"))

    advance = await a_payment(books, customer, "118", (invoice, "118"), **ADVANCE)

    assert await postings_of(books, advance.payment.id) == [
        (
            "2026-11-21",
            {
                "Bank account": "118.00",
                "Advances from customers": "-100.00",
                "Output CGST": "-9.00",
                "Output SGST": "-9.00",
            },
        ),
        (
            "2026-12-05",
            {
                "Trade receivables": "-118.00",
                "Advances from customers": "100.00",
                "Output CGST": "9.00",
                "Output SGST": "9.00",
            },
        ),
    ]


async def test_an_advance_that_is_paid_back_gives_up_its_tax(books: Books) -> None:
    customer = await a_customer(books)
    advance = await a_payment(books, customer, "11800", **ADVANCE)

    refund = await a_payment(
        books, customer, "5900", (advance, "5900"), flow="OUTGOING", payment_type="REFUND", mode="UPI"
    )

    assert (refund.payment.number, refund.payment.status) == ("PV/26-27/0001", "APPLIED")
    assert await trial_balance(books) == {
        "Bank account": "5900.00",
        "Advances from customers": "-5000.00",
        "Output CGST": "-450.00",
        "Output SGST": "-450.00",
    }
    await assert_control_accounts_agree(books)

    with pytest.raises(InvalidState, match="paid back by PV/26-27/0001"):
        await voiding.void(books, advance.payment.id, reason=None)
    await voiding.void(books, refund.payment.id, reason=None)
    await assert_control_accounts_agree(books)
    await voiding.void(books, advance.payment.id, reason=None)

    assert await trial_balance(books) == {}


@pytest.mark.parametrize(
    ("said", "refusal", "field"),
    [
        ({"payment_type": "REGULAR"}, Failed, "is_service_advance"),
        ({"flow": "OUTGOING"}, Failed, "is_service_advance"),
        ({"currency_code": "USD", "exchange_rate": Decimal(83)}, Failed, "is_service_advance"),
        ({"tax_id": new_id("tx")}, NotFound, "tax_id"),
    ],
)
async def test_what_has_no_tax_inside(books: Books, said: dict[str, object], refusal: type[Failed], field: str) -> None:
    customer = await a_customer(books, contact_type="BOTH")

    with pytest.raises(refusal) as refused:
        await a_payment(books, customer, "100", **{**ADVANCE, **said})

    assert refused.value.field == field
