"""PAN and TAN, the income-tax department's numbers of a person and of a deductor of tax."""

import re

from domain.errors import Invalid

# The fourth letter says who holds it: association, body of individuals, company, firm, government, Hindu undivided
# family, artificial juridical person, (older trusts) K, local authority, individual, trust.
_PAN = re.compile(r"[A-Z]{3}[ABCFGHJKLPT][A-Z](?!0000)[0-9]{4}[A-Z]")
_TAN = re.compile(r"[A-Z]{4}[0-9]{5}[A-Z]")


def parse_pan(text: str, *, field: str | None = None) -> str:
    """Return the PAN trimmed and in capitals.

    Raises Invalid unless it is five letters (the fourth a type of holder), four digits (not 0000) and a letter.
    Source: Income-tax Rules, rule 114.
    """
    pan = text.strip().upper()
    if not _PAN.fullmatch(pan):
        raise Invalid(f"'{text}' is not a PAN: five letters, four digits, one letter, as in ABCPK1234L.", field=field)
    return pan


def parse_tan(text: str, *, field: str | None = None) -> str:
    """Return the TAN trimmed and in capitals; raises Invalid unless it is four letters, five digits and a letter."""
    tan = text.strip().upper()
    if not _TAN.fullmatch(tan):
        raise Invalid(f"'{text}' is not a TAN: four letters, five digits, one letter, as in MUMA12345B.", field=field)
    return tan
