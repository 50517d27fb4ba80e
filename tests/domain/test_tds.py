"""The dated table of TDS sections, and what they withhold."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from domain.errors import Failed, NotFound
from domain.tds import TDS_SECTIONS, section_on, sections_on, withheld_amount


@pytest.mark.parametrize(
    ("code", "on", "rate"),
    [
        ("194C-INDIVIDUAL", date(2026, 3, 31), "1"),
        ("194C-OTHER", date(2026, 3, 31), "2"),
        ("194H", date(2024, 9, 30), "5"),
        ("194H", date(2024, 10, 1), "2"),
        ("194J-PROFESSIONAL", date(2025, 4, 1), "10"),
        ("194Q", date(2025, 12, 31), "0.1"),
        ("206AA", date(2025, 12, 31), "20"),
        ("1024", date(2026, 4, 1), "2"),
        ("1027", date(2026, 11, 21), "10"),
    ],
)
def test_a_section_has_the_rate_of_its_day(code: str, on: date, rate: str) -> None:
    assert section_on(code, on).rate == Decimal(rate)


def test_thresholds_rose_in_2025() -> None:
    assert section_on("194J-PROFESSIONAL", date(2025, 3, 31)).threshold_year == 30_000
    assert section_on("194J-PROFESSIONAL", date(2025, 4, 1)).threshold_year == 50_000
    assert section_on("194I-BUILDING", date(2025, 4, 1)).threshold_month == 50_000


@pytest.mark.parametrize(("code", "on"), [("194C-OTHER", date(2026, 4, 1)), ("1024", date(2026, 3, 31))])
def test_the_acts_of_1961_and_2025_meet_on_1_april_2026(code: str, on: date) -> None:
    with pytest.raises(Failed) as refusal:
        section_on(code, on)
    assert refusal.value.field == "tds_section"


def test_a_code_that_never_was_one_is_not_found() -> None:
    with pytest.raises(NotFound):
        section_on("194ZZ", date(2026, 3, 31))


def test_codes_of_the_2025_act_are_marked_as_to_be_checked() -> None:
    assert {section.is_confirmed for section in sections_on(date(2026, 4, 1))} == {False}
    assert {section.is_confirmed for section in sections_on(date(2026, 3, 31))} == {True}


def test_no_code_has_two_rates_on_one_day() -> None:
    for one, other in combinations(TDS_SECTIONS, 2):
        if one.code == other.code:
            assert one.effective_to is not None
            assert one.effective_to < other.effective_from


def test_tax_is_withheld_on_the_value_without_gst() -> None:
    """The worked example: 2 % of 5,000; the GST of 900 does not count."""
    assert withheld_amount(Decimal("5000.00"), Decimal("2")) == Decimal("100.00")
    assert withheld_amount(Decimal("333.33"), Decimal("0.1")) == Decimal("0.33")
