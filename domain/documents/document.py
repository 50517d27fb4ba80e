"""A document and its lines as they are stored, with everything that was decided about them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.addresses import Address
from domain.money import ZERO
from domain.values import Struct, field

CustomFields = dict[str, Any]


class TaxSummary(Struct, frozen=True):
    """The lines of one tax rate together: percent, and amounts in the document's currency."""

    tax_name: str
    tax_percentage: Decimal
    taxable_amount: Decimal
    cgst_amount: Decimal
    sgst_amount: Decimal
    igst_amount: Decimal
    cess_amount: Decimal


class Document(Struct, frozen=True, kw_only=True):
    """The head of a document of any kind. Amounts are in its currency; ``exchange_rate`` is rupees a unit."""

    id: str
    kind: str
    status: str
    branch_id: str
    contact_id: str
    contact_name: str
    number: str | None
    number_scope: str | None
    series_name: str = "default"
    financial_year: str
    dated_on: date
    due_on: date | None
    payment_terms: int | None
    reference_number: str | None
    place_of_supply: str
    supply_type: str
    gst_treatment: str
    gst_no: str | None
    currency_code: str
    exchange_rate: Decimal
    is_inclusive_tax: bool
    is_reverse_charge: bool
    is_export_with_payment: bool
    is_export_tax_claimed: bool = False
    ecommerce_operator_gst_no: str | None = None
    ecommerce_section: str | None = None
    ecommerce_supplier_gst_no: str | None = None
    is_tax_paid_by_operator: bool = False
    shipping_bill_number: str | None = None
    shipping_bill_on: date | None = None
    port_code: str | None = None
    is_isd_invoice: bool = False
    is_opening_balance: bool
    is_late_entry: bool = False
    is_duplicate_meant: bool = False
    discount: Decimal | None
    discount_percent: Decimal | None
    untaxed_charges: Decimal
    round_off_said: Decimal | None = None
    tax_as_printed: dict[str, Decimal | None] | None = None
    sub_total: Decimal = ZERO
    discount_total: Decimal = ZERO
    taxable_total: Decimal = ZERO
    cgst_total: Decimal = ZERO
    sgst_total: Decimal = ZERO
    igst_total: Decimal = ZERO
    cess_total: Decimal = ZERO
    tax_total: Decimal = ZERO
    round_off: Decimal = ZERO
    total: Decimal = ZERO
    payment_made: Decimal = ZERO
    amount_credited: Decimal = ZERO
    amount_written_off: Decimal = ZERO
    balance: Decimal = ZERO
    taxes: list[TaxSummary] = field(default_factory=list)
    billing_address: Address | None
    shipping_address: Address | None
    salesperson_id: str | None = None
    salesperson_name: str | None
    notes: str | None
    terms: str | None
    tags: list[str]
    custom_fields: CustomFields
    parent_id: str | None = None
    reason: str | None = None
    gst_reason: str | None = None
    is_without_gst: bool = False
    original_invoice_number: str | None = None
    original_invoice_on: date | None = None
    original_invoice_total: Decimal | None = None
    challan_purpose: str | None = None
    tds_section: str | None = None
    tds_percent: Decimal | None = None
    tds_amount: Decimal = ZERO
    self_invoice_number: str | None = None
    journal_id: str | None = None
    approved_at: datetime | None = None
    voided_at: datetime | None = None
    voided_on: date | None = None
    void_reason: str | None = None
    einvoice_status: str | None = None
    irn: str | None = None
    eway_bill_status: str | None = None
    eway_bill_number: str | None = None
    eway_bill_valid_until: datetime | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime


class Line(Struct, frozen=True, kw_only=True):
    """A line of a document. ``item_total`` is its value after its own discount and before tax.

    ``corrected_line_id`` of a note's line is the line of the original of which it takes back so much by quantity.
    """

    id: str
    document_id: str
    position: int
    item_id: str | None
    account_id: str
    name: str
    description: str | None
    hsn_or_sac: str | None
    quantity: Decimal
    unit: str | None
    unit_code: str | None
    rate: Decimal
    discount: Decimal | None
    discount_percent: Decimal | None
    tax_id: str | None
    tax_name: str | None
    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    cess_per_unit: Decimal = Decimal(0)
    item_total: Decimal
    taxable_amount: Decimal
    cgst_amount: Decimal
    sgst_amount: Decimal
    igst_amount: Decimal
    cess_amount: Decimal
    distributed_tax: dict[str, Decimal] | None = None
    cost_center_id: str | None
    itc_eligibility: str | None = None
    itc_blocked_reason: str | None = None
    converted_quantity: Decimal = Decimal(0)
    source_id: str | None = None
    source_line_id: str | None = None
    corrected_line_id: str | None = None
    is_restocked: bool = False
    stock_direction: str | None = None


class LinkedDocument(Struct, frozen=True, kw_only=True):
    """The document that another was made of, or that was made of it; ``total`` in its own currency."""

    document_type: str
    document_id: str
    document_number: str | None
    status: str
    total: Decimal


class NoteAllocation(Struct, frozen=True, kw_only=True):
    """An amount of a note that was applied to another document, in the currency of both."""

    allocation_id: str
    invoice_id: str | None
    customer_debit_note_id: str | None
    bill_id: str | None
    document_number: str | None
    amount: Decimal
    applied_on: date


class Paper(Struct, frozen=True):
    """A document with its lines in their order, and what it is linked to."""

    head: Document
    lines: list[Line]
    converted_from: list[LinkedDocument] = field(default_factory=list)
    converted_to: list[LinkedDocument] = field(default_factory=list)
    allocations: list[NoteAllocation] = field(default_factory=list)

    def last_made(self, kind: str) -> str | None:
        """The id of the last document of this kind that was made of it and stands."""
        made = (each for each in reversed(self.converted_to) if each.document_type == kind)
        return next((each.document_id for each in made if each.status != "CANCELLED"), None)
