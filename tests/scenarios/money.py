"""Builders of payments, and what must hold of everybody's open amounts after any of them."""

from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.contacts import Contact
from domain.documents.document import Paper
from domain.payments import recording
from domain.payments.meeting import Ask, Change
from domain.payments.payment import Payment
from domain.settlements import OpenDocument, Standing
from domain.statements import Statement, columns_of, tenant_select
from models.documents import documents
from models.payments import payments


def asked(*wanted: tuple[Paper | Change, str]) -> list[Ask]:
    """What is to be applied: amounts to documents, or to payments that are paid back."""
    return [
        Ask(f"allocations[{index}]", Decimal(amount), {target.head.kind: target.head.id})
        if isinstance(target, Paper)
        else Ask(f"allocations[{index}]", Decimal(amount), payment_id=target.payment.id)
        for index, (target, amount) in enumerate(wanted)
    ]


async def a_payment(
    books: Books,
    contact: Contact,
    amount: str,
    *wanted: tuple[Paper | Change, str],
    flow: str = "INCOMING",
    **said: Any,
) -> Change:
    """Money that comes in, or goes out, and what it is applied to."""
    values = {"flow": flow, "contact_id": contact.id, "amount": Decimal(amount), **said}
    return await recording.record(books, values, asked(*wanted))


_DOCUMENT = Statement(
    tenant_select(documents, *columns_of(documents, OpenDocument)).where(documents.c.journal_id.is_not(None))
)
_PAYMENT = Statement(tenant_select(payments, *columns_of(payments, Payment)))


async def documents_of(books: Books) -> dict[str, OpenDocument]:
    """All posted documents by number, as they stand."""
    return {document.number or "": document for document in await books.load(OpenDocument, _DOCUMENT)}


async def settled_as(books: Books, paper: Paper) -> tuple[str, str]:
    """Status and balance of a document."""
    document = (await documents_of(books))[paper.head.number or ""]
    return document.status, str(document.balance)


_POSTINGS = Statement(
    """
select journal.entry_on::text as day,
       json_object_agg(account.name, (line.debit - line.credit)::text order by line.position) as entries
  from journals as journal
  join journal_lines as line on line.organization_id = journal.organization_id and line.journal_id = journal.id
  join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
 where journal.organization_id = %(organization_id)s
   and journal.source_id = %(source_id)s
 group by journal.id, journal.entry_on
 order by journal.id
"""
)


async def postings_of(books: Books, source_id: str) -> list[tuple[str, dict[str, str]]]:
    """Each journal of a payment, in the order of posting: its day, and debits less credits by account."""
    return [(row["day"], row["entries"]) for row in await books.rows(_POSTINGS, source_id=source_id)]


_CONTROL = Statement(
    """
select account.role, line.contact_id, sum(line.debit - line.credit) as amount
  from journal_lines as line
  join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
 where line.organization_id = %(organization_id)s
   and account.role = any('{accounts_receivable,accounts_payable,customer_advances,vendor_advances}')
 group by account.role, line.contact_id
having sum(line.debit - line.credit) <> 0
"""
)
_CONTROLLED = frozenset(("accounts_receivable", "accounts_payable", "customer_advances", "vendor_advances"))


async def assert_control_accounts_agree(books: Books) -> None:
    """What contacts owe, are owed and have advanced on the ledger is what their papers say, contact by contact."""
    expected: dict[tuple[str, str | None], Decimal] = {}
    open_now: list[Standing] = [*(await documents_of(books)).values(), *await books.load(Payment, _PAYMENT)]
    for standing in open_now:
        for role, contact_id, amount in standing.on_ledger():
            if role in _CONTROLLED:
                key = (role.value, contact_id)
                expected[key] = expected.get(key, Decimal(0)) + amount
    on_ledger = {(row["role"], row["contact_id"]): row["amount"] for row in await books.rows(_CONTROL)}
    assert on_ledger == {key: amount for key, amount in expected.items() if amount}


_TRAIL = Statement(
    """
select action, changes
  from activity
 where organization_id = %(organization_id)s
   and changes ? %(member)s
 order by id
"""
)


async def trail_of(books: Books, member: str) -> list[dict[str, Any]]:
    """What the audit trail tells of changes of a member, the oldest first: ``action`` and ``changes``."""
    return await books.rows(_TRAIL, member=member)
