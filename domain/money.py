"""Rupees and paise: the only place where amounts are rounded, and the limit that every amount stays within."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import Invalid

ZERO = Decimal("0.00")
PAISA = Decimal("0.01")
RUPEE = Decimal("1")
MAX_MONEY = Decimal("9999999999999.99")


def round_paise(amount: Decimal) -> Decimal:
    """Return ``amount`` (rupees) to two decimals, half a paisa away from zero; never a negative zero."""
    return amount.quantize(PAISA, ROUND_HALF_UP) or ZERO


def round_rupee(amount: Decimal) -> Decimal:
    """Return ``amount`` in whole rupees, written with two decimals; fifty paise go away from zero.

    Source: CGST Act 2017, section 170.
    """
    return amount.quantize(RUPEE, ROUND_HALF_UP).quantize(PAISA) or ZERO


def with_paise(amount: Decimal | int) -> Decimal:
    """Return an amount of whole paise as it is shown: 5.00, and not 5 or 5.0."""
    return Decimal(amount).quantize(PAISA)


def trimmed(number: Decimal | int) -> Decimal:
    """Return a quantity, rate or percentage as it is shown: 18, and not 18.0 or 1.8E+1."""
    value = Decimal(number)
    return value.quantize(RUPEE) if value == value.to_integral_value() else value.normalize()


def round_off(total: Decimal) -> Decimal:
    """Return what must be added to ``total`` (rupees) to reach a whole rupee: -0.50 to +0.50."""
    return round_rupee(total) - total


def check_money(amount: Decimal, *, field: str | None = None) -> Decimal:
    """Return ``amount`` if it lies within the contract's limit, which a client's double still holds exactly.

    Raises Invalid beyond 9,999,999,999,999.99 on either side of zero.
    """
    if -MAX_MONEY <= amount <= MAX_MONEY:
        return amount
    raise Invalid(f"The amount {amount} is beyond the limit of {MAX_MONEY}.", field=field)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share ``amount`` out in proportion to ``weights`` (none negative); the shares sum to it exactly.

    Each share is rounded to the paisa and the last one with a weight takes the remainder. Where many tiny shares
    would leave a remainder below zero or above its own weight, the running total is rounded instead.
    """
    if not weights:
        assert not amount, "there is nobody to share with"
        return []
    if amount < 0:
        return [-share or ZERO for share in spread(-amount, weights)]
    total = sum(weights, ZERO)
    last = _last_with_weight(weights)
    shares = [round_paise(amount * weight / total) if weight else ZERO for weight in weights]
    remainder = amount - (sum(shares, ZERO) - shares[last])
    most = weights[last] if amount <= total else amount
    if not ZERO <= remainder <= most:
        return _spread_by_running_total(amount, weights, total)
    shares[last] = remainder or ZERO
    return shares


def _last_with_weight(weights: Sequence[Decimal]) -> int:
    for index in range(len(weights) - 1, -1, -1):
        if weights[index]:
            return index
    return len(weights) - 1


def _spread_by_running_total(amount: Decimal, weights: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    shares, running, given = [], ZERO, ZERO
    for weight in weights:
        running += weight
        reached = round_paise(amount * running / total)
        shares.append(reached - given)
        given = reached
    return shares
