"""The dated rates and the catalogue of taxes made of them."""

from datetime import date
from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.gst.rates import RATES, check_rate, in_force, is_known
from domain.gst.tax_catalogue import (
    CATALOGUE,
    TAXES,
    CatalogueTax,
    TaxCategory,
    TaxShape,
    counterpart,
    in_shape,
    reverse_charge_tax,
)


def the_tax(shape: TaxShape, percent: str, cess: str = "0", *, is_interstate: bool = False) -> CatalogueTax:
    [found] = [
        tax
        for tax in CATALOGUE
        if (tax.shape, tax.percent, tax.cess, tax.is_interstate)
        == (shape, Decimal(percent), Decimal(cess), is_interstate)
    ]
    return found


def test_the_rates_are_those_of_gstns_tool() -> None:
    known = ["0", "0.1", "0.25", "1", "1.5", "3", "5", "6", "7.5", "12", "18", "28", "40"]
    assert [str(rate.percent) for rate in RATES] == known


@pytest.mark.parametrize(
    ("percent", "on", "expected"),
    [
        ("18.000", date(2017, 7, 1), True),
        ("18", date(2017, 6, 30), False),
        ("12", date(2025, 9, 21), True),
        ("12", date(2025, 9, 22), False),
        ("28", date(2026, 1, 31), True),
        ("28", date(2026, 2, 1), False),
        ("40", date(2025, 9, 21), False),
        ("40", date(2025, 9, 22), True),
        ("17", date(2026, 1, 1), False),
    ],
)
def test_a_rate_is_in_force_from_its_first_to_its_last_day(percent: str, on: date, *, expected: bool) -> None:
    assert in_force(Decimal(percent), on) == expected


def test_a_rate_outside_the_table_is_refused() -> None:
    assert is_known(check_rate(Decimal("5")))
    assert not is_known(Decimal("17"))
    with pytest.raises(Invalid) as refusal:
        check_rate(Decimal("17"), field="line_items[0].tax_percentage")
    assert refusal.value.field == "line_items[0].tax_percentage"


def test_every_rate_comes_within_a_state_between_states_and_on_reverse_charge() -> None:
    within, between = the_tax(TaxShape.INTRA_STATE, "0.25"), the_tax(TaxShape.INTER_STATE, "0.25", is_interstate=True)
    assert (within.cgst, within.sgst, within.igst) == (Decimal("0.125"), Decimal("0.125"), Decimal(0))
    assert (between.cgst, between.sgst, between.igst) == (Decimal(0), Decimal(0), Decimal("0.25"))
    for rate in RATES[1:]:
        assert the_tax(TaxShape.RCM, str(rate.percent)).effective_to == rate.until
        assert the_tax(TaxShape.RCM, str(rate.percent), is_interstate=True).effective_from == rate.since


def test_what_bears_no_tax_stands_in_the_catalogue_once() -> None:
    rows = {tax.shape: tax.category for tax in CATALOGUE if not tax.percent}
    assert rows == {
        TaxShape.NIL_RATED: TaxCategory.NIL_RATED,
        TaxShape.EXEMPT: TaxCategory.EXEMPT,
        TaxShape.NON_GST: TaxCategory.NON_GST,
    }
    assert len([tax for tax in CATALOGUE if not tax.percent]) == 3


def test_cess_on_cars_ended_with_the_reform() -> None:
    tax = the_tax(TaxShape.INTRA_STATE, "28", "22")
    assert (tax.name, tax.effective_to) == ("GST 28% and cess 22%", date(2025, 9, 21))


def test_ids_names_and_percentages_are_unique_and_fixed() -> None:
    assert len(TAXES) == len(CATALOGUE) == len({tax.name for tax in CATALOGUE}) == 97
    assert the_tax(TaxShape.INTRA_STATE, "18").id == "tx_1hyeyegbadgt3vkgscx7b7wra6"
    assert all(tax.cgst.as_tuple().exponent >= -3 for tax in CATALOGUE)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("shape", "percent", "cess", "other_shape"),
    [
        (TaxShape.INTRA_STATE, "18", "0", TaxShape.INTER_STATE),
        (TaxShape.INTRA_STATE, "28", "12", TaxShape.INTER_STATE),
        (TaxShape.RCM, "5", "0", TaxShape.RCM),
    ],
)
def test_every_tax_has_a_counterpart_across_the_border(
    shape: TaxShape, percent: str, cess: str, other_shape: TaxShape
) -> None:
    within, between = the_tax(shape, percent, cess), the_tax(other_shape, percent, cess, is_interstate=True)
    assert counterpart(within, is_interstate=True) is between
    assert counterpart(between, is_interstate=False) is within
    assert counterpart(within, is_interstate=False) is within


def test_an_exempt_line_is_exempt_everywhere() -> None:
    exempt = the_tax(TaxShape.EXEMPT, "0")
    assert counterpart(exempt, is_interstate=True) is exempt


def test_a_supply_asks_for_the_tax_in_its_shape() -> None:
    within, between = the_tax(TaxShape.INTRA_STATE, "5"), the_tax(TaxShape.INTER_STATE, "5", is_interstate=True)
    on_reverse_charge = the_tax(TaxShape.RCM, "5")
    assert in_shape(within, is_interstate=True, is_reverse_charge=False) is between
    assert in_shape(between, is_interstate=False, is_reverse_charge=True) is on_reverse_charge
    assert in_shape(on_reverse_charge, is_interstate=True, is_reverse_charge=False) is between
    with_cess = the_tax(TaxShape.INTRA_STATE, "28", "12")
    assert in_shape(with_cess, is_interstate=False, is_reverse_charge=True) is with_cess
    exempt = the_tax(TaxShape.EXEMPT, "0")
    assert in_shape(exempt, is_interstate=True, is_reverse_charge=True) is exempt


def test_reverse_charge_is_at_rates_that_exist() -> None:
    assert reverse_charge_tax(Decimal("5")) is the_tax(TaxShape.RCM, "5")
    assert reverse_charge_tax(Decimal("0")) is None
