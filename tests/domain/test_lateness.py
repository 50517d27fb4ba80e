"""When GSTR-3B is due, and what being late costs (CGST Act, sections 47 and 50)."""

from datetime import date
from decimal import Decimal

import pytest

from domain.gst.returns.amounts import NO_TAX, Tax
from domain.gst.returns.lateness import MonthLiability, due_on, interest, late_fee

NOVEMBER, DECEMBER, OCTOBER = date(2026, 11, 1), date(2026, 12, 20), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("last_day", "frequency", "state", "expected"),
    [
        (date(2026, 11, 30), "MONTHLY", "IN-MH", date(2026, 12, 20)),
        (date(2026, 12, 31), "MONTHLY", "IN-DL", date(2027, 1, 20)),
        (date(2026, 12, 31), "QUARTERLY", "IN-MH", date(2027, 1, 22)),
        (date(2026, 9, 30), "QUARTERLY", "IN-DL", date(2026, 10, 24)),
    ],
)
def test_it_is_due_in_the_month_after(last_day: date, frequency: str, state: str, expected: date) -> None:
    assert due_on(last_day, is_quarterly=frequency == "QUARTERLY", state_code=state) == expected


def month(first_day: date, due: date, cgst: str) -> MonthLiability:
    return MonthLiability(month=first_day, due_on=due, outward=Tax(cgst=Decimal(cgst)), reverse_charge=NO_TAX)


def interest_on(months: list[MonthLiability], *, cash: str, paid_on: date) -> Tax:
    return interest(
        months,
        cash=Tax(cgst=Decimal(cash)),
        period_months=frozenset([NOVEMBER]),
        return_due_on=DECEMBER,
        paid_on=paid_on,
    )


def test_interest_is_on_the_cash_and_for_the_days() -> None:
    """10,000 of tax, of which 3,650 in cash, ten days late: 3,650 × 18 % × 10 ÷ 365 = 18."""
    months = [month(NOVEMBER, DECEMBER, "10000")]

    assert interest_on(months, cash="3650", paid_on=date(2026, 12, 30)) == Tax(cgst=Decimal("18.00"))
    assert interest_on(months, cash="3650", paid_on=DECEMBER) == NO_TAX


def test_what_belongs_to_an_earlier_month_bears_it_in_full() -> None:
    """3,650 of October, due on 20 November, declared in November and paid on 20 December: 30 days, 54 rupees.

    Rule 88B(2): although credit pays all of it.
    """
    months = [month(OCTOBER, date(2026, 11, 20), "3650"), month(NOVEMBER, DECEMBER, "10000")]

    assert interest_on(months, cash="0", paid_on=DECEMBER) == Tax(cgst=Decimal("54.00"))


@pytest.mark.parametrize(
    ("what", "turnover", "days_late", "each"),
    [
        ("taxed", None, 0, "0"),
        ("taxed", None, 3, "75"),
        ("taxed", None, 365, "5000"),
        ("taxed", "15000000", 365, "1000"),
        ("taxed", "15000000.01", 365, "2500"),
        ("taxed", "50000000.01", 365, "5000"),
        ("nil", "50000000.01", 3, "30"),
        ("nil", None, 365, "250"),
    ],
)
def test_late_fees_are_limited_by_turnover(what: str, turnover: str | None, days_late: int, each: str) -> None:
    filed_on = date.fromordinal(DECEMBER.toordinal() + days_late)
    fee = late_fee(
        is_nil=what == "nil",
        turnover=None if turnover is None else Decimal(turnover),
        return_due_on=DECEMBER,
        filed_on=filed_on,
    )

    assert fee == Tax(cgst=Decimal(each), sgst=Decimal(each))
