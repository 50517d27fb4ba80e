"""Documents as the portal is told of them; a test says only what matters to it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.documents.document import Document, Line
from domain.einvoice.subject import Buyer, Corrected, Seller, Subject
from domain.values import replace

SELLER = "27AACCS4321K1ZD"
BUYER = "29AACCB1234F1Z3"
PUNE: Address = {"address": "12 MG Road", "city": "Pune", "state_code": "IN-MH", "zip": "411001", "country": "India"}
MYSURU: Address = {
    "address": "4 Palace Road",
    "city": "Mysuru",
    "state_code": "IN-KA",
    "zip": "570001",
    "country": "India",
}
TODAY = date(2026, 11, 30)
_AT = datetime(2026, 11, 30, tzinfo=UTC)


def a_line(place: int = 1, **said: Any) -> Line:
    """Two office chairs at 5,000 rupees, at 18 % between states."""
    usual: dict[str, Any] = {
        "id": f"li_{place}",
        "document_id": "inv_1",
        "position": place,
        "item_id": None,
        "account_id": "acc_1",
        "name": "Office chair",
        "description": None,
        "hsn_or_sac": "940330",
        "quantity": Decimal(2),
        "unit": "pcs",
        "unit_code": "PCS",
        "rate": Decimal(5000),
        "discount": None,
        "discount_percent": None,
        "tax_id": "tx_1",
        "tax_name": "GST 18 %",
        "tax_category": "TAXABLE",
        "tax_percentage": Decimal(18),
        "cess_percentage": Decimal(0),
        "item_total": Decimal("10000.00"),
        "taxable_amount": Decimal("10000.00"),
        "cgst_amount": Decimal("0.00"),
        "sgst_amount": Decimal("0.00"),
        "igst_amount": Decimal("1800.00"),
        "cess_amount": Decimal("0.00"),
        "cost_center_id": None,
    }
    return Line(**{**usual, **said})


def a_subject(*lines: Line, document_type: str = "INV", **said: Any) -> Subject:
    """An invoice from Maharashtra to Karnataka; the total follows from the lines, the rest is said."""
    lines = lines or (a_line(),)
    seller = said.pop("seller", {})
    buyer = said.pop("buyer", {})
    corrected: Corrected | None = said.pop("corrected", None)
    return Subject(
        document_type,
        _head(lines, said),
        lines,
        replace(_SELLER, **seller),
        replace(_BUYER, **buyer),
        corrected,
    )


def _head(lines: tuple[Line, ...], said: dict[str, Any]) -> Document:
    heads = ("cgst", "sgst", "igst", "cess")
    totals = {f"{head}_total": sum((getattr(line, f"{head}_amount") for line in lines), Decimal(0)) for head in heads}
    tax, taxable = sum(totals.values(), Decimal(0)), sum((line.taxable_amount for line in lines), Decimal(0))
    left_out = said.get("is_reverse_charge") or said.get("is_export_tax_claimed")
    beside = said.get("untaxed_charges", Decimal(0)) + said.get("round_off", Decimal(0))
    usual: dict[str, Any] = {
        "id": "inv_1",
        "kind": "INVOICE",
        "status": "SENT",
        "branch_id": "br_1",
        "contact_id": "ct_1",
        "contact_name": "Bharat Interiors",
        "number": "INV/26-27/0042",
        "number_scope": SELLER,
        "financial_year": "2026-27",
        "dated_on": date(2026, 11, 20),
        "due_on": None,
        "payment_terms": 30,
        "reference_number": None,
        "place_of_supply": "IN-KA",
        "supply_type": "INTER_STATE",
        "gst_treatment": "REGISTERED",
        "gst_no": BUYER,
        "currency_code": "INR",
        "exchange_rate": Decimal(1),
        "is_inclusive_tax": False,
        "is_reverse_charge": False,
        "is_export_with_payment": False,
        "is_opening_balance": False,
        "discount": None,
        "discount_percent": None,
        "untaxed_charges": Decimal("0.00"),
        **totals,
        "tax_total": tax,
        "taxable_total": taxable,
        "total": taxable + (Decimal(0) if left_out else tax) + beside,
        "billing_address": MYSURU,
        "shipping_address": None,
        "salesperson_name": None,
        "notes": None,
        "terms": None,
        "tags": [],
        "custom_fields": {},
        "created_by": "usr_1",
        "version": 1,
        "created_at": _AT,
        "modified_at": _AT,
    }
    return Document(**{**usual, **said})


_SELLER = Seller(
    gst_no=SELLER,
    state_code="IN-MH",
    legal_name="Sahyadri Workspaces Private Limited",
    trade_name="Sahyadri Workspaces",
    address=PUNE,
    phone="+91 20 2612 3456",
    email="accounts@sahyadri.example",
    registration_type="REGULAR",
    aggregate_turnover=Decimal(80_000_000),
    is_einvoicing_enabled=True,
    is_portal_simulated=True,
)
_BUYER = Buyer(
    legal_name="Bharat Interiors LLP", trade_name="Bharat Interiors", billing_address=None, phone=None, email=None
)
