"""From whom to whom goods go, and from where to where: the four addresses of an e-way bill.

Who bills and who is billed may be others than who sends and who receives: the portal's transaction types. Source: NIC's
e-way bill API, transactionType 1 to 4, errors 210, 214, 374, 618, 643 and 644; for the GSTIN of who receives, the
advisories of May to August 2026, which put it off (``domain.gst.portal_parties``).
"""

import re
from datetime import date

from domain.addresses import Address
from domain.errors import Failed, Refusal
from domain.gst.gstin import parse_gstin
from domain.gst.portal_parties import PIN_ABROAD, UNREGISTERED, tells_ship_to_gstin
from domain.gst.states import OVERSEAS, PLACES_OF_SUPPLY, state_of_prefix
from domain.gst.treatments import GstTreatment, propose_treatment
from domain.values import Struct

_CODE_ABROAD = 99
PIN = re.compile(r"[1-9][0-9]{5}")
"""A PIN code of India."""
_NO_SUPPLIER = frozenset({GstTreatment.TAX_DEDUCTOR, GstTreatment.TAX_COLLECTOR})


class Party(Struct, frozen=True, kw_only=True):
    """Who bills or is billed: GSTIN (``URP``), name, and the state of the registration or address (``OVERSEAS``)."""

    gst_no: str
    name: str
    state: str


class Place(Struct, frozen=True, kw_only=True):
    """Where goods leave or arrive. ``gst_no`` is that of who is there, if it is somebody else."""

    lines: tuple[str, str]
    city: str
    pin: int
    state: str
    gst_no: str | None
    name: str | None


class Route(Struct, frozen=True, kw_only=True):
    """The way of the goods."""

    sender: Party
    origin: Place
    recipient: Party
    destination: Place

    @property
    def is_dispatched_elsewhere(self) -> bool:
        """Whether the goods leave from somebody else than who bills."""
        return _is_elsewhere(self.sender, self.origin)

    @property
    def is_shipped_elsewhere(self) -> bool:
        """Whether the goods arrive at somebody else than who is billed."""
        return _is_elsewhere(self.recipient, self.destination)

    @property
    def transaction_type(self) -> int:
        """1 regular, 2 billed to one and shipped to another, 3 billed by one and dispatched by another, 4 both."""
        return 1 + self.is_shipped_elsewhere + 2 * self.is_dispatched_elsewhere


def _is_elsewhere(party: Party, place: Place) -> bool:
    """A warehouse of one's own in the same registration is the same party."""
    return place.state != party.state or (place.gst_no is not None and place.gst_no != party.gst_no)


def party_of(gst_no: str | None, name: str, state: str | None) -> Party:
    """Return a party; its state is that of its number, else ``state``. Raises Failed where neither tells it."""
    of_number = state_of_prefix(gst_no[:2]) if gst_no else None
    known = of_number or state
    if known is None:
        raise Failed(f"An e-way bill tells the state of {name}, which no address or GSTIN tells.")
    return Party(gst_no=gst_no or UNREGISTERED, name=name, state=known)


def place_of(
    address: Address | None, *, field: str, whose: str, is_abroad: bool = False, lacking: type[Refusal] = Failed
) -> Place:
    """Return where goods leave or arrive.

    Raises ``lacking``, on ``field``, for an address without state, PIN code or street.
    """
    parts = address or {}
    state = parts.get("state_code")
    lies_abroad = is_abroad and state is None
    if state is None and not lies_abroad:
        raise lacking(f"The address of {whose} has no state; an e-way bill needs it.", field=_part(field, "state_code"))
    pin = re.sub(r"\s", "", parts.get("zip") or "")
    if not lies_abroad and not PIN.fullmatch(pin):
        raise lacking(f"The address of {whose} has no PIN code of six digits.", field=_part(field, "zip"))
    first, second = parts.get("address") or parts.get("attention"), parts.get("street2")
    if not first:
        raise lacking(f"The address of {whose} has no street or place.", field=_part(field, "address"))
    return Place(
        lines=(first, second or ""),
        city=parts.get("city") or PLACES_OF_SUPPLY[state or OVERSEAS].name,
        pin=PIN_ABROAD if lies_abroad else int(pin),
        state=state or OVERSEAS,
        gst_no=parts.get("gst_no"),
        name=parts.get("attention"),
    )


def _part(field: str, part: str) -> str:
    """The member of an address that is to blame; of what has its address elsewhere, such as a branch, itself."""
    return f"{field}.{part}" if field.endswith("_address") else field


def state_code(state: str) -> int:
    """Return the portal's number of a state; of the world outside India it is another than that of returns."""
    return _CODE_ABROAD if state == OVERSEAS else int(PLACES_OF_SUPPLY[state].gst_code)


def check_route(route: Route, *, today: date) -> None:
    """Check what the portal asks of the parties. Raises Failed."""
    sender, recipient = route.sender, route.recipient
    if sender.gst_no != UNREGISTERED and propose_treatment(parse_gstin(sender.gst_no)) in _NO_SUPPLIER:
        raise Failed(
            f"{sender.gst_no} is the number of somebody who deducts or collects tax, and not of a supplier: the e-way "
            "bill portal refuses it.",
            field="gst_no",
        )
    if {sender.gst_no, recipient.gst_no} == {UNREGISTERED}:
        raise Failed("An e-way bill names a GSTIN on one side at least.", field="gst_no")
    if route.is_shipped_elsewhere and route.destination.gst_no is None and tells_ship_to_gstin(today):
        raise Failed(
            "Say the GSTIN of who receives the goods in the delivery address, or URP for somebody without one.",
            field="shipping_address.gst_no",
        )
