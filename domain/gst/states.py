"""The states of India as GST numbers them, and the two places of supply that are no state.

In the books a state is its ISO 3166-2 code (``IN-MH``), Other Territory is ``IN-OT`` (97) and a supply outside
India has the place of supply ``OVERSEAS`` (96). Source: GSTN's state master; ISO 3166-2:IN.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import Invalid
from domain.values import Struct

OVERSEAS = "OVERSEAS"
OTHER_TERRITORY = "IN-OT"
TRANSPORTER_PREFIX = "88"


class State(Struct, frozen=True):
    """A state, a union territory, Other Territory, or (as a place of supply only) the world outside India."""

    code: str
    gst_code: str
    name: str
    has_legislature: bool

    @property
    def state_tax_name(self) -> str:
        """What a supply within it bears beside CGST: territories without a legislature levy UTGST."""
        return "SGST" if self.has_legislature else "UTGST"


_WITH_LEGISLATURE = """
    01 JK Jammu and Kashmir   02 HP Himachal Pradesh   03 PB Punjab           05 UK Uttarakhand
    06 HR Haryana             07 DL Delhi              08 RJ Rajasthan        09 UP Uttar Pradesh
    10 BR Bihar               11 SK Sikkim             12 AR Arunachal Pradesh
    13 NL Nagaland            14 MN Manipur            15 MZ Mizoram          16 TR Tripura
    17 ML Meghalaya           18 AS Assam              19 WB West Bengal      20 JH Jharkhand
    21 OD Odisha              22 CG Chhattisgarh       23 MP Madhya Pradesh   24 GJ Gujarat
    27 MH Maharashtra         29 KA Karnataka          30 GA Goa              32 KL Kerala
    33 TN Tamil Nadu          34 PY Puducherry         36 TS Telangana        37 AP Andhra Pradesh
"""
_WITHOUT_LEGISLATURE = """
    04 CH Chandigarh          26 DH Dadra and Nagar Haveli and Daman and Diu
    31 LD Lakshadweep         35 AN Andaman and Nicobar Islands
    38 LA Ladakh              97 OT Other Territory
"""

# Codes before the change of 23-11-2023 and, for DN and DD, before the merger of 26-01-2020.
_FORMER_CODES = {"OR": "OD", "TG": "TS", "UT": "UK", "CT": "CG", "DN": "DH", "DD": "DH"}
# Daman and Diu became part of 26; undivided Andhra Pradesh was parted into 36 and 37, so 28 names no one state.
_FORMER_GSTIN_PREFIXES: dict[str, str | None] = {"25": "IN-DH", "28": None}


def normalise_state(text: str, *, field: str | None = None) -> str:
    """Return the code (``IN-MH``) of the Indian state that ``IN-MH``, ``MH``, ``27`` or its name stands for.

    Raises Invalid for anything else, and for 25 and 28, which live on only in old GSTINs.
    """
    code = _CODE_OF.get(_plain(text))
    if code is None:
        raise Invalid(f"'{text}' is not a state of India; write it as IN-MH, MH or 27.", field=field)
    return code


def normalise_place_of_supply(text: str, *, field: str | None = None) -> str:
    """Return the code of a place of supply: a state of India as above, or ``OVERSEAS`` (also written ``96``)."""
    if _plain(text) in (OVERSEAS, "96"):
        return OVERSEAS
    return normalise_state(text, field=field)


def is_gstin_prefix(gst_code: str) -> bool:
    """Say whether GSTINs begin with these two digits: a state of today, or one that was merged or parted."""
    return gst_code in _BY_GST_CODE or gst_code in _FORMER_GSTIN_PREFIXES


def is_former_gstin_prefix(gst_code: str) -> bool:
    """Say whether these two digits stand only in GSTINs of the past."""
    return gst_code in _FORMER_GSTIN_PREFIXES


def state_of_prefix(gst_code: str) -> str | None:
    """Return today's state code for the two digits a GSTIN begins with; None if they name no one state."""
    return _BY_GST_CODE.get(gst_code, _FORMER_GSTIN_PREFIXES.get(gst_code))


def _rows(table: str, *, has_legislature: bool) -> list[State]:
    cells = [cell for line in table.split("\n") for cell in line.strip().split("  ") if cell.strip()]
    parts = [cell.strip().split(" ", 2) for cell in cells]
    return [State(f"IN-{letters}", digits, name, has_legislature) for digits, letters, name in parts]


def _plain(text: str) -> str:
    return " ".join(text.upper().replace("&", " AND ").split())


def _ways_to_write(state: State) -> list[str]:
    letters = state.code.removeprefix("IN-")
    former = [old for old, new in _FORMER_CODES.items() if new == letters]
    written = [state.name.upper(), state.gst_code, state.gst_code.removeprefix("0")]
    return written + [way for code in (letters, *former) for way in (code, f"IN-{code}")]


_ROWS = sorted(
    _rows(_WITH_LEGISLATURE, has_legislature=True) + _rows(_WITHOUT_LEGISLATURE, has_legislature=False),
    key=lambda state: state.gst_code,
)
STATES: Mapping[str, State] = MappingProxyType({state.code: state for state in _ROWS})
"""Every state by its code, in the order of the GST numbers."""

PLACES_OF_SUPPLY: Mapping[str, State] = MappingProxyType(
    {**STATES, OVERSEAS: State(OVERSEAS, "96", "Outside India", has_legislature=False)}
)
"""Every place of supply by its code: the states and the world outside India."""

_BY_GST_CODE = {state.gst_code: state.code for state in _ROWS}
_CODE_OF = {way: state.code for state in _ROWS for way in _ways_to_write(state)}
