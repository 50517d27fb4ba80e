"""What a contact owed, or was owed, before the books began: read off its opening documents, and set as one of them.

A customer's opening balance is what the customer owed us, a vendor's what we owed; a contact that is both counts as a
customer. Less than nought is the other way round. docs/decisions/0030 says why it is a document.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

from domain import registers
from domain.books import Books
from domain.contacts import CONTACTS, Contact
from domain.documents import lifecycle
from domain.documents.kinds import BILL, CREDIT_NOTE, DEBIT_NOTE, INVOICE, KINDS, Effect, Kind, Side
from domain.errors import InvalidState, Refusal
from domain.imports.openings import LINE_NAME, TAX_CATEGORY, day_before, number_of
from domain.ledger import opening_balances
from domain.money import ZERO
from domain.statements import Statement, among
from domain.values import Struct, asdict
from models.documents import documents
from models.masters import contacts

AMOUNT, DAY, RATE = "opening_balance", "opening_balance_date", "opening_balance_exchange_rate"
_FIELDS = {"date": DAY, "exchange_rate": RATE}
"""What a document's fields are called on the contact; all others come from the amount."""

_KIND_OF: Mapping[tuple[bool, bool], Kind] = MappingProxyType(
    {(True, True): INVOICE, (True, False): CREDIT_NOTE, (False, True): BILL, (False, False): DEBIT_NOTE}
)
"""The document of a balance: that of a customer or of a vendor alone, above nought or below."""


class Opening(Struct, frozen=True):
    """A balance on a day, in the currency of the contact, at a rate where that is not the rupee."""

    amount: Decimal
    dated_on: date | None = None
    exchange_rate: Decimal | None = None


class Standing(Struct, frozen=True):
    """An opening document that is posted and not voided."""

    id: str
    kind: str
    number: str
    total: Decimal
    currency_code: str
    exchange_rate: Decimal
    dated_on: date


_STANDING = Statement(
    """
select id, kind, number, total, currency_code, exchange_rate, dated_on
  from documents
 where organization_id = %(organization_id)s
   and contact_id = %(contact_id)s
   and is_opening_balance
   and journal_id is not null
   and voided_at is null
 order by id
"""
)
_EVER = Statement(
    """
select count(*)
  from documents
 where organization_id = %(organization_id)s
   and contact_id = %(contact_id)s
   and is_opening_balance
"""
)
_BEGINNING = Statement(
    """
select (select max(dated_on)
          from documents
         where organization_id = %(organization_id)s
           and is_opening_balance
           and journal_id is not null
           and voided_at is null) as as_others,
       (select min(entry_on)
          from journals
         where organization_id = %(organization_id)s
           and source_type <> 'OPENING_BALANCE'
           and not exists (select from documents
                            where documents.organization_id = journals.organization_id
                              and documents.id = journals.source_id
                              and is_opening_balance)) as first_entry
"""
)


def _kinds(*, sign: int) -> list[str]:
    """The kinds of documents after which a customer owes more (1), or less (-1)."""
    of_side, of_effect = {Side.SALE: 1, Side.PURCHASE: -1}, {Effect.POSTS: 1, Effect.REVERSES: -1}
    posting = [kind for kind in KINDS if kind.effect in of_effect]
    return [kind.name for kind in posting if of_side[kind.side] * of_effect[kind.effect] == sign]


_OWED = func.coalesce(
    func.sum(case((among(documents.c.kind, _kinds(sign=1)), documents.c.total), else_=-documents.c.total)), 0
)
_PAPERS = (
    select(
        _OWED.label("owed"),
        func.min(documents.c.dated_on).label("first_day"),
        func.max(documents.c.dated_on).label("last_day"),
        func.min(documents.c.exchange_rate).label("least_rate"),
        func.max(documents.c.exchange_rate).label("most_rate"),
    )
    .where(
        documents.c.organization_id == contacts.c.organization_id,
        documents.c.contact_id == contacts.c.id,
        documents.c.currency_code == contacts.c.currency_code,
        # As the condition of the index is.
        documents.c.is_opening_balance & documents.c.journal_id.is_not(None) & documents.c.voided_at.is_(None),
    )
    .correlate(contacts)
    .lateral("opening_papers")
)


def opening_columns() -> dict[str, ColumnElement[Any]]:
    """The opening balance of each contact, in its currency, with its day and rate where there is one of each.

    They come out of a lateral, so another column of ``contacts`` has to stand before them.
    """
    paper = _PAPERS.c
    sign = case((contacts.c.contact_type == "VENDOR", literal_column("-1")), else_=literal_column("1"))
    return {
        AMOUNT: paper.owed * sign,
        DAY: case((paper.first_day == paper.last_day, paper.first_day)),
        RATE: case((paper.least_rate == paper.most_rate, paper.least_rate)),
    }


async def set_opening(books: Books, contact: Contact, said: Mapping[str, Any]) -> None:
    """Make the contact's opening balance what was said of it; the document that stood for another one is voided.

    ``said`` holds those of amount, day and rate that were said. Locks what voiding and approving a document lock.
    Raises: Forbidden, InvalidState where the balance is settled already or made of several papers, PeriodLocked, and
    what the document's rules refuse, as fields of the contact.
    """
    if not said.keys() & {AMOUNT, DAY, RATE}:
        return
    standing = await books.load(Standing, _STANDING, contact_id=contact.id)
    stood = _stood(contact, standing)
    wanted = Opening(
        said.get(AMOUNT, stood.amount) or ZERO,
        said.get(DAY) or stood.dated_on,
        said.get(RATE) or stood.exchange_rate,
    )
    if wanted == stood or not (wanted.amount or standing):
        return
    try:
        await _replace(books, contact, standing, wanted)
    except Refusal as refusal:
        refusal.field = _FIELDS.get(refusal.field or "", AMOUNT)
        raise
    if contact.created_at != books.now:
        await _tell(books, contact, stood, wanted)


def _stood(contact: Contact, standing: list[Standing]) -> Opening:
    """What is brought forward, as the contact shows it."""
    ours = [paper for paper in standing if paper.currency_code == contact.currency_code]
    owed = sum((paper.total if paper.kind in _kinds(sign=1) else -paper.total for paper in ours), ZERO)
    days, rates = {paper.dated_on for paper in ours}, {paper.exchange_rate for paper in ours}
    return Opening(
        -owed if contact.contact_type == "VENDOR" else owed,
        days.pop() if len(days) == 1 else None,
        rates.pop() if len(rates) == 1 else None,
    )


async def _replace(books: Books, contact: Contact, standing: list[Standing], wanted: Opening) -> None:
    """Void the one paper that stands, and write another one."""
    if len(standing) > 1 or any(paper.currency_code != contact.currency_code for paper in standing):
        papers = ", ".join(paper.number for paper in standing)
        raise InvalidState(f"The opening balance is made of {papers}; void those that are wrong.")
    books.keep_open()
    for paper in standing:
        kind = next(each for each in KINDS if each.name == paper.kind)
        books.need(f"{kind.scope}.UPDATE")
        await lifecycle.void(books.for_another(), kind, paper.id, reason="The opening balance was set anew.")
    if wanted.amount:
        kind = _KIND_OF[contact.contact_type != "VENDOR", wanted.amount > ZERO]
        for verb in ("CREATE", "UPDATE"):
            books.need(f"{kind.scope}.{verb}")
        await _write(books, kind, contact, wanted)


async def _write(books: Books, kind: Kind, contact: Contact, wanted: Opening) -> None:
    ever = await books.value(_EVER, contact_id=contact.id)
    name = " ".join(filter(None, (contact.contact_name, contact.gst_no, f"{ever + 1}" if ever else None)))
    said = {
        "contact_id": contact.id,
        "number": number_of(name),
        "dated_on": wanted.dated_on or await _day(books),
        "is_opening_balance": True,
        **({} if wanted.exchange_rate is None else {"exchange_rate": wanted.exchange_rate}),
    }
    line = {"name": LINE_NAME, "quantity": Decimal(1), "rate": abs(wanted.amount), "tax_category": TAX_CATEGORY}
    await lifecycle.draft_and_approve(books, kind, said, [line])


async def _day(books: Books) -> date:
    """The day of the opening balances: that of the accounts, of other contacts, or the eve of the first year."""
    of_accounts = (await opening_balances.standing(books)).entry_on
    if of_accounts is not None:
        return of_accounts
    row = await books.row(_BEGINNING) or {}
    of_others: date | None = row.get("as_others")
    return of_others or day_before(row.get("first_entry") or books.today)


async def _tell(books: Books, contact: Contact, stood: Opening, wanted: Opening) -> None:
    """Count the change as one of the contact, so that it is seen there too."""
    before, after = asdict(stood), asdict(wanted)
    changes = {
        name: {"old": before[part], "new": after[part]}
        for name, part in ((AMOUNT, "amount"), (DAY, "dated_on"), (RATE, "exchange_rate"))
        if before[part] != after[part]
    }
    await registers.touch(books, CONTACTS, contact, changes)
