"""What contacts owed, or were owed, before the books began: one document for each, whose number follows from the name.

Such a number is the same in every run, so that nothing is brought forward twice, and payments that settle the balance
find it.
"""

import re
from datetime import date, timedelta
from hashlib import sha256

from domain.financial_year import financial_year_of

LINE_NAME = "Opening balance"
"""What the only line of the document is called."""
TAX_CATEGORY = "NON_GST"
"""The tax was accounted for where the balance arose."""

_NAME_LENGTH, _MARK_LENGTH = 6, 6
_BETWEEN = re.compile(r"[^A-Z0-9]+")


def number_of(contact_name: str) -> str:
    """Return the number of a contact's opening balance: ``OB-UMBREL-1C94F0``, of the 16 characters of rule 46(b)."""
    name = " ".join(contact_name.split()).lower()
    start = _BETWEEN.sub("", name.upper())[:_NAME_LENGTH]
    mark = sha256(name.encode()).hexdigest()[:_MARK_LENGTH].upper()
    return "-".join(part for part in ("OB", start, mark) if part)


def day_before(first: date) -> date:
    """Return the last day of the financial year before the one in which the books have their first record."""
    return financial_year_of(first).first_day - timedelta(days=1)
