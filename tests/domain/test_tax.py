"""Tax to the paisa. The figures can be checked with pencil and paper."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Failed, Invalid, Refusal
from domain.gst.supply import Supply
from domain.gst.tax import (
    DocumentTotals,
    LineInput,
    LineTax,
    document_totals,
    line_taxes,
    tax_summary,
    whole_rupee_totals,
)
from domain.gst.tax_catalogue import TaxCategory
from domain.money import MAX_MONEY, ZERO
from domain.values import replace


def a_supply(
    *,
    interstate: bool = False,
    zero_rated: bool = False,
    reverse_charge: bool = False,
    taxed: bool = True,
    rate_shown: bool = True,
) -> Supply:
    place = "IN-KA" if interstate else "IN-MH"
    return Supply("IN-MH", place, interstate, zero_rated, reverse_charge, taxed, rate_shown)


INTRA = a_supply()
INTER = a_supply(interstate=True)
REVERSE = a_supply(reverse_charge=True)
UNDER_BOND = a_supply(interstate=True, zero_rated=True, taxed=False)


def a_line(
    rate: str,
    gst: str = "18",
    *,
    quantity: str = "1",
    discount: str = "0",
    discount_percent: str = "0",
    charges: str = "0",
    cess: str = "0",
    cess_per_unit: str = "0",
    category: TaxCategory = TaxCategory.TAXABLE,
) -> LineInput:
    return LineInput(
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        discount=Decimal(discount),
        discount_percent=Decimal(discount_percent),
        charges=Decimal(charges),
        category=category,
        tax_percent=Decimal(gst),
        cess_percent=Decimal(cess),
        cess_per_unit=Decimal(cess_per_unit),
    )


def the_heads(line: LineTax) -> str:
    """Taxable value, CGST, SGST, IGST, cess, total."""
    return " ".join(str(part) for part in (line.taxable, line.cgst, line.sgst, line.igst, line.cess, line.total))


@pytest.mark.parametrize(
    ("line", "supply", "heads"),
    [
        (a_line("333.33"), INTRA, "333.33 30.00 30.00 0.00 0.00 393.33"),
        (a_line("149.99", quantity="3", discount_percent="12.5"), INTRA, "393.72 35.43 35.43 0.00 0.00 464.58"),
        (
            a_line("250", "28", quantity="4", cess="12", cess_per_unit="2.50"),
            INTRA,
            "1000.00 140.00 140.00 0.00 130.00 1410.00",
        ),
        (a_line("1000.10", "0.25"), INTRA, "1000.10 1.25 1.25 0.00 0.00 1002.60"),
        (a_line("47.28"), INTRA, "47.28 4.26 4.26 0.00 0.00 55.80"),
        (a_line("47.28"), INTER, "47.28 0.00 0.00 8.51 0.00 55.79"),
        (a_line("900", discount="50", charges="150"), INTER, "1000.00 0.00 0.00 180.00 0.00 1180.00"),
        (a_line("1000"), UNDER_BOND, "1000.00 0.00 0.00 0.00 0.00 1000.00"),
        (a_line("1000"), REVERSE, "1000.00 90.00 90.00 0.00 0.00 1000.00"),
        (a_line("99.50", "0", category=TaxCategory.NIL_RATED), INTRA, "99.50 0.00 0.00 0.00 0.00 99.50"),
    ],
)
def test_tax_comes_on_top_of_the_value(line: LineInput, supply: Supply, heads: str) -> None:
    [taxed] = line_taxes([line], supply)
    assert the_heads(taxed) == heads


def test_a_discount_is_rounded_by_itself_and_comes_off_before_tax() -> None:
    [taxed] = line_taxes([a_line("149.99", quantity="3", discount_percent="12.5")], INTRA)
    assert (taxed.gross, taxed.discount, taxed.net) == (Decimal("449.97"), Decimal("56.25"), Decimal("393.72"))


@pytest.mark.parametrize(
    ("line", "supply", "heads"),
    [
        (a_line("499", "5"), INTRA, "475.24 11.88 11.88 0.00 0.00 499.00"),
        (a_line("1000"), INTRA, "847.46 76.27 76.27 0.00 0.00 1000.00"),
        (a_line("1180"), INTER, "1000.00 0.00 0.00 180.00 0.00 1180.00"),
        (
            a_line("352.50", "28", quantity="4", cess="12", cess_per_unit="2.50"),
            INTRA,
            "1000.00 140.00 140.00 0.00 130.00 1410.00",
        ),
        (a_line("1000"), UNDER_BOND, "1000.00 0.00 0.00 0.00 0.00 1000.00"),
    ],
)
def test_tax_inside_the_price_leaves_the_value_as_remainder(line: LineInput, supply: Supply, heads: str) -> None:
    [taxed] = line_taxes([line], supply, is_inclusive_tax=True)
    assert the_heads(taxed) == heads


def the_mixed_document() -> list[LineTax]:
    lines = [a_line("400"), a_line("275", "5"), a_line("99.50", "0", category=TaxCategory.NIL_RATED)]
    return line_taxes(lines, INTRA, document_discount=Decimal("50"))


def test_a_documents_discount_reduces_every_line_in_proportion() -> None:
    taxed = the_mixed_document()
    assert [str(line.taxable) for line in taxed] == ["374.18", "257.25", "93.07"]
    assert [str(line.document_discount) for line in taxed] == ["25.82", "17.75", "6.43"]


def test_a_document_is_rounded_off_after_tax() -> None:
    assert whole_rupee_totals(the_mixed_document(), INTRA) == DocumentTotals(
        sub_total=Decimal("774.50"),
        discount_total=Decimal("50.00"),
        taxable_total=Decimal("724.50"),
        cgst_total=Decimal("40.11"),
        sgst_total=Decimal("40.11"),
        igst_total=ZERO,
        cess_total=ZERO,
        tax_total=Decimal("80.22"),
        untaxed_charges=ZERO,
        round_off=Decimal("0.28"),
        total=Decimal("805.00"),
    )


def test_a_documents_discount_may_be_a_percentage() -> None:
    taxed = line_taxes([a_line("100"), a_line("200")], INTRA, document_discount_percent=Decimal("2.5"))
    assert [str(line.document_discount) for line in taxed] == ["2.50", "5.00"]


def test_under_reverse_charge_tax_is_shown_but_not_owed() -> None:
    totals = document_totals(line_taxes([a_line("1000")], REVERSE), REVERSE)
    assert (totals.tax_total, totals.total) == (Decimal("180.00"), Decimal("1000.00"))


def test_untaxed_charges_and_a_given_round_off_stand_outside_the_value() -> None:
    totals = document_totals(
        line_taxes([a_line("100.40")], INTER),
        INTER,
        untaxed_charges=Decimal("25.00"),
        round_off=Decimal("-0.47"),
    )
    assert (totals.taxable_total, totals.tax_total) == (Decimal("100.40"), Decimal("18.07"))
    assert (totals.round_off, totals.total) == (Decimal("-0.47"), Decimal("143.00"))


def test_an_export_under_bond_keeps_its_rate() -> None:
    [taxed] = line_taxes([a_line("1000", cess="12")], UNDER_BOND)
    assert (taxed.tax_percent, taxed.cess_percent) == (Decimal(18), Decimal(12))


def test_a_document_that_may_not_bear_tax_shows_no_rate() -> None:
    [taxed] = line_taxes([a_line("1000", cess="12")], a_supply(taxed=False, rate_shown=False))
    assert (taxed.tax_percent, taxed.cess_percent, taxed.total) == (ZERO, ZERO, Decimal("1000.00"))


def test_the_summary_adds_up_per_rate() -> None:
    exempt = a_line("70", category=TaxCategory.EXEMPT)
    taxed = line_taxes([a_line("100"), a_line("100", "5"), a_line("200"), exempt], INTRA)
    rows = [(row.category.value, str(row.tax_percent), row.taxable, row.cgst) for row in tax_summary(taxed)]
    assert rows == [
        ("TAXABLE", "18", Decimal(300), Decimal(27)),
        ("TAXABLE", "5", Decimal(100), Decimal("2.50")),
        ("EXEMPT", "0", Decimal(70), Decimal(0)),
    ]


def test_a_document_without_lines_comes_to_nothing() -> None:
    assert document_totals(line_taxes([], INTRA), INTRA).total == 0


@pytest.mark.parametrize(
    ("line", "refusal", "field"),
    [
        (a_line("100", discount="100.01"), Failed, "invoices[1].line_items[0].discount"),
        (a_line("100", discount_percent="101"), Failed, "invoices[1].line_items[0].discount"),
        (a_line("999999999999.999999", quantity="11"), Invalid, "invoices[1].line_items[0].rate"),
        (a_line("999999999999.999999", quantity="999999999999.999999"), Invalid, "invoices[1].line_items[0].rate"),
    ],
)
def test_a_line_with_too_much_discount_or_money_is_refused(line: LineInput, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        line_taxes([line], INTRA, path="invoices[1].")
    assert refused.value.field == field


def test_a_documents_discount_cannot_exceed_its_lines() -> None:
    with pytest.raises(Failed) as refusal:
        line_taxes([a_line("100")], INTRA, document_discount=Decimal("100.01"))
    assert refusal.value.field == "discount"


def test_a_price_cannot_include_more_cess_than_itself() -> None:
    with pytest.raises(Failed) as refusal:
        line_taxes([a_line("100"), a_line("100", cess_per_unit="400")], INTRA, is_inclusive_tax=True)
    assert refusal.value.field == "line_items[1].cess_per_unit"


def test_cess_alone_can_be_too_much_money() -> None:
    too_much = a_line("1", quantity="999999999999", cess_per_unit="999999999")
    with pytest.raises(Invalid) as refusal:
        document_totals(line_taxes([too_much], REVERSE), REVERSE)
    assert refusal.value.field == "tax_total"


def test_a_price_cannot_include_tax_that_the_customer_pays_himself() -> None:
    with pytest.raises(Failed) as refusal:
        line_taxes([a_line("100")], REVERSE, is_inclusive_tax=True)
    assert refusal.value.field == "is_inclusive_tax"


def test_a_total_beyond_the_limit_or_below_zero_is_refused() -> None:
    most = line_taxes([a_line("4999999999999.99"), a_line("4999999999999.99")], INTRA)
    with pytest.raises(Invalid) as beyond:
        document_totals(most, INTRA)
    assert beyond.value.field == "total"
    with pytest.raises(Failed) as below:
        document_totals(line_taxes([a_line("10")], INTRA), INTRA, untaxed_charges=Decimal("-12"))
    assert below.value.field == "total"
    halves = line_taxes([a_line(str(MAX_MONEY), discount=str(MAX_MONEY))] * 2, INTRA)
    with pytest.raises(Invalid) as priced:
        document_totals(halves, INTRA)
    assert priced.value.field == "sub_total"


def test_a_round_off_of_a_hundred_rupees_is_refused() -> None:
    with pytest.raises(Failed) as refusal:
        document_totals(line_taxes([a_line("1000")], INTRA), INTRA, round_off=Decimal("100"))
    assert refusal.value.field == "round_off"


percents = st.sampled_from(["0.1", "0.25", "1", "1.5", "3", "5", "6", "7.5", "12", "18", "28", "40"])
any_line = st.builds(
    LineInput,
    quantity=st.decimals("0", "10000", places=6),
    rate=st.decimals("0", "100000", places=6),
    discount_percent=st.just(ZERO) | st.decimals("0", "100", places=3),
    charges=st.decimals("0", "1000", places=2),
    category=st.sampled_from(TaxCategory),
    tax_percent=percents.map(Decimal),
    cess_percent=st.sampled_from(["0", "1", "12", "22"]).map(Decimal),
    cess_per_unit=st.just(ZERO) | st.decimals("0", "5000", places=6),
)
any_lines = st.lists(any_line, min_size=1, max_size=12)
any_supply = st.builds(a_supply, interstate=st.booleans(), taxed=st.booleans(), reverse_charge=st.booleans())
discounts = st.just(ZERO) | st.decimals("0", "100", places=3)


def _with_cess_inside(line: LineInput, percent: Decimal) -> LineInput:
    """The line, without its cess a unit where a price may not hold it: less than the price, and no discount on it."""
    holds = not percent and not line.discount_percent and line.cess_per_unit <= line.rate
    return line if holds else replace(line, cess_per_unit=ZERO)


@given(any_lines, any_supply, discounts)
def test_a_document_is_the_sum_of_its_lines(lines: list[LineInput], supply: Supply, percent: Decimal) -> None:
    taxed = line_taxes(lines, supply, document_discount_percent=percent)
    totals = whole_rupee_totals(taxed, supply)
    assert sum(line.total for line in taxed) + totals.round_off == totals.total
    assert totals.total % 1 == 0
    assert totals.sub_total - totals.discount_total == totals.taxable_total
    assert sum(row.taxable for row in tax_summary(taxed)) == totals.taxable_total
    assert sum(row.cgst + row.sgst + row.igst + row.cess for row in tax_summary(taxed)) == totals.tax_total


@given(lines=any_lines, supply=any_supply, percent=discounts, inclusive=st.booleans())
def test_central_and_state_tax_are_equal_and_exclude_integrated_tax(
    lines: list[LineInput], supply: Supply, percent: Decimal, *, inclusive: bool
) -> None:
    is_inclusive = inclusive and not supply.is_reverse_charge
    lines = [_with_cess_inside(line, percent) for line in lines] if is_inclusive else lines
    for line in line_taxes(lines, supply, is_inclusive_tax=is_inclusive, document_discount_percent=percent):
        assert line.cgst == line.sgst
        assert line.igst == 0 if not supply.is_interstate else line.cgst == 0
        assert min(line.taxable, line.cgst, line.igst, line.cess) >= 0
        assert all(part.as_tuple().exponent == -2 for part in (line.taxable, line.cgst, line.igst, line.total))


@given(lines=any_lines, percent=discounts, interstate=st.booleans(), taxed=st.booleans())
def test_prices_that_include_tax_are_kept_to_the_paisa(
    lines: list[LineInput], percent: Decimal, *, interstate: bool, taxed: bool
) -> None:
    supply = a_supply(interstate=interstate, taxed=taxed)
    lines = [_with_cess_inside(line, percent) for line in lines]
    for line in line_taxes(lines, supply, is_inclusive_tax=True, document_discount_percent=percent):
        assert line.taxable + line.cgst + line.sgst + line.igst + line.cess == line.net - line.document_discount
