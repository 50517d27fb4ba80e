"""What is printed of a payment, read in one statement: the money, who gave it to whom, and what it is applied to."""

from datetime import date
from decimal import Decimal

from domain.books import Books, found
from domain.documents.document import TaxSummary
from domain.documents.printing.figures import RUPEES, Currency
from domain.documents.printing.material import COUNTERPARTY, CURRENCY, ISSUER, Counterparty, Issuer, around, reading
from domain.money import ZERO
from domain.payments.payment import Payment
from domain.statements import reader_of
from domain.values import Struct, field
from models.payments import payments


class Settled(Struct, frozen=True, kw_only=True):
    """A document that a payment is applied to; ``described`` are the names of its first lines."""

    kind: str
    number: str | None
    dated_on: date
    reference_number: str | None = None
    total: Decimal
    place_of_supply: str
    is_reverse_charge: bool = False
    taxes: list[TaxSummary] = field(default_factory=list)
    described: list[str] = field(default_factory=list)


class PaidBack(Struct, frozen=True, kw_only=True):
    """An advance that a refund pays back."""

    number: str
    dated_on: date
    description: str | None = None
    amount: Decimal
    tax_percentage: Decimal | None = None
    place_of_supply: str | None = None
    supply_type: str | None = None


class AppliedAmount(Struct, frozen=True, kw_only=True):
    """An amount that is applied to a document, or pays an advance back, with the tax that went with it."""

    amount: Decimal
    cgst_amount: Decimal = ZERO
    sgst_amount: Decimal = ZERO
    igst_amount: Decimal = ZERO
    document: Settled | None = None
    advance: PaidBack | None = None

    @property
    def tax(self) -> Decimal:
        """The tax of the advance that went with it."""
        return self.cgst_amount + self.sgst_amount + self.igst_amount


class Account(Struct, frozen=True):
    """The bank account or the till through which it went."""

    name: str


class AroundPayment(Struct, frozen=True, kw_only=True):
    """What stands around a payment."""

    issuer: Issuer
    counterparty: Counterparty = Counterparty()
    currency: Currency = RUPEES
    account: Account | None = None


class VoucherMaterial(Struct, frozen=True, kw_only=True):
    """All that is printed of a payment, beside its look."""

    head: Payment
    applied: list[AppliedAmount]
    around: AroundPayment


ACCOUNT = """
select account.name
  from accounts as account
 where account.organization_id = {of}.organization_id
   and account.id = {of}.paid_through_account_id
"""
"""The account of our own through which the row of the table ``of`` was paid."""

_APPLIED = """
(select coalesce(json_agg(applied order by applied.id), '[]')
   from (select allocation.id, allocation.amount, allocation.cgst_amount, allocation.sgst_amount,
                allocation.igst_amount,
                (select row_to_json(settled)
                   from (select document.kind, document.number, document.dated_on, document.reference_number,
                                document.total, document.place_of_supply, document.is_reverse_charge, document.taxes,
                                array(select line.name
                                        from document_lines as line
                                       where line.organization_id = document.organization_id
                                         and line.document_id = document.id
                                       order by line.position
                                       limit 3) as described
                           from documents as document
                          where document.organization_id = allocation.organization_id
                            and document.id = allocation.document_id) as settled) as document,
                (select row_to_json(paid_back)
                   from (select advance.number, advance.dated_on, advance.description, advance.amount,
                                trim_scale(advance.tax_percentage) as tax_percentage, advance.place_of_supply,
                                advance.supply_type
                           from payments as advance
                          where advance.organization_id = allocation.organization_id
                            and advance.id = allocation.refunded_payment_id) as paid_back) as advance
           from allocations as allocation
          where allocation.organization_id = payments.organization_id
            and allocation.payment_id = payments.id
            and allocation.unapplied_at is null) as applied)::text
"""
_AROUND = around("payments", issuer=ISSUER, counterparty=COUNTERPARTY, currency=CURRENCY, account=ACCOUNT)
_MATERIAL = reading(payments, Payment, _AROUND, applied=_APPLIED)
_read_head = reader_of(Payment)
_read_applied = reader_of(list[AppliedAmount])
_read_around = reader_of(AroundPayment)


async def voucher_material_of(books: Books, key: str) -> VoucherMaterial:
    """Return all that is printed of a payment. Raises NotFound."""
    row = found(await books.row(_MATERIAL, id=key), "Payment", key)
    return VoucherMaterial(
        head=_read_head(row["head"]), applied=_read_applied(row["applied"]), around=_read_around(row["around"])
    )
