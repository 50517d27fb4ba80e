"""Which state a PIN code may lie in."""

import pytest

from domain.einvoice.pins import may_lie_in


@pytest.mark.parametrize(
    ("pin", "state"),
    [
        (110001, "07"),  # New Delhi
        (194101, "38"),  # Leh
        (248001, "05"),  # Dehradun
        (403001, "30"),  # Panaji
        (396210, "26"),  # Daman
        (500001, "36"),  # Hyderabad
        (533464, "34"),  # Yanam
        (605001, "34"),  # Puducherry
        (673310, "34"),  # Mahe
        (682555, "31"),  # Kavaratti
        (737101, "11"),  # Gangtok
        (744101, "35"),  # Port Blair
        (793001, "17"),  # Shillong
        (834001, "20"),  # Ranchi
        (900001, "97"),  # Other Territory
    ],
)
def test_a_town_lies_in_its_state(pin: int, state: str) -> None:
    assert may_lie_in(pin, state)


@pytest.mark.parametrize(
    ("pin", "state"), [(411001, "29"), (560001, "27"), (800001, "20"), (110001, "06"), (700001, "21"), (600001, "32")]
)
def test_and_in_no_other(pin: int, state: str) -> None:
    """Pune in Karnataka, Bengaluru in Maharashtra, Patna in Jharkhand, and so on (error 3039)."""
    assert not may_lie_in(pin, state)
