"""HSN codes of goods and SAC codes of services: their shape, and how many digits an invoice must show.

Source: Notification 12/2017-CT as amended by 78/2020-CT; GSTR-1 table 12, phase III, from period 052025.
"""

import re
from decimal import Decimal

from domain.errors import Invalid
from domain.gst.treatments import GstTreatment
from domain.gst.units import NOT_APPLICABLE

FIVE_CRORE = Decimal("50000000")

_SERVICE_CODE = re.compile(r"99[0-9]{4}")
_GOODS_CODE = re.compile(r"(?!00|99)[0-9]{4}(?:[0-9]{2}){0,2}")


def parse_hsn(text: str, *, field: str | None = None) -> str:
    """Return the code of goods (4, 6 or 8 digits, chapters 01 to 98) or of a service (6 digits from 99), trimmed.

    A leading zero belongs to the code. Raises Invalid for any other text.
    """
    code = text.strip()
    if _SERVICE_CODE.fullmatch(code) or _GOODS_CODE.fullmatch(code):
        return code
    raise Invalid(
        f"'{text}' is no HSN of goods (4, 6 or 8 digits) and no SAC of a service (6 digits from 99).", field=field
    )


def is_service_code(code: str) -> bool:
    """Say whether the code is a SAC."""
    return code.startswith("99")


def is_service(code: str | None, unit_code: str | None) -> bool:
    """Say whether a line is of a service: by its code or, without one, by its unit."""
    return is_service_code(code) if code else unit_code == NOT_APPLICABLE


def required_digits(treatment: GstTreatment, *, turnover: Decimal, is_einvoice: bool = False) -> int:
    """Return how many digits a line of a tax invoice must show at least; 0 where the code is optional.

    ``turnover`` is the aggregate turnover (rupees) of the preceding financial year; exactly five crore is still small.
    """
    if turnover > FIVE_CRORE or is_einvoice:
        return 6
    return 4 if treatment.is_registered else 0


def digits_fault(
    code: str | None, treatment: GstTreatment, *, turnover: Decimal, is_einvoice: bool = False
) -> str | None:
    """Return what is wrong with the code of a line, in a sentence; None when it has digits enough.

    ``code`` is None where the line shows no code.
    """
    digits = required_digits(treatment, turnover=turnover, is_einvoice=is_einvoice)
    if code is None:
        return f"An HSN or SAC code of at least {digits} digits is needed." if digits else None
    if len(code) < digits:
        return f"The code {code} has {len(code)} digits; at least {digits} are needed."
    return None
