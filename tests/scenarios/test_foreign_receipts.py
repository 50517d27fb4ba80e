"""Documents in dollars, paid at the rate of another day: the difference is realised, and nothing else is left."""

from decimal import Decimal

from domain.books import Books
from domain.contacts import Contact
from domain.documents.document import Paper
from domain.payments import applying, voiding
from tests.scenarios.builders import a_customer, a_line, an_approved_invoice, trial_balance
from tests.scenarios.money import a_payment, asked, assert_control_accounts_agree, settled_as


async def an_export(books: Books, dollars: str, rate: str) -> tuple[Contact, Paper]:
    """A customer abroad, and an invoice to him without tax."""
    abroad = await a_customer(books, "Colombo Imports", gst_treatment="OVERSEAS", currency_code="USD")
    invoice = await an_approved_invoice(books, abroad, a_line(dollars, None, tax_category="EXEMPT"),
                                        exchange_rate=Decimal(rate))  # fmt: skip
    return abroad, invoice


async def test_a_better_rate_is_a_gain(books: Books) -> None:
    """1,000 dollars billed at 83 and paid at 84.50: 1,500 rupees more than were owed."""
    abroad, invoice = await an_export(books, "1000", "83")

    await a_payment(books, abroad, "1000", (invoice, "1000"), exchange_rate=Decimal("84.50"))

    assert await trial_balance(books) == {
        "Bank account": "84500.00",
        "Sales": "-83000.00",
        "Exchange gain or loss": "-1500.00",
    }


async def test_a_worse_rate_is_a_loss_on_what_was_paid(books: Books) -> None:
    abroad, invoice = await an_export(books, "1000", "83")

    await a_payment(books, abroad, "390", (invoice, "400"), exchange_rate=Decimal("82"), bank_charges=Decimal(10))

    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "600.00")
    assert await trial_balance(books) == {
        "Bank account": "31980.00",
        "Trade receivables": "49800.00",
        "Sales": "-83000.00",
        "Bank charges": "820.00",
        "Exchange gain or loss": "400.00",
    }


async def test_an_advance_meets_the_invoice_at_both_rates(books: Books) -> None:
    """100 dollars came at 80; the invoice is at 83: 300 rupees fewer came than are owed."""
    abroad, invoice = await an_export(books, "1000", "83")
    advance = await a_payment(books, abroad, "100", exchange_rate=Decimal("80"))

    await applying.apply(books, advance.payment.id, asked((invoice, "100")), on=None)

    balances = await trial_balance(books)
    assert (balances["Trade receivables"], balances["Exchange gain or loss"]) == ("74700.00", "300.00")
    await assert_control_accounts_agree(books)


async def test_no_paisa_is_lost_whatever_is_taken_back(books: Books) -> None:
    """100 dollars at 83.3333 in thirds that are rounded each: by three receipts, unapplied and voided out of turn."""
    abroad, invoice = await an_export(books, "100", "83.3333")
    thirds = [
        await a_payment(books, abroad, "33.33", (invoice, "33.33"), exchange_rate=Decimal("84.4567")) for _ in range(3)
    ]
    await assert_control_accounts_agree(books)

    await applying.unapply(books, thirds[0].payment.id, [thirds[0].applied[0].id])
    await assert_control_accounts_agree(books)
    await voiding.void(books, thirds[1].payment.id, reason=None)
    await assert_control_accounts_agree(books)
    await applying.apply(books, thirds[0].payment.id, asked((invoice, "11.11"), (invoice, "22.22")), on=None)
    await assert_control_accounts_agree(books)
    refund = await a_payment(books, abroad, "0.01", exchange_rate=Decimal("84.4567"))
    await a_payment(books, abroad, "0.01", (refund, "0.01"), flow="OUTGOING", payment_type="REFUND",
                    exchange_rate=Decimal("90"))  # fmt: skip
    await voiding.void(books, thirds[0].payment.id, reason=None)
    await assert_control_accounts_agree(books)
    await voiding.void(books, thirds[2].payment.id, reason=None)

    assert await settled_as(books, invoice) == ("SENT", "100.00")
    assert (await trial_balance(books))["Trade receivables"] == "8333.33"
    await assert_control_accounts_agree(books)


async def test_a_voided_instalment_leaves_no_paisa_behind(books: Books) -> None:
    """799.99 dollars at 83.335 are 66,667.17 rupees; the two instalments moved 25,001.33 and 16,667.84 of 83,335.

    So the reverse of the first alone would leave 66,667.16 on the account of what customers owe.
    """
    abroad, invoice = await an_export(books, "1000", "83.335")
    rate = Decimal("83.335")
    first = await a_payment(books, abroad, "300.01", (invoice, "300.01"), exchange_rate=rate)
    await a_payment(books, abroad, "200.01", (invoice, "200.01"), exchange_rate=rate)

    await voiding.void(books, first.payment.id, reason="Bounced")

    assert await settled_as(books, invoice) == ("PARTIALLY_PAID", "799.99")
    assert await trial_balance(books) == {
        "Bank account": "16667.83",
        "Trade receivables": "66667.17",
        "Sales": "-83335.00",
    }
    await assert_control_accounts_agree(books)
