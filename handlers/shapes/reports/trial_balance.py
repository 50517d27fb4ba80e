"""The trial balance as JSON and as a sheet."""

from collections.abc import Sequence
from typing import Any

from domain.reports.sheet import Column, Form, Line, Sheet, Weight
from domain.reports.tree import Figures, Group, Row, Section
from domain.reports.trial_balance import COLUMNS, Answer
from handlers.shapes.reports.statement_rows import (
    HEAD_COLUMNS,
    ID_COLUMN,
    Behind,
    lines_of,
    previous_days,
    shown_account,
)

_TITLES = ("Opening debit", "Opening credit", "Debit", "Credit", "Closing debit", "Closing credit")


def show(answer: Answer) -> dict[str, Any]:
    """Return the members of the trial balance."""
    start = answer.year_starts[0]
    behind = Behind(answer.question.scope, accounts_since=start, year_start=start)
    return {
        **previous_days(answer.question),
        "year_start_date": start,
        "sections": [_shown_section(section, behind) for section in answer.sections],
        **_twice("total", answer.total),
    }


def sheets(answer: Answer) -> Sequence[Sheet]:
    """Return the sheet of the trial balance."""
    times = answer.question.times
    columns = [Column(key, title, Form.MONEY) for key, title in zip(COLUMNS, _TITLES, strict=True)]
    if len(times) > 1:
        columns += [Column(f"previous_{each.key}", f"{times[1].words}: {each.title}", each.form) for each in columns]
    total = Line(("", "Total", *answer.total, ""), weight=Weight.TOTAL)
    lines = (*lines_of(answer.sections), total)
    return (Sheet("trial_balance", "Trial balance", (*HEAD_COLUMNS, *columns, ID_COLUMN), lines),)


def _shown_section(section: Section, behind: Behind) -> dict[str, Any]:
    return {
        "section": section.key,
        "title": section.title,
        "groups": [_shown_group(group, behind) for group in section.groups],
        **_twice("total", section.total),
    }


def _shown_group(group: Group, behind: Behind) -> dict[str, Any]:
    return {
        "group": group.key,
        "title": group.title,
        "accounts": [_shown_row(row, behind) for row in group.rows],
        **_twice("total", group.total),
    }


def _shown_row(row: Row, behind: Behind) -> dict[str, Any]:
    return {
        **shown_account(row, behind),
        **_twice("amounts", row.figures),
        **_twice("amounts_with_parts", row.with_parts),
    }


def _twice(name: str, figures: Figures | None) -> dict[str, Any]:
    """The figures of the day that was asked for, and those of the one that is compared with, if any."""
    now, then = (figures or ())[: len(COLUMNS)], (figures or ())[len(COLUMNS) :]
    return {
        name: dict(zip(COLUMNS, now, strict=True)) if now else None,
        f"previous_{name}": dict(zip(COLUMNS, then, strict=True)) if then else None,
    }
