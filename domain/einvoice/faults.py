"""What the portal would refuse, found before it is asked: each with the field of the document that is to blame."""

import re
from collections.abc import Iterator
from datetime import date

from domain.addresses import Address
from domain.einvoice.deadlines import is_late, last_day
from domain.einvoice.inv01 import payload
from domain.einvoice.parties import Block, billing_address, gst_code
from domain.einvoice.pins import may_lie_in
from domain.einvoice.subject import Subject
from domain.errors import Failed, Refusal
from domain.gst.gstin import parse_gstin
from domain.gst.hsn import is_service_code
from domain.gst.portal_parties import tells_ship_to_gstin
from domain.values import Struct

MOST_ITEMS = 1000

_NUMBER = re.compile(r"[A-Za-z1-9][A-Za-z0-9/-]{0,15}")
_LEAST_NAME = 3
_LEAST_TOWN = 3
_DIGITS = 6
_REFUSED_WITH_SIX_DIGITS = frozenset(("521211", "630411"))
"""What the portal refuses although its own master has them; with eight digits they pass."""
_MOST_ROUNDING = 99


class Fault(Struct, frozen=True):
    """Why the portal will not register a document, and the field to mend."""

    message: str
    field: str | None


def faults_of(subject: Subject, *, today: date) -> list[Fault]:
    """Return all that the portal would refuse of a document that it registers; empty where nothing is known."""
    blocks = payload(subject)
    return [
        *_of_its_age(subject, today),
        *_of_number(subject),
        *_of_seller(subject, blocks["SellerDtls"]),
        *_of_buyer(subject, blocks["BuyerDtls"]),
        *_of_delivery(subject, blocks.get("ShipDtls")),
        *_of_lines(subject),
        *_of_values(blocks),
    ]


def refuse_faulty(subject: Subject, *, today: date) -> None:
    """Raise Failed for the first fault; all are in its details."""
    faults = faults_of(subject, today=today)
    if faults:
        all_of_them = [{"code": Failed.code, "message": each.message, "field": each.field} for each in faults]
        raise Failed(faults[0].message, field=faults[0].field, details={"errors": all_of_them})


def _of_its_age(subject: Subject, today: date) -> Iterator[Fault]:
    head, turnover = subject.head, subject.seller.aggregate_turnover
    if is_late(head.dated_on, turnover=turnover, today=today):
        last = last_day(head.dated_on, turnover=turnover, today=today)
        yield Fault(
            f"It is dated {head.dated_on}; the portal registered it until {last}, 30 days from its date.", "date"
        )


def _of_number(subject: Subject) -> Iterator[Fault]:
    number = subject.head.number or ""
    if not _NUMBER.fullmatch(number):
        yield Fault(f"The number {number} begins with 0; the portal wants a letter or a digit from 1 to 9 first.", None)


def _of_seller(subject: Subject, block: Block) -> Iterator[Fault]:
    if len(block["LglNm"]) < _LEAST_NAME:
        yield Fault("The name of the organization has fewer than three letters.", "branch_id")
    for fault in _of_place(block, subject.seller.address or {}, f"{subject.seller.gst_no}"):
        yield Fault(f"The address of the branch: {fault.message}", "branch_id")


def _of_buyer(subject: Subject, block: Block) -> Iterator[Fault]:
    head = subject.head
    if len(block["LglNm"]) < _LEAST_NAME:
        yield Fault("The name of the customer has fewer than three letters.", "customer_id")
    if block["Gstin"] == subject.seller.gst_no:
        yield Fault("Seller and customer have one GSTIN.", "gst_no")
    if head.gst_no and not _has_right_character(head.gst_no):
        yield Fault(f"The last character of the GSTIN {head.gst_no} does not fit the rest.", "gst_no")
    address = billing_address(subject)
    state = address.get("state_code")
    yield from (
        Fault(each.message, f"billing_address.{each.field}") for each in _of_place(block, address, block["Stcd"])
    )
    if head.gst_no and state and block["Stcd"] != gst_code(state):
        yield Fault(
            f"The billing address lies in {state}, the GSTIN {head.gst_no} in another state.",
            "billing_address.state_code",
        )


def _of_delivery(subject: Subject, block: Block | None) -> Iterator[Fault]:
    if block is None:
        return
    address = subject.head.shipping_address or {}
    for fault in _of_place(block, address, block["Stcd"]):
        yield Fault(fault.message, f"shipping_address.{fault.field}")
    if not block["Stcd"]:
        yield Fault("The state of the delivery is missing.", "shipping_address.state_code")
    receiver = address.get("gst_no")
    if receiver and tells_ship_to_gstin(subject.head.dated_on) and receiver[:2] != block["Stcd"]:
        yield Fault(f"The receiver's GSTIN {receiver} is of another state.", "shipping_address.gst_no")


def _of_place(block: Block, address: Address, state: str) -> Iterator[Fault]:
    """Of street, town and PIN; the fields are those of an address."""
    if not block["Addr1"]:
        yield Fault("The street is missing.", "address")
    if len(block["Loc"]) < _LEAST_TOWN:
        yield Fault(f"The town '{block['Loc']}' has fewer than three letters.", "city")
    pin = block["Pin"]
    if pin is None:
        yield Fault(f"'{address.get('zip') or ''}' is no PIN code of six digits.", "zip")
    elif not may_lie_in(pin, state[:2]):
        yield Fault(f"The PIN code {pin} does not lie in state {state[:2]}.", "zip")


def _of_lines(subject: Subject) -> Iterator[Fault]:
    if len(subject.lines) > MOST_ITEMS:
        yield Fault(f"It has {len(subject.lines)} lines; the portal takes {MOST_ITEMS}.", "line_items")
    for index, line in enumerate(subject.lines):
        code = line.hsn_or_sac or ""
        field = f"line_items[{index}].hsn_or_sac"
        if len(code) < _DIGITS:
            yield Fault(f"The line needs an HSN or SAC of at least six digits, not '{code}'.", field)
        elif code in _REFUSED_WITH_SIX_DIGITS:
            yield Fault(f"The portal refuses {code} with six digits; write all eight.", field)
        if not is_service_code(code) and not line.quantity:
            yield Fault("The line has no quantity.", f"line_items[{index}].quantity")


def _of_values(blocks: Block) -> Iterator[Fault]:
    values = blocks["ValDtls"]
    if abs(values["RndOffAmt"]) >= _MOST_ROUNDING + 1:
        yield Fault(f"{values['RndOffAmt']} is rounded off; the portal takes up to 99.99.", "round_off")
    if values["TotInvVal"] < 0:
        yield Fault("Its total is less than nothing.", "total")


def _has_right_character(gst_no: str) -> bool:
    try:
        return parse_gstin(gst_no).has_valid_check_character
    except Refusal:
        return False
