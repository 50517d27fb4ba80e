"""What an e-way bill tells of a document: why its goods move, from whom and where, to whom and where to."""

from collections.abc import Mapping
from typing import Any

from domain.addresses import Address, usual_delivery_address
from domain.books import Books, found
from domain.documents.circumstances import Circumstances
from domain.documents.document import Paper
from domain.documents.kinds import Kind
from domain.errors import Failed, Required
from domain.eway_bills.movements import Movement, Purpose
from domain.eway_bills.need import Need, need_of
from domain.eway_bills.places import Party, Place, Route, party_of, place_of
from domain.gst.states import OVERSEAS, state_of_prefix
from domain.gst.treatments import GstTreatment
from domain.statements import Statement
from domain.values import Struct


class Firm(Struct, frozen=True, kw_only=True):
    """The organization: its name in law, and its address, which serves branches of its registration without one."""

    name: str
    gst_no: str | None
    address: Address | None
    is_portal_simulated: bool


class Subject(Struct, frozen=True):
    """A document, how its kind moves goods, and what stands around it."""

    paper: Paper
    movement: Movement
    facts: Circumstances
    firm: Firm
    delivers_to_contact: bool

    @property
    def is_abroad(self) -> bool:
        """Whether the other side is outside India."""
        return self.paper.head.gst_treatment == GstTreatment.OVERSEAS


_FIRM = Statement(
    """
select coalesce(legal_name, name) as name, gst_no, address, is_sandbox or is_portal_simulated as is_portal_simulated
  from organizations
 where id = %(organization_id)s
"""
)


async def firm_of(books: Books) -> Firm:
    """Return the organization."""
    return found(await books.load_one(Firm, _FIRM), "Organization", books.organization_id)


async def subject_of(books: Books, kind: Kind, paper: Paper, facts: Circumstances) -> Subject:
    """Return a document as an e-way bill tells of it. Raises Failed for a kind with which no goods move."""
    if kind.movement is None:
        raise Failed(f"No goods move with {kind.title.lower()}s.")
    return Subject(paper, kind.movement, facts, await firm_of(books), kind.side.value.delivers_to_contact)


def purpose_of(subject: Subject, asked: Purpose | None) -> Purpose:
    """Return why the goods move. Raises Failed for a purpose that they cannot have."""
    head = subject.paper.head
    return subject.movement.purpose(
        asked,
        is_abroad=subject.is_abroad,
        is_to_oneself=head.gst_no is not None and head.gst_no == subject.facts.branch_gst_no,
        challan_purpose=head.challan_purpose,
    )


def route_of(subject: Subject, purpose: Purpose, said: Mapping[str, Any]) -> Route:
    """Return the way of the goods; ``said`` may name other addresses than those of the document.

    Raises: Failed for an address that lacks what the portal asks for, Required where the caller has said it.
    """
    origin = _said_place(said, "dispatch_address", "whoever sends the goods")
    destination = _said_place(said, "delivery_address", "whoever receives the goods")
    ours, theirs = _ourselves(subject), _other_side(subject)
    if subject.movement.is_inward:
        return Route(
            sender=theirs,
            origin=origin or _their_place(subject),
            recipient=ours,
            destination=destination or _our_place(subject),
        )
    return Route(
        sender=ours,
        origin=origin or _our_place(subject),
        recipient=ours if purpose.stays_with_us else theirs,
        destination=destination or _their_place(subject),
    )


def need_now(books: Books, subject: Subject) -> Need:
    """Return whether goods of a document need an e-way bill if they move today, however little is known of them."""
    ours, theirs = subject.facts.branch_state, _their_state(subject)
    inward = subject.movement.is_inward
    purpose = subject.movement.by_challan.get(subject.paper.head.challan_purpose or "")
    return need_of(
        subject.paper,
        subject.movement,
        purpose,
        on=books.today,
        from_state=theirs if inward else ours,
        to_state=ours if inward else theirs,
        our_gst_no=subject.facts.branch_gst_no,
    )


def _said_place(said: Mapping[str, Any], field: str, whose: str) -> Place | None:
    if said.get(field) is None:
        return None
    return place_of(usual_delivery_address(said[field], field=field), field=field, whose=whose, lacking=Required)


def _ourselves(subject: Subject) -> Party:
    facts = subject.facts
    return party_of(facts.branch_gst_no, subject.firm.name, facts.branch_state)


def _our_place(subject: Subject) -> Place:
    """The branch; what is bought goes to the delivery address of the document."""
    facts, firm = subject.facts, subject.firm
    delivery = None if subject.delivers_to_contact else subject.paper.head.shipping_address
    of_firm = firm.address if firm.gst_no == facts.branch_gst_no else None
    address = delivery or facts.branch_address or of_firm
    if address is not None and not address.get("state_code"):
        address = {**address, "state_code": facts.branch_state}
    return place_of(address, field="branch_id", whose="the branch")


def _other_side(subject: Subject) -> Party:
    head = subject.paper.head
    if subject.is_abroad:
        return party_of(None, head.contact_name, OVERSEAS)
    state = (head.billing_address or {}).get("state_code") or subject.facts.contact_state
    return party_of(head.gst_no, head.contact_name, state or head.place_of_supply)


def _their_place(subject: Subject) -> Place:
    """Where the other side receives or sends: the delivery address, else the billing address."""
    head = subject.paper.head
    shipping = head.shipping_address if subject.delivers_to_contact else None
    field = "billing_address" if shipping is None else "shipping_address"
    field = field if subject.delivers_to_contact else "vendor_id"
    address = shipping or head.billing_address or subject.facts.billing_address
    return place_of(address, field=field, whose=head.contact_name, is_abroad=subject.is_abroad)


def _their_state(subject: Subject) -> str:
    head = subject.paper.head
    shipping = head.shipping_address if subject.delivers_to_contact else None
    known = (shipping or head.billing_address or {}).get("state_code")
    of_number = state_of_prefix(head.gst_no[:2]) if head.gst_no else None
    return known or of_number or subject.facts.contact_state or head.place_of_supply
