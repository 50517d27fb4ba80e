"""What people and programs write into cells, and what it means."""

from decimal import Decimal
from typing import Any

import pytest

from domain.errors import Invalid
from domain.imports.cells import Reading, on_the_side, plain_text, read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,00,000.00", "100000.00"),
        ("12,34,56,789", "123456789"),
        ("100,000.50", "100000.50"),
        ("1234.5", "1234.5"),
        (".5", "0.5"),
        ("₹ 4,500.00", "4500.00"),
        ("Rs. 4500", "4500"),
        ("INR 99", "99"),
        ("4500/-", "4500"),
        ("(300.00)", "-300.00"),
        ("-300", "-300"),
        ("\u2212300", "-300"),
        ("-₹ 12", "-12"),
        ("-", "0"),
        (" 1 200 ", "1200"),
    ],
)
def test_numbers_are_read_as_they_are_written_in_india(written: str, meant: str) -> None:
    assert read(written, Reading.NUMBER) == Decimal(meant)


@pytest.mark.parametrize(
    "written", ["1,5", "1.000,00", "12,34", "1e5", "0x10", "five", "1-2", "--1", "NaN", "1,00,00", "5%"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        read(written, Reading.NUMBER)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-04-30", "2026-04-30"),
        ("30/04/2026", "2026-04-30"),
        ("30-04-2026", "2026-04-30"),
        ("30.4.2026", "2026-04-30"),
        ("3/4/2026", "2026-04-03"),
        ("30 Apr 2026", "2026-04-30"),
        ("30-April-2026", "2026-04-30"),
        ("2026-04-30 00:00:00", "2026-04-30"),
        ("5-Jun-26", "2026-06-05"),
        ("05 June 26", "2026-06-05"),
    ],
)
def test_days_come_before_months(written: str, meant: str) -> None:
    assert read(written, Reading.DAY) == meant


@pytest.mark.parametrize(
    "written", ["04/30/2026", "31/04/2026", "2026-02-29", "30/04/26", "46142", "today", "30 Foo 2026"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        read(written, Reading.DAY)


@pytest.mark.parametrize(
    ("written", "reading", "meant"),
    [
        ("Yes", Reading.CLAIM, True),
        ("FALSE", Reading.CLAIM, False),
        ("18%", Reading.PERCENT, Decimal(18)),
        ("30.0", Reading.WHOLE_NUMBER, 30),
        ("deemed export", Reading.WORD, "DEEMED_EXPORT"),
        ("wholesale; west,  north", Reading.WORDS, ["wholesale", "west", "north"]),
        ("Maharashtra", Reading.STATE, "IN-MH"),
        ("27-Maharashtra", Reading.STATE, "IN-MH"),
        ("Nowhere", Reading.STATE, "Nowhere"),
        ("two\r\nlines", Reading.TEXT, "two\nlines"),
        ("two\r\nlines", Reading.LINE, "two lines"),
        ("  ", Reading.NUMBER, None),
    ],
)
def test_a_cell_is_read_by_its_member(written: str, reading: Reading, meant: Any) -> None:
    assert read(written, reading) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ('="say ""hi"""', 'say "hi"'),
        ("+91 98200 12345", "+91 98200 12345"),
        ("\u00a0a ", "a"),
    ],
)
def test_what_spreadsheets_keep_a_text_by_is_taken_off(written: str, meant: str) -> None:
    assert plain_text(written) == meant


@pytest.mark.parametrize("reading", [Reading.TEXT, Reading.LINE, Reading.NUMBER, Reading.BALANCE])
@pytest.mark.parametrize("written", ["4.00E+05", "4E+05", "1.23457E+17", "-1.5e-07", " 4,00E+05 "])
def test_what_a_spreadsheet_made_an_exponent_of_is_refused(written: str, reading: Reading) -> None:
    """A PIN code of 400001 became 4.00E+05: what it was is not in the file."""
    with pytest.raises(Invalid):
        read(written, reading)


@pytest.mark.parametrize("written", ["E+05", "2E10", "4.00E+05 units", "A4E+05"])
def test_texts_that_only_look_like_it_are_texts(written: str) -> None:
    assert read(written, Reading.TEXT) == written


@pytest.mark.parametrize(
    ("written", "usual", "meant"),
    [
        ("5,000.00 Dr", "DR", "5000"),
        ("5,000.00 Cr", "DR", "-5000"),
        ("5,000.00 cr.", "CR", "5000"),
        ("₹ 5,000.00 (Dr)", "CR", "-5000"),
        ("5000Dr", "DR", "5000"),
        ("5,000.00", "CR", "5000"),
    ],
)
def test_a_balance_may_tell_its_side(written: str, usual: str, meant: str) -> None:
    assert read(on_the_side(written, usual), Reading.BALANCE) == Decimal(meant)


@pytest.mark.parametrize("written", ["=SUM(A1:A3)", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"])
def test_a_formula_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="formula"):
        plain_text(written)


@pytest.mark.parametrize(("written", "reading"), [("maybe", Reading.CLAIM), ("1.5", Reading.WHOLE_NUMBER)])
def test_what_a_member_cannot_be_is_refused(written: str, reading: Reading) -> None:
    with pytest.raises(Invalid):
        read(written, reading)
