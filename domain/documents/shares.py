"""The amounts of a part of a document: of each discount in rupees its proportion, and the last part takes what is left.

So the documents made of one in parts come to its discounts to the paisa, however the parts are cut. Where a draft was
changed in between, the last part evens that out as far as its own value goes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.documents.document import Line
from domain.money import ZERO, round_paise
from domain.values import Struct

_PERCENT = Decimal("0.01")


class Part(Struct, frozen=True):
    """So much (``quantity``) of a line."""

    line: Line
    quantity: Decimal

    @property
    def is_last(self) -> bool:
        """Whether nothing of the line is left after it."""
        return self.quantity == left_of(self.line)

    @property
    def gross(self) -> Decimal:
        """Its price, before all discounts."""
        return round_paise(self.quantity * self.line.rate)


class Given(Struct, frozen=True):
    """What of the amounts of a document went to the parts made of it before; ``lines`` by the id of its line."""

    discount: Decimal
    untaxed_charges: Decimal
    lines: Mapping[str, Decimal]


def left_of(line: Line) -> Decimal:
    """How much of a line nothing was made of yet."""
    return line.quantity - line.converted_quantity


def discount_of_part(part: Part, given: Given) -> Decimal | None:
    """The discount on a part of a line that has one in rupees; ``None`` for a line without."""
    whole = part.line.discount
    if whole is None:
        return None
    before = given.lines.get(part.line.id, ZERO)
    share = _share(whole, before, part.quantity / part.line.quantity, is_last=part.is_last)
    return min(share, part.gross)


def share_of_parts(
    amount: Decimal, before: Decimal, parts: Sequence[Part], lines: Sequence[Line], *, is_last: bool
) -> Decimal:
    """The share of ``parts`` in an amount on the whole document of ``lines``, in proportion to their values."""
    total = sum((_net(line) for line in lines), ZERO)
    value = sum((_net(part.line) * part.quantity / part.line.quantity for part in parts), ZERO)
    return _share(amount, before, value / total if total else ZERO, is_last=is_last)


def value_of(parts: Sequence[Part], given: Given) -> Decimal:
    """The parts as priced, less their own discounts: the most that can be taken off them."""
    return sum((_net_of_part(part, discount_of_part(part, given)) for part in parts), ZERO)


def _share(amount: Decimal, before: Decimal, proportion: Decimal, *, is_last: bool) -> Decimal:
    left = max(amount - before, ZERO)
    return left if is_last else min(round_paise(amount * proportion), left)


def _net(line: Line) -> Decimal:
    return _net_of_part(Part(line, line.quantity), line.discount)


def _net_of_part(part: Part, discount: Decimal | None) -> Decimal:
    if discount is None:
        discount = round_paise(part.gross * (part.line.discount_percent or ZERO) * _PERCENT)
    return part.gross - discount
