"""Builders of stories; each names only what matters."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain import registers
from domain.books import Books
from domain.contacts import CONTACTS, Contact
from domain.documents import lifecycle
from domain.documents.document import Document, Paper
from domain.documents.kinds import BILL, CREDIT_NOTE, DEBIT_NOTE, INVOICE
from domain.gst.tax_catalogue import CATALOGUE, TaxShape
from domain.statements import Statement
from tests.domain.founded import a_gstin

Sides = dict[str, tuple[str, str]]

GUJARAT_BUYER = a_gstin("24", pan="ABCPK1234L")
MAHARASHTRA_BUYER = a_gstin("27", pan="ABCPK1234L")
SEZ_UNIT = a_gstin("27", pan="ABCPS1234L")
MAHARASHTRA_VENDOR = a_gstin("27", pan="ABCPV1234L")
KARNATAKA_VENDOR = a_gstin("29", pan="ABCPV1234L")


def gst(percent: str, *, cess: str = "0") -> str:
    """The id of the tax of this rate within a state; the books find its counterpart between states."""
    return next(
        tax.id
        for tax in CATALOGUE
        if tax.shape is TaxShape.INTRA_STATE and (tax.percent, tax.cess) == (Decimal(percent), Decimal(cess))
    )


async def a_customer(books: Books, name: str = "Deccan Retail", **values: Any) -> Contact:
    """A customer; a consumer of Maharashtra unless something else is said."""
    address = {"billing_address": {"state_code": "IN-MH"}} if "gst_no" not in values else {}
    return await registers.add(books, CONTACTS, {"contact_name": name, **address, **values})


def a_line(rate: str, percent: str | None = "18", **values: Any) -> dict[str, Any]:
    """A line without an item."""
    tax = {} if percent is None else {"tax_id": gst(percent)}
    return {"name": "Furniture", "hsn_or_sac": "940360", "rate": Decimal(rate), **tax, **values}


async def a_draft(books: Books, customer: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    """An invoice that is not approved yet."""
    return await lifecycle.draft(books, INVOICE, {"contact_id": customer.id, **said}, lines)


async def an_approved_invoice(books: Books, customer: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    """An invoice with its number, posted."""
    return await lifecycle.draft_and_approve(books, INVOICE, {"contact_id": customer.id, **said}, lines)


async def a_vendor(books: Books, name: str = "Konkan Timber", **values: Any) -> Contact:
    """A vendor; registered in Maharashtra unless a treatment or another GSTIN is said."""
    registration = {} if {"gst_treatment", "gst_no"} & values.keys() else {"gst_no": MAHARASHTRA_VENDOR}
    return await registers.add(
        books, CONTACTS, {"contact_name": name, "contact_type": "VENDOR", **registration, **values}
    )


def a_cost(rate: str, percent: str | None = "18", **values: Any) -> dict[str, Any]:
    """A line of a bill without an item."""
    return a_line(rate, percent, **{"name": "Timber", "hsn_or_sac": "4407", **values})


async def a_draft_bill(books: Books, vendor: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    """A bill that is not approved yet."""
    return await lifecycle.draft(books, BILL, {"contact_id": vendor.id, **said}, lines)


async def a_bill(books: Books, vendor: Contact, *lines: dict[str, Any], **said: Any) -> Paper:
    """An approved bill: with our own number, posted."""
    return await lifecycle.draft_and_approve(books, BILL, {"contact_id": vendor.id, **said}, lines)


async def a_credit_note(books: Books, invoice: Paper, *lines: dict[str, Any], **said: Any) -> Paper:
    """An approved credit note on an invoice."""
    of_invoice = {"contact_id": invoice.head.contact_id, "parent_id": invoice.head.id}
    return await lifecycle.draft_and_approve(books, CREDIT_NOTE, {**of_invoice, **said}, lines)


async def a_draft_note(books: Books, invoice: Paper, *lines: dict[str, Any], **said: Any) -> Paper:
    """A credit note on an invoice that is not approved yet."""
    of_invoice = {"contact_id": invoice.head.contact_id, "parent_id": invoice.head.id}
    return await lifecycle.draft(books, CREDIT_NOTE, {**of_invoice, **said}, lines)


async def a_debit_note(books: Books, bill: Paper, *lines: dict[str, Any], **said: Any) -> Paper:
    """An approved debit note on a bill."""
    of_bill = {"contact_id": bill.head.contact_id, "parent_id": bill.head.id}
    return await lifecycle.draft_and_approve(books, DEBIT_NOTE, {**of_bill, **said}, lines)


def amounts(head: Document) -> dict[str, str]:
    """The totals that are not zero, as people write them."""
    names = ("taxable_total", "cgst_total", "sgst_total", "igst_total", "cess_total", "round_off", "total", "balance")
    return {name: str(getattr(head, name)) for name in names if getattr(head, name)}


_ENTRIES = Statement(
    """
select account.name, sum(line.debit)::text as debit, sum(line.credit)::text as credit
  from journals as journal
  join journal_lines as line on line.organization_id = journal.organization_id and line.journal_id = journal.id
  join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
 where journal.organization_id = %(organization_id)s
   and journal.source_id = %(source_id)s
 group by account.code, account.name
 order by account.code
"""
)


async def entries_of(books: Books, paper: Paper) -> Sides:
    """What a document posted, per account: debit and credit."""
    rows = await books.rows(_ENTRIES, source_id=paper.head.id)
    return {row["name"]: (row["debit"], row["credit"]) for row in rows}


_TRIAL_BALANCE = Statement(
    """
select account.name, sum(kept.debit - kept.credit)::text as balance
  from account_balances as kept
  join accounts as account on account.organization_id = kept.organization_id and account.id = kept.account_id
 where kept.organization_id = %(organization_id)s
 group by account.code, account.name
having sum(kept.debit - kept.credit) <> 0
 order by account.code
"""
)


async def trial_balance(books: Books) -> dict[str, str]:
    """Every account that is not square; debits are positive."""
    return {row["name"]: row["balance"] for row in await books.rows(_TRIAL_BALANCE)}


def on(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
