"""What the reports on contacts and trade must come to, whatever happened: what the ledger has, line by line.

A plain reading of the journals, which shares no SQL and no rule with the reports.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from domain.documents.kinds import Side
from domain.reports import question
from domain.reports.aging import AgedBy, Aging, aging
from domain.reports.outstanding import outstanding
from domain.reports.purchases import by_vendor
from domain.reports.question import Scope
from domain.reports.registers import Registered, register
from domain.reports.sales import by_customer, by_item
from domain.reports.slices import Wanted
from domain.reports.statements_of_account import statement_of_account
from domain.values import replace
from tests.scenarios.histories import plain_postings as plain
from tests.scenarios.histories.history import DAYS, History
from tests.scenarios.histories.plain_postings import HEADS
from tests.scenarios.histories.tables import NONE, Row

_ALL = Wanted(10_000)
_ENDS = sorted(date.fromisoformat(day) for day in DAYS)
_OF_SIDE = {
    Side.SALE: ("accounts_receivable", "customer_advances"),
    Side.PURCHASE: ("accounts_payable", "vendor_advances"),
}
_SIGN = {Side.SALE: 1, Side.PURCHASE: -1}
Owed = dict[str | None, Decimal]
"""Rupees by contact, without those that come to nothing."""


async def check_all(history: History) -> None:
    """Everything, at the end of every day on which something can happen, and over all days."""
    for day in _ENDS:
        await contacts_owe_what_the_ledger_says(history, await _at(history, day))
    whole = await question.between(history.books, {"from_date": "2020-01-01", "to_date": "2027-12-31"})
    await registers_are_what_was_posted(history, whole)


async def _at(history: History, day: date) -> Scope:
    return await question.as_of(history.books, {"as_of_date": str(day)})


async def aged(history: History, side: Side, scope: Scope) -> Aging:
    """The aging report."""
    return await aging(history.books, side, scope, AgedBy.DUE_DATE, _ALL)


def net_of(found: Aging) -> Owed:
    """What it says that each contact owes."""
    return {row.contact_id: row.net for row in found.contacts.rows if row.net}


async def contacts_owe_what_the_ledger_says(history: History, scope: Scope) -> None:
    """Aging by contact, what is outstanding, and the statements' last balances, are the control accounts."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for side in Side:
        found = await aged(history, side, scope)
        expected = _owed_on_ledger(history, side, scope.period.last_on)
        assert net_of(found) == expected, f"aging of {side.name} at {scope.period.last_on}"
        assert found.control is not None
        assert found.control.net == found.totals.net == sum(expected.values(), NONE)
        items: Owed = defaultdict(Decimal)
        for item in (await outstanding(history.books, side, scope, _ALL)).items.rows:
            items[item.contact_id] += item.balance
        others = {row.contact_id: row.other_entries for row in found.contacts.rows}
        assert plain_sum(items, others) == expected, f"outstanding of {side.name}"
        for key, amount in expected.items():
            owed[key or ""] += _SIGN[side] * amount
    await _statements_end_there(history, scope, owed)


async def _statements_end_there(history: History, scope: Scope, owed: dict[str, Decimal]) -> None:
    period = question.Period(scope.period.last_on, date(2020, 1, 1), is_span=True)
    for contact_id, contact in history.firm.contacts.items():
        told = await statement_of_account(history.books, replace(scope, period=period), contact_id, _ALL)
        assert told.totals.closing_balance == owed.get(contact_id, NONE), f"the statement of {contact.contact_name}"
        moved = sum((row.debit - row.credit for row in told.entries.rows), NONE)
        assert told.totals.opening_balance + moved == told.totals.closing_balance


def plain_sum(*parts: Owed) -> Owed:
    """Together, without what comes to nothing."""
    summed: Owed = defaultdict(Decimal)
    for part in parts:
        for key, amount in part.items():
            summed[key] += amount
    return {key: amount for key, amount in summed.items() if amount}


def _owed_on_ledger(history: History, side: Side, day: date) -> Owed:
    """What lines on the accounts of a side come to by contact, with the tax that stands inside its advances."""
    role, now = history.firm.role, history.now
    accounts = {role[name] for name in _OF_SIDE[side]}
    taxes = {role[f"output_{head}"] for head in HEADS} if side is Side.SALE else set()
    payers = {payment["id"]: payment["contact_id"] for payment in now["payments"]}
    behind = {row["id"]: payers.get(row["source_id"]) for row in now["journals"]}
    owed: Owed = defaultdict(Decimal)
    for line in now["journal_lines"]:
        if line["entry_on"] > str(day):
            continue
        amount = _SIGN[side] * (line["debit"] - line["credit"])
        if line["account_id"] in accounts:
            owed[line["contact_id"]] += amount
        elif line["account_id"] in taxes and behind[line["journal_id"]]:
            owed[behind[line["journal_id"]]] += amount
    return {key: amount for key, amount in owed.items() if amount}


async def registers_are_what_was_posted(history: History, scope: Scope) -> None:
    """Each paper of a register has the journal that its figures say, no other has one; and the sums agree."""
    now, books = history.now, history.books
    sold = await register(books, Side.SALE, scope, _ALL)
    bought = await register(books, Side.PURCHASE, scope, _ALL)
    posted = _own_journals(history)
    for side, found in ((Side.SALE, sold), (Side.PURCHASE, bought)):
        for paper in found.papers.rows:
            expected = posted.pop(paper.id, {})
            assert _said(history, side, paper) == expected, f"{paper.entity_type} {paper.number}"
    assert not posted, f"posted, and in no register: {posted}"
    customers, vendors = await by_customer(books, scope, _ALL), await by_vendor(books, scope, _ALL)
    items = await by_item(books, scope, _ALL)
    assert sold.totals is not None and bought.totals is not None
    cleared = sum((row["total"] for row in now.where("bills_of_entry", lambda row: not row["voided_at"])), NONE)
    assert (customers.totals.total, customers.totals.tax) == (sold.totals.total, sold.totals.tax)
    assert vendors.totals.total == bought.totals.total - cleared
    assert items.totals.value == sold.totals.value == sum((row.value for row in sold.papers.rows), NONE)


def _own_journals(history: History) -> dict[str, plain.Amounts]:
    """By paper, what its own journal put on each account: of papers that stand and were not brought forward."""
    now, by_journal = history.now, history.now.by("journal_lines", "journal_id")
    papers = [
        *now.where("documents", lambda row: not row["is_opening_balance"] and not row["voided_at"]),
        *now.where("expenses", lambda row: not row["deleted_at"]),
        *now.where("bills_of_entry", lambda row: not row["voided_at"]),
    ]
    return {row["id"]: _summed(by_journal[row["journal_id"]]) for row in papers if row["journal_id"]}


def _summed(lines: list[Row]) -> plain.Amounts:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["account_id"]] += line["debit"] - line["credit"]
    return plain.without_noughts(sums)


def _said(history: History, side: Side, paper: Registered) -> plain.Amounts:
    """The journal that a register's line tells of."""
    role, is_sale = history.firm.role, side is Side.SALE
    said: dict[str, Decimal] = defaultdict(Decimal)
    sign = -1 if is_sale else 1
    for line in paper.lines:
        said[line.account_id] += sign * line.value
        for head in HEADS:
            tax, is_apart = getattr(line, head), is_sale or line.itc_eligibility == "ELIGIBLE"
            tax_account = role[f"{'output' if is_sale else 'input'}_{head}"]
            said[tax_account if is_apart else line.account_id] += sign * tax
            if paper.is_reverse_charge and not is_sale:
                said[role[f"rcm_output_{head}"]] -= tax
    said[role["other_charges_income" if is_sale else "purchases"]] += sign * paper.other_charges
    said[role["round_off"]] += sign * paper.round_off
    said[role["export_tax_refundable"]] += paper.export_tax_claimed
    said[role["tds_payable"]] -= paper.tds
    said[_other_side(history, side, paper)] -= sign * (paper.total - paper.tds)
    return plain.without_noughts(said)


def _other_side(history: History, side: Side, paper: Registered) -> str:
    """The account that stands against what was sold or bought."""
    role = history.firm.role
    if paper.entity_type == "EXPENSE":
        expense = next(row for row in history.now["expenses"] if row["id"] == paper.id)
        return str(expense["paid_through_account_id"])
    return role["customs_payable" if paper.entity_type == "BILL_OF_ENTRY" else _OF_SIDE[side][0]]
