"""White is readable on every colour that is printed."""

from decimal import Decimal

import pytest

from domain.documents.printing.colours import contrast_with_white, readable_under_white


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [((0, 0, 0), "21.00"), ((255, 255, 255), "1.00"), ((118, 118, 118), "4.54"), ((255, 0, 0), "4.00")],
)
def test_the_contrast_is_that_of_the_published_measure(colour: tuple[int, ...], ratio: str) -> None:
    assert round(contrast_with_white(colour), 2) == Decimal(ratio)


@pytest.mark.parametrize("colour", ["#000000", "#1f4e79", "#7a1f1f", "#767676"])
def test_a_dark_colour_is_printed_as_it_was_chosen(colour: str) -> None:
    assert readable_under_white(colour) == colour


@pytest.mark.parametrize(
    ("chosen", "printed"),
    [("#ff0000", "#ee0000"), ("#ffffff", "#767676"), ("#ffd700", "#8b7500"), ("#777777", "#767676")],
)
def test_a_light_one_is_printed_in_the_same_hue_darker(chosen: str, printed: str) -> None:
    assert readable_under_white(chosen) == printed
    assert contrast_with_white(tuple(bytes.fromhex(printed[1:]))) >= Decimal("4.5")
