"""What organizations and branches say of how their documents look: values in their usual form, before anybody prints.

Which of the two counts for a document is told in ``domain/documents/printing/look.py``.
"""

from collections.abc import Mapping

BankDetails = dict[str, str | None]
PictureFacts = dict[str, str | int]
"""The ``sha256`` of a picture that is kept, its ``width`` and ``height`` in pixels and its ``size_bytes``."""

BANK_PARTS = ("bank_name", "account_name", "account_number", "ifsc", "upi_id")


def usual_bank_details(details: Mapping[str, str | None] | None) -> BankDetails | None:
    """Return the bank details with all their parts, absent ones as ``None``."""
    return None if details is None else {part: details.get(part) for part in BANK_PARTS}


def usual_colour(colour: str | None) -> str | None:
    """Return a colour ``#rrggbb`` in small letters."""
    return colour and colour.lower()
