"""Journals and their lines as JSON."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select

from domain.ledger.journal_listing import is_reversed, lines_of, of_reversal
from handlers.shapes.shape import Shape, same
from models.ledger import journal_lines, journals
from models.masters import accounts


def _of_account(column: str) -> ColumnElement[Any]:
    line = journal_lines.c
    named = select(accounts.c[column]).where(
        accounts.c.organization_id == line.organization_id, accounts.c.id == line.account_id
    )
    return named.correlate(journal_lines).scalar_subquery()


JOURNAL_LINE = Shape(
    journal_lines,
    {
        "line_number": "position",
        "account_id": "account_id",
        "account_code": _of_account("code"),
        "account_name": _of_account("name"),
        **same("debit", "credit", "contact_id", "cost_center_id", "description"),
    },
)

_HEAD: dict[str, str | ColumnElement[Any]] = {
    "journal_id": "id",
    "date": "entry_on",
    "branch_id": "branch_id",
    "reference_number": "reference",
    "memo": "narration",
    "contact_id": "contact_id",
    **same("source_type", "source_id", "total", "reverses_id"),
    "is_reversed": is_reversed(),
    "reversed_by_id": of_reversal("id"),
    "version": cast(is_reversed(), Integer) + 1,
    "created_time": "posted_at",
    "last_modified_time": func.coalesce(of_reversal("posted_at"), journals.c.posted_at),
}

JOURNAL = Shape(journals, _HEAD)
WHOLE_JOURNAL = Shape(journals, {**_HEAD, "lines": lines_of(JOURNAL_LINE.columns)})
