"""Numbers of tax documents: at most sixteen characters, unique in a financial year without regard to case.

Source: CGST Rules 2017, rule 46(b); GSTN takes ``inv-1`` and ``INV-1`` for one number.
"""

import re

from domain.errors import Failed, Invalid
from domain.financial_year import FinancialYear

MAX_LENGTH = 16
YEAR_MARK = "{FY}"

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{0,15}")
_ONLY_ZERO = re.compile(r"[0/-]*")
_PREFIX = re.compile(r"[A-Za-z0-9/-]*")


def check_number(text: str, *, field: str | None = None) -> str:
    """Return a document number given by the user, trimmed.

    Raises Invalid unless it is 1 to 16 letters, digits, ``/`` and ``-``, begins with a letter or digit and is more
    than zero.
    """
    number = text.strip()
    if _NUMBER.fullmatch(number) and not _ONLY_ZERO.fullmatch(number):
        return number
    raise Invalid(
        f"'{text}' is not a document number: 1 to {MAX_LENGTH} letters, digits, '/' and '-', "
        "of which the first is a letter or digit, and not zero.",
        field=field,
    )


def number_key(number: str) -> str:
    """Return the form in which two numbers are one and the same."""
    return number.upper()


def check_prefix(prefix: str, *, field: str | None = None) -> str:
    """Return the prefix of a series, such as ``INV/{FY}/``, if a number of four digits has room after it.

    Raises Invalid otherwise. ``{FY}`` stands for the financial year and takes five characters.
    """
    written = prefix.replace(YEAR_MARK, "00-00")
    if _PREFIX.fullmatch(written) and _NUMBER.fullmatch(f"{written}0001"):
        return prefix
    raise Invalid(
        f"'{prefix}' cannot begin document numbers: use letters, digits, '/', '-' and {YEAR_MARK}, the first a letter "
        f"or digit, and leave room for four digits within {MAX_LENGTH} characters.",
        field=field,
    )


def format_number(prefix: str, year: FinancialYear, count: int, *, field: str | None = None) -> str:
    """Return the number of the ``count``-th document of a series: ``INV/{FY}/`` and 42 give ``INV/26-27/0042``.

    The count has four digits and grows beyond them. Raises Failed when the number would exceed sixteen characters.
    """
    number = f"{prefix.replace(YEAR_MARK, year.short)}{count:04}"
    if len(number) > MAX_LENGTH:
        raise Failed(
            f"The series '{prefix}' is full: its next number, {number}, has more than {MAX_LENGTH} characters.",
            field=field,
        )
    return number
