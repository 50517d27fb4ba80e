"""Postal addresses as every resource keeps them: always the same parts, the state in its usual form."""

from domain.gst.states import normalise_state

PARTS = ("attention", "address", "street2", "city", "state_code", "zip", "country", "phone")

HOME = "India"

Address = dict[str, str | None]


def usual_address(address: Address | None, *, field: str, is_abroad: bool = False) -> Address | None:
    """Return the address with all its parts, absent ones as ``None``. Raises Invalid for an unknown state.

    Where nothing is said of the country it is India, unless it is that of a party abroad without a state of India.
    """
    if address is None:
        return None
    state = address.get("state_code")
    usual = {part: address.get(part) for part in PARTS}
    if "country" not in address and (state or not is_abroad):
        usual["country"] = HOME
    return {**usual, "state_code": normalise_state(state, field=f"{field}.state_code") if state else None}
