"""How tax is paid through credit (gst-rules 7.5; Annex A 16 and 21): the law's order, and never a rupee too much."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.gst.returns.amounts import HEADS, NO_TAX, Tax
from domain.gst.returns.set_off import SetOff, StateCreditOrder, order_on, set_off

NOW = date(2026, 11, 30)
BEFORE = date(2025, 12, 31)


def tax(igst: str = "0", cgst: str = "0", sgst: str = "0", cess: str = "0") -> Tax:
    return Tax(igst=Decimal(igst), cgst=Decimal(cgst), sgst=Decimal(sgst), cess=Decimal(cess))


def paid(payable: Tax, credit: Tax, *, reverse_charge: Tax = NO_TAX, on: date = NOW) -> SetOff:
    return set_off(payable=payable, reverse_charge=reverse_charge, credit=credit, on=on)


def uses(of: SetOff) -> dict[str, Decimal]:
    """What pays what, as ``cgst for igst``."""
    return {
        f"{source} for {head}": getattr(of.through[source], head)
        for source in HEADS
        for head in HEADS
        if getattr(of.through[source], head)
    }


def test_each_head_pays_itself_and_the_rest_is_cash() -> None:
    of = paid(tax("100", "50", "50"), tax("30", "40", "50"))

    assert uses(of) == {"igst for igst": 30, "cgst for cgst": 40, "sgst for sgst": 50}
    assert of.cash == tax("70", "10")
    assert of.credit_left == NO_TAX


def test_what_is_left_of_igst_goes_where_credit_is_lacking() -> None:
    """CGST has 80 of 100 of its own, SGST none: 20 and 80 of the 100 that IGST leaves, and no cash at all."""
    of = paid(tax("50", "100", "80"), tax("150", "80", "0"))

    assert uses(of) == {"igst for igst": 50, "igst for cgst": 20, "igst for sgst": 80, "cgst for cgst": 80}
    assert of.cash == NO_TAX


def test_igst_is_used_up_before_what_is_of_the_head_itself() -> None:
    """Section 49A: 100 of IGST pay 50 and 50, although CGST and SGST have 60 each, which stay."""
    of = paid(tax("0", "50", "50"), tax("100", "60", "60"))

    assert uses(of) == {"igst for cgst": 50, "igst for sgst": 50}
    assert of.credit_left == tax("0", "60", "60")


def test_cgst_never_pays_sgst() -> None:
    """Annex A 21: 500 of CGST are of no use to SGST."""
    of = paid(tax("0", "100", "100"), tax("0", "500", "0"))

    assert uses(of) == {"cgst for cgst": 100}
    assert (of.cash, of.credit_left) == (tax("0", "0", "100"), tax("0", "400"))


@pytest.mark.parametrize(
    ("on", "order", "expected", "left"),
    [
        (BEFORE, StateCreditOrder.CENTRAL_FIRST, {"cgst for igst": Decimal(90)}, tax("0", "0", "90")),
        (
            NOW,
            StateCreditOrder.ANY,
            dict.fromkeys(("cgst for igst", "sgst for igst"), Decimal(45)),
            tax("0", "45", "45"),
        ),
    ],
)
def test_since_2026_both_credits_may_pay_igst_alike(
    on: date, order: StateCreditOrder, expected: dict[str, Decimal], left: Tax
) -> None:
    """IGST of 90 without credit of its own; 90 of CGST and 90 of SGST."""
    of = paid(tax("90"), tax("0", "90", "90"), on=on)

    assert (of.order, uses(of), of.credit_left) == (order, expected, left)


def test_the_freedom_begins_with_january_2026() -> None:
    assert (order_on(date(2025, 12, 31)), order_on(date(2026, 1, 31))) == (
        StateCreditOrder.CENTRAL_FIRST,
        StateCreditOrder.ANY,
    )


def test_cess_is_paid_by_cess_alone() -> None:
    of = paid(tax("0", "0", "0", "70"), tax("100", "100", "100", "50"))

    assert uses(of) == {"cess for cess": 50}
    assert of.cash == tax(cess="20")


def test_reverse_charge_is_paid_in_cash_whatever_credit_there_is() -> None:
    """Section 49(4) with 2(82): tax on reverse charge is no output tax."""
    of = paid(tax("100"), tax("1000"), reverse_charge=tax("0", "200", "200"))

    assert of.cash == NO_TAX
    assert of.cash_needed == tax("0", "200", "200")
    assert of.credit_left == tax("900")


def test_less_than_nought_neither_owes_nor_pays() -> None:
    """More was credited to customers than sold: nothing is payable, and the portal carries it forward."""
    of = paid(tax("-50", "10"), tax("0", "-5", "7"))

    assert (of.payable, of.cash, of.credit) == (tax("0", "10"), tax("0", "10"), tax("0", "0", "7"))


_AMOUNTS = st.decimals(min_value=-500, max_value=2000, places=2) | st.sampled_from([Decimal(0), Decimal(100)])
_TAXES = st.builds(Tax, igst=_AMOUNTS, cgst=_AMOUNTS, sgst=_AMOUNTS, cess=_AMOUNTS)


@given(payable=_TAXES, credit=_TAXES, reverse_charge=_TAXES, on=st.sampled_from([BEFORE, NOW]))
def test_whatever_is_owed_the_law_holds(payable: Tax, credit: Tax, reverse_charge: Tax, on: date) -> None:
    of = paid(payable, credit, reverse_charge=reverse_charge, on=on)
    paying = uses(of)

    assert of.cash + of.paid_through_credit == of.payable
    assert not {"cgst for sgst", "sgst for cgst"} & paying.keys()
    assert {each for each in paying if "cess" in each} <= {"cess for cess"}
    assert all(amount > 0 for amount in paying.values())
    for part in (of.cash, of.credit_left, of.reverse_charge_cash):
        assert not part.is_less_anywhere(NO_TAX)
    spent = Tax(**{source: of.through[source].total for source in HEADS})
    assert spent + of.credit_left == of.credit
    others = {each for each in paying if not each.startswith(("igst", "cess"))}
    assert not (of.credit_left.igst and others), "IGST is used up before any other"
    assert not (of.credit_left.igst and (of.cash.igst or of.cash.cgst or of.cash.sgst))


@given(payable=_TAXES, credit=_TAXES)
def test_no_other_way_needs_less_cash(payable: Tax, credit: Tax) -> None:
    """The least cash: IGST fills what CGST and SGST lack, and both pay for IGST what they can spare."""
    of = paid(payable, credit)
    owed, own = of.payable, of.credit

    spare = max(own.cgst - owed.cgst, Decimal(0)) + max(own.sgst - owed.sgst, Decimal(0))
    lacking = max(owed.cgst - own.cgst, Decimal(0)) + max(owed.sgst - own.sgst, Decimal(0))
    igst_left = max(own.igst - owed.igst, Decimal(0))
    igst_lacking = max(owed.igst - own.igst, Decimal(0))
    least = max(lacking - igst_left, Decimal(0)) + max(igst_lacking - spare, Decimal(0))
    assert of.cash.igst + of.cash.cgst + of.cash.sgst == least
