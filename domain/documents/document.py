"""A document and its lines as they are stored, with everything that was decided about them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam

from domain.addresses import Address
from domain.books import Books, found
from domain.documents.kinds import Kind
from domain.money import ZERO
from domain.statements import Statement, columns_of, tenant_select
from models.documents import document_lines, documents

CustomFields = dict[str, str | int | Decimal | bool | None]
TaxSummary = dict[str, str | Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The head of one of the seven documents. Amounts are in its currency; ``exchange_rate`` is rupees a unit."""

    id: str
    kind: str
    status: str
    branch_id: str
    contact_id: str
    contact_name: str
    number: str | None
    number_scope: str | None
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
    is_opening_balance: bool
    discount: Decimal | None
    discount_percent: Decimal | None
    untaxed_charges: Decimal
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
    amount_paid: Decimal = ZERO
    amount_credited: Decimal = ZERO
    balance: Decimal = ZERO
    taxes: list[TaxSummary] = field(default_factory=list)
    billing_address: Address | None
    shipping_address: Address | None
    salesperson_name: str | None
    notes: str | None
    terms: str | None
    tags: list[str]
    custom_fields: CustomFields
    journal_id: str | None = None
    approved_at: datetime | None = None
    voided_at: datetime | None = None
    void_reason: str | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a document. ``item_total`` is its value after its own discount and before tax."""

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
    item_total: Decimal
    taxable_amount: Decimal
    cgst_amount: Decimal
    sgst_amount: Decimal
    igst_amount: Decimal
    cess_amount: Decimal
    cost_center_id: str | None
    itc_eligibility: str | None = None
    itc_blocked_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with its lines in their order."""

    head: Document
    lines: list[Line]


_ONE = tenant_select(documents, *columns_of(documents, Document)).where(
    documents.c.id == bindparam("id"), documents.c.kind == bindparam("kind")
)
_FIND = Statement(_ONE)
_LOCK = Statement(_ONE.with_for_update())
_LINES = Statement(
    tenant_select(document_lines, *columns_of(document_lines, Line))
    .where(document_lines.c.document_id == bindparam("document_id"))
    .order_by(document_lines.c.position)
)


async def find(books: Books, kind: Kind, key: str) -> Paper:
    """Return a document of this kind with its lines. Raises NotFound."""
    head = found(await books.load_one(Document, _FIND, id=key, kind=kind.name), kind.title, key)
    return Paper(head, await _lines_of(books, head))


async def find_for_change(books: Books, kind: Kind, key: str) -> Paper:
    """Return a document of this kind with its lines, locked until the transaction ends.

    Raises: NotFound, VersionMismatch.
    """
    head = found(await books.load_one(Document, _LOCK, id=key, kind=kind.name), kind.title, key)
    books.expect_version(kind.title, head.version)
    return Paper(head, await _lines_of(books, head))


async def _lines_of(books: Books, head: Document) -> list[Line]:
    return await books.load(Line, _LINES, document_id=head.id)
