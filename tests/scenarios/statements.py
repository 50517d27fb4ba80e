"""Builders of entries on any day and of statements, and statements as they are read: figures by the names of lines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.ids import new_id
from domain.ledger.journals import Entry, Source, journal_as_entered
from domain.ledger.posting import post
from domain.reports import balance_sheet, cash_flow, profit_and_loss, question, trial_balance
from domain.reports.layouts import STANDARD
from domain.reports.statement import asked
from domain.reports.tree import Figures, Section
from domain.statements import Statement
from tests.scenarios.entries import the

_PRIMARY = Statement("select id from branches where organization_id = %(organization_id)s and is_primary")


async def posted(
    books: Books,
    on: str | date,
    amounts: Mapping[str, str | Decimal],
    *,
    branch_id: str | None = None,
    center: str | None = None,
    at: datetime | None = None,
) -> str:
    """Post an entry: accounts by their numbers with what they are debited (credited, where negative); return its id.

    ``center`` is the cost centre of all lines, ``at`` the moment of posting.
    """
    entries = [Entry(await the(books, code), Decimal(each), None, center) for code, each in amounts.items()]
    day = on if isinstance(on, date) else date.fromisoformat(on)
    source = Source(day, branch_id or await books.value(_PRIMARY), "MANUAL", new_id("je"), None)
    journal = journal_as_entered(replace(books, now=at or books.now), source, entries)
    await post(books, journal)
    return journal[0].id


async def the_trial_balance(books: Books, on: str, **query: Any) -> trial_balance.Answer:
    return await trial_balance.answer(books, asked(await question.as_of(books, {"as_of_date": on, **query})))


async def the_balance_sheet(books: Books, on: str, layout: str = STANDARD, **query: Any) -> balance_sheet.Answer:
    scope = await question.as_of(books, {"as_of_date": on, **query})
    return await balance_sheet.answer(books, asked(scope, layout))


async def the_profit(
    books: Books, first: str | None, last: str, layout: str = STANDARD, **query: Any
) -> profit_and_loss.Answer:
    scope = await question.up_to(books, {"from_date": first, "to_date": last, **query})
    return await profit_and_loss.answer(books, asked(scope, layout))


async def the_cash_flow(books: Books, first: str, last: str, **query: Any) -> cash_flow.Answer:
    scope = await question.up_to(books, {"from_date": first, "to_date": last, **query})
    return await cash_flow.answer(books, asked(scope))


def read(sections: Sequence[Section]) -> dict[str, str]:
    """A statement's lines by their names, sections by their keys: ``180000.00``; ``1.00 | 2.00`` of several columns."""
    lines: dict[str, str] = {}
    for section in sections:
        for group in section.groups:
            lines.update({row.title: _told(row.figures) for row in group.rows})
        lines[section.key] = _told(section.total)
    return lines


def rupees(*amounts: int) -> Figures:
    """Whole rupees as the figures of a line."""
    return tuple(Decimal(amount) for amount in amounts)


def _told(figures: Figures) -> str:
    return " | ".join(f"{each:.2f}" for each in figures)
