"""FORM GST INV-01, version 1.1: what the portal is told of a document, as JSON to be.

Source: notification 60/2020-CT and the portal's schema. Amounts are rupees, decimals throughout.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.documents.document import Document
from domain.documents.rupees import in_rupees
from domain.einvoice.items import Item, item_block, items_of, value_of_others
from domain.einvoice.obligation import is_export
from domain.einvoice.parties import Block, buyer_block, gst_code, seller_block, ship_block
from domain.einvoice.subject import Subject
from domain.gst.treatments import GstTreatment
from domain.money import ZERO

VERSION = "1.1"
HOME_CURRENCY = "INR"

_COUNTRY_CODE = 2


def payload(subject: Subject) -> Block:
    """Return the document as INV-01; blocks without content are left out."""
    head = subject.head
    items = items_of(head, subject.lines)
    blocks = {
        "Version": VERSION,
        "TranDtls": _transaction(subject),
        "DocDtls": {"Typ": subject.document_type, "No": head.number, "Dt": written_day(head.dated_on)},
        "SellerDtls": seller_block(subject),
        "BuyerDtls": buyer_block(subject),
        "ShipDtls": ship_block(subject),
        "ItemList": [item_block(head, item, place) for place, item in enumerate(items, 1)],
        "ValDtls": _values(subject, items),
        "RefDtls": _references(subject),
        "ExpDtls": _export(subject),
    }
    return {name: block for name, block in blocks.items() if block}


def written_day(day: date) -> str:
    """A day as the portal writes it: 31/03/2026."""
    return f"{day:%d/%m/%Y}"


def main_hsn(blocks: Block) -> str:
    """The HSN of the item with the highest value, which the QR code tells."""
    return str(max(blocks["ItemList"], key=lambda item: item["TotItemVal"])["HsnCd"])


def _transaction(subject: Subject) -> Block:
    head = subject.head
    told = {"TaxSch": "GST", "SupTyp": supply_type(head), "RegRev": "Y" if head.is_reverse_charge else "N"}
    operator = head.ecommerce_operator_gst_no
    if operator and operator[:12] != (subject.seller.gst_no or "")[:12]:
        told["EcmGstin"] = operator
    is_within_state = gst_code(subject.seller.state_code) == gst_code(head.place_of_supply)
    return {**told, "IgstOnIntra": "Y" if is_within_state and head.igst_total else "N"}


def supply_type(head: Document) -> str:
    """SupTyp: what kind of supply it is to the portal."""
    with_or_without = "WP" if head.is_export_with_payment else "WOP"
    if is_export(head):
        return f"EXP{with_or_without}"
    if head.gst_treatment == GstTreatment.SEZ:
        return f"SEZ{with_or_without}"
    return "DEXP" if head.gst_treatment == GstTreatment.DEEMED_EXPORT else "B2B"


def _values(subject: Subject, items: Sequence[Item]) -> Block:
    """ValDtls: the total is the sum of the others, and that of the document.

    The tax of an export that is claimed back and not owed by the buyer is taken off again, after tax.
    """
    head = subject.head
    other = value_of_others(head, subject.lines) + in_rupees(head, head.untaxed_charges)
    value, tax = _sum(items, "value"), sum((item.tax for item in items), start=ZERO)
    taken_off = tax if head.is_export_tax_claimed else ZERO
    owed_tax = ZERO if head.is_reverse_charge else tax
    rounding = in_rupees(head, head.round_off)
    in_currency = {} if head.currency_code == HOME_CURRENCY else {"TotInvValFc": head.total}
    return {
        "AssVal": value,
        "CgstVal": _sum(items, "cgst"),
        "SgstVal": _sum(items, "sgst"),
        "IgstVal": _sum(items, "igst"),
        "CesVal": _sum(items, "cess") + _sum(items, "cess_by_unit"),
        "Discount": taken_off,
        "OthChrg": other,
        "RndOffAmt": rounding,
        "TotInvVal": value + owed_tax + other - taken_off + rounding,
        **in_currency,
    }


def _sum(items: Sequence[Item], name: str) -> Decimal:
    return sum((getattr(item, name) for item in items), start=ZERO)


def _references(subject: Subject) -> Block | None:
    corrected = subject.corrected
    if corrected is None:
        return None
    return {"PrecDocDtls": [{"InvNo": corrected.number, "InvDt": written_day(corrected.dated_on)}]}


def _export(subject: Subject) -> Block | None:
    """ExpDtls; the country is told where the address has its code."""
    head = subject.head
    if not is_export(head):
        return None
    told: Block = {}
    if head.shipping_bill_number and head.shipping_bill_on:
        told |= {"ShipBNo": head.shipping_bill_number, "ShipBDt": written_day(head.shipping_bill_on)}
    if head.port_code:
        told["Port"] = head.port_code
    told["RefClm"] = "Y" if head.is_export_with_payment else "N"
    if head.currency_code != HOME_CURRENCY:
        told["ForCur"] = head.currency_code
    country = (head.billing_address or {}).get("country") or ""
    if len(country) == _COUNTRY_CODE and country.isascii() and country.isupper():
        told["CntCode"] = country
    return told
