"""Addresses and states as they stand on paper."""

from domain.addresses import Address
from domain.documents.printing.sheet import Fact
from domain.gst.states import PLACES_OF_SUPPLY


def address_lines(address: Address | None) -> tuple[str, ...]:
    """Return an address line by line, without empty ones; the town with its postal code, state and country last."""
    if address is None:
        return ()
    own = [address.get(part) or "" for part in ("attention", "address", "street2")]
    lines = [line.strip() for text in own for line in text.splitlines()]
    town = " ".join(part for part in (address.get("city"), address.get("zip")) if part)
    state = address.get("state_code")
    place = [town, PLACES_OF_SUPPLY[state].name if state else "", address.get("country") or ""]
    return tuple(line for line in (*lines, ", ".join(part for part in place if part)) if line)


def state_named(code: str | None) -> str:
    """Return a state with the number that GST gives it: Maharashtra (27); nothing for none."""
    place = PLACES_OF_SUPPLY.get(code or "")
    return f"{place.name} ({place.gst_code})" if place else ""


def facts(*pairs: tuple[str, str | None]) -> tuple[Fact, ...]:
    """Return the facts of which something is known."""
    return tuple(Fact(label, value) for label, value in pairs if value)
