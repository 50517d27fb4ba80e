"""Postal addresses as every resource keeps them: always the same parts, the state in its usual form."""

from domain.gst.states import normalise_state

PARTS = ("attention", "address", "street2", "city", "state_code", "zip", "country", "phone")

Address = dict[str, str | None]


def usual_address(address: Address | None, *, field: str) -> Address | None:
    """Return the address with all its parts, absent ones as ``None``. Raises Invalid for an unknown state."""
    if address is None:
        return None
    state = address.get("state_code")
    usual = {part: address.get(part) for part in PARTS}
    return {**usual, "state_code": normalise_state(state, field=f"{field}.state_code") if state else None}
