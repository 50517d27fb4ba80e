"""In which order Arabic and Hebrew stand on paper, among figures, marks and other letters."""

import pytest

from server.printing.directions import as_seen, has_rtl, is_rtl


@pytest.mark.parametrize("text", ["שלום 12", "12 شركة", "(א)"])
def test_the_first_letter_with_a_direction_says_that_a_text_runs_to_the_left(text: str) -> None:
    assert is_rtl(text)
    assert has_rtl(text)


@pytest.mark.parametrize("text", ["Dubai شركة", "123", "₹ 5", "தமிழ்", ""])
def test_all_others_run_to_the_right(text: str) -> None:
    assert not is_rtl(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("שלום עולם", ["עולם", " ", "שלום"]),
        ("שלום, עולם!", ["!", "עולם", " ", ",", "שלום"]),
        ("מנורה 12.50 ש", ["ש", " ", "12.50", " ", "מנורה"]),
        ("12 34 ש", ["ש", " ", "34", " ", "12"]),
        ("مصباح، 40 قطعة", ["قطعة", " ", "40", " ", "،", "مصباح"]),
        ("شركة (دبي)", ["(", "دبي", ")", " ", "شركة"]),
        ("קו abc def 12 קו", ["קו", " ", "abc def 12", " ", "קו"]),
        ("abc שלום עולם def", ["abc ", "עולם", " ", "שלום", " def"]),
        ("Flat 12, دبي", ["Flat 12, ", "دبي"]),
        ("دبي 50%", ["%", "50", " ", "دبي"]),
        ("דבי 50%", ["50%", " ", "דבי"]),
        ("قِطْعَة ب", ["ب", " ", "قِطْعَة"]),
    ],
)
def test_words_stand_as_they_are_seen_from_left_to_right(text: str, seen: list[str]) -> None:
    assert as_seen(text, is_rtl=is_rtl(text)) == seen


def test_no_letter_is_lost() -> None:
    text = "a(ب,12/34 ג)%5 د-7 [x] {ה} «ו» ﷼ 5"

    for way in (True, False):
        assert sorted("".join(as_seen(text, is_rtl=way)).translate(str.maketrans("([{«", ")]}»"))) == sorted(
            text.translate(str.maketrans("([{«", ")]}»"))
        )
