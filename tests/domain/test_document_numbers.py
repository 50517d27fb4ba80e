"""Sixteen characters, and no two numbers that differ only in case."""

import pytest

from domain.errors import Failed, Invalid
from domain.financial_year import FinancialYear
from domain.gst.document_numbers import check_number, check_prefix, format_number, number_key

YEAR = FinancialYear(2026)


@pytest.mark.parametrize("number", ["1", "INV/26-27/0001", "a-1", "0123", "SI/26-27/0123456"])
def test_a_number_within_rule_46_is_taken(number: str) -> None:
    assert check_number(f" {number} ") == number


@pytest.mark.parametrize(
    "text", ["", "0", "000", "0/0-0", "/1", "-1", "SI/2026-27/000123", "INV 1", "INV_1", "É1", "1\n2", "१"]
)
def test_a_number_outside_rule_46_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_number(text, field="invoice_number")
    assert refusal.value.field == "invoice_number"


def test_case_makes_no_difference() -> None:
    assert number_key("inv-1") == number_key("INV-1")


@pytest.mark.parametrize(
    ("prefix", "count", "number"),
    [
        ("INV/{FY}/", 42, "INV/26-27/0042"),
        ("INV/{FY}/", 10_000, "INV/26-27/10000"),
        ("INV-2026-", 42, "INV-2026-0042"),
        ("", 7, "0007"),
    ],
)
def test_a_series_counts_with_four_digits_and_grows(prefix: str, count: int, number: str) -> None:
    assert format_number(prefix, YEAR, count) == number
    assert check_number(number) == number


def test_a_full_series_is_refused() -> None:
    assert format_number("INV/{FY}/", YEAR, 999_999) == "INV/26-27/999999"
    with pytest.raises(Failed) as refusal:
        format_number("INV/{FY}/", YEAR, 1_000_000, field="branch_id")
    assert refusal.value.field == "branch_id"


@pytest.mark.parametrize("prefix", ["INV/{FY}/", "{FY}-", "INVOI-{FY}-", "", "ABCDEFGHIJKL"])
def test_a_prefix_leaves_room_for_four_digits(prefix: str) -> None:
    assert check_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["ABCDEFGHIJKLM", "INVOICE-{FY}", "/INV", "INV {FY}", "INV{YY}", "{FY", "INV\n"])
def test_a_prefix_without_room_or_with_other_characters_is_refused(prefix: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_prefix(prefix, field="prefixes.invoice")
    assert refusal.value.field == "prefixes.invoice"
