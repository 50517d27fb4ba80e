"""One state, written in many ways."""

import pytest

from domain.errors import Invalid
from domain.gst.states import (
    OVERSEAS,
    PLACES_OF_SUPPLY,
    STATES,
    is_gstin_prefix,
    normalise_place_of_supply,
    normalise_state,
    state_of_prefix,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("IN-MH", "IN-MH"),
        (" mh ", "IN-MH"),
        ("27", "IN-MH"),
        ("Maharashtra", "IN-MH"),
        ("4", "IN-CH"),
        ("UT", "IN-UK"),
        ("IN-OR", "IN-OD"),
        ("TG", "IN-TS"),
        ("CT", "IN-CG"),
        ("IN-DD", "IN-DH"),
        ("Jammu & Kashmir", "IN-JK"),
        ("97", "IN-OT"),
    ],
)
def test_a_state_may_be_written_in_any_of_its_ways(text: str, code: str) -> None:
    assert normalise_state(text) == code


@pytest.mark.parametrize("text", ["", "25", "28", "39", "00", "88", "99", "96", "OVERSEAS", "IN-XX", "US-CA", "٢٧"])
def test_what_is_no_state_of_today_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normalise_state(text, field="billing_address.state")
    assert refusal.value.field == "billing_address.state"


@pytest.mark.parametrize("text", ["96", "overseas"])
def test_a_place_of_supply_may_lie_outside_india(text: str) -> None:
    assert normalise_place_of_supply(text) == OVERSEAS
    assert normalise_place_of_supply("27") == "IN-MH"


def test_there_are_thirty_six_states_and_territories_and_other_territory() -> None:
    assert len(STATES) == 37
    assert [state.gst_code for state in STATES.values()] == sorted({state.gst_code for state in STATES.values()})
    assert PLACES_OF_SUPPLY[OVERSEAS].gst_code == "96"
    assert STATES["IN-DH"].name == "Dadra and Nagar Haveli and Daman and Diu"


def test_territories_without_a_legislature_levy_utgst() -> None:
    levying = {state.gst_code for state in STATES.values() if state.state_tax_name == "UTGST"}
    assert levying == {"04", "26", "31", "35", "38", "97"}


def test_gstins_of_merged_and_parted_states_are_still_known() -> None:
    assert is_gstin_prefix("25")
    assert is_gstin_prefix("28")
    assert not is_gstin_prefix("39")
    assert (state_of_prefix("25"), state_of_prefix("28"), state_of_prefix("37")) == ("IN-DH", None, "IN-AP")
