"""PAN and TAN."""

import pytest

from domain.errors import Invalid
from domain.gst.pan import parse_pan, parse_tan


def test_a_pan_is_trimmed_and_put_in_capitals() -> None:
    assert parse_pan(" aapfu0939f ") == "AAPFU0939F"


@pytest.mark.parametrize(
    "text", ["", "AAPFU0939", "AAPFU0000F", "AAPXU0939F", "AAPFU093AF", "AAPFU0939F\x00", "AAPFU٠٩٣٩F"]
)
def test_what_is_no_pan_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_pan(text, field="pan")
    assert refusal.value.field == "pan"


def test_a_tan_is_four_letters_five_digits_and_a_letter() -> None:
    assert parse_tan("muma12345b") == "MUMA12345B"
    with pytest.raises(Invalid):
        parse_tan("MUM123456B")
