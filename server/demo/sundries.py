"""What trade alone does not bring, one of each: paid over the counter, ordered, cleared, said and planned.

With these the demo has something to show on every list. Days count back from today, as those of the sales do.
"""

import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from domain import comments, itc_adjustments
from domain.bills_of_entry import life as bills_of_entry
from domain.books import Books
from domain.documents import lifecycle
from domain.documents.kinds import BILL, INVOICE, PURCHASE_ORDER
from domain.expenses import life as expenses
from domain.expenses.reckoning import Said
from domain.gst.itc_reversals import ReversalReason
from domain.mails import attempts, queueing
from domain.mails.attempts import Outcome, Result
from domain.recurring import runs
from domain.statements import Statement
from server.demo.masters import CUSTOMERS, tax
from server.demo.sales import Sold
from server.demo.settling import Masters
from server.jobs.recurring import MAKER

Act = Callable[[Books], Awaitable[None]]
"""What is done at a moment, with the books of that moment."""

_ACCOUNT = Statement("select id from accounts where organization_id = %(organization_id)s and code = %(code)s")
_NEWEST = Statement(
    """
select id
  from documents
 where organization_id = %(organization_id)s
   and kind = %(kind)s
   and contact_id = %(contact_id)s
   and journal_id is not null
   and voided_at is null
 order by dated_on desc, id desc
 limit 1
"""
)
_CASH, _BANK, _TRAVEL, _TELEPHONE = "1000", "1100", "5270", "5250"

_EXPENSES: tuple[tuple[int, dict[str, Any], dict[str, Any]], ...] = (
    (
        38,
        {"reference_number": "AIR-5521", "notes": "Broadband of both branches."},
        {"account": _TELEPHONE, "paid": _BANK, "amount": "5900.00", "gst": "18"},
    ),
    (
        12,
        {"notes": "Taxis to the fair in Pune."},
        {"account": _TRAVEL, "paid": _CASH, "amount": "1840.00", "gst": None},
    ),
)
_ORDERED = (Sold("STA-PAPER", 800), Sold("STA-BOOK", 1500))
_LINES_OF_LAMPS = {"description": "Desk lamps", "hsn_or_sac": "940521", "assessable_value": Decimal("176500.00")}


def sundries(masters: Masters, today: date) -> Iterator[tuple[int, Act]]:
    """What is done, with how many days ago."""
    for days_ago, said, spent in _EXPENSES:
        yield days_ago, partial(_spend, said, spent)
    yield 54, partial(_clear, masters)
    yield 27, _reverse
    yield 9, partial(_order, masters)
    yield 4, partial(_plan, masters, _first_of_next_month(today))
    yield 3, partial(_mail, masters)
    yield 2, partial(_remark, masters)


async def _spend(said: dict[str, Any], spent: dict[str, Any], books: Books) -> None:
    """Pay for something at once."""
    bears = {"tax_id": tax(spent["gst"])} if spent["gst"] else {}
    shared = {"account_id": await _account(books, spent["account"]), "amount": Decimal(spent["amount"]), **bears}
    head = {"dated_on": books.today, "paid_through_account_id": await _account(books, spent["paid"]), **said}
    await expenses.record(books, Said(head=head, shared=shared, lines=None))


async def _clear(masters: Masters, books: Books) -> None:
    """Clear the lamps from abroad at customs, with duty and integrated tax."""
    bill = await books.value(_NEWEST, kind=BILL.name, contact_id=masters.contacts["brightlamp"])
    said = {"number": "7714402", "port_code": "INNSA1", "dated_on": books.today, "bill_id": bill}
    line = {**_LINES_OF_LAMPS, "customs_duty": Decimal("19415.00"), "tax_id": tax("18")}
    await bills_of_entry.record(books, said, [line])


async def _reverse(books: Books) -> None:
    """Give up the credit on what served exempt supplies."""
    amounts = {"cgst_amount": Decimal("310.00"), "sgst_amount": Decimal("310.00")}
    said = {"kind": "REVERSAL", "reason": ReversalReason.RULE_42, "dated_on": books.today, **amounts}
    await itc_adjustments.enter(books, {**said, "notes": "Share of the exempt sales."})


async def _order(masters: Masters, books: Books) -> None:
    """Order paper for the next season."""
    said = {"contact_id": masters.contacts["indrayani"], "dated_on": books.today}
    await lifecycle.draft_and_approve(books, PURCHASE_ORDER, said, [masters.line(sold) for sold in _ORDERED])


async def _plan(masters: Masters, first: date, books: Books) -> None:
    """Bill the care of the furniture each month, as a draft to look at."""
    line = {"item_id": masters.items["SVC-CARE"], "quantity": 1}
    plan = {
        "name": "Furniture care, Tungabhadra",
        "entity_type": INVOICE.name,
        "frequency": "MONTHLY",
        "start_on": first,
        "template": {"customer_id": masters.contacts["tungabhadra"], "line_items": [line]},
    }
    await runs.add(books, plan, pkgutil.resolve_name(MAKER))


async def _remark(masters: Masters, books: Books) -> None:
    """Note on an invoice what the customer said."""
    invoice = await books.value(_NEWEST, kind=INVOICE.name, contact_id=masters.contacts["ghats"])
    words = "Promised on the telephone to pay what is left by the end of the week."
    await comments.add(books, {"entity_type": INVOICE.name, "entity_id": invoice, "body": words})


async def _mail(masters: Masters, books: Books) -> None:
    """Mail an invoice; it is out already, so that nothing of the demo goes to a mail server."""
    invoice = await books.value(_NEWEST, kind=INVOICE.name, contact_id=masters.contacts["ghats"])
    mail = await queueing.mail_document(books, INVOICE, invoice, {"to": [CUSTOMERS["ghats"]["email"]]})
    await attempts.begin(books, mail.id, message_id=f"<{mail.id}@sahyadri-workspaces.example>")
    await attempts.end(books, mail.id, 1, Result(outcome=Outcome.SENT.value, code=None, message="250 2.0.0 Accepted"))


async def _account(books: Books, code: str) -> str:
    key: str = await books.value(_ACCOUNT, code=code)
    return key


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1)
