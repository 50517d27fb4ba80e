"""GSTIN, the number of one registration in one state: its kinds, its state, its PAN and its check character.

Source: CGST Act 2017, section 25; CGST Rules, rule 10(1); FORM GST REG-06; shapes as GSTN's tools accept them.
Composition, SEZ and input service distributors cannot be told from the number: the treatment is input.
"""

import re
from enum import StrEnum

from domain.errors import Invalid
from domain.gst.states import TRANSPORTER_PREFIX, is_former_gstin_prefix, is_gstin_prefix, state_of_prefix
from domain.values import Struct

_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_CHARACTERS = "".join(_VALUES)


class GstinKind(StrEnum):
    """Whose number it is."""

    UIN = "UIN"
    NON_RESIDENT = "NON_RESIDENT"
    OIDAR = "OIDAR"
    TAX_DEDUCTOR = "TAX_DEDUCTOR"
    TAX_COLLECTOR = "TAX_COLLECTOR"
    REGULAR = "REGULAR"
    GOVERNMENT = "GOVERNMENT"


class GstinReason(StrEnum):
    """What is wrong with a number, in the order of the checks."""

    LENGTH = "LENGTH"
    FORMAT = "FORMAT"
    STATE = "STATE"
    CHECK_DIGIT = "CHECK_DIGIT"


class GstinStatus(StrEnum):
    """How far a party's number was found right."""

    VALID = "VALID"
    CHECK_DIGIT_MISMATCH = "CHECK_DIGIT_MISMATCH"


class GstinFault(Invalid):
    """A text that is no GSTIN; ``reason`` says which check it failed."""

    def __init__(self, reason: GstinReason, message: str, *, field: str | None) -> None:
        super().__init__(message, field=field, details={"reason": reason.value})
        self.reason = reason


# The first pattern that matches gives the kind.
_PATTERNS = [
    (GstinKind.UIN, re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]")),
    (GstinKind.NON_RESIDENT, re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}NR[A-Z0-9]")),
    (GstinKind.OIDAR, re.compile(r"99[0-9]{2}[A-Z]{3}[0-9]{5}OS[A-Z0-9]")),
    (GstinKind.TAX_DEDUCTOR, re.compile(r"[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]")),
    (GstinKind.TAX_COLLECTOR, re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]")),
    (GstinKind.REGULAR, re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABE-J][0-9A-Z]")),
    (GstinKind.GOVERNMENT, re.compile(r"[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]")),
]
_CENTRE = "99"
# Given by a state; the others may also be numbered by the centre, and then name no state.
_BY_STATE = frozenset(GstinKind) - {GstinKind.UIN, GstinKind.NON_RESIDENT, GstinKind.OIDAR}
_WITH_PAN = frozenset({GstinKind.REGULAR, GstinKind.TAX_COLLECTOR})


class Gstin(Struct, frozen=True):
    """A number of a right shape. ``state_code`` is its first two digits; ``pan`` is None where it holds no PAN.

    That is so of every kind: the UIN of an embassy begins with the state in which the embassy is.
    """

    number: str
    kind: GstinKind
    state_code: str
    pan: str | None
    has_valid_check_character: bool

    @property
    def status(self) -> GstinStatus:
        """Whether the last character is what the first fourteen ask for."""
        return GstinStatus.VALID if self.has_valid_check_character else GstinStatus.CHECK_DIGIT_MISMATCH

    @property
    def state(self) -> str | None:
        """The state of the registration (``IN-MH``); None where the first digits name no state of today."""
        return state_of_prefix(self.state_code)


def parse_gstin(text: str, *, field: str | None = None) -> Gstin:
    """Return a party's number, trimmed and in capitals.

    A number whose check character alone is wrong is kept, and its ``status`` says so. Raises GstinFault for a wrong
    length, format or state, in this order; a transporter's enrolment number (88…) is no party's GSTIN.
    """
    number = text.strip().upper()
    if len(number) != 15:
        raise GstinFault(GstinReason.LENGTH, f"'{text}' is not a GSTIN: it must have 15 characters.", field=field)
    kind = next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(number)), None)
    if kind is None:
        raise GstinFault(
            GstinReason.FORMAT, f"'{text}' is not a GSTIN: it has not the form of 27AAPFU0939F1ZV.", field=field
        )
    if kind in _BY_STATE or number[:2] != _CENTRE:
        _check_state(number, field=field)
    pan = number[2:12] if kind in _WITH_PAN else None
    return Gstin(number, kind, number[:2], pan, check_character(number) == number[14])


def parse_own_gstin(text: str, *, field: str | None = None) -> Gstin:
    """Return the number of one's own registration, which must be wholly valid and lie in a state of today.

    Raises GstinFault for a wrong length, format, state or check character.
    """
    gstin = parse_gstin(text, field=field)
    if is_former_gstin_prefix(gstin.state_code):
        raise GstinFault(
            GstinReason.STATE, f"'{text}' belongs to state {gstin.state_code}, which is no more.", field=field
        )
    if not gstin.has_valid_check_character:
        raise GstinFault(
            GstinReason.CHECK_DIGIT, f"'{text}' is not a GSTIN: its last character does not fit the rest.", field=field
        )
    return gstin


def check_pan_agrees(pan: str, gstin: Gstin, *, field: str | None = None) -> None:
    """Raise Invalid when a party's PAN is another than the one inside its GSTIN."""
    if gstin.pan is not None and pan != gstin.pan:
        raise Invalid(f"PAN {pan} is not the one in GSTIN {gstin.number}, which is {gstin.pan}.", field=field)


def check_character(number: str) -> str:
    """Return the character that must follow the first fourteen of ``number`` (capitals and digits), modulo 36."""
    total = 0
    for position, character in enumerate(number[:14]):
        product = _VALUES[character] * (1 + position % 2)
        total += product // 36 + product % 36
    return _CHARACTERS[-total % 36]


def _check_state(number: str, *, field: str | None) -> None:
    prefix = number[:2]
    if prefix == TRANSPORTER_PREFIX:
        raise GstinFault(
            GstinReason.STATE, f"'{number}' is a transporter's enrolment number, not a GSTIN.", field=field
        )
    if not is_gstin_prefix(prefix):
        raise GstinFault(GstinReason.STATE, f"'{number}' is not a GSTIN: there is no state {prefix}.", field=field)
