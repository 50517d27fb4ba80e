"""The invoice reference number (IRN): what the portal reckons, so that its answer can be checked."""

from datetime import date
from hashlib import sha256

from domain.financial_year import financial_year_of

_IN_CAPITALS_SINCE = date(2025, 6, 1)
"""Since when numbers are one whatever their case (GSTN advisory of 04-04-2025)."""


def irn_of(*, gst_no: str, document_type: str, number: str, dated_on: date) -> str:
    """Return the IRN of a document: of the supplier, the financial year, INV, CRN or DBN, and the number.

    It says nothing of whether anybody has registered the document.
    """
    told = number.upper() if dated_on >= _IN_CAPITALS_SINCE else number
    text = f"{gst_no}{financial_year_of(dated_on).label}{document_type}{told}"
    return sha256(text.encode()).hexdigest()
