"""A bill of entry and its lines as they are stored; all amounts are rupees."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.values import Struct


class BillOfEntry(Struct, frozen=True, kw_only=True):
    """The head. ``taxable_total`` is value and duty, ``total`` what customs gets: duty, IGST and cess."""

    id: str
    status: str
    branch_id: str
    number: str
    port_code: str
    financial_year: str
    dated_on: date
    bill_id: str | None
    assessable_total: Decimal
    customs_duty_total: Decimal
    taxable_total: Decimal
    igst_total: Decimal
    cess_total: Decimal
    total: Decimal
    notes: str | None
    tags: list[str]
    custom_fields: dict[str, Any]
    journal_id: str | None = None
    voided_at: datetime | None = None
    void_reason: str | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime


class EntryLine(Struct, frozen=True, kw_only=True):
    """Goods of one kind; ``account_id`` takes the duty, and the tax that is not credited."""

    id: str
    bill_of_entry_id: str
    position: int
    account_id: str
    description: str
    hsn_or_sac: str | None
    assessable_value: Decimal
    customs_duty: Decimal
    tax_id: str | None
    tax_name: str | None
    tax_category: str
    tax_percentage: Decimal
    cess_percentage: Decimal
    cess_per_unit: Decimal = Decimal(0)
    quantity: Decimal | None = None
    taxable_amount: Decimal
    igst_amount: Decimal
    cess_amount: Decimal
    itc_eligibility: str
    itc_blocked_reason: str | None
    cost_center_id: str | None


class Cleared(Struct, frozen=True):
    """A bill of entry with its lines in their order."""

    head: BillOfEntry
    lines: list[EntryLine]
