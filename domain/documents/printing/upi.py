"""The text of a UPI QR code, with which a bank's app pays what is open of a document.

Source: NPCI's UPI linking specification; its circular OC 193: from 01-02-2025 a reference has letters and digits only.
"""

import re
from decimal import Decimal
from urllib.parse import quote

from domain.currencies import RUPEE

_NO_LETTERS_OR_DIGITS = re.compile(r"[^A-Za-z0-9]")
_LONGEST_REFERENCE = 35
_LONGEST_NAME = 99
_LONGEST_NOTE = 50


def upi_payload(*, upi_id: str | None, name: str, currency_code: str, amount: Decimal, number: str | None) -> str:
    """Return what the QR code of a document holds; nothing where it cannot be paid by UPI, or need not be.

    ``amount`` is what is open of it. Only rupees can be paid, and only for a document that has a number.
    """
    if not upi_id or not number or currency_code != RUPEE or amount <= 0:
        return ""
    fields = {
        "pa": upi_id.strip(),
        "pn": name[:_LONGEST_NAME],
        "am": f"{amount:.2f}",
        "cu": RUPEE,
        "tn": number[:_LONGEST_NOTE],
        "tr": reference(number),
    }
    return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in fields.items() if value)


def reference(number: str) -> str:
    """Return the reference of a transaction: the number's letters and digits, the last 35."""
    return _NO_LETTERS_OR_DIGITS.sub("", number)[-_LONGEST_REFERENCE:]
