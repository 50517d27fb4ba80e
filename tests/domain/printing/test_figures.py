"""Figures on paper: grouping, decimals, symbols, quantities, rates and days."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.documents.printing import figures
from domain.documents.printing.figures import RUPEES, Currency

DOLLARS = Currency("USD", "US dollar", "$", 2)
DIRHAMS = Currency("AED", "UAE dirham", "AED", 2)
KRONER = Currency("DKK", "Danish krone", "kr.", 2)
YEN = Currency("JPY", "Japanese yen", "¥", 0)
DINARS = Currency("BHD", "Bahraini dinar", "BD", 3)


@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        ("0", "0.00"),
        ("0.5", "0.50"),
        ("999", "999.00"),
        ("1000", "1,000.00"),
        ("99999.99", "99,999.99"),
        ("100000", "1,00,000.00"),
        ("1234567.8", "12,34,567.80"),
        ("12345678901.05", "12,34,56,78,901.05"),
        ("9999999999999.99", "99,99,99,99,99,999.99"),
        ("-0.28", "-0.28"),
        ("-123456", "-1,23,456.00"),
    ],
)
def test_rupees_are_grouped_by_lakh_and_crore(amount: str, figure: str) -> None:
    assert RUPEES.figure(Decimal(amount)) == figure


@pytest.mark.parametrize(
    ("amount", "currency", "figure"),
    [
        ("1234567.8", DOLLARS, "$1,234,567.80"),
        ("-5", DOLLARS, "-$5.00"),
        ("500", DIRHAMS, "AED 500.00"),
        ("500", KRONER, "kr. 500.00"),
        ("1234567.00", YEN, "¥1,234,567"),
        ("10.50", YEN, "¥10.50"),
        ("10.25", DINARS, "BD 10.25"),
        ("268161", RUPEES, "₹2,68,161.00"),
    ],
)
def test_other_currencies_are_grouped_by_thousands(amount: str, currency: Currency, figure: str) -> None:
    assert currency.with_symbol(Decimal(amount)) == figure


@pytest.mark.parametrize(
    ("rate", "price"),
    [("1250", "1,250.00"), ("0.5", "0.50"), ("0.125", "0.125"), ("125000.000001", "1,25,000.000001")],
)
def test_a_price_has_all_its_digits(rate: str, price: str) -> None:
    assert RUPEES.price(Decimal(rate)) == price


@pytest.mark.parametrize(
    ("number", "shown"), [("3", "3"), ("3.000", "3"), ("0.125", "0.125"), ("1250.5", "1,250.5"), ("100000", "1,00,000")]
)
def test_a_quantity_has_only_the_decimals_it_needs(number: str, shown: str) -> None:
    assert figures.quantity(Decimal(number)) == shown


@pytest.mark.parametrize(
    ("rate", "shown"), [("18", "18%"), ("9.0", "9%"), ("2.5", "2.5%"), ("0.125", "0.125%"), ("40", "40%")]
)
def test_rates_are_per_cent(rate: str, shown: str) -> None:
    assert figures.percent(Decimal(rate)) == shown


def test_days_are_written_so_that_nobody_mistakes_the_month() -> None:
    assert figures.day(date(2026, 4, 3)) == "03 Apr 2026"


def test_instants_are_those_of_clocks_in_india() -> None:
    """Half past eight in the evening of Greenwich is two in the morning of the next day."""
    at = datetime(2026, 11, 12, 20, 30, tzinfo=UTC)
    assert (figures.moment(at), figures.day_of(at)) == ("13 Nov 2026, 02:00", "13 Nov 2026")
