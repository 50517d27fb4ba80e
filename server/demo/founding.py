"""Writes the demo organization through the functions that requests use, each step at the moment it is said to happen.

All of it belongs to the caller's one transaction, so it is there as a whole or not at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any

from domain import happenings, registers
from domain.access import members
from domain.books import INDIA, Books
from domain.branches import open_branch
from domain.catalog import ITEMS
from domain.contacts import CONTACTS
from domain.cost_centers import COST_CENTERS
from domain.currencies import add_exchange_rate
from domain.documents import lifecycle
from domain.documents.kinds import BILL, INVOICE, Kind
from domain.financial_year import financial_year_of
from domain.founding import found_organization
from domain.gst.document_numbers import YEAR_MARK
from domain.ledger.accounts import ACCOUNTS
from domain.ledger.bank_accounts import BANK_ACCOUNTS
from domain.statements import Statement
from server.demo import masters
from server.demo.purchases import PURCHASES, Purchase
from server.demo.sales import BEGAN_DAYS_AGO, Outcome, Sale, Sold, sales
from server.demo.vendors import VENDORS

_OPENING_HOUR = time(10, 0, 0, 1, tzinfo=INDIA)  # instants are written with microseconds, so never with none
_BETWEEN_PAPERS = timedelta(minutes=12)
_UNTIL_VOIDED = timedelta(days=2)
_SUNDAY = 6

_PRIMARY = Statement("select id from branches where organization_id = %(organization_id)s and is_primary")


@dataclass(frozen=True, slots=True)
class _Masters:
    """The ids of what papers refer to, by the words of the content."""

    branches: Mapping[str, str]
    contacts: Mapping[str, str]
    items: Mapping[str, str]
    cost_centers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Deal:
    """A sale or a purchase: the kind of its paper, and the word for the other party."""

    kind: Kind
    party: str
    paper: Sale | Purchase


class _Verb(IntEnum):
    """What is done with a paper."""

    ENTER = 0
    VOID = 1


async def found_demo(books: Books) -> Books:
    """Found the demo organization, write its books up to today, and return them."""
    beginning = replace(books, now=_moment(_began_on(books.today)))
    user = await members.create_user(beginning, **masters.USER)
    opened = await found_organization(
        replace(beginning, user_id=user.id),
        {**masters.ORGANIZATION, "lut_valid_until": financial_year_of(books.today).last_day},
        owner_id=user.id,
        branch=masters.PRIMARY_BRANCH,
    )
    written = await _write_masters(opened)
    keys: dict[int, str] = {}
    for at, verb, index, deal in _diary(books.today):
        then = replace(opened, now=at)
        if verb is _Verb.ENTER:
            keys[index] = await _enter(then, written, deal, _dated_on(deal.paper, books.today))
        else:
            await lifecycle.void(then, deal.kind, keys[index], reason=deal.paper.void_reason)
        await happenings.record(then)
    return replace(opened, now=books.now)


async def _write_masters(books: Books) -> _Masters:
    second = await open_branch(books, masters.SECOND_BRANCH)
    for account in masters.BANK_ACCOUNTS:
        await registers.add(books, BANK_ACCOUNTS, account)
    for code, days_ago, rate in masters.EXCHANGE_RATES:
        rated_on = books.today + timedelta(days=BEGAN_DAYS_AGO - days_ago)
        await add_exchange_rate(books, {"currency_code": code, "rated_on": rated_on, "rate": Decimal(rate)})
    written = _Masters(
        branches={
            masters.PRIMARY_BRANCH["branch_name"]: await books.value(_PRIMARY),
            second.branch_name: second.id,
        },
        contacts={
            word: (await registers.add(books, CONTACTS, each)).id
            for word, each in (*VENDORS.items(), *masters.CUSTOMERS.items())
        },
        items=await _write_items(books),
        cost_centers={
            code: (await registers.add(books, COST_CENTERS, {"code": code, "name": name})).id
            for code, name in masters.COST_CENTERS.items()
        },
    )
    await happenings.record(books)
    return written


async def _write_items(books: Books) -> dict[str, str]:
    income = await registers.add(books, ACCOUNTS, masters.SERVICE_INCOME)
    ids = {}
    for sku, item in masters.ITEMS.items():
        account = {"account_id": income.id} if item["item_type"] == "SERVICE" else {}
        ids[sku] = (await registers.add(books, ITEMS, {"sku": sku, **item, **account})).id
    return ids


def _diary(today: date) -> Iterator[tuple[datetime, _Verb, int, _Deal]]:
    """What happened, in the order in which it did; the number stands for the deal."""
    entries = []
    for index, deal in enumerate(_deals()):
        # What is older than the books was entered when they began.
        at = _moment(max(_dated_on(deal.paper, today), _began_on(today))) + index % 30 * _BETWEEN_PAPERS
        entries.append((at, _Verb.ENTER, index, deal))
        if deal.paper.outcome is Outcome.VOIDED:
            entries.append((at + _UNTIL_VOIDED, _Verb.VOID, index, deal))
    return iter(sorted(entries, key=lambda entry: entry[:3]))


def _deals() -> Iterator[_Deal]:
    yield from (_Deal(INVOICE, sale.customer, sale) for sale in sales())
    yield from (_Deal(BILL, purchase.vendor, purchase) for purchase in PURCHASES)


async def _enter(books: Books, written: _Masters, deal: _Deal, dated_on: date) -> str:
    """Draft the paper of a deal, approve it unless it stays a draft, and return its id."""
    paper = deal.paper
    said = {
        **paper.said,
        "contact_id": written.contacts[deal.party],
        "branch_id": written.branches[paper.branch],
        "dated_on": dated_on,
    }
    if "number" in said:
        said["number"] = said["number"].replace(YEAR_MARK, financial_year_of(dated_on).short)
    enter = lifecycle.draft if paper.outcome is Outcome.DRAFT else lifecycle.draft_and_approve
    return (await enter(books, deal.kind, said, [_line(written, sold) for sold in paper.lines])).head.id


def _line(written: _Masters, sold: Sold) -> dict[str, Any]:
    if sold.sku is None:
        return {"quantity": Decimal(sold.quantity), **sold.said}
    return {
        "item_id": written.items[sold.sku],
        "quantity": Decimal(sold.quantity),
        "cost_center_id": written.cost_centers[sold.sku.partition("-")[0]],
        **sold.said,
    }


def _moment(on: date) -> datetime:
    return datetime.combine(on, _OPENING_HOUR)


def _began_on(today: date) -> date:
    return today - timedelta(days=BEGAN_DAYS_AGO)


def _dated_on(paper: Sale | Purchase, today: date) -> date:
    """The day of a paper: not a Sunday."""
    on = today - timedelta(days=paper.days_ago)
    return on - timedelta(days=1) if on.weekday() == _SUNDAY else on
