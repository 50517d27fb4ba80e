"""Amounts in words: lakh and crore for rupees, millions for other currencies, and parts by their names."""

from decimal import Decimal

import pytest

from domain.documents.printing.figures import RUPEES, Currency
from domain.documents.printing.words import amount_in_words
from domain.money import MAX_MONEY

DOLLARS = Currency("USD", "US dollar", "$", 2)
YEN = Currency("JPY", "Japanese yen", "¥", 0)
DINARS = Currency("BHD", "Bahraini dinar", "BD", 3)
KWACHA = Currency("ZMW", "Zambian kwacha", "ZK", 2)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "Rupees zero only"),
        ("1", "Rupee one only"),
        ("19.00", "Rupees nineteen only"),
        ("40", "Rupees forty only"),
        ("99", "Rupees ninety-nine only"),
        ("100", "Rupees one hundred only"),
        ("101", "Rupees one hundred one only"),
        ("1000", "Rupees one thousand only"),
        ("12345.60", "Rupees twelve thousand three hundred forty-five and sixty paise only"),
        ("100000", "Rupees one lakh only"),
        ("2100000", "Rupees twenty-one lakh only"),
        ("10000000", "Rupees one crore only"),
        (
            "999999999.99",
            "Rupees ninety-nine crore ninety-nine lakh ninety-nine thousand nine hundred ninety-nine"
            " and ninety-nine paise only",
        ),
        ("1234567890123", "Rupees one lakh twenty-three thousand four hundred fifty-six crore seventy-eight lakh"
         " ninety thousand one hundred twenty-three only"),
        ("0.50", "Fifty paise only"),
        ("0.01", "One paisa only"),
        ("1.01", "Rupee one and one paisa only"),
    ],
)  # fmt: skip
def test_rupees_are_told_in_lakh_and_crore(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), RUPEES) == words


def test_the_largest_amount_of_the_books_has_words() -> None:
    assert amount_in_words(MAX_MONEY, RUPEES).startswith("Rupees nine lakh ninety-nine thousand")


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1", DOLLARS, "US dollar one only"),
        ("2100000", DOLLARS, "US dollars two million one hundred thousand only"),
        ("1250.01", DOLLARS, "US dollars one thousand two hundred fifty and one cent only"),
        ("0.75", DOLLARS, "Seventy-five cents only"),
        ("1000000000", DOLLARS, "US dollars one billion only"),
        ("15000", YEN, "Japanese yen fifteen thousand only"),
        ("15000.50", YEN, "Japanese yen fifteen thousand and 50/100 only"),
        ("0.50", YEN, "Japanese yen zero and 50/100 only"),
        ("10.25", DINARS, "Bahraini dinars ten and two hundred fifty fils only"),
        ("10.25", KWACHA, "Zambian kwacha ten and 25/100 only"),
        ("10.05", KWACHA, "Zambian kwacha ten and 05/100 only"),
    ],
)
def test_other_currencies_are_told_in_their_own_units(amount: str, currency: Currency, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency) == words
