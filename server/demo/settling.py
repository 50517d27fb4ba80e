"""Settles the papers of the demo organization: money, notes, and an order from its estimate to its invoice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.documents import conversion, crediting, lifecycle, reading
from domain.documents.document import Paper
from domain.documents.kinds import DELIVERY_CHALLAN, ESTIMATE, INVOICE, KIND_NAMED, SALES_ORDER, Kind, Side
from domain.payments import recording
from domain.payments.meeting import Ask
from server.demo.sales import Sold
from server.demo.settlements import Dispatch, Money, Noted, Order


@dataclass(frozen=True, slots=True)
class Masters:
    """The ids of what papers refer to, by the words of the content."""

    branches: Mapping[str, str]
    contacts: Mapping[str, str]
    items: Mapping[str, str]
    cost_centers: Mapping[str, str]
    salespersons: Mapping[str, str]

    def line(self, sold: Sold) -> dict[str, Any]:
        """A line as a caller says it."""
        if sold.sku is None:
            return {"quantity": Decimal(sold.quantity), **sold.said}
        return {
            "item_id": self.items[sold.sku],
            "quantity": Decimal(sold.quantity),
            "cost_center_id": self.cost_centers[sold.sku.partition("-")[0]],
            **sold.said,
        }


@dataclass(slots=True)
class _Open:
    """A paper that is posted, and what is open of it in its currency."""

    kind: Kind
    party: str
    days_ago: int
    paper: Paper
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Cabinet:
    """The posted papers by their ids, in the order in which they were entered."""

    _papers: dict[str, _Open] = field(default_factory=dict)

    def add(self, kind: Kind, party: str, days_ago: int, paper: Paper) -> None:
        """Put a posted paper into it."""
        self._papers[paper.head.id] = _Open(kind, party, days_ago, paper, paper.head.balance)

    def take_out(self, key: str) -> None:
        """Take a voided paper out of it."""
        self._papers.pop(key, None)

    def open_of(self, kind: Kind, party: str, from_days_ago: int) -> list[_Open]:
        """What is open of a party and so many days old or more."""
        return [
            each
            for each in self._papers.values()
            if (each.kind, each.party) == (kind, party) and each.days_ago >= from_days_ago and each.balance
        ]


async def pay(masters: Masters, cabinet: Cabinet, money: Money, dated_on: date, books: Books) -> None:
    """Record a receipt or payment for everything that it settles; what it leaves is left of the last paper."""
    settled = cabinet.open_of(money.settles, money.party, money.from_days_ago)
    left = {settled[-1].paper.head.id: money.leaves}
    asks = []
    for index, each in enumerate(settled):
        rest = left.get(each.paper.head.id, Decimal(0))
        asks.append(Ask(f"allocations[{index}]", each.balance - rest, {each.kind.name: each.paper.head.id}))
        each.balance = rest
    said = {
        **money.said,
        "flow": "INCOMING" if money.settles.side is Side.SALE else "OUTGOING",
        "contact_id": masters.contacts[money.party],
        "branch_id": masters.branches[money.branch],
        "dated_on": dated_on,
        "amount": sum((ask.amount for ask in asks), Decimal(0)),
    }
    await recording.record(books, said, asks)


async def take_note(masters: Masters, cabinet: Cabinet, noted: Noted, dated_on: date, books: Books) -> None:
    """Write a note on the paper that it corrects, and apply it to that paper where it is to be."""
    corrected = KIND_NAMED[noted.kind.corrects or ""]
    original = cabinet.open_of(corrected, noted.party, noted.of_days_ago)[-1]
    assert original.days_ago == noted.of_days_ago, f"{noted} corrects a paper that is not open"
    said = {**noted.said, "contact_id": masters.contacts[noted.party], "dated_on": dated_on}
    said["parent_id"] = original.paper.head.id
    lines = [{**masters.line(sold), "is_restocked": noted.is_restocked} for sold in noted.lines]
    note = await lifecycle.draft_and_approve(books, noted.kind, said, lines)
    if noted.is_applied:
        after = await crediting.apply(books, noted.kind, note.head.id, original.paper.head.id, amount=None, on=dated_on)
        original.balance -= after.head.amount_credited


async def dispatch(masters: Masters, sent: Dispatch, dated_on: date, books: Books) -> str:
    """Issue the delivery challan, and return its id."""
    said = {"contact_id": masters.contacts[sent.party], "dated_on": dated_on, "challan_purpose": sent.purpose}
    lines = [masters.line(sold) for sold in sent.lines]
    key = (await lifecycle.draft_and_approve(books, DELIVERY_CHALLAN, said, lines)).head.id
    if sent.never_left:
        books.keep_open()
        await lifecycle.void(books, DELIVERY_CHALLAN, key, reason="The customer called it off.")
    return key


async def keep(books: Books, sent: Dispatch, challan_id: str, dated_on: date) -> Paper:
    """Bill what is kept of the first line, and post the invoice."""
    challan, _ = await reading.find_for_change(books, DELIVERY_CHALLAN, challan_id)
    wanted = [{"id": challan.lines[0].id, "quantity": Decimal(sent.kept)}]
    said = {"dated_on": dated_on}
    done = await conversion.convert(books, DELIVERY_CHALLAN, challan_id, INVOICE, wanted=wanted, said=said)
    return await lifecycle.approve(books, INVOICE, done.made.head.id)


async def offer(books: Books, masters: Masters, order: Order, dated_on: date) -> str:
    """Send the estimate, and return its id."""
    said = {"contact_id": masters.contacts[order.customer], "dated_on": dated_on}
    lines = [masters.line(sold) for sold in order.lines]
    return (await lifecycle.draft_and_approve(books, ESTIMATE, said, lines)).head.id


async def confirm(books: Books, estimate_id: str, dated_on: date) -> str:
    """Make the order of the estimate that the customer accepted, and return its id."""
    await lifecycle.answer(books, ESTIMATE, estimate_id, "ACCEPTED")
    done = await conversion.convert(books, ESTIMATE, estimate_id, SALES_ORDER, wanted=None, said={"dated_on": dated_on})
    return (await lifecycle.approve(books, SALES_ORDER, done.made.head.id)).head.id


async def bill(books: Books, order_id: str, dated_on: date) -> Paper:
    """Make the invoice of the order, and post it."""
    done = await conversion.convert(books, SALES_ORDER, order_id, INVOICE, wanted=None, said={"dated_on": dated_on})
    return await lifecycle.approve(books, INVOICE, done.made.head.id)
