"""Amounts of a return: tax by head, and a value with the tax on it, in rupees; they add up and may be negative."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from domain.money import ZERO, round_rupee
from domain.values import Struct


class Tax(Struct, frozen=True, kw_only=True):
    """Tax by head, in the order of the returns."""

    igst: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    cess: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All heads together."""
        return self.igst + self.cgst + self.sgst + self.cess

    def __add__(self, other: "Tax") -> "Tax":
        """Both together, head by head."""
        return self.with_(other, lambda one, two: one + two)

    def __sub__(self, other: "Tax") -> "Tax":
        """The one without the other, head by head; it may be negative."""
        return self.with_(other, lambda one, two: one - two)

    def __neg__(self) -> "Tax":
        """The same, taken back."""
        return NO_TAX - self

    def with_(self, other: "Tax", reckon: Callable[[Decimal, Decimal], Decimal]) -> "Tax":
        """What ``reckon`` makes of each head of both."""
        return Tax(**{head: reckon(getattr(self, head), getattr(other, head)) for head in HEADS})

    def each(self, reckon: Callable[[Decimal], Decimal]) -> "Tax":
        """What ``reckon`` makes of each head."""
        return Tax(**{head: reckon(getattr(self, head)) for head in HEADS})

    def in_rupees(self) -> "Tax":
        """Each head in whole rupees, as it is paid. Source: CGST Act 2017, section 170."""
        return self.each(round_rupee)

    def is_less_anywhere(self, other: "Tax") -> bool:
        """Whether any head is less than that of ``other``."""
        return any(getattr(self, head) < getattr(other, head) for head in HEADS)


HEADS = Tax.__struct_fields__
"""The heads of tax: IGST, CGST, SGST (or UTGST) and cess."""
NO_TAX = Tax()
"""Nothing of any head."""


class Taxed(Struct, frozen=True, kw_only=True):
    """A taxable value and the tax on it."""

    taxable: Decimal = ZERO
    tax: Tax = NO_TAX

    def __add__(self, other: "Taxed") -> "Taxed":
        """Both together."""
        return Taxed(taxable=self.taxable + other.taxable, tax=self.tax + other.tax)

    def __sub__(self, other: "Taxed") -> "Taxed":
        """The one without the other."""
        return Taxed(taxable=self.taxable - other.taxable, tax=self.tax - other.tax)


NOTHING = Taxed()
"""No value and no tax."""


def tax_of(each: Iterable[Tax]) -> Tax:
    """All of them together."""
    return sum(each, NO_TAX)


def taxed_of(each: Iterable[Taxed]) -> Taxed:
    """All of them together."""
    return sum(each, NOTHING)
