"""An expense and its lines as they are stored, with everything that was decided about them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.values import Struct


class Expense(Struct, frozen=True, kw_only=True):
    """The head of an expense. Amounts are in its currency; ``exchange_rate`` is rupees a unit.

    ``amount`` is the lines as entered, ``total`` what was paid. ``source_of_supply`` is the state of the vendor,
    ``None`` where nobody knows; ``gst_treatment`` is ``None`` where nothing is known of him. A ``self_invoice_number``
    is of ``number_scope`` and ``financial_year``; the three are ``None`` together.
    """

    id: str
    branch_id: str
    dated_on: date
    paid_through_account_id: str
    mode: str
    contact_id: str | None
    contact_name: str | None
    reference_number: str | None
    place_of_supply: str
    source_of_supply: str | None
    supply_type: str
    gst_treatment: str | None
    gst_no: str | None
    currency_code: str
    exchange_rate: Decimal
    is_inclusive_tax: bool
    is_reverse_charge: bool
    amount: Decimal
    taxable_total: Decimal
    cgst_total: Decimal
    sgst_total: Decimal
    igst_total: Decimal
    cess_total: Decimal
    tax_total: Decimal
    total: Decimal
    notes: str | None
    tags: list[str]
    custom_fields: dict[str, Any]
    is_duplicate_meant: bool = False
    self_invoice_number: str | None = None
    number_scope: str | None = None
    financial_year: str | None = None
    journal_id: str | None = None
    deleted_at: datetime | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime


class ExpenseLine(Struct, frozen=True, kw_only=True):
    """A line of an expense. ``itc_said`` is the eligibility that somebody chose, ``None`` where it was proposed."""

    id: str
    expense_id: str
    position: int
    account_id: str
    note: str | None
    hsn_or_sac: str | None
    amount: Decimal
    tax_id: str | None
    tax_name: str | None
    tax_category: str | None
    tax_percentage: Decimal
    cess_percentage: Decimal
    cess_per_unit: Decimal = Decimal(0)
    quantity: Decimal | None = None
    taxable_amount: Decimal
    cgst_amount: Decimal
    sgst_amount: Decimal
    igst_amount: Decimal
    cess_amount: Decimal
    itc_said: str | None
    itc_eligibility: str
    itc_blocked_reason: str | None
    cost_center_id: str | None


class Spent(Struct, frozen=True):
    """An expense with its lines in their order."""

    head: Expense
    lines: list[ExpenseLine]
