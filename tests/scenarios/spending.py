"""Builders of stories about expenses and bills of entry; each names only what matters."""

from decimal import Decimal
from typing import Any

from domain import registers
from domain.books import Books
from domain.contacts import CONTACTS, Contact
from domain.statements import Statement
from handlers import expenses as handlers
from tests.domain.conftest import body_of
from tests.scenarios.builders import Sides

Json = dict[str, Any]

_ACCOUNT = Statement("select id from accounts where organization_id = %(organization_id)s and name = %(name)s")


async def account(books: Books, name: str) -> str:
    """The id of an account by its name."""
    return str(await books.value(_ACCOUNT, name=name))


async def a_vendor(books: Books, name: str = "Deccan Transport", **values: Any) -> Contact:
    """A vendor; without registration, in Maharashtra, unless something else is said."""
    usual: Json = {"contact_type": "VENDOR"}
    if "gst_no" not in values:
        usual |= {"gst_treatment": "UNREGISTERED", "place_of_contact": "IN-MH"}
    return await registers.add(books, CONTACTS, {"contact_name": name, **usual, **values})


async def an_expense(books: Books, amount: str | None = None, to: str = "Office rent", **body: Any) -> Json:
    """An expense out of the bank, as the contract shows it."""
    sent: Json = {"paid_through_account_id": await account(books, "Bank account")}
    if amount is not None:
        sent |= {"amount": Decimal(amount), "account_id": await account(books, to)}
    return dict(body_of(await handlers.create_expense(books, {**sent, **body}))["expense"])


async def changed(books: Books, expense: Json, **body: Any) -> Json:
    """The expense after an update."""
    return dict(body_of(await handlers.update_expense(books, expense["expense_id"], body))["expense"])


_ENTRIES = Statement(
    """
select account.name, sum(line.debit)::text as debit, sum(line.credit)::text as credit
  from journal_lines as line
  join accounts as account on account.organization_id = line.organization_id and account.id = line.account_id
 where line.organization_id = %(organization_id)s
   and line.journal_id = %(journal_id)s
 group by account.code, account.name
 order by account.code
"""
)


async def entries_in(books: Books, journal_id: str) -> Sides:
    """What a journal debits and credits, per account."""
    rows = await books.rows(_ENTRIES, journal_id=journal_id)
    return {row["name"]: (row["debit"], row["credit"]) for row in rows}
