"""Where texts are broken: measured by our own fonts, so that what fits here fits on the page."""

import pytest

from server.printing.measure import width_of
from server.printing.pieces import Style
from server.printing.wrapping import clean, wrap
from tests.server.printing.papers import HOSTILE, SCRIPTS

PLAIN = Style(14, 19)
BOLD = Style(14, 19, is_bold=True)


def test_figures_are_all_equally_wide() -> None:
    assert len({width_of(f"{digit}{digit}.00", PLAIN) for digit in range(10)}) == 1


def test_a_zero_is_as_wide_as_its_font_says() -> None:
    """Noto Sans: 572 of 1,000, so ten of them at 14 dots are 80.08; one in a hundred is added for rounding."""
    assert width_of("0" * 10, PLAIN) == 81
    assert width_of("0" * 10, BOLD) == 81


def test_words_stay_whole_where_they_fit() -> None:
    lines = wrap("Sahyadri Workspaces Private Limited", PLAIN, 150)

    assert lines == ("Sahyadri Workspaces", "Private Limited")
    assert all(width_of(line, PLAIN) <= 150 for line in lines)


def test_line_breaks_of_the_writer_stay_and_empty_ends_go() -> None:
    assert wrap("\n\nOne\r\n\r\nTwo\n", PLAIN, 500) == ("One", "", "Two")
    assert wrap("  \n ", PLAIN, 500) == ()
    assert wrap("", PLAIN, 500) == ()


def test_a_long_word_is_broken_behind_a_mark_before_it_is_broken_anywhere() -> None:
    assert wrap("accounts-payable@sahyadri.example", PLAIN, 150) == ("accounts-payable@", "sahyadri.example")


def test_a_figure_is_broken_behind_a_comma_only() -> None:
    assert wrap("99,99,99,99,999.99", PLAIN, 110) == ("99,99,99,99,", "999.99")


@pytest.mark.parametrize("text", [text for pair in SCRIPTS for text in pair] + [HOSTILE, "ക്ഷ" * 40, "👩‍🔧" * 40])
@pytest.mark.parametrize("width", [40, 90, 300])
def test_nothing_is_lost_and_nothing_is_wider_than_its_column(text: str, width: int) -> None:
    lines = wrap(text, BOLD, width)

    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert [line for line in lines if width_of(line, BOLD) > width] == []


@pytest.mark.parametrize("word", ["क्षत्रिय", "தமிழ்நாடு", "ക്ഷേത്രം"])
def test_a_letter_stays_with_its_marks(word: str) -> None:
    for line in wrap(word * 12, PLAIN, 60)[1:]:
        assert line[0].isalpha()


def test_what_turns_or_hides_letters_is_left_out() -> None:
    assert clean("abc\u202egnp.exe\x00\x07\u2066 d\ufeff") == "abcgnp.exe d"
    assert clean("नमस्‍ते 👩‍🔧") == "नमस्‍ते 👩‍🔧"
