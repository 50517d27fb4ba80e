"""Writes the demo organization through the functions that requests use, each step at the moment it is said to happen.

All of it belongs to the caller's one transaction, so it is there as a whole or not at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

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
from domain.pictures import LOGO, OF_BRANCH, OF_ORGANIZATION, SIGNATURE, put_up
from domain.salespersons import SALESPERSONS
from domain.statements import Statement
from server.demo import drawings, masters, settling
from server.demo.einvoicing import begin_einvoicing
from server.demo.purchases import PURCHASES, Purchase
from server.demo.returns import file_returns
from server.demo.sales import BEGAN_DAYS_AGO, Outcome, Sale, sales
from server.demo.settlements import DISPATCHES, MONEY, NOTES, ORDER, Dispatch
from server.demo.settling import Cabinet, Masters
from server.demo.sundries import Act, sundries
from server.demo.vendors import VENDORS

_OPENING_HOUR = time(10, 0, 0, 1, tzinfo=INDIA)  # instants are written with microseconds, so never with none
_AFTERNOON = time(16, 30, 0, 1, tzinfo=INDIA)
_AFTER_WORK = time(19, 0, 0, 1, tzinfo=INDIA)
_EVENING = time(17, 30, 0, 1, tzinfo=INDIA)
_BETWEEN_PAPERS = timedelta(minutes=12)
_UNTIL_VOIDED = timedelta(days=2)
_SUNDAY = 6

_PRIMARY = Statement("select id from branches where organization_id = %(organization_id)s and is_primary")


@dataclass(frozen=True, slots=True)
class _Deal:
    """A sale or a purchase: the kind of its paper, and the word for the other party."""

    kind: Kind
    party: str
    paper: Sale | Purchase


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
    for role, colleague in masters.COLLEAGUES.items():
        await members.grant(opened, (await members.create_user(opened, **colleague)).id, role)
    for name, picture in ((LOGO, drawings.logo()), (SIGNATURE, drawings.signature())):
        await put_up(opened, OF_ORGANIZATION, opened.organization_id, name, picture)
    written = await _write_masters(opened)
    for at, _, act in sorted(_diary(written, books.today), key=lambda entry: entry[:2]):
        then = replace(opened, now=at)
        await act(then)
        await happenings.record(then)
    written_up = replace(opened, now=books.now)
    await file_returns(written_up)
    await begin_einvoicing(written_up, written.branches[masters.SECOND_BRANCH["branch_name"]])
    return written_up


async def _write_masters(books: Books) -> Masters:
    second = await open_branch(books, masters.SECOND_BRANCH)
    for account in masters.BANK_ACCOUNTS:
        await registers.add(books, BANK_ACCOUNTS, account)
    for code, days_ago, rate in masters.EXCHANGE_RATES:
        rated_on = books.today + timedelta(days=BEGAN_DAYS_AGO - days_ago)
        await add_exchange_rate(books, {"currency_code": code, "rated_on": rated_on, "rate": Decimal(rate)})
    written = Masters(
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
        salespersons={
            name: (await registers.add(books, SALESPERSONS, {"salesperson_name": name})).id
            for name in masters.SALESPERSONS
        },
    )
    for branch, hand in masters.SIGNATURES.items():
        await put_up(books, OF_BRANCH, written.branches[branch], LOGO, drawings.logo())
        await put_up(books, OF_BRANCH, written.branches[branch], SIGNATURE, drawings.signature(hand))
    await happenings.record(books)
    return written


async def _write_items(books: Books) -> dict[str, str]:
    income = await registers.add(books, ACCOUNTS, masters.SERVICE_INCOME)
    ids = {}
    for sku, item in masters.ITEMS.items():
        account = {"account_id": income.id} if item["item_type"] == "SERVICE" else {}
        ids[sku] = (await registers.add(books, ITEMS, {"sku": sku, **item, **account})).id
    return ids


def _diary(masters: Masters, today: date) -> Iterator[tuple[datetime, int, Act]]:
    """What happens, with its moment and, among what happens at one moment, its place."""
    cabinet = Cabinet()
    yield from _trade(masters, cabinet, today)
    yield from _order(masters, cabinet, today)
    for place, noted in enumerate(NOTES):
        on = _dated_on(noted.days_ago, today)
        yield _moment(on, _AFTERNOON), place, partial(settling.take_note, masters, cabinet, noted, on)
    for sent in DISPATCHES:
        yield from _dispatch(masters, cabinet, sent, today)
    for place, money in enumerate(MONEY):
        on = _dated_on(money.days_ago, today)
        yield _moment(on, _EVENING), place, partial(settling.pay, masters, cabinet, money, on)
    for place, (days_ago, act) in enumerate(sundries(masters, today)):
        yield _moment(_dated_on(days_ago, today), _AFTER_WORK), place, act


def _trade(masters: Masters, cabinet: Cabinet, today: date) -> Iterator[tuple[datetime, int, Act]]:
    keys: dict[int, str] = {}
    for index, deal in enumerate(_deals()):
        on = _dated_on(deal.paper.days_ago, today)
        # What is older than the books was entered when they began.
        at = _moment(max(on, _began_on(today))) + index % 30 * _BETWEEN_PAPERS
        yield at, index, partial(_enter, masters, cabinet, keys, index, deal, on)
        if deal.paper.outcome is Outcome.VOIDED:
            yield at + _UNTIL_VOIDED, index, partial(_void, cabinet, keys, index, deal)


def _order(masters: Masters, cabinet: Cabinet, today: date) -> Iterator[tuple[datetime, int, Act]]:
    keys: list[str] = []

    async def offer(books: Books) -> None:
        keys.append(await settling.offer(books, masters, ORDER, books.today))

    async def confirm(books: Books) -> None:
        keys.append(await settling.confirm(books, keys[-1], books.today))

    async def bill(books: Books) -> None:
        paper = await settling.bill(books, keys[-1], books.today)
        cabinet.add(INVOICE, ORDER.customer, ORDER.invoiced_days_ago, paper)

    days = (ORDER.days_ago, ORDER.ordered_days_ago, ORDER.invoiced_days_ago)
    for days_ago, act in zip(days, (offer, confirm, bill), strict=True):
        yield _moment(_dated_on(days_ago, today), _AFTERNOON), len(NOTES), act


def _dispatch(masters: Masters, cabinet: Cabinet, sent: Dispatch, today: date) -> Iterator[tuple[datetime, int, Act]]:
    keys: list[str] = []

    async def leave(books: Books) -> None:
        keys.append(await settling.dispatch(masters, sent, books.today, books))

    async def keep(books: Books) -> None:
        paper = await settling.keep(books, sent, keys[-1], books.today)
        cabinet.add(INVOICE, sent.party, sent.kept_days_ago, paper)

    yield _moment(_dated_on(sent.days_ago, today), _AFTERNOON), len(NOTES), leave
    if sent.kept:
        yield _moment(_dated_on(sent.kept_days_ago, today), _AFTERNOON), len(NOTES), keep


def _deals() -> Iterator[_Deal]:
    yield from (_Deal(INVOICE, sale.customer, sale) for sale in sales())
    yield from (_Deal(BILL, purchase.vendor, purchase) for purchase in PURCHASES)


async def _enter(
    masters: Masters, cabinet: Cabinet, keys: dict[int, str], index: int, deal: _Deal, dated_on: date, books: Books
) -> None:
    """Draft the paper of a deal, and approve it unless it stays a draft."""
    paper = deal.paper
    said = {
        **paper.said,
        "contact_id": masters.contacts[deal.party],
        "branch_id": masters.branches[paper.branch],
        "dated_on": dated_on,
    }
    if "salesperson_name" in said:
        said["salesperson_id"] = masters.salespersons[said.pop("salesperson_name")]
    if "number" in said:
        said["number"] = said["number"].replace(YEAR_MARK, financial_year_of(dated_on).short)
    if "shipping_bill_number" in said:
        said["shipping_bill_on"] = dated_on
    is_draft = paper.outcome is Outcome.DRAFT
    enter = lifecycle.draft if is_draft else lifecycle.draft_and_approve
    entered = await enter(books, deal.kind, said, [masters.line(sold) for sold in paper.lines])
    keys[index] = entered.head.id
    if not is_draft:
        cabinet.add(deal.kind, deal.party, paper.days_ago, entered)


async def _void(cabinet: Cabinet, keys: Mapping[int, str], index: int, deal: _Deal, books: Books) -> None:
    cabinet.take_out(keys[index])
    await lifecycle.void(books, deal.kind, keys[index], reason=deal.paper.void_reason)


def _moment(on: date, hour: time = _OPENING_HOUR) -> datetime:
    return datetime.combine(on, hour)


def _began_on(today: date) -> date:
    return today - timedelta(days=BEGAN_DAYS_AGO)


def _dated_on(days_ago: int, today: date) -> date:
    """The day so many days ago: not a Sunday."""
    on = today - timedelta(days=days_ago)
    return on - timedelta(days=1) if on.weekday() == _SUNDAY else on
