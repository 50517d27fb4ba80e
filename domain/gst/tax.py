"""The tax of a document: of each line, of the whole, and per rate.

Every component of every line is rounded by itself and the document adds up the rounded figures, so that each can be
remade by hand. CGST and SGST are rounded at half the rate and are always equal; they may differ from the IGST of the
same value by a paisa. Source: CGST Act 2017, section 15; CGST Rules, rule 35 (prices that include tax).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from domain.errors import Failed
from domain.gst.supply import Supply
from domain.gst.tax_catalogue import TaxCategory
from domain.money import MAX_MONEY, ZERO, check_money, round_off, round_paise, spread
from domain.values import Struct

_PERCENT = Decimal("0.01")
_NO_PERCENT = Decimal(0)
_HALF_PERCENT = Decimal("0.005")
_HUNDRED = Decimal(100)
MAX_ROUND_OFF = Decimal("99.99")


class LineInput(Struct, frozen=True):
    """What the tax of a line is computed from. Rates are rupees a unit or percent.

    ``discount`` (rupees) or ``discount_percent`` comes off before tax; ``charges`` (freight, packing …) are part of
    the value. ``cess_per_unit`` is specific cess, in the currency of the rate.
    """

    quantity: Decimal
    rate: Decimal
    discount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    charges: Decimal = ZERO
    category: TaxCategory = TaxCategory.TAXABLE
    tax_percent: Decimal = _NO_PERCENT
    cess_percent: Decimal = _NO_PERCENT
    cess_per_unit: Decimal = ZERO


class LineTax(Struct, frozen=True):
    """A line with its tax, in rupees.

    ``net`` is gross less the line's discount plus charges, ``taxable`` the value on which tax is due (for exempt lines
    simply the value), ``total`` what the other side owes for the line. A rate, and the cess a unit, is zero where the
    line shows none.
    """

    gross: Decimal
    discount: Decimal
    net: Decimal
    document_discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    total: Decimal
    category: TaxCategory
    tax_percent: Decimal
    cess_percent: Decimal
    cess_per_unit: Decimal = ZERO


class DocumentTotals(Struct, frozen=True):
    """The sums of a document, in rupees.

    ``sub_total`` is the lines as priced, with their charges, before all discounts; where prices include tax, so does
    it. ``total`` leaves the tax out that the other side does not owe.
    """

    sub_total: Decimal
    discount_total: Decimal
    taxable_total: Decimal
    cgst_total: Decimal
    sgst_total: Decimal
    igst_total: Decimal
    cess_total: Decimal
    tax_total: Decimal
    untaxed_charges: Decimal
    round_off: Decimal
    total: Decimal


class RateTotals(Struct, frozen=True):
    """The lines of one category, rate and cess (percent) added up, in rupees."""

    category: TaxCategory
    tax_percent: Decimal
    cess_percent: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal


class _Priced(Struct, frozen=True):
    gross: Decimal
    discount: Decimal
    net: Decimal


# Taxable value, CGST, SGST, IGST and cess of a line, from its value after all discounts.
_Heads = tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
_TaxRule = Callable[[LineInput, Decimal, Supply], _Heads]


def line_taxes(
    lines: Sequence[LineInput],
    supply: Supply,
    *,
    is_inclusive_tax: bool = False,
    document_discount: Decimal = ZERO,
    document_discount_percent: Decimal = ZERO,
    path: str = "",
) -> list[LineTax]:
    """Return each line with its tax, in the order given.

    The document's discount (rupees or percent) is shared out over all lines by their nets, before tax. ``path`` is put
    before the fields' names. Raises Failed when a discount exceeds what it reduces, when prices are to include a tax
    that the recipient pays himself or more cess than the price, Invalid when an amount is beyond the limit.
    """
    if is_inclusive_tax and supply.leaves_tax_out:
        raise Failed("Prices do not include a tax that the other side does not owe.", field=f"{path}is_inclusive_tax")
    priced = [_price(line, index, path) for index, line in enumerate(lines)]
    nets = [price.net for price in priced]
    discount = document_discount
    if document_discount_percent:
        discount = round_paise(sum(nets, ZERO) * document_discount_percent * _PERCENT)
    shares = _share_out(discount, nets, field=f"{path}discount") if discount else [ZERO] * len(nets)
    if is_inclusive_tax:
        _check_specific_cess(lines, [net - share for net, share in zip(nets, shares, strict=True)], path)
    tax_rule = _tax_inside if is_inclusive_tax else _tax_on_top
    return [
        _tax_line(line, price, share, supply, tax_rule)
        for line, price, share in zip(lines, priced, shares, strict=True)
    ]


def document_totals(
    lines: Sequence[LineTax],
    supply: Supply,
    *,
    untaxed_charges: Decimal = ZERO,
    round_off: Decimal = ZERO,
    path: str = "",
) -> DocumentTotals:
    """Return the sums of the document, with the round-off (rupees) that the user gave.

    ``untaxed_charges`` stand outside the taxable value: reimbursements as a pure agent, adjustments after tax.
    Raises Failed for a round-off of a hundred rupees or more and for a total below zero, Invalid beyond the limit.
    """
    _check_round_off(round_off, path)
    return _add_up(lines, supply, untaxed_charges, lambda _: round_off, path)


def whole_rupee_totals(
    lines: Sequence[LineTax], supply: Supply, *, untaxed_charges: Decimal = ZERO, path: str = ""
) -> DocumentTotals:
    """Return the sums of the document, rounded off to the nearest rupee; tax is never changed by it.

    Raises as ``document_totals``.
    """
    return _add_up(lines, supply, untaxed_charges, round_off, path)


def totals_rounded_by(
    round_off_of: Callable[[Decimal], Decimal],
    lines: Sequence[LineTax],
    supply: Supply,
    *,
    untaxed_charges: Decimal = ZERO,
    path: str = "",
) -> DocumentTotals:
    """Return the sums of the document, with the round-off that a rule makes of what they come to.

    Raises as ``document_totals``.
    """
    totals = _add_up(lines, supply, untaxed_charges, round_off_of, path)
    _check_round_off(totals.round_off, path)
    return totals


def tax_summary(lines: Sequence[LineTax]) -> list[RateTotals]:
    """Return the lines added up per category, rate and cess, in the order in which these first appear."""
    groups: dict[tuple[TaxCategory, Decimal, Decimal], list[LineTax]] = {}
    for line in lines:
        groups.setdefault((line.category, line.tax_percent, line.cess_percent), []).append(line)
    return [
        RateTotals(
            category=category,
            tax_percent=tax_percent,
            cess_percent=cess_percent,
            taxable=sum([line.taxable for line in group], ZERO),
            cgst=sum([line.cgst for line in group], ZERO),
            sgst=sum([line.sgst for line in group], ZERO),
            igst=sum([line.igst for line in group], ZERO),
            cess=sum([line.cess for line in group], ZERO),
        )
        for (category, tax_percent, cess_percent), group in groups.items()
    ]


def _check_round_off(amount: Decimal, path: str) -> None:
    if not -MAX_ROUND_OFF <= amount <= MAX_ROUND_OFF:
        raise Failed(f"A round-off lies within {MAX_ROUND_OFF} rupees.", field=f"{path}round_off")


def _price(line: LineInput, index: int, path: str) -> _Priced:
    gross = round_paise(line.quantity * line.rate)
    if gross > MAX_MONEY:
        check_money(gross, field=f"{path}line_items[{index}].rate")
    if not line.discount_percent and not line.discount:
        return _Priced(gross, ZERO, gross + line.charges)
    discount = round_paise(gross * line.discount_percent * _PERCENT) if line.discount_percent else line.discount
    if discount > gross:
        raise Failed(
            f"The discount {discount} is more than the line's amount {gross}.",
            field=f"{path}line_items[{index}].discount",
        )
    return _Priced(gross, discount, gross - discount + line.charges)


def _share_out(discount: Decimal, nets: Sequence[Decimal], *, field: str) -> list[Decimal]:
    if discount > sum(nets, ZERO):
        raise Failed(f"The discount {discount} is more than the sum of the lines, {sum(nets, ZERO)}.", field=field)
    return spread(discount, nets)


def _tax_line(line: LineInput, price: _Priced, share: Decimal, supply: Supply, tax_rule: _TaxRule) -> LineTax:
    value = price.net - share
    is_taxable = line.category is TaxCategory.TAXABLE
    if is_taxable and supply.bears_tax:
        taxable, cgst, sgst, igst, cess = tax_rule(line, value, supply)
    else:
        taxable, cgst, sgst, igst, cess = value, ZERO, ZERO, ZERO, ZERO
    shows_rate = is_taxable and supply.shows_rate
    return LineTax(
        gross=price.gross,
        discount=price.discount,
        net=price.net,
        document_discount=share,
        taxable=taxable,
        cgst=cgst,
        sgst=sgst,
        igst=igst,
        cess=cess,
        total=taxable if supply.leaves_tax_out else taxable + cgst + sgst + igst + cess,
        category=line.category,
        tax_percent=line.tax_percent if shows_rate else _NO_PERCENT,
        cess_percent=line.cess_percent if shows_rate else _NO_PERCENT,
        cess_per_unit=line.cess_per_unit if shows_rate else ZERO,
    )


def _check_specific_cess(lines: Sequence[LineInput], values: Sequence[Decimal], path: str) -> None:
    for index, (line, value) in enumerate(zip(lines, values, strict=True)):
        cess = round_paise(line.cess_per_unit * line.quantity)
        if cess > value:
            raise Failed(
                f"A price of {value} cannot include a cess of {cess}.", field=f"{path}line_items[{index}].cess_per_unit"
            )


def _tax_on_top(line: LineInput, value: Decimal, supply: Supply) -> _Heads:
    cess = round_paise(value * line.cess_percent * _PERCENT) if line.cess_percent else ZERO
    if line.cess_per_unit:
        cess += round_paise(line.cess_per_unit * line.quantity)
    if supply.is_interstate:
        return value, ZERO, ZERO, round_paise(value * line.tax_percent * _PERCENT), cess
    half = round_paise(value * line.tax_percent * _HALF_PERCENT)
    return value, half, half, ZERO, cess


def _tax_inside(line: LineInput, value: Decimal, supply: Supply) -> _Heads:
    # The taxable value is the remainder, so the total is exactly the price. Each division comes last, so that half a
    # paisa is met exactly and the base (net of specific cess, divided by 1 + rates) is never rounded on the way.
    specific_cess = line.cess_per_unit * line.quantity
    price = max(value - specific_cess, ZERO)
    divisor = _HUNDRED + line.tax_percent + line.cess_percent
    cess = round_paise(specific_cess)
    if line.cess_percent:
        cess += round_paise(price * line.cess_percent / divisor)
    if supply.is_interstate:
        igst = round_paise(price * line.tax_percent / divisor)
        return value - igst - cess, ZERO, ZERO, igst, cess
    half = round_paise(price * line.tax_percent / (divisor * 2))
    return value - half - half - cess, half, half, ZERO, cess


def _add_up(
    lines: Sequence[LineTax],
    supply: Supply,
    untaxed_charges: Decimal,
    round_off_of: Callable[[Decimal], Decimal],
    path: str,
) -> DocumentTotals:
    sub_total = check_money(sum([line.net + line.discount for line in lines], ZERO), field=f"{path}sub_total")
    discounts = sum([line.discount + line.document_discount for line in lines], ZERO)
    taxable = sum([line.taxable for line in lines], ZERO)
    cgst = sum([line.cgst for line in lines], ZERO)
    sgst = sum([line.sgst for line in lines], ZERO)
    igst = sum([line.igst for line in lines], ZERO)
    cess = sum([line.cess for line in lines], ZERO)
    tax = check_money(cgst + sgst + igst + cess, field=f"{path}tax_total")
    before = taxable + untaxed_charges if supply.leaves_tax_out else taxable + tax + untaxed_charges
    difference = round_off_of(before)
    total = check_money(before + difference, field=f"{path}total")
    if total < 0:
        raise Failed(f"The total of the document would be {total}, below zero.", field=f"{path}total")
    return DocumentTotals(
        sub_total=sub_total,
        discount_total=discounts,
        taxable_total=taxable,
        cgst_total=cgst,
        sgst_total=sgst,
        igst_total=igst,
        cess_total=cess,
        tax_total=tax,
        untaxed_charges=untaxed_charges,
        round_off=difference,
        total=total,
    )
