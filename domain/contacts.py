"""Customers and vendors: what they must be for GST, and what documents say of their open amounts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from domain.addresses import Address, usual_address, usual_delivery_address
from domain.books import Books
from domain.currencies import check_currency
from domain.errors import Failed, NotFound, Required
from domain.gst.gstin import check_pan_agrees, parse_gstin
from domain.gst.pan import parse_pan
from domain.gst.states import normalise_state
from domain.gst.treatments import GstTreatment, check_gstin_fits, following_treatment, propose_treatment
from domain.ids import new_id
from domain.pages import Listing, equal_to, mentions, modified_after
from domain.registers import Register, VersionedRow, members
from domain.statements import Statement, of_tenant, tenant_select
from domain.values import field, replace
from models.documents import documents
from models.masters import contacts

Person = dict[str, str | bool | None]
PERSON_PARTS = ("contact_person_id", "first_name", "last_name", "email", "phone", "designation", "is_primary")

CustomFields = dict[str, str | int | Decimal | bool | None]


class Contact(VersionedRow, frozen=True):
    """A customer or vendor. ``payment_terms`` in days; ``place_of_contact`` is the state, ``IN-MH``."""

    contact_name: str
    display_name: str | None = None
    legal_name: str | None = None
    company_name: str | None = None
    contact_type: str = "CUSTOMER"
    gst_treatment: str | None = None
    gst_no: str | None = None
    gst_no_status: str | None = None
    pan: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    website: str | None = None
    currency_code: str = "INR"
    payment_terms: int = 0
    credit_limit: Decimal | None = None
    place_of_contact: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    contact_persons: list[Person] = field(default_factory=list)
    notes: str | None = None
    tags: list[str] = field(default_factory=list)
    custom_fields: CustomFields = field(default_factory=dict)
    status: str = "ACTIVE"


async def _known_to_gst(books: Books, contact: Contact) -> Contact:
    """Put the GSTIN, the PAN and the state into their usual form, and check that they fit each other."""
    gstin = None if contact.gst_no is None else parse_gstin(contact.gst_no, field="gst_no")
    usual = propose_treatment(gstin) if gstin else GstTreatment.UNREGISTERED
    treatment = GstTreatment(contact.gst_treatment or usual)
    check_gstin_fits(treatment, gstin, field="gst_no")
    is_abroad = treatment is GstTreatment.OVERSEAS
    pan = parse_pan(contact.pan, field="pan") if contact.pan else (gstin.pan if gstin else None)
    if pan and gstin:
        check_pan_agrees(pan, gstin, field="pan")
    return replace(
        contact,
        gst_treatment=treatment.value,
        gst_no=gstin.number if gstin else None,
        gst_no_status=gstin.status.value if gstin else None,
        pan=pan,
        place_of_contact=_state(contact.place_of_contact, "place_of_contact") or (gstin.state if gstin else None),
        billing_address=usual_address(contact.billing_address, field="billing_address", is_abroad=is_abroad),
        shipping_address=usual_delivery_address(
            contact.shipping_address, field="shipping_address", is_abroad=is_abroad
        ),
    )


def _following(stored: Contact, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said, and what was only taken from something that is now said otherwise."""
    return {**_following_the_name(stored, said), **_following_the_number(stored, said)}


def _following_the_name(stored: Contact, said: Mapping[str, Any]) -> dict[str, Any]:
    """The names that were taken from others, left open where one of those changes."""
    follows: dict[str, Any] = {}
    if "contact_name" in said and stored.display_name == stored.contact_name:
        follows["display_name"] = None
    if stored.legal_name == (stored.company_name or stored.contact_name):
        follows["legal_name"] = None
    return follows


def _following_the_number(stored: Contact, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said, and of another GSTIN what the one before had brought: treatment (unless it fits), PAN and state."""
    if not said.get("gst_no"):
        return said
    gstin = parse_gstin(said["gst_no"], field="gst_no")
    before = parse_gstin(stored.gst_no) if stored.gst_no else None
    treatment = GstTreatment(stored.gst_treatment or GstTreatment.UNREGISTERED)
    follows: dict[str, Any] = {"gst_treatment": following_treatment(treatment, gstin).value}
    if before is not None and before.number != gstin.number:
        follows |= {} if stored.pan != before.pan else {"pan": None}
        follows |= {} if stored.place_of_contact != before.state else {"place_of_contact": None}
    return {**follows, **said}


def _state(text: str | None, name: str) -> str | None:
    return normalise_state(text, field=name) if text else None


async def _with_all_names(books: Books, contact: Contact) -> Contact:
    """Show and address a contact by its name where it has no others."""
    legal_name = contact.legal_name or contact.company_name or contact.contact_name
    return replace(contact, display_name=contact.display_name or contact.contact_name, legal_name=legal_name)


async def _in_a_known_currency(books: Books, contact: Contact) -> Contact:
    await check_currency(books, contact.currency_code)
    return contact


async def _with_numbered_persons(books: Books, contact: Contact) -> Contact:
    """Give each new person an id, and every person all its parts; no more than one is the primary one."""
    primary: str | bool | None = None
    for position, person in enumerate(contact.contact_persons):
        if not person.get("first_name"):
            raise Required("A new person needs a first name.", field=f"contact_persons[{position}].first_name")
        if person.get("is_primary") and primary:
            message = f"{primary} is the primary person already; there can be one."
            raise Failed(message, field=f"contact_persons[{position}].is_primary")
        primary = person["first_name"] if person.get("is_primary") else primary
    persons = [_whole_person(person) for person in contact.contact_persons]
    return replace(contact, contact_persons=persons)


def _whole_person(person: Person) -> Person:
    whole = {part: person.get(part) for part in PERSON_PARTS}
    return {
        **whole,
        "contact_person_id": person.get("contact_person_id") or new_id("cp"),
        "is_primary": bool(person.get("is_primary")),
    }


def merged_persons(stored: list[Person], sent: list[Person]) -> list[Person]:
    """The persons after an update: with an id, changed; without one, added; absent, removed.

    Raises: NotFound, Failed for a person named twice.
    """
    known = {person["contact_person_id"]: person for person in stored}
    named: set[str | bool | None] = set()
    for position, person in enumerate(sent):
        key, path = person.get("contact_person_id"), f"contact_persons[{position}].contact_person_id"
        if key is not None and key not in known:
            raise NotFound("Contact person", str(key), field=path)
        if key is not None and key in named:
            raise Failed("A person can be named once.", field=path)
        named.add(key)
    return [{**known.get(person.get("contact_person_id"), {}), **person} for person in sent]


CONTACTS = Register(
    noun="Contact",
    entity_type="CONTACT",
    prefix="ct",
    table=contacts,
    row=Contact,
    title="contact_name",
    rules=(_with_all_names, _known_to_gst, _in_a_known_currency, _with_numbered_persons),
    merging={
        "billing_address": members,
        "shipping_address": members,
        "custom_fields": members,
        "contact_persons": merged_persons,
    },
    following=_following,
    in_use=(
        Statement(
            select(documents.c.id).where(of_tenant(documents), documents.c.contact_id == bindparam("id")).limit(1)
        ),
    ),
)


def contact_is_mentioned(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that the text of the filter ``search`` stands in the present name of the contact in ``column``."""
    return column.in_(tenant_select(contacts, contacts.c.id).where(mentions(contacts.c.contact_name)))


_SEARCHED = (
    contacts.c.contact_name,
    contacts.c.display_name,
    contacts.c.legal_name,
    contacts.c.company_name,
    contacts.c.email,
    contacts.c.gst_no,
)

CONTACT_LISTING = Listing(
    name="contacts",
    table=contacts,
    filters={
        "contact_type": or_(contacts.c.contact_type == bindparam("contact_type"), contacts.c.contact_type == "BOTH"),
        **equal_to(contacts, "status"),
        "search": mentions(*_SEARCHED),
        **modified_after(contacts),
    },
    orders={
        "created_time": contacts.c.id,
        "last_modified_time": contacts.c.modified_at,
        "contact_name": contacts.c.contact_name,
    },
)
