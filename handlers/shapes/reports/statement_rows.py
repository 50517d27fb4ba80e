"""Sections, groups and lines of statements as JSON and as lines of a sheet."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.reports.question import LONGEST_YEARS, Period, Scope
from domain.reports.sheet import Column, Form, Line, Value, Weight
from domain.reports.statement import Question
from domain.reports.tree import Carried, Figures, Group, Row, Section
from handlers.shapes.reports.drill_down import drill_down

HEAD_COLUMNS = (Column("account_code", "Code", Form.TEXT), Column("account_name", "Account", Form.TEXT))
"""The columns with which a sheet of a statement begins; those of its amounts follow, and then the account's id."""
ID_COLUMN = Column("account_id", "Account id", Form.TEXT)


class Behind:
    """Names the calls that show what is behind the lines of a statement."""

    def __init__(self, scope: Scope, *, accounts_since: date | None, year_start: date | None = None) -> None:
        self._part = {
            "branch_id": scope.branch_id,
            "cost_center_id": scope.cost_center_id,
            "known_at": scope.known_at and scope.known_at.isoformat(),
        }
        self._period = scope.period
        self._since = accounts_since
        self._year_start = year_start

    def __call__(self, row: Row) -> dict[str, Any]:
        """The ledger of an account, or the profit and loss account of a result."""
        last_on = self._period.last_on
        if row.account is not None:
            since = self._since or _earliest(last_on)
            return self._call("get_ledger", since, last_on, account_id=row.account.id)
        first_on = self._year_start or self._period.first_on
        if row.carried is Carried.EARLIER_YEARS and first_on is not None:
            return self._call("get_profit_and_loss", None, first_on - timedelta(days=1))
        return self._call("get_profit_and_loss", first_on, last_on)

    def _call(self, operation_id: str, first_on: date | None, last_on: date, **named: str) -> dict[str, Any]:
        path = f"/reports/{operation_id.removeprefix('get_')}"
        return drill_down(operation_id, path, **named, from_date=first_on, to_date=last_on, **self._part)


def _earliest(last_on: date) -> date:
    """The first day that a ledger can be asked for; what is before is its opening balance."""
    return date(last_on.year - LONGEST_YEARS + 1, 1, 1)


def shown_sections(sections: Sequence[Section], behind: Behind) -> list[dict[str, Any]]:
    """Return sections of a statement with one amount for each time."""
    return [
        {
            "section": section.key,
            "title": section.title,
            "is_result": section.is_result,
            "groups": [_shown_group(group, behind) for group in section.groups],
            **amounts("amount", section.total),
        }
        for section in sections
    ]


def _shown_group(group: Group, behind: Behind) -> dict[str, Any]:
    return {
        "group": group.key,
        "title": group.title,
        "accounts": [shown_row(row, behind) for row in group.rows],
        **amounts("amount", group.total),
    }


def shown_row(row: Row, behind: Behind) -> dict[str, Any]:
    """Return a line with one amount for each time."""
    return {
        **shown_account(row, behind),
        **amounts("amount", row.figures),
        **amounts("amount_with_parts", row.with_parts),
    }


def shown_account(row: Row, behind: Behind) -> dict[str, Any]:
    """Return what a line says of its account."""
    account = row.account
    return {
        "account_id": account and account.id,
        "account_code": account and account.code,
        "account_name": row.title,
        "account_type": account and account.account_type,
        "parent_id": account and account.parent_id,
        "depth": row.depth,
        "result": row.carried and row.carried.value,
        "drill_down": behind(row),
    }


def amounts(name: str, figures: Figures | None) -> dict[str, Decimal | None]:
    """Return the amount of the time that was asked for, and that of the one that is compared with, if any."""
    now, then = (None, None) if figures is None else (figures[0], figures[1] if len(figures) > 1 else None)
    return {name: now, f"previous_{name}": then}


def totals(each: Callable[[int], dict[str, Any]], question: Question) -> dict[str, Any]:
    """Return the totals of the time that was asked for, and of the one compared with; ``each`` takes its place."""
    return {"totals": each(0), "previous_totals": None if question.previous is None else each(1)}


def previous_days(question: Question) -> dict[str, date | None]:
    """Return the days of the previous amounts, under the names of the kind of period."""
    previous = question.previous
    first_on, last_on = (None, None) if previous is None else (previous.first_on, previous.last_on)
    if question.scope.period.is_span:
        return {"previous_from_date": first_on, "previous_to_date": last_on}
    return {"previous_as_of_date": last_on}


def money_columns(times: Sequence[Period]) -> tuple[Column, ...]:
    """Return the columns of a statement with one amount for each time, headed by its days."""
    keys = ("amount", "previous_amount")
    return tuple(Column(key, time.words, Form.MONEY) for key, time in zip(keys, times, strict=False))


def lines_of(sections: Sequence[Section]) -> Iterator[Line]:
    """Yield the lines of a sheet: sections as headings with their totals below, groups, and accounts."""
    for section in sections:
        if section.is_result:
            yield _line(section.title, section.total, weight=Weight.TOTAL)
            continue
        yield _line(section.title, (None,) * len(section.total), weight=Weight.HEADING)
        for group in section.groups:
            yield from _lines_of_group(group)
        yield _line(f"Total {_lower(section.title)}", section.total, weight=Weight.TOTAL)


def _lines_of_group(group: Group) -> Iterator[Line]:
    if [row.title for row in group.rows] != [group.title]:  # a head of one account by its own name says nothing
        shown = (None,) * len(group.total) if group.rows else group.total
        yield _line(group.title, shown, depth=1, weight=Weight.HEADING)
    for row in group.rows:
        code, key = (row.account.code, row.account.id) if row.account else ("", "")
        yield Line((code, row.title, *row.figures, key), depth=2 + row.depth)
    if len(group.rows) > 1:
        yield _line(f"Total {_lower(group.title)}", group.total, depth=1, weight=Weight.SUBTOTAL)


def _line(title: str, figures: Sequence[Value], *, weight: Weight, depth: int = 0) -> Line:
    return Line(("", title, *figures, ""), depth, weight)


def _lower(title: str) -> str:
    """A title within a sentence; numbers and abbreviations stay."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
