"""Postal addresses as every resource keeps them: always the same parts, the state in its usual form."""

from domain.gst.gstin import parse_gstin
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


def usual_delivery_address(address: Address | None, *, field: str, is_abroad: bool = False) -> Address | None:
    """Return an address that goods go to, which may be that of somebody else with a GSTIN of his own (``gst_no``).

    E-invoices and e-way bills of what is billed to one and shipped to another name him. Raises Invalid for an unknown
    state, GstinFault for a number that is none.
    """
    usual = usual_address(address, field=field, is_abroad=is_abroad)
    if address is None or usual is None:
        return None
    number = address.get("gst_no")
    return {**usual, "gst_no": parse_gstin(number, field=f"{field}.gst_no").number if number else None}
