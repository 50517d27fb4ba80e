"""When GSTR-3B is due, and what paying or filing late costs: interest of 18 % a year, and late fees. Pure.

Source: CGST Act 2017, sections 47 and 50; CGST Rules 2017, rules 61 and 88B; notifications 13/2017-CT (18 %),
76/2018-CT and 19/2021-CT (late fees); GSTN advisory of 30-01-2026 (interest by the month of the document).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domain.gst.returns.amounts import NO_TAX, Tax, tax_of
from domain.money import ZERO, round_paise
from domain.values import Struct

_PERCENT_A_YEAR = Decimal(18)
_DAYS_A_YEAR = Decimal(36500)
_DUE_DAY = 20
# States whose quarterly returns are due on the 22nd; elsewhere it is the 24th (rule 61(1), second proviso).
_WESTERN = ("IN-CG", "IN-MP", "IN-GJ", "IN-MH", "IN-DH", "IN-GA", "IN-LD")
_SOUTHERN = ("IN-KA", "IN-KL", "IN-TN", "IN-TS", "IN-AP", "IN-PY", "IN-AN")
_DUE_ON_THE_22ND = frozenset((*_WESTERN, *_SOUTHERN))
_MONTHS_A_YEAR = 12


class MonthLiability(Struct, frozen=True, kw_only=True):
    """Tax of the documents of one month that a return declares: output tax, and that on reverse charge.

    ``month`` is the first day; ``due_on`` when that tax ought to have been paid.
    """

    month: date
    due_on: date
    outward: Tax
    reverse_charge: Tax

    @property
    def tax(self) -> Tax:
        """Both together."""
        return self.outward + self.reverse_charge


def due_on(last_day: date, *, is_quarterly: bool, state_code: str) -> date:
    """Return the day on which the GSTR-3B of a period that ends on ``last_day`` is due."""
    year, month = (last_day.year, last_day.month + 1) if last_day.month < _MONTHS_A_YEAR else (last_day.year + 1, 1)
    if not is_quarterly:
        return date(year, month, _DUE_DAY)
    return date(year, month, 22 if state_code in _DUE_ON_THE_22ND else 24)


def interest(
    months: Iterable[MonthLiability], *, cash: Tax, period_months: frozenset[date], return_due_on: date, paid_on: date
) -> Tax:
    """Return the interest on what is paid late, in rupees by head.

    Tax of the return's own months bears it on the ``cash`` part (section 50(1), proviso; rule 88B(1)); tax of earlier
    months that is declared only now bears it in full from the day it was due (rule 88B(2)). The portal reckons it net
    of the least balance of the cash ledger since, which the books do not know: so this is never less than its figure.
    """
    late = [
        _on(month.tax.each(_no_less), month.due_on, paid_on) for month in months if month.month not in period_months
    ]
    belated = tax_of(month.tax.each(_no_less) for month in months if month.month not in period_months)
    own_cash = (cash - belated).each(_no_less)
    return tax_of(late) + _on(own_cash, return_due_on, paid_on)


def _on(tax: Tax, due: date, paid_on: date) -> Tax:
    days = max((paid_on - due).days, 0)
    if not days:
        return NO_TAX
    return tax.each(lambda amount: round_paise(amount * _PERCENT_A_YEAR * days / _DAYS_A_YEAR))


def _no_less(amount: Decimal) -> Decimal:
    return max(amount, ZERO)


class _LateFee(Struct, frozen=True):
    """Rupees a day and at most, of CGST and again of SGST; ``turnover`` is up to which of the year before it holds."""

    turnover: Decimal | None
    a_day: Decimal
    at_most: Decimal


_NIL_FEE = _LateFee(None, Decimal(10), Decimal(250))
_FEES = (
    _LateFee(Decimal("15000000"), Decimal(25), Decimal(1000)),
    _LateFee(Decimal("50000000"), Decimal(25), Decimal(2500)),
    _LateFee(None, Decimal(25), Decimal(5000)),
)


def late_fee(*, is_nil: bool, turnover: Decimal | None, return_due_on: date, filed_on: date) -> Tax:
    """Return the fee for filing late, in rupees of CGST and SGST.

    ``turnover`` is the aggregate turnover of the year before; where it is not known the highest limit stands.
    Source: notification 19/2021-CT, for periods from June 2021.
    """
    days = max((filed_on - return_due_on).days, 0)
    fee = _NIL_FEE if is_nil else _fee_of(turnover)
    each = min(fee.a_day * days, fee.at_most)
    return Tax(cgst=each, sgst=each)


def _fee_of(turnover: Decimal | None) -> _LateFee:
    if turnover is None:
        return _FEES[-1]
    return next(fee for fee in _FEES if fee.turnover is None or turnover <= fee.turnover)
