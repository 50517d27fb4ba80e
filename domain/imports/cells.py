"""Cells of a spreadsheet: from the text that people and programs write to values of the contract.

Pure. An empty cell says nothing, so its member is left out. What cannot be read is refused with the reason; what can be
read is then held to the contract like any other body.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum

from domain.errors import Invalid
from domain.gst.states import normalise_place_of_supply

Cell = str | int | Decimal | bool | list[str]


class Reading(Enum):
    """How the text of a cell is read."""

    TEXT = "text"
    LINE = "text of one line"
    WORD = "one of a list of words"
    NUMBER = "number"
    BALANCE = "number, with Dr or Cr behind it where the side is told"
    WHOLE_NUMBER = "whole number"
    PERCENT = "percentage"
    CLAIM = "yes or no"
    DAY = "date"
    WORDS = "words, divided by commas or semicolons"
    STATE = "state, by code, number or name"


def plain_text(text: str) -> str:
    """Return what a cell says, without what spreadsheets need to keep it a text: ``="00123"`` and ``'00123`` are 00123.

    Raises Invalid for a formula: its result is not in the file.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip().strip("\u00a0")
    if kept := _KEPT_AS_TEXT.fullmatch(text):
        return kept[1].replace('""', '"').strip()
    if text.startswith("="):
        raise Invalid("The cell holds a formula; save the file with values.")
    return text[1:].strip() if text.startswith("'") else text


def read(text: str, reading: Reading) -> Cell | None:
    """Return the value of a cell; ``None`` when it is empty. Raises Invalid for what cannot be read."""
    plain = plain_text(text)
    return _READERS[reading](plain) if plain else None


def read_number(text: str) -> Decimal:
    """Return the number that is written with Indian or Western grouping: ``1,00,000.00``, ``₹ 1,250``, ``(300)``.

    Raises Invalid for anything else, also for a comma as decimal sign, which could be taken for grouping.
    """
    bare = _CURRENCY.sub(r"\1", text.translate(_USUAL_SIGNS)).replace(" ", "")
    if bare == "-":
        return Decimal(0)  # how accounting formats show nothing
    if bracketed := _IN_BRACKETS.fullmatch(bare):
        bare = f"-{bracketed[1]}"
    if not _NUMBER.fullmatch(bare):
        raise Invalid(f"'{text[:60]}' is not a number; write it as 100000, 1,00,000.00 or 100,000.00.")
    return Decimal(bare.replace(",", ""))


def on_the_side(text: str, usual: str) -> str:
    """Return a number that may have ``Dr`` or ``Cr`` behind it as one that says ``usual`` (``DR`` or ``CR``).

    What stands on the other side is less than nought: ``5,000.00 Cr`` is ``-5,000.00`` where debits are usual.
    """
    found = _SIDED.fullmatch(text)
    if found is None:
        return text
    return found[1] if found[2].upper() == usual else f"({found[1]})"


def is_exponent(text: str) -> bool:
    """Whether a spreadsheet has written a long number so that its last digits are lost."""
    return _EXPONENT.fullmatch(text) is not None


def refuse_exponent(text: str) -> str:
    """Return a text as it is, unless a spreadsheet has written it as a rounded number: ``4.00E+05`` was a PIN code.

    Raises Invalid: what it was is not in the file.
    """
    if is_exponent(text):
        raise Invalid(
            f"'{text}' is what a spreadsheet makes of a long number; format the column as text and save again."
        )
    return text


def read_day(text: str) -> str:
    """Return a date as ``YYYY-MM-DD``; day, month and year may be divided by ``/``, ``-`` or ``.``, the day first.

    Excel's ``5-Jun-26`` is of this century. Raises Invalid for anything else, also for a day that does not exist.
    """
    if (year_first := _YEAR_FIRST.fullmatch(text)) is not None:
        year, month, day = year_first.groups()
    elif (day_first := _DAY_FIRST.fullmatch(text) or _SHORT.fullmatch(text)) is not None:
        day, month, year = day_first.groups()
        year = year if len(year) == 4 else f"20{year}"
    else:
        raise Invalid(f"'{text[:60]}' is not a date; write it as 2026-04-30, 30/04/2026 or 30-04-2026.")
    number = _MONTHS.get(month[:3].lower()) or (int(month) if month.isdigit() else 0)
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        raise Invalid(f"'{text[:60]}' is no day of the calendar; days come before months.") from None


def amount(text: str) -> Decimal:
    """An amount; what is none counts as nought here, and is refused where it is booked."""
    try:
        return read_number(text) if text else Decimal(0)
    except Invalid:
        return Decimal(0)


def written(value: Decimal) -> str:
    """An amount as the text of a cell; nought says nothing."""
    return f"{value:f}" if value else ""


def _line(text: str) -> str:
    return " ".join(refuse_exponent(text).split("\n"))


def _whole_number(text: str) -> int:
    number = read_number(text)
    if number != number.to_integral_value():
        raise Invalid(f"'{text[:60]}' is not a whole number.")
    return int(number)


def _percent(text: str) -> Decimal:
    return read_number(text.removesuffix("%").rstrip())


def _claim(text: str) -> bool:
    claim = _CLAIMS.get(text.lower())
    if claim is None:
        raise Invalid(f"'{text[:60]}' is neither yes nor no; write true or false.")
    return claim


def _state(text: str) -> str:
    """The code of a state, also of ``27-Maharashtra``; what is none is left for the books to refuse."""
    numbered = _NUMBERED_STATE.fullmatch(text)
    try:
        return normalise_place_of_supply(numbered[1] if numbered else text)
    except Invalid:
        return text


def _word(text: str) -> str:
    return _BETWEEN_WORDS.sub("_", text).upper()


def _words(text: str) -> list[str]:
    return [word for each in _BETWEEN_LABELS.split(text) if (word := each.strip())]


_KEPT_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
_CURRENCY = re.compile(r"^(-?\s*\(?)\s*(?:₹|Rs\.?|INR)\s*|\s*(?:/-|INR)$", re.IGNORECASE)
_USUAL_SIGNS = str.maketrans({"\u00a0": None, "\u202f": None, "\u2212": "-"})
_IN_BRACKETS = re.compile(r"\(([^()-]+)\)")
# Groups of two or three digits, the last of three: 1,00,000 and 100,000, never 1,5.
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)(?:\.\d+)?|[+-]?\.\d+", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_MONTH = r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}}|{_MONTH})[-/. ](\d{{4}})", re.ASCII | re.IGNORECASE)
# A year of two digits only where the month is a word: 05/06/26 could be read three ways.
_SHORT = re.compile(rf"(\d{{1,2}})[-/. ]({_MONTH})[-/. ](\d{{2}})", re.ASCII | re.IGNORECASE)
_SIDED = re.compile(r"(.*[0-9)-])\s*\(?(dr|cr)\.?\)?", re.ASCII | re.IGNORECASE)
_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d+)?E[+-]\d{2,}", re.ASCII | re.IGNORECASE)
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLAIMS = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}
_NUMBERED_STATE = re.compile(r"(\d{2})\s*-\s*\D+", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_BETWEEN_LABELS = re.compile(r"[,;|\n]")
_READERS: Mapping[Reading, Callable[[str], Cell]] = {
    Reading.TEXT: refuse_exponent,
    Reading.LINE: _line,
    Reading.WORD: _word,
    Reading.NUMBER: read_number,
    Reading.BALANCE: read_number,
    Reading.WHOLE_NUMBER: _whole_number,
    Reading.PERCENT: _percent,
    Reading.CLAIM: _claim,
    Reading.DAY: read_day,
    Reading.WORDS: _words,
    Reading.STATE: _state,
}
