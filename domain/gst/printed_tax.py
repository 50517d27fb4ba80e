"""The tax of a purchase as its supplier printed it: credit follows GSTR-2B, so his paise, not ours.

Source: CGST Act 2017, section 16(2)(aa): credit is that of the supplier's own statement.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.errors import Failed
from domain.gst.supply import Supply
from domain.gst.tax import LineTax
from domain.money import ZERO, round_paise, spread
from domain.values import replace

HEADS = ("cgst", "sgst", "igst", "cess")
FIELD = "tax_as_printed"
_MEMBERS = {head: f"{head}_amount" for head in HEADS}
_ONE = Decimal(1)

Printed = Mapping[str, Decimal | None]
"""The sum of each head (``cgst_amount`` …) in rupees; ``None`` where it is as reckoned."""


def usual(printed: Printed | None) -> Printed | None:
    """The sums in their usual form: all heads, to the paisa; ``None`` where nothing is printed otherwise."""
    if printed is None or all(value is None for value in printed.values()):
        return None
    said = {name: printed.get(name) for name in _MEMBERS.values()}
    return {name: None if value is None else round_paise(Decimal(value)) for name, value in said.items()}


def as_printed(lines: Sequence[LineTax], printed: Printed, supply: Supply, *, is_inclusive_tax: bool) -> list[LineTax]:
    """Return the lines with each head of tax adding up to what is printed; the difference is shared out among them.

    Where prices include tax they stay, and the value takes the difference. Raises Failed where a head is more than a
    rupee a line from what is reckoned, and under reverse charge, where the supplier prints none.
    """
    if supply.is_reverse_charge:
        raise Failed("Under reverse charge the supplier prints no tax of his own.", field=FIELD)
    stated = list(lines)
    for head in HEADS:
        said = printed.get(_MEMBERS[head])
        if said is not None:
            stated = _with_head(stated, head, Decimal(said), is_inclusive_tax=is_inclusive_tax)
    return stated


def _with_head(lines: Sequence[LineTax], head: str, said: Decimal, *, is_inclusive_tax: bool) -> list[LineTax]:
    amounts: list[Decimal] = [getattr(line, head) for line in lines]
    reckoned, bearing = sum(amounts, ZERO), sum(1 for amount in amounts if amount)
    difference = said - reckoned
    if abs(difference) > bearing:
        raise Failed(
            f"The {head.upper()} is printed as {said} and reckoned as {reckoned}; they may differ by a rupee a line, "
            f"here {bearing}.",
            field=f"{FIELD}.{_MEMBERS[head]}",
        )
    if not difference:
        return list(lines)
    shares = spread(difference, [_ONE if amount else ZERO for amount in amounts])
    if any(amount + share < 0 for amount, share in zip(amounts, shares, strict=True)):
        shares = spread(difference, amounts)
    return [
        _with_share(line, head, share, is_inclusive_tax=is_inclusive_tax)
        for line, share in zip(lines, shares, strict=True)
    ]


def _with_share(line: LineTax, head: str, share: Decimal, *, is_inclusive_tax: bool) -> LineTax:
    heads: dict[str, Decimal] = {head: getattr(line, head) + share}
    if is_inclusive_tax:
        return replace(line, **heads, taxable=line.taxable - share)
    return replace(line, **heads, total=line.total + share)
