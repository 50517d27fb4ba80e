"""How the tax of a return is paid: through credit in the order of the law, and the rest in cash. Pure.

Source: CGST Act 2017, sections 49, 49A and 49B; CGST Rules 2017, rule 88A: the credit of IGST first, and all of it,
before any other; the credit of CGST never for SGST, nor that of SGST for CGST; cess for cess. Tax on reverse charge,
interest and late fees are no output tax (section 2(82)) and are paid in cash (section 49(3) and (4)).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from domain.gst.returns.amounts import HEADS, NO_TAX, Tax
from domain.money import ZERO, spread
from domain.values import Struct


class StateCreditOrder(StrEnum):
    """In which order the credits of CGST and SGST pay IGST that is left when the credit of IGST is used up."""

    CENTRAL_FIRST = "CENTRAL_FIRST"
    ANY = "ANY"


class _OrderSince(Struct, frozen=True):
    since: date
    order: StateCreditOrder
    source: str


STATE_CREDIT_ORDERS = (
    _OrderSince(date(2017, 7, 1), StateCreditOrder.CENTRAL_FIRST, "CGST Act 2017, section 49(5)(c), proviso"),
    _OrderSince(date(2026, 1, 1), StateCreditOrder.ANY, "GSTN advisory of 30-01-2026, from the period 012026"),
)
"""Since when which order is taken, the oldest first."""


class SetOff(Struct, frozen=True, kw_only=True):
    """Table 6.1, in rupees.

    ``payable`` is the output tax by head, ``through`` the credit of each head (outer) that pays tax of each head
    (inner), ``cash`` what is left to pay; ``reverse_charge_cash`` the tax on reverse charge, which no credit pays;
    ``credit_left`` is carried forward, ``order`` the one that was taken for CGST and SGST.
    """

    payable: Tax
    through: Mapping[str, Tax]
    cash: Tax
    reverse_charge_cash: Tax
    credit: Tax
    credit_left: Tax
    order: StateCreditOrder

    @property
    def paid_through_credit(self) -> Tax:
        """What credit of any head pays of the tax of each head."""
        return sum(self.through.values(), NO_TAX)

    @property
    def cash_needed(self) -> Tax:
        """All that is to be paid in cash but for interest and late fees."""
        return self.cash + self.reverse_charge_cash


_Uses = dict[tuple[str, str], Decimal]
"""Rupees by the head of the credit and the head of the tax that it pays."""


def order_on(on: date) -> StateCreditOrder:
    """Return the order of the period that ends on this day."""
    return next(each.order for each in reversed(STATE_CREDIT_ORDERS) if each.since <= on)


def set_off(*, payable: Tax, reverse_charge: Tax, credit: Tax, on: date) -> SetOff:
    """Return how the tax of a return is paid, with as little cash as the law allows.

    ``payable`` and ``credit`` count where they are above nought: less is carried forward by the portal, and pays
    nothing. The credit of IGST that is left after IGST goes where CGST and SGST lack credit of their own, in proportion
    to what they lack, and then to what remains of both (rule 88A lets the payer choose).
    """
    owed, own = _above_nought(payable), _above_nought(credit)
    order = order_on(on)
    uses: _Uses = {}
    _use(uses, "igst", "igst", min(own.igst, owed.igst))
    _use_integrated(uses, owed, own)
    for head in ("cgst", "sgst", "cess"):
        _use(uses, head, head, min(_left_of(uses, own, head), _owed_still(uses, owed, head)))
    _ORDERS[order](uses, owed, own)
    through = {source: Tax(**{head: uses.get((source, head), ZERO) for head in HEADS}) for source in HEADS}
    paid = sum(through.values(), NO_TAX)
    used = Tax(**{source: tax.total for source, tax in through.items()})
    return SetOff(
        payable=owed,
        through=MappingProxyType(through),
        cash=owed - paid,
        reverse_charge_cash=_above_nought(reverse_charge),
        credit=own,
        credit_left=own - used,
        order=order,
    )


def _use_integrated(uses: _Uses, owed: Tax, own: Tax) -> None:
    """Spend what is left of the credit of IGST on CGST and SGST."""
    lacking = [max(owed.cgst - own.cgst, ZERO), max(owed.sgst - own.sgst, ZERO)]
    _spread_integrated(uses, own, lacking)
    _spread_integrated(uses, own, [_owed_still(uses, owed, "cgst"), _owed_still(uses, owed, "sgst")])


def _spread_integrated(uses: _Uses, own: Tax, wanted: list[Decimal]) -> None:
    amount = min(_left_of(uses, own, "igst"), sum(wanted, ZERO))
    for head, share in zip(("cgst", "sgst"), spread(amount, wanted), strict=True):
        _use(uses, "igst", head, share)


def _central_first(uses: _Uses, owed: Tax, own: Tax) -> None:
    for source in ("cgst", "sgst"):
        _use(uses, source, "igst", min(_left_of(uses, own, source), _owed_still(uses, owed, "igst")))


def _in_proportion(uses: _Uses, owed: Tax, own: Tax) -> None:
    """Both credits in proportion to what is left of them, so that neither runs dry before the other."""
    left = [_left_of(uses, own, "cgst"), _left_of(uses, own, "sgst")]
    amount = min(sum(left, ZERO), _owed_still(uses, owed, "igst"))
    for source, share in zip(("cgst", "sgst"), spread(amount, left), strict=True):
        _use(uses, source, "igst", share)


_ORDERS = MappingProxyType({StateCreditOrder.CENTRAL_FIRST: _central_first, StateCreditOrder.ANY: _in_proportion})


def _use(uses: _Uses, source: str, head: str, amount: Decimal) -> None:
    uses[source, head] = uses.get((source, head), ZERO) + amount


def _left_of(uses: _Uses, own: Tax, source: str) -> Decimal:
    left: Decimal = getattr(own, source) - sum((uses.get((source, head), ZERO) for head in HEADS), ZERO)
    return left


def _owed_still(uses: _Uses, owed: Tax, head: str) -> Decimal:
    still: Decimal = getattr(owed, head) - sum((uses.get((source, head), ZERO) for source in HEADS), ZERO)
    return still


def _above_nought(tax: Tax) -> Tax:
    return tax.each(lambda amount: max(amount, ZERO))
