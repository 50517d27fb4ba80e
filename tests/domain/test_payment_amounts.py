"""What a payment settles, moves and leaves on the ledger: pure, by cases."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.ledger.accounts import AccountRole
from domain.payments.payment import Payment, money_entries, settled_status, taken
from domain.settlements import OpenDocument, moves, settled
from domain.values import replace
from tests.domain.conftest import NOW

ROLES = {role: role.value for role in AccountRole}


def a_payment(flow: str = "INCOMING", **fields: Any) -> Payment:
    """A payment of 100 rupees, of which nothing is applied."""
    whole = Payment(
        id="pay_1",
        flow=flow,
        payment_type="REGULAR",
        status="",
        branch_id="br_1",
        contact_id="ct_1",
        contact_name="Sharma",
        number="RV/26-27/0001",
        number_scope="br_1",
        financial_year="2026-27",
        dated_on=date(2026, 11, 21),
        mode="BANK",
        reference_number=None,
        paid_through_account_id="bank",
        currency_code="INR",
        exchange_rate=Decimal(1),
        amount=Decimal(100),
        bank_charges=Decimal(0),
        tds_amount=Decimal(0),
        tds_section=None,
        unallocated=Decimal(0),
        is_service_advance=False,
        tax_id=None,
        tax_percentage=None,
        place_of_supply=None,
        supply_type=None,
        description=None,
        tags=[],
        custom_fields={},
        created_by="usr_1",
        version=1,
        created_at=NOW,
        modified_at=NOW,
    )
    whole = replace(whole, **fields)
    return whole if "unallocated" in fields else replace(whole, unallocated=whole.settlement)


def an_open(kind: str, balance: str, rate: str = "1") -> OpenDocument:
    return OpenDocument(
        id=f"{kind}_1",
        kind=kind,
        status="SENT",
        branch_id="br_1",
        contact_id="ct_1",
        number="1",
        dated_on=date(2026, 11, 1),
        currency_code="INR",
        exchange_rate=Decimal(rate),
        payment_made=Decimal(0),
        amount_credited=Decimal(0),
        amount_written_off=Decimal(0),
        balance=Decimal(balance),
    )


@pytest.mark.parametrize(
    ("flow", "settlement", "entries"),
    [
        ("INCOMING", "115", {"bank": "100", "bank_charges": "5", "tds_receivable": "10"}),
        ("OUTGOING", "110", {"bank": "-105", "bank_charges": "5", "tds_payable": "-10"}),
    ],
)
def test_charges_settle_what_comes_and_come_on_top_of_what_goes(
    flow: str, settlement: str, entries: dict[str, str]
) -> None:
    payment = a_payment(flow, bank_charges=Decimal(5), tds_amount=Decimal(10))

    assert payment.settlement == Decimal(settlement)
    assert {entry.account_id: entry.amount for entry in money_entries(payment, ROLES)} == {
        name: Decimal(amount) for name, amount in entries.items()
    }


@pytest.mark.parametrize(
    ("standing", "role", "amount"),
    [
        (an_open("INVOICE", "33.33", "83.3333"), "accounts_receivable", "2777.50"),
        (an_open("CREDIT_NOTE", "100"), "accounts_receivable", "-100"),
        (an_open("BILL", "100"), "accounts_payable", "-100"),
        (an_open("DEBIT_NOTE", "100"), "accounts_payable", "100"),
        (a_payment("INCOMING"), "customer_advances", "-100"),
        (a_payment("INCOMING", cgst_left=Decimal(9), sgst_left=Decimal(9)), "customer_advances", "-82"),
        (a_payment("INCOMING", cgst_left=Decimal(9), sgst_left=Decimal(9)), "output_cgst", "-9"),
        (a_payment("OUTGOING"), "vendor_advances", "100"),
        (a_payment("OUTGOING", payment_type="REFUND"), "customer_advances", "-100"),
    ],
)
def test_what_stands_open_stands_on_the_ledger(standing: Any, role: str, amount: str) -> None:
    on_ledger = {each.value: rupees for each, _, rupees in standing.on_ledger()}

    assert on_ledger[role] == Decimal(amount)


def test_settling_in_parts_takes_each_rupee_once() -> None:
    """33.33 dollars three times and a cent: each part takes what the balance loses in rupees."""
    document, taken_off = an_open("INVOICE", "100", "83.3333"), []
    for part in ("33.33", "33.33", "33.33", "0.01"):
        after = settled(document, paid=Decimal(part))
        (amount,) = moves([document], [after]).values()
        taken_off.append(-amount)
        document = after

    assert taken_off == [Decimal(text) for text in ("2777.50", "2777.50", "2777.50", "0.83")]
    assert document.status == "PAID"


def test_the_last_part_of_an_advance_takes_all_tax_that_is_left() -> None:
    payment, taxes = a_payment(cgst_left=Decimal("7.63"), sgst_left=Decimal("7.63")), []
    for part in ("33.33", "33.33", "33.34"):
        payment, (cgst, _, _) = taken(payment, Decimal(part))
        taxes.append(cgst)

    assert taxes == [Decimal(text) for text in ("2.54", "2.54", "2.55")]
    assert (payment.cgst_left, payment.unallocated) == (Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("left", "voided_at", "status"),
    [("100", None, "UNAPPLIED"), ("0.01", None, "PARTIALLY_APPLIED"), ("0", None, "APPLIED"), ("0", NOW, "CANCELLED")],
)
def test_the_status_follows_from_what_is_applied(left: str, voided_at: Any, status: str) -> None:
    assert settled_status(a_payment(unallocated=Decimal(left), voided_at=voided_at)) == status
