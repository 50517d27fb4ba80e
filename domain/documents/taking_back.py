"""What the lines of a note take back of the original, so that a full return in parts credits exactly the original.

A line by quantity takes its share of what the original's line came to after all discounts, in value and in each head of
tax; the last of a quantity takes what is left. A line at a price of its own bears tax at its rate. Neither takes more
than is left at its rate, in any head; whoever takes the last of the value takes the last of the tax, and the last note
what is left of the rounding off. Source: CGST Act 2017, sections 15(3)(a) and 34(1).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from domain.documents.lines import CompletedLine
from domain.documents.originals import Lot, Original
from domain.documents.worth import Worth
from domain.errors import Failed
from domain.gst.tax import LineTax
from domain.money import RUPEE, ZERO, round_off
from domain.values import replace

_Rate = tuple[str, Decimal, Decimal]


def taken_back(
    original: Original, lines: Sequence[CompletedLine], taxes: Sequence[LineTax], *, is_inclusive_tax: bool
) -> list[LineTax]:
    """Return the lines of a note, reckoned by themselves as ``taxes``, with what they take of the original.

    Raises Failed for a line at a rate that no line of the original bears, and for more than is left.
    """
    rates = {(each.tax_category, each.tax_percentage, each.cess_percentage): each.worth for each in original.left}
    lots = {lot.line.id: lot for lot in original.lots().values()}
    taken: list[LineTax] = []
    for index, (line, tax) in enumerate(zip(lines, taxes, strict=True)):
        path, rate = f"line_items[{index}]", (tax.category.value, tax.tax_percent, tax.cess_percent)
        if rate not in rates:
            raise Failed(f"No line of {original.called} bears {_percent(rate)}.", field=f"{path}.tax_id")
        lot = lots.get(line.values["corrected_line_id"] or "")
        if lot is None:
            worth = _of_value(original, tax, rates[rate], rate, path)
            taken.append(_with_tax(original, tax, worth))
        else:
            worth = _of_lot(original, lot, line.values["quantity"], rates[rate], rate, path)
            lots[lot.line.id] = _without(lot, line.values["quantity"], worth)
            taken.append(_with_worth(original, tax, worth, is_inclusive_tax=is_inclusive_tax))
        rates[rate] = rates[rate].less(worth)
    return taken


def rounding_of(original: Original, said: Decimal | None) -> Callable[[Decimal], Decimal]:
    """What is added to what a note comes to: as it is said; if nothing is, the last one takes what is left.

    Then no note brings all of them above the total of the original.
    """

    def round_off_of(worth: Decimal) -> Decimal:
        left = original.total_left - worth
        if said is not None:
            return said
        return left if worth == original.worth_left else min(ZERO, left)

    return round_off_of


def whole_rupees_of(original: Original) -> Callable[[Decimal], Decimal]:
    """What brings a note to whole rupees; the last one takes what is left of the original's rounding off.

    Where notes that all go the same way would drift by a rupee from what they credit, one of them goes the other way.
    """
    before = original.noted_total - original.noted

    def round_off_of(worth: Decimal) -> Decimal:
        left = original.total_left - worth
        if worth == original.worth_left:
            return left
        natural = round_off(worth)
        if abs(before + natural) >= RUPEE:
            natural += RUPEE if before + natural < 0 else -RUPEE
        return min(natural, left)

    return round_off_of


def _of_value(original: Original, tax: LineTax, left: Worth, rate: _Rate, path: str) -> Worth:
    _check_value(original, tax.taxable, left, rate, path)
    worth = Worth(taxable=tax.taxable, cgst=tax.cgst, sgst=tax.sgst, igst=tax.igst, cess=tax.cess)
    if original.is_isd_invoice:
        return _of_heads(original, worth, left, path)
    return left if worth.taxable == left.taxable else worth.at_most(left)


def _of_heads(original: Original, worth: Worth, left: Worth, path: str) -> Worth:
    """What goes back of tax that was passed on without a value: what the line states of each head."""
    if worth.at_most(left) != worth:
        raise Failed(f"{original.called} has less tax left than that.", field=f"{path}.distributed_tax")
    return worth


def _of_lot(original: Original, lot: Lot, quantity: Decimal, left: Worth, rate: _Rate, path: str) -> Worth:
    if quantity > lot.left_quantity:
        raise Failed(
            f"{original.called} has {lot.left_quantity:f} left of '{lot.line.name}'; {quantity:f} is more.", field=path
        )
    if quantity == lot.left_quantity:
        worth = lot.left.at_most(left)
    else:
        worth = lot.part(quantity).at_most(lot.left)
        _check_value(original, worth.taxable, left, rate, path)
        worth = worth.at_most(left)
    return worth if original.is_isd_invoice or worth.taxable != left.taxable else left


def _check_value(original: Original, value: Decimal, left: Worth, rate: _Rate, path: str) -> None:
    if value > left.taxable:
        message = f"{original.called} has {left.taxable} left at {_percent(rate)}; {value} is more."
        raise Failed(message, field=path)


def _without(lot: Lot, quantity: Decimal, worth: Worth) -> Lot:
    return replace(lot, taken_quantity=lot.taken_quantity + quantity, taken=lot.taken.and_(worth))


def _with_tax(original: Original, tax: LineTax, worth: Worth) -> LineTax:
    """A line with the value and tax that it takes back; ``total`` follows."""
    total = worth.taxable + (ZERO if original.leaves_tax_out else worth.tax)
    amounts = {name: getattr(worth, name) for name in Worth.__struct_fields__}
    return replace(tax, **amounts, total=total)


def _with_worth(original: Original, tax: LineTax, worth: Worth, *, is_inclusive_tax: bool) -> LineTax:
    """A line by quantity with what it takes back; its discount is what brings its price there."""
    net = worth.taxable + (worth.tax if is_inclusive_tax else ZERO)
    return replace(_with_tax(original, tax, worth), net=net, discount=max(tax.gross - net, ZERO))


def _percent(rate: _Rate) -> str:
    category, percent, cess = rate
    and_cess = f" and {cess.normalize():f} % cess" if cess else ""
    return f"{percent.normalize():f} % ({category}){and_cess}"
