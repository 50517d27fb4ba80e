"""What a line, or a part of it, is worth: its value and the tax on it by head, in the document's currency."""

from collections.abc import Callable
from decimal import Decimal

from domain.money import ZERO, round_paise
from domain.values import Struct, replace


class Worth(Struct, frozen=True, kw_only=True):
    """A taxable value and each head of its tax."""

    taxable: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    igst: Decimal = ZERO
    cess: Decimal = ZERO

    @property
    def tax(self) -> Decimal:
        """All heads together."""
        return self.cgst + self.sgst + self.igst + self.cess

    def and_(self, other: "Worth") -> "Worth":
        """Both together."""
        return self._each(other, lambda one, two: one + two)

    def less(self, other: "Worth") -> "Worth":
        """What ``other`` leaves of it: never less than nothing."""
        return self._each(other, lambda one, two: max(one - two, ZERO))

    def at_most(self, other: "Worth") -> "Worth":
        """As much of each as ``other`` has."""
        return self._each(other, min)

    def part(self, quantity: Decimal, whole: Decimal) -> "Worth":
        """The part of it that belongs to so much of a whole quantity, each rounded by itself."""
        return self._each(self, lambda amount, _: round_paise(amount * quantity / whole))

    def part_with_tax(self, quantity: Decimal, whole: Decimal) -> "Worth":
        """The same of a price that includes the tax: the price is rounded, and the value what its tax leaves of it."""
        part = self.part(quantity, whole)
        price = round_paise((self.taxable + self.tax) * quantity / whole)
        return replace(part, taxable=max(price - part.tax, ZERO))

    def _each(self, other: "Worth", reckon: Callable[[Decimal, Decimal], Decimal]) -> "Worth":
        return Worth(**{name: reckon(getattr(self, name), getattr(other, name)) for name in Worth.__struct_fields__})
