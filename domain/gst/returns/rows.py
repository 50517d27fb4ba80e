"""The rows of GSTR-1: documents one by one, and what is added up by place and rate, by code, by operator, by series.

They are what the portal's file says in its own names (``portal_json``) and what a reader sees. Amounts are rupees.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.gst.returns.amounts import Tax, Taxed
from domain.money import ZERO
from domain.values import Struct


class Signed(Protocol):
    """What is added up: amounts by head, none below zero, and the sign with which they count."""

    @property
    def sign(self) -> int:
        """+1 or -1."""

    @property
    def taxable(self) -> Decimal:
        """The value."""

    @property
    def igst(self) -> Decimal:
        """Integrated tax."""

    @property
    def cgst(self) -> Decimal:
        """Central tax."""

    @property
    def sgst(self) -> Decimal:
        """State or union territory tax."""

    @property
    def cess(self) -> Decimal:
        """Compensation cess."""


def added_up(rows: Iterable[Signed]) -> Taxed:
    """Return the sums of rows with their signs; below zero where more was credited than supplied."""
    taxable = igst = cgst = sgst = cess = ZERO
    for row in rows:
        if row.sign > 0:
            taxable += row.taxable
            igst += row.igst
            cgst += row.cgst
            sgst += row.sgst
            cess += row.cess
        else:
            taxable -= row.taxable
            igst -= row.igst
            cgst -= row.cgst
            sgst -= row.sgst
            cess -= row.cess
    return Taxed(taxable=taxable, tax=Tax(igst=igst, cgst=cgst, sgst=sgst, cess=cess))


def as_said(rows: Sequence[Signed]) -> Taxed:
    """Return the sums of rows of one document, whichever way it goes."""
    return Taxed(
        taxable=sum([row.taxable for row in rows], ZERO),
        tax=Tax(
            igst=sum([row.igst for row in rows], ZERO),
            cgst=sum([row.cgst for row in rows], ZERO),
            sgst=sum([row.sgst for row in rows], ZERO),
            cess=sum([row.cess for row in rows], ZERO),
        ),
    )


class RateRow(Struct, frozen=True):
    """What a document says at one rate (percent)."""

    rate: Decimal
    amounts: Taxed


class DocumentRow(Struct, frozen=True, kw_only=True):
    """An invoice or a note, told by itself. Amounts are not below zero: ``is_credit`` says which way a note goes.

    ``value`` is what the customer owes for the whole document. ``gst_no`` is the customer's, absent where he has none.
    ``place_of_supply`` is absent of notes to exports, ``is_credit`` of invoices. ``supplier_gst_no`` is his who
    supplied through us as an operator of electronic commerce. ``amended_…`` is the document as it was filed, where this
    row takes its place. What stands last is for readers and not in the portal's file.
    """

    number: str
    dated_on: date
    value: Decimal
    items: tuple[RateRow, ...]
    supply_type: str
    gst_no: str | None = None
    place_of_supply: str | None = None
    is_reverse_charge: bool = False
    table_type: str | None = None
    is_credit: bool | None = None
    shipping_bill_number: str | None = None
    shipping_bill_on: date | None = None
    port_code: str | None = None
    supplier_gst_no: str | None = None
    tax_share: Decimal | None = None
    amended_number: str | None = None
    amended_on: date | None = None
    document_id: str | None = None
    kind: str | None = None
    contact_id: str | None = None
    contact_name: str | None = None
    why: str | None = None


class PlaceRow(Struct, frozen=True, kw_only=True):
    """What was supplied to a place at one rate, or advanced for it, net of credit notes; may be below zero.

    ``amended_period`` (``MMYYYY``) is that of the row as it was filed, where this one takes its place.
    """

    place_of_supply: str
    supply_type: str
    rate: Decimal
    amounts: Taxed
    supplier_gst_no: str | None = None
    tax_share: Decimal | None = None
    amended_period: str | None = None


class NilRow(Struct, frozen=True):
    """What bore no tax, of one kind of buyer, within the state or between states; net, may be below zero."""

    is_to_registered: bool
    supply_type: str
    nil_rated: Decimal
    exempt: Decimal
    non_gst: Decimal


class HsnRow(Struct, frozen=True, kw_only=True):
    """What was supplied under one code, in one unit, at one rate; net, may be below zero.

    ``description`` is the portal's own, and only read from its files.
    """

    hsn_or_sac: str | None
    unit_code: str
    rate: Decimal
    quantity: Decimal
    amounts: Taxed
    description: str | None = None


class OperatorRow(Struct, frozen=True, kw_only=True):
    """What was supplied through one operator of electronic commerce, net; ``amended_…`` as it was filed."""

    operator_gst_no: str
    amounts: Taxed
    amended_period: str | None = None
    amended_operator_gst_no: str | None = None


class IssuedRow(Struct, frozen=True):
    """A run of consecutive numbers: the first, the last, how many, and how many of them were cancelled."""

    nature: int
    first: str
    last: str
    count: int
    cancelled: int

    @property
    def net_issued(self) -> int:
        """How many stand."""
        return self.count - self.cancelled
