"""Why e-way bills are cancelled, their vehicles changed and their time extended: our words, and the portal's numbers.

Source: NIC's master codes of the e-way bill API.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import Required

OTHERS = "OTHERS"
FIRST_TIME = "FIRST_TIME"

CANCEL_REASONS: Mapping[str, int] = MappingProxyType(
    {"DUPLICATE": 1, "ORDER_CANCELLED": 2, "DATA_ENTRY_MISTAKE": 3, OTHERS: 4}
)
VEHICLE_REASONS: Mapping[str, int] = MappingProxyType({"BREAKDOWN": 1, "TRANSSHIPMENT": 2, OTHERS: 3, FIRST_TIME: 4})
EXTENSION_REASONS: Mapping[str, int] = MappingProxyType(
    {"NATURAL_CALAMITY": 1, "LAW_AND_ORDER": 2, "TRANSSHIPMENT": 4, "ACCIDENT": 5, OTHERS: 99}
)
TRANSIT_TYPES: Mapping[str, str] = MappingProxyType({"ROAD": "R", "WAREHOUSE": "W", OTHERS: "O"})
"""Where goods rest on the way."""


def check_remarks(reason: str, remarks: str | None) -> None:
    """Check that another reason than those that have a name is told. Raises Required."""
    if reason == OTHERS and not (remarks or "").strip():
        raise Required("Say in remarks what the reason is.", field="remarks")
