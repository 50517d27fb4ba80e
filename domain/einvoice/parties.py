"""Seller, buyer and place of delivery in FORM GST INV-01."""

from typing import Any

from domain.addresses import PARTS, Address
from domain.einvoice.obligation import is_export
from domain.einvoice.subject import Subject
from domain.einvoice.texts import digits_of, in_two_lines, plain
from domain.gst.portal_parties import PIN_ABROAD, UNREGISTERED, tells_ship_to_gstin
from domain.gst.states import PLACES_OF_SUPPLY

Block = dict[str, Any]

ABROAD = "96"

_NAME, _TOWN, _STREET, _EMAIL = 100, 50, 100, 100
_LEAST_OF_A_LINE = 3
_LEAST_OF_AN_EMAIL = 6


def seller_block(subject: Subject) -> Block:
    """SellerDtls: the registration of the branch, at the branch's address."""
    seller = subject.seller
    return {
        "Gstin": seller.gst_no,
        "LglNm": plain(seller.legal_name, _NAME),
        **_trade_name(seller.legal_name, seller.trade_name),
        **_place(seller.address or {}),
        "Pin": _pin(seller.address or {}),
        "Stcd": gst_code(seller.state_code),
        **_reached_at(seller.phone, seller.email),
    }


def buyer_block(subject: Subject) -> Block:
    """BuyerDtls: by the registration, or as one abroad."""
    head, buyer, address = subject.head, subject.buyer, billing_address(subject)
    is_abroad = is_export(head)
    return {
        "Gstin": UNREGISTERED if is_abroad else head.gst_no,
        "LglNm": plain(buyer.legal_name, _NAME),
        **_trade_name(buyer.legal_name, buyer.trade_name),
        "Pos": gst_code(head.place_of_supply),
        **_place(address),
        "Pin": PIN_ABROAD if is_abroad else _pin(address),
        "Stcd": ABROAD if is_abroad else (head.gst_no or "")[:2],
        **_reached_at(address.get("phone") or buyer.phone, buyer.email),
    }


def ship_block(subject: Subject) -> Block | None:
    """ShipDtls: where the goods go, if that is another place than the buyer's; ``None`` where it is the same."""
    address = subject.head.shipping_address
    if not ships_elsewhere(subject) or address is None:
        return None
    is_abroad = is_export(subject.head) and not address.get("state_code")
    name = plain(address.get("attention"), _NAME) or plain(subject.buyer.legal_name, _NAME)
    told = {"Gstin": address.get("gst_no") or UNREGISTERED} if tells_ship_to_gstin(subject.head.dated_on) else {}
    return {
        **told,
        "LglNm": name,
        **_place(address),
        "Pin": PIN_ABROAD if is_abroad else _pin(address),
        "Stcd": ABROAD if is_abroad else gst_code(address.get("state_code") or ""),
    }


def ships_elsewhere(subject: Subject) -> bool:
    """Whether there is a place of delivery that is not the buyer's own.

    Once GSTINs of receivers are told, another place under the buyer's GSTIN is his own.
    """
    shipping = subject.head.shipping_address
    if not shipping or not shipping.get("address"):
        return False
    is_buyers = bool(shipping.get("gst_no")) and shipping.get("gst_no") == subject.head.gst_no
    if is_buyers and tells_ship_to_gstin(subject.head.dated_on):
        return False
    billing = billing_address(subject)
    return any((shipping.get(part) or "") != (billing.get(part) or "") for part in PARTS if part != "phone")


def billing_address(subject: Subject) -> Address:
    """The address on the document; where it has none, the one that the contact has now."""
    on_document = subject.head.billing_address
    if on_document and on_document.get("address"):
        return on_document
    return subject.buyer.billing_address or on_document or {}


def gst_code(state: str) -> str:
    """The portal's number of a state or place of supply; nothing for an unknown one."""
    place = PLACES_OF_SUPPLY.get(state)
    return place.gst_code if place else ""


def _place(address: Address) -> Block:
    """Address and town. A long address goes on in the second line, which may be left out."""
    first, rest = in_two_lines(plain(address.get("address"), 2 * _STREET), _STREET)
    second = plain(" ".join(part for part in (rest, address.get("street2")) if part), _STREET)
    lines = {"Addr1": first} | ({"Addr2": second} if len(second) >= _LEAST_OF_A_LINE else {})
    return {**lines, "Loc": plain(address.get("city") or address.get("country"), _TOWN)}


def _pin(address: Address) -> int | None:
    digits = (address.get("zip") or "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == len("400001") else None


def _trade_name(legal_name: str, trade_name: str) -> Block:
    name = plain(trade_name, _NAME)
    return {"TrdNm": name} if len(name) >= _LEAST_OF_A_LINE and name != plain(legal_name, _NAME) else {}


def _reached_at(phone: str | None, email: str | None) -> Block:
    digits, address = digits_of(phone, 6, 12), plain(email, _EMAIL)
    told = {"Ph": digits} if digits else {}
    return told | ({"Em": address} if len(address) >= _LEAST_OF_AN_EMAIL else {})
