"""Documents for the tests of e-way bills: a head and lines of which a test names only what matters."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.documents.document import Document, Line, Paper
from domain.eway_bills.places import Place, Route, party_of, place_of
from domain.money import ZERO

SELLER, BUYER, SHIPPED_TO = "27AACCS4321K1ZD", "29AACCB1234F1Z3", "33AABCT3518Q1Z3"
DATED_ON = date(2026, 11, 30)
_NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


def address(state: str | None, pin: str | None = "411001", *, city: str = "Pune", gst_no: str | None = None) -> Address:
    """An address of a state; with ``gst_no`` that of somebody else."""
    return {
        "attention": None,
        "address": "Plot 12, M.G. Road",
        "street2": None,
        "city": city,
        "state_code": state,
        "zip": pin,
        "country": "India",
        "phone": None,
        "gst_no": gst_no,
    }


def goods(value: str, *, hsn: str | None = "940310", percent: str = "18", within: bool = True, **said: Any) -> Line:
    """A line of ten pieces that are worth so much, with its tax."""
    taxable, tax = Decimal(value), Decimal(value) * Decimal(percent) / 100
    half = (tax / 2).quantize(Decimal("0.01"))
    absent: dict[str, Any] = dict.fromkeys(("item_id", "description", "unit", "tax_id", "tax_name", "cost_center_id"))
    values: dict[str, Any] = {
        **absent,
        "id": "li_1",
        "document_id": "inv_1",
        "position": 1,
        "account_id": "acc_1",
        "name": "Steel desk",
        "hsn_or_sac": hsn,
        "quantity": Decimal(10),
        "unit_code": "PCS",
        "rate": taxable / 10,
        "discount": None,
        "discount_percent": None,
        "tax_category": "TAXABLE",
        "tax_percentage": Decimal(percent),
        "cess_percentage": Decimal(0),
        "item_total": taxable,
        "taxable_amount": taxable,
        "cgst_amount": half if within else ZERO,
        "sgst_amount": half if within else ZERO,
        "igst_amount": ZERO if within else tax,
        "cess_amount": ZERO,
    }
    return Line(**{**values, **said})


def exempt(value: str) -> Line:
    """A line of goods that bear no tax."""
    return goods(value, hsn="4901", percent="0", tax_category="EXEMPT", name="Printed books")


def service(value: str) -> Line:
    """A line of a service."""
    return goods(value, hsn="995461", unit_code="NA", name="Installation")


def paper(*lines: Line, **said: Any) -> Paper:
    """A document of these lines, within Maharashtra unless it is said otherwise."""
    taxable = sum((line.taxable_amount for line in lines), ZERO)
    tax = sum((line.cgst_amount + line.sgst_amount + line.igst_amount + line.cess_amount for line in lines), ZERO)
    absent: dict[str, Any] = dict.fromkeys(
        (
            "number_scope",
            "due_on",
            "payment_terms",
            "reference_number",
            "discount",
            "discount_percent",
            "salesperson_name",
            "notes",
            "terms",
        )
    )
    values: dict[str, Any] = {
        **absent,
        "id": "inv_1",
        "kind": "INVOICE",
        "status": "SENT",
        "branch_id": "br_1",
        "contact_id": "ct_1",
        "contact_name": "Sharma Traders",
        "number": "INV/26-27/0042",
        "financial_year": "2026-27",
        "dated_on": DATED_ON,
        "place_of_supply": "IN-MH",
        "supply_type": "INTRA_STATE",
        "gst_treatment": "REGISTERED",
        "gst_no": BUYER,
        "currency_code": "INR",
        "exchange_rate": Decimal(1),
        "is_inclusive_tax": False,
        "is_reverse_charge": False,
        "is_export_with_payment": False,
        "is_opening_balance": False,
        "untaxed_charges": ZERO,
        "taxable_total": taxable,
        "tax_total": tax,
        "total": taxable + tax,
        "billing_address": None,
        "shipping_address": None,
        "tags": [],
        "custom_fields": {},
        "created_by": "us_1",
        "version": 1,
        "created_at": _NOW,
        "modified_at": _NOW,
    }
    return Paper(Document(**{**values, **said}), list(lines))


def place(state: str = "IN-MH", pin: str = "411001", *, gst_no: str | None = None) -> Place:
    """Where goods leave or arrive."""
    return place_of(address(state, pin, gst_no=gst_no), field="shipping_address", whose="the customer")


def route(
    *,
    sender: tuple[str | None, str] = (SELLER, "IN-MH"),
    origin: Place | None = None,
    recipient: tuple[str | None, str] = (BUYER, "IN-KA"),
    destination: Place | None = None,
) -> Route:
    """A way of goods, from Maharashtra to Karnataka unless it is said otherwise."""
    return Route(
        sender=party_of(sender[0], "Sahyadri Workspaces Pvt. Ltd.", sender[1]),
        origin=origin or place(),
        recipient=party_of(recipient[0], "Sharma Traders", recipient[1]),
        destination=destination or place("IN-KA", "560001"),
    )
