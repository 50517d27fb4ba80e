"""Payments and what surrounds them, read and locked: documents first, then payments, each by id."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric

from domain.addresses import Address
from domain.books import Books, found
from domain.ledger.account_types import MONEY_TYPES
from domain.payments.payment import Applied, Payment
from domain.settlements import LOCKED_DOCUMENTS, OpenDocument, Standing
from domain.statements import Statement, reader_of
from domain.values import Struct, replace
from models.payments import payments

_TRIMMED = frozenset(name for name, column in payments.c.items() if isinstance(column.type, Numeric)) & {
    "exchange_rate",
    "tax_percentage",
}
_PAYMENT = ", ".join(
    f"trim_scale({name}) as {name}" if name in _TRIMMED else name for name in Payment.__struct_fields__
)
_LOCKED = f"""
{LOCKED_DOCUMENTS.rstrip()}, payment as materialized (
  select {_PAYMENT}
    from payments
   where organization_id = %(organization_id)s
     and id = any(%(payment_ids)s)
     and deleted_at is null
   order by id
     for update
)
"""  # noqa: S608  # names of columns only
_DOCUMENTS = "(select coalesce(json_agg(document), '[]') from document)::text as documents"
_PAYMENTS = "(select coalesce(json_agg(payment), '[]') from payment)::text as payments"


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a new payment depends on. Absent parts are ``None``, to be named in the refusal.

    ``latest_rate`` is that of its currency up to its date; ``currency_code`` is as said, else that of the first
    document, else of the contact.
    """

    locked_until: date | None
    base_currency: str
    organization_registration: str
    branch_id: str | None
    branch_gst_no: str | None
    branch_state: str | None
    is_branch_active: bool | None
    prefixes: dict[str, str] | None
    contact_id: str | None
    contact_name: str
    contact_type: str
    contact_gst_treatment: str
    contact_gst_no: str | None
    contact_state: str | None
    billing_address: Address | None
    account_id: str | None
    account_name: str | None
    account_type: str | None
    is_account_active: bool | None
    currency_code: str
    is_currency_known: bool
    latest_rate: Decimal | None

    @property
    def holds_money(self) -> bool:
        """Whether money can be paid through the account."""
        return self.account_type in MONEY_TYPES

    @property
    def number_scope(self) -> str:
        """Within what a voucher's number stands once a financial year: the registration, or the branch without one."""
        return self.branch_gst_no or self.branch_id or ""


_OPENING = Statement(
    f"""
with {_LOCKED}, fact as (
  select organization.locked_until,
         organization.currency_code as base_currency,
         organization.registration_type as organization_registration,
         branch.id as branch_id,
         branch.gst_no as branch_gst_no,
         branch.state_code as branch_state,
         branch.is_active as is_branch_active,
         branch.prefixes,
         contact.id as contact_id,
         coalesce(contact.contact_name, '') as contact_name,
         coalesce(contact.contact_type, '') as contact_type,
         coalesce(contact.gst_treatment, '') as contact_gst_treatment,
         contact.gst_no as contact_gst_no,
         contact.place_of_contact as contact_state,
         contact.billing_address,
         account.id as account_id,
         account.name as account_name,
         account.account_type,
         account.is_active as is_account_active,
         currency.code as currency_code,
         exists (select from currencies where code = currency.code) as is_currency_known,
         (select trim_scale(rate)
            from exchange_rates
           where organization_id = %(organization_id)s
             and currency_code = currency.code
             and rated_on <= %(dated_on)s
           order by rated_on desc
           limit 1) as latest_rate
    from organizations as organization
    left join branches as branch
      on branch.organization_id = organization.id
     and branch.id = coalesce(%(branch_id)s,
                              (select branch_id from document where id = %(first_document_id)s),
                              (select branch_id from payment where id = %(first_payment_id)s),
                              (select id
                                 from branches
                                where organization_id = %(organization_id)s
                                  and is_primary))
    left join contacts as contact
      on contact.organization_id = organization.id
     and contact.id = %(contact_id)s
    left join accounts as account
      on account.organization_id = organization.id
     and account.id = coalesce(%(account_id)s,
                               (select id
                                  from accounts
                                 where organization_id = %(organization_id)s
                                   and is_primary_bank
                                   and not %(is_cash)s),
                               (select id
                                  from accounts
                                 where organization_id = %(organization_id)s
                                   and role = case when %(is_cash)s then 'cash' else 'bank' end))
   cross join lateral (select coalesce(%(currency_code)s,
                                       (select currency_code from document where id = %(first_document_id)s),
                                       contact.currency_code,
                                       organization.currency_code) as code) as currency
   where organization.id = %(organization_id)s
)
select {_DOCUMENTS}, {_PAYMENTS}, (select row_to_json(fact) from fact)::text as fact
"""  # noqa: S608  # names of columns only
)

# What is read of a payment before anything is locked tells which documents to lock.
_SNAPSHOT = Statement(
    f"""
select (select row_to_json(payment)
          from (select {_PAYMENT}
                  from payments
                 where organization_id = organization.id
                   and id = %(id)s
                   and deleted_at is null) as payment)::text as payment,
       (select coalesce(json_agg(applied order by applied.id), '[]')
          from (select allocation.id, payment_id, note_id, document_id, refunded_payment_id, allocation.amount,
                       allocation.cgst_amount, allocation.sgst_amount, allocation.igst_amount, applied_on,
                       allocation.journal_id, allocation.created_at, allocation.created_by,
                       coalesce(document.kind, 'PAYMENT') as document_type,
                       coalesce(document.number, refunded.number) as document_number
                  from allocations as allocation
                  left join documents as document
                    on document.organization_id = allocation.organization_id
                   and document.id = allocation.document_id
                  left join payments as refunded
                    on refunded.organization_id = allocation.organization_id
                   and refunded.id = allocation.refunded_payment_id
                 where allocation.organization_id = organization.id
                   and allocation.payment_id = %(id)s
                   and allocation.unapplied_at is null) as applied)::text as applied,
       array(select refund.number
               from allocations as allocation
               join payments as refund
                 on refund.organization_id = allocation.organization_id
                and refund.id = allocation.payment_id
              where allocation.organization_id = organization.id
                and allocation.refunded_payment_id = %(id)s
                and allocation.unapplied_at is null) as refunds,
       organization.locked_until
  from organizations as organization
 where organization.id = %(organization_id)s
"""  # noqa: S608  # names of columns only
)
_LOCK = Statement(f"with {_LOCKED} select {_DOCUMENTS}, {_PAYMENTS}")

_read_documents = reader_of(list[OpenDocument])
_read_payments = reader_of(list[Payment])
_read_payment = reader_of(Payment)
_read_applied = reader_of(list[Applied])
_read_surroundings = reader_of(Surroundings)


class State(Struct, frozen=True):
    """A payment, and what it is applied to, as they stand: documents, and advances that it pays back, by their ids."""

    payment: Payment
    documents: Mapping[str, OpenDocument]
    advances: Mapping[str, Payment]

    def standing(self) -> list[Standing]:
        """All of it that stands on the ledger."""
        return [*self.documents.values(), *self.advances.values(), self.payment]

    def with_document(self, document: OpenDocument) -> "State":
        """The same with a document as it is now."""
        return replace(self, documents={**self.documents, document.id: document})

    def with_advance(self, advance: Payment) -> "State":
        """The same with an advance as it is now."""
        return replace(self, advances={**self.advances, advance.id: advance})


class Loaded(Struct, frozen=True):
    """A payment that is to change, locked with all it touches; ``refunds`` are the numbers of what paid it back."""

    state: State
    applied: list[Applied]
    refunds: list[str]
    locked_until: date | None


async def opening(
    books: Books, said: Mapping[str, Any], *, document_ids: Sequence[str], payment_ids: Sequence[str]
) -> tuple[Surroundings, dict[str, OpenDocument], dict[str, Payment]]:
    """Return what surrounds a new payment of which this was said, and what it is to be applied to, by id.

    Locks those documents, then those payments. What does not exist is not among them.
    """
    row = await books.row(
        _OPENING,
        document_ids=list(document_ids),
        payment_ids=list(payment_ids),
        first_document_id=document_ids[0] if document_ids else None,
        first_payment_id=payment_ids[0] if payment_ids else None,
        branch_id=said.get("branch_id"),
        contact_id=said["contact_id"],
        account_id=said.get("paid_through_account_id"),
        currency_code=said.get("currency_code"),
        is_cash=said.get("mode") == "CASH",
        dated_on=said.get("dated_on") or books.today,
    )
    assert row is not None, "the transaction names an organization that exists"
    documents, advances = _read(row)
    return _read_surroundings(row["fact"]), documents, advances


async def for_change(books: Books, key: str, *, document_ids: Sequence[str] | None = None) -> Loaded:
    """Return a payment that is to change, with these documents, or without a word on them all that it is applied to.

    Locks the documents, then payments. Raises: NotFound, VersionMismatch.
    """
    while True:
        row = await books.row(_SNAPSHOT, id=key)
        assert row is not None, "the transaction names an organization that exists"
        seen = _read_payment(found(row["payment"], "Payment", key))
        applied = _read_applied(row["applied"])
        mine = [each.document_id for each in applied if each.document_id] if document_ids is None else document_ids
        advance_ids = [each.refunded_payment_id for each in applied if each.refunded_payment_id]
        locked = await books.row(_LOCK, document_ids=list(mine), payment_ids=[key, *advance_ids])
        assert locked is not None, "an aggregate always gives one row"
        documents, advances = _read(locked)
        # Whoever changed it between the look and the lock has gone; it is seen anew, and held by then.
        if key in advances and advances[key].version == seen.version:
            break
    books.expect_version("Payment", seen.version)
    payment = advances.pop(key)
    return Loaded(State(payment, documents, advances), applied, row["refunds"], row["locked_until"])


def _read(row: Mapping[str, Any]) -> tuple[dict[str, OpenDocument], dict[str, Payment]]:
    documents, advances = _read_documents(row["documents"]), _read_payments(row["payments"])
    return {each.id: each for each in documents}, {each.id: each for each in advances}
