"""However an invoice goes back in parts, they come to it: never a paisa more of anything, and in the end all of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.lines import CompletedLine
from domain.documents.originals import Original, OriginalLine, RateLeft
from domain.documents.taking_back import rounding_of, taken_back, whole_rupees_of
from domain.documents.worth import Worth
from domain.errors import Failed
from domain.gst.supply import Supply
from domain.gst.tax import DocumentTotals, LineInput, LineTax, line_taxes, totals_rounded_by
from domain.money import ZERO, round_off
from domain.values import Struct


def a_supply(*, is_interstate: bool) -> Supply:
    return Supply(
        supplier_state="IN-MH",
        place_of_supply="IN-KA" if is_interstate else "IN-MH",
        is_interstate=is_interstate,
        is_zero_rated=False,
        is_reverse_charge=False,
        bears_tax=True,
        shows_rate=True,
    )


INTRA, INTER = a_supply(is_interstate=False), a_supply(is_interstate=True)


class Sale(Struct, frozen=True):
    """An invoice as it was reckoned."""

    inputs: list[LineInput]
    taxes: list[LineTax]
    totals: DocumentTotals
    supply: Supply
    is_inclusive_tax: bool
    is_whole: bool


class Part(Struct, frozen=True):
    """A note as it was reckoned: by line its quantity (nothing: at a price of its own) and its amounts."""

    quantities: list[Decimal | None]
    taxes: list[LineTax]
    totals: DocumentTotals


def worth_of(tax: LineTax) -> Worth:
    return Worth(taxable=tax.taxable, cgst=tax.cgst, sgst=tax.sgst, igst=tax.igst, cess=tax.cess)


def together(worths: Sequence[Worth]) -> Worth:
    total = Worth()
    for worth in worths:
        total = total.and_(worth)
    return total


def a_sale(
    inputs: list[LineInput],
    *,
    supply: Supply = INTRA,
    discount: Decimal = ZERO,
    is_inclusive_tax: bool = False,
    is_whole: bool = False,
) -> Sale:
    taxes = line_taxes(inputs, supply, is_inclusive_tax=is_inclusive_tax, document_discount=discount)
    totals = totals_rounded_by(round_off if is_whole else lambda _: ZERO, taxes, supply)
    return Sale(inputs, taxes, totals, supply, is_inclusive_tax, is_whole)


def rate_of(tax: LineTax) -> tuple[str, Decimal, Decimal]:
    return tax.category.value, tax.tax_percent, tax.cess_percent


def what_is_left(sale: Sale, parts: Sequence[Part]) -> Original:
    """The invoice as the notes on it that stand leave it."""
    rates = {rate_of(tax): None for tax in sale.taxes}
    return Original(
        id="inv_1",
        kind="INVOICE",
        number="INV/1",
        number_scope=None,
        is_posted=True,
        branch_id="br_1",
        contact_id="ct_1",
        dated_on=date(2026, 11, 1),
        gst_treatment="CONSUMER",
        gst_no=None,
        place_of_supply="IN-MH",
        currency_code="INR",
        exchange_rate=Decimal(1),
        is_inclusive_tax=sale.is_inclusive_tax,
        is_reverse_charge=False,
        is_export_with_payment=False,
        is_export_tax_claimed=False,
        billing_address=None,
        shipping_address=None,
        taxable_total=sale.totals.taxable_total,
        total=sale.totals.total,
        worth=sale.totals.total - sale.totals.round_off,
        tds_section=None,
        tds_percent=None,
        tds_amount=ZERO,
        noted=sum((part.totals.total - part.totals.round_off for part in parts), ZERO),
        noted_total=sum((part.totals.total for part in parts), ZERO),
        noted_taxable=sum((part.totals.taxable_total for part in parts), ZERO),
        noted_tds=ZERO,
        lines=[_line_left(sale, parts, index) for index in range(len(sale.taxes))],
        left=[_rate_left(sale, parts, *rate) for rate in rates],
    )


def _line_left(sale: Sale, parts: Sequence[Part], index: int) -> OriginalLine:
    """A line, and what parts by quantity took of it."""
    given, tax = sale.inputs[index], sale.taxes[index]
    quantities = [part.quantities[index] for part in parts]
    taken = [part.taxes[index] for part, quantity in zip(parts, quantities, strict=True) if quantity is not None]
    return OriginalLine(
        id=f"li_{index}",
        item_id=f"it_{index}",
        account_id=None,
        cost_center_id=None,
        name=f"Thing {index}",
        hsn_or_sac=None,
        unit=None,
        quantity=given.quantity,
        rate=given.rate,
        discount=given.discount,
        discount_percent=given.discount_percent,
        tax_id=None,
        tax_category=tax.category.value,
        tax_percentage=tax.tax_percent,
        cess_percentage=tax.cess_percent,
        itc_eligibility=None,
        itc_blocked_reason=None,
        worth=worth_of(tax),
        taken_quantity=sum((quantity or Decimal(0) for quantity in quantities), Decimal(0)),
        taken=together([worth_of(each) for each in taken]),
    )


def _rate_left(sale: Sale, parts: Sequence[Part], category: str, percent: Decimal, cess: Decimal) -> RateLeft:
    """What all parts leave at one rate."""

    def at_it(taxes: Iterable[LineTax]) -> Worth:
        return together([worth_of(tax) for tax in taxes if rate_of(tax) == (category, percent, cess)])

    worth = at_it(sale.taxes).less(at_it(tax for part in parts for tax in part.taxes))
    return RateLeft(tax_category=category, tax_percentage=percent, cess_percentage=cess, worth=worth)


def given_back(sale: Sale, parts: Sequence[Part], quantities: list[Decimal | None], *values: LineInput) -> Part:
    """The note on so much of each line of the invoice, and at prices of its own."""
    original = what_is_left(sale, parts)
    taken = [(index, quantity) for index, quantity in enumerate(quantities) if quantity]
    inputs = [_input(sale.inputs[index], quantity) for index, quantity in taken] + list(values)
    named = [f"li_{index}" for index, _ in taken] + [None] * len(values)
    lines = [
        CompletedLine("li", None, {"corrected_line_id": line_id, "quantity": each.quantity}, None, each)
        for line_id, each in zip(named, inputs, strict=True)
    ]
    reckoned = line_taxes(inputs, sale.supply, is_inclusive_tax=sale.is_inclusive_tax)
    taxes = taken_back(original, lines, reckoned, is_inclusive_tax=sale.is_inclusive_tax)
    rule = whole_rupees_of(original) if sale.is_whole else rounding_of(original, None)
    by_line: dict[int, LineTax] = {index: tax for (index, _), tax in zip(taken, taxes, strict=False)}
    nothing = line_taxes([_input(each, Decimal(0)) for each in sale.inputs], sale.supply)
    own = taxes[len(taken) :]
    whole = [by_line.get(index, nothing[index]) for index in range(len(sale.inputs))] + own
    totals = totals_rounded_by(rule, taxes, sale.supply)
    return Part([quantity or None for quantity in quantities], whole, totals)


def _input(given: LineInput, quantity: Decimal) -> LineInput:
    return LineInput(
        quantity=quantity,
        rate=given.rate,
        category=given.category,
        tax_percent=given.tax_percent,
        cess_percent=given.cess_percent,
    )


def assert_within(sale: Sale, parts: Sequence[Part]) -> None:
    """In no head at no rate, nor in total, more than the invoice."""
    for rate in {rate_of(tax) for tax in sale.taxes}:
        sold = together([worth_of(tax) for tax in sale.taxes if rate_of(tax) == rate])
        back = together([worth_of(tax) for part in parts for tax in part.taxes if rate_of(tax) == rate])
        for head in Worth.__struct_fields__:
            assert ZERO <= getattr(back, head) <= getattr(sold, head), f"{head} at {rate}"
    assert sum((part.totals.total for part in parts), ZERO) <= sale.totals.total
    assert all(part.totals.total >= 0 for part in parts)


def assert_whole(sale: Sale, parts: Sequence[Part]) -> None:
    """The notes credit exactly the invoice."""
    sold = together([worth_of(tax) for tax in sale.taxes])
    assert together([worth_of(tax) for part in parts for tax in part.taxes]) == sold
    assert sum((part.totals.total for part in parts), ZERO) == sale.totals.total


def a_line(quantity: str, rate: str, percent: str = "18") -> LineInput:
    return LineInput(quantity=Decimal(quantity), rate=Decimal(rate), tax_percent=Decimal(percent))


def test_three_at_11_17_go_back_one_by_one() -> None:
    """33.51 with 3.02 of each tax: the last one takes what the rounding of the others left."""
    sale = a_sale([a_line("3", "11.17")])
    parts: list[Part] = []
    for _ in range(3):
        parts.append(given_back(sale, parts, [Decimal(1)]))

    assert [(str(part.totals.taxable_total), str(part.totals.cgst_total)) for part in parts] == [
        ("11.17", "1.01"),
        ("11.17", "1.01"),
        ("11.17", "1.00"),
    ]
    assert_whole(sale, parts)


def test_an_invoice_of_329_rupees_goes_back_as_329() -> None:
    """4 x 69.70 and 18 % are 328.98, so 329; each note of 82.24 or so is 82, and the last one 83."""
    sale = a_sale([a_line("4", "69.70")], is_whole=True)
    parts: list[Part] = []
    for _ in range(4):
        parts.append(given_back(sale, parts, [Decimal(1)]))

    assert str(sale.totals.total) == "329.00"
    assert [str(part.totals.total) for part in parts] == ["82.00", "82.00", "82.00", "83.00"]
    assert_whole(sale, parts)


def test_many_notes_that_round_down_do_not_drift_by_rupees() -> None:
    """Of 60 x 1.40 each note of 1.40 would be 1 rupee, 60 instead of 84: every third is 2."""
    sale = a_sale([a_line("60", "1.40", "0")], is_whole=True)
    parts: list[Part] = []
    for _ in range(60):
        parts.append(given_back(sale, parts, [Decimal(1)]))

    assert [str(part.totals.total) for part in parts[:5]] == ["1.00", "1.00", "2.00", "1.00", "2.00"]
    assert max(abs(part.totals.round_off) for part in parts) < 1
    assert_whole(sale, parts)


def test_a_note_of_value_takes_of_what_the_last_return_takes() -> None:
    """Of ten at 100, 200 are credited as a discount; then all ten go back, of which 800 are left."""
    sale = a_sale([a_line("10", "100")])
    discount = given_back(sale, [], [None], a_line("1", "200"))

    whole = given_back(sale, [discount], [Decimal(10)])

    assert (str(whole.totals.taxable_total), str(whole.totals.cgst_total)) == ("800.00", "72.00")
    assert_whole(sale, [discount, whole])


def test_less_than_all_takes_no_part_of_what_is_gone() -> None:
    """After 900 of 1,000 are credited, half of the goods are worth more than the 100 that are left."""
    sale = a_sale([a_line("10", "100")])
    discount = given_back(sale, [], [None], a_line("1", "900"))

    with pytest.raises(Failed, match=r"has 100\.00 left at 18 %"):
        given_back(sale, [discount], [Decimal(5)])


def test_no_more_goes_back_than_was_sold() -> None:
    sale = a_sale([a_line("10", "100")])
    first = given_back(sale, [], [Decimal(8)])

    with pytest.raises(Failed, match="has 2 left of 'Thing 0'; 3 is more"):
        given_back(sale, [first], [Decimal(3)])


_AMOUNTS = st.integers(1, 99999).map(lambda paise: Decimal(paise) / 100)
_QUANTITIES = st.one_of(
    st.integers(1, 12).map(Decimal), st.integers(1, 9999).map(lambda thousandths: Decimal(thousandths) / 1000)
)
_TAXES = st.sampled_from([("5", "0"), ("18", "0"), ("28", "12"), ("0", "0"), ("0.25", "0")])


@st.composite
def _sales(draw: st.DrawFn) -> Sale:
    is_inclusive_tax, lines = draw(st.booleans()), []
    for _ in range(draw(st.integers(1, 3))):
        percent, cess = draw(_TAXES)
        line = LineInput(
            quantity=draw(_QUANTITIES),
            rate=draw(_AMOUNTS),
            discount_percent=draw(st.sampled_from([Decimal(0), Decimal(10), Decimal("33.333")])),
            tax_percent=Decimal(percent),
            cess_percent=Decimal(cess),
        )
        lines.append(line)
    whole = sum((tax.net for tax in line_taxes(lines, INTRA)), ZERO)
    discount = (whole * draw(st.sampled_from([0, 1, 33, 75])) / 100).quantize(Decimal("0.01"))
    return a_sale(
        lines,
        supply=draw(st.sampled_from([INTRA, INTER])),
        discount=min(discount, whole),
        is_inclusive_tax=is_inclusive_tax,
        is_whole=draw(st.booleans()),
    )


@given(sale=_sales(), data=st.data())
def test_whatever_goes_back_in_whatever_parts(sale: Sale, data: st.DataObject) -> None:
    """Parts of lines, discounts in between, and notes that are voided; in the end all that is left goes back.

    Where a discount was voided after the goods went back for less, that is a value without goods.
    """
    parts: list[Part] = []
    for _ in range(data.draw(st.integers(0, 5), "notes")):
        if parts and data.draw(st.integers(0, 3), "void") == 0:
            parts.pop(data.draw(st.integers(0, len(parts) - 1), "which"))
            assert_within(sale, parts)
            continue
        left = [line.quantity - line.taken_quantity for line in what_is_left(sale, parts).lines]
        shares = data.draw(st.lists(st.integers(0, 4), min_size=len(left), max_size=len(left)), "quarters")
        quantities = [(each * share / 4).quantize(Decimal("0.001")) for each, share in zip(left, shares, strict=True)]
        values = _free_value(sale, parts, data)
        try:
            parts.append(
                given_back(sale, parts, [min(one, two) for one, two in zip(quantities, left, strict=True)], *values)
            )
        except Failed:
            continue  # less than all, of which more is gone already as a discount
        assert_within(sale, parts)
    original = what_is_left(sale, parts)
    parts.append(given_back(sale, parts, [line.quantity - line.taken_quantity for line in original.lines]))
    rest = [_value(rate, rate.worth.taxable) for rate in what_is_left(sale, parts).left if rate.worth.taxable]
    if rest:
        parts.append(given_back(sale, parts, [None] * len(original.lines), *rest))
    assert_whole(sale, parts)
    assert_within(sale, parts)


def _free_value(sale: Sale, parts: Sequence[Part], data: st.DataObject) -> list[LineInput]:
    """Rarely a discount on what is left at one of the rates."""
    if sale.is_inclusive_tax or data.draw(st.integers(0, 4), "discount"):
        return []
    rate = data.draw(st.sampled_from(what_is_left(sale, parts).left), "rate")
    return [_value(rate, (rate.worth.taxable / 3).quantize(Decimal("0.01")))]


def _value(rate: RateLeft, value: Decimal) -> LineInput:
    return LineInput(
        quantity=Decimal(1), rate=value, tax_percent=rate.tax_percentage, cess_percent=rate.cess_percentage
    )
