"""A payment as it is stored, what it still has open, and what its flow and its side of trade mean, as data."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.documents.kinds import Effect, Side
from domain.ledger.accounts import AccountRole
from domain.ledger.journals import Entry
from domain.money import ZERO, round_paise
from domain.settlements import Allocation, Stand
from domain.values import Struct, replace

CustomFields = dict[str, Any]
CANCELLED = "CANCELLED"


class PaymentType(StrEnum):
    """What the money is for: documents, a supply to come, or to pay back what the other side has in credit."""

    REGULAR = "REGULAR"
    ADVANCE = "ADVANCE"
    REFUND = "REFUND"


class Flow(Struct, frozen=True):
    """Into our accounts, or out of them.

    ``sign`` is that of the money on them; ``series`` the member of a branch's ``prefixes`` that numbers the voucher;
    ``verb`` what the event is called; ``side`` whom the money comes from or goes to, ``refund_side`` the same of what
    is paid back. What our bank keeps of incoming money was paid by the other side (``charges_settle``).
    """

    sign: int
    series: str
    verb: str
    side: Side
    refund_side: Side
    charges_settle: bool


FLOWS: Mapping[str, Flow] = MappingProxyType(
    {
        "INCOMING": Flow(1, "receipt", "RECEIVED", Side.SALE, Side.PURCHASE, charges_settle=True),
        "OUTGOING": Flow(-1, "payment", "MADE", Side.PURCHASE, Side.SALE, charges_settle=False),
    }
)


class OnAccount(Struct, frozen=True):
    """Where a side keeps what is not applied, and tax that was withheld; ``sign`` is that of the former."""

    advances: AccountRole
    withheld: AccountRole
    sign: int


ON_ACCOUNT: Mapping[Side, OnAccount] = MappingProxyType(
    {
        Side.SALE: OnAccount(AccountRole.CUSTOMER_ADVANCES, AccountRole.TDS_RECEIVABLE, -1),
        Side.PURCHASE: OnAccount(AccountRole.VENDOR_ADVANCES, AccountRole.TDS_PAYABLE, 1),
    }
)


class Payment(Struct, frozen=True, kw_only=True):
    """Money received or paid. Amounts are in its currency; ``exchange_rate`` is rupees a unit.

    ``unallocated`` is what is applied to nothing yet. Of an advance for services ``…_amount`` is the tax inside as
    it was received, ``…_left`` what of it is in the unallocated rest.
    """

    id: str
    flow: str
    payment_type: str
    status: str
    branch_id: str
    contact_id: str
    contact_name: str
    number: str
    number_scope: str
    financial_year: str
    dated_on: date
    mode: str
    reference_number: str | None
    paid_through_account_id: str
    currency_code: str
    exchange_rate: Decimal
    amount: Decimal
    bank_charges: Decimal
    tds_amount: Decimal
    tds_section: str | None
    unallocated: Decimal
    cgst_left: Decimal = ZERO
    sgst_left: Decimal = ZERO
    igst_left: Decimal = ZERO
    is_service_advance: bool
    tax_id: str | None
    tax_percentage: Decimal | None
    place_of_supply: str | None
    supply_type: str | None
    cgst_amount: Decimal = ZERO
    sgst_amount: Decimal = ZERO
    igst_amount: Decimal = ZERO
    description: str | None
    tags: list[str]
    custom_fields: CustomFields
    journal_id: str | None = None
    voided_at: datetime | None = None
    voided_on: date | None = None
    void_reason: str | None = None
    deleted_at: datetime | None = None
    created_by: str
    version: int
    created_at: datetime
    modified_at: datetime

    @property
    def is_refund(self) -> bool:
        """Whether it pays back what the other side has in credit."""
        return self.payment_type == PaymentType.REFUND

    @property
    def side(self) -> Side:
        """The side of trade that it settles."""
        flow = FLOWS[self.flow]
        return flow.refund_side if self.is_refund else flow.side

    @property
    def settles(self) -> Effect:
        """What it is applied to: documents that post, or, of a refund, notes."""
        return Effect.REVERSES if self.is_refund else Effect.POSTS

    @property
    def taxes(self) -> "Taxes":
        """The tax inside it: CGST, SGST and IGST."""
        return self.cgst_amount, self.sgst_amount, self.igst_amount

    @property
    def has_tax_left(self) -> bool:
        """Whether tax is inside what is not applied of it."""
        return any((self.cgst_left, self.sgst_left, self.igst_left))

    @property
    def settlement(self) -> Decimal:
        """What it settles: the amount, the income tax that was withheld and, of incoming money, the bank's charges."""
        charges = self.bank_charges if FLOWS[self.flow].charges_settle else ZERO
        return self.amount + self.tds_amount + charges

    def on_ledger(self) -> Iterator[Stand]:
        """What is not applied, with the advances of its side: net of the tax inside, which is owed as output tax."""
        place, tax_accounts = ON_ACCOUNT[self.side], self.side.value.tax_accounts
        left = {"cgst_amount": self.cgst_left, "sgst_amount": self.sgst_left, "igst_amount": self.igst_left}
        gross = round_paise(self.unallocated * self.exchange_rate)
        yield place.advances, self.contact_id, place.sign * (gross - sum(left.values(), ZERO))
        for head, tax in left.items():
            yield tax_accounts[head], None, place.sign * tax


class Applied(Allocation, frozen=True, kw_only=True):
    """An allocation with the kind and number of what it was applied to."""

    document_type: str
    document_number: str | None

    @property
    def target_id(self) -> str | None:
        """The document that it was applied to, or the payment that it pays back."""
        return self.document_id or self.refunded_payment_id


def settled_status(payment: Payment) -> str:
    """The status that follows from what is applied."""
    if payment.voided_at is not None:
        return CANCELLED
    if not payment.unallocated:
        return "APPLIED"
    return "UNAPPLIED" if payment.unallocated == payment.settlement else "PARTIALLY_APPLIED"


Taxes = tuple[Decimal, Decimal, Decimal]
"""CGST, SGST and IGST, in rupees."""


def taken(payment: Payment, amount: Decimal) -> tuple[Payment, Taxes]:
    """The payment after ``amount`` of its unallocated rest was applied, and the tax that went with it.

    The tax goes in proportion to what is left, and with the last of it goes all, so that nothing is left over.
    """
    whole = payment.unallocated
    cgst, sgst, igst = (
        left if amount == whole else round_paise(left * amount / whole)
        for left in (payment.cgst_left, payment.sgst_left, payment.igst_left)
    )
    return _moved(payment, -amount, (-cgst, -sgst, -igst)), (cgst, sgst, igst)


def given_back(payment: Payment, allocation: Allocation) -> Payment:
    """The payment after an allocation was taken back: with the same tax that went with it."""
    taxes = (allocation.cgst_amount, allocation.sgst_amount, allocation.igst_amount)
    return _moved(payment, allocation.amount, taxes)


def _moved(payment: Payment, amount: Decimal, taxes: Taxes) -> Payment:
    cgst, sgst, igst = taxes
    after = replace(
        payment,
        unallocated=payment.unallocated + amount,
        cgst_left=payment.cgst_left + cgst,
        sgst_left=payment.sgst_left + sgst,
        igst_left=payment.igst_left + igst,
    )
    return replace(after, status=settled_status(after))


def money_entries(payment: Payment, accounts: Mapping[AccountRole, str]) -> Iterator[Entry]:
    """What moves on our own accounts: money, the bank's charges, and income tax that was withheld; in rupees."""
    flow, withheld = FLOWS[payment.flow], ON_ACCOUNT[payment.side].withheld
    amount, charges, tds = (
        round_paise(each * payment.exchange_rate) for each in (payment.amount, payment.bank_charges, payment.tds_amount)
    )
    outlay = ZERO if flow.charges_settle else charges
    yield Entry(payment.paid_through_account_id, flow.sign * amount - outlay)
    yield Entry(accounts[AccountRole.BANK_CHARGES], charges)
    yield Entry(accounts[withheld], flow.sign * tds)
