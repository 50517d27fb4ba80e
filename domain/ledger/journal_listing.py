"""Journals read back: by which filters they are listed, with their lines, and what reversed them."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam, cast, exists, or_, select

from domain.pages import Columns, Listing, between_dates, equal_to, mentions
from domain.statements import gathered
from models.ledger import journal_lines, journals

_reversal = journals.alias("reversal")
_reverses = (
    _reversal.c.organization_id == journals.c.organization_id,
    _reversal.c.reverses_id == journals.c.id,
)


def of_reversal(column: str) -> ColumnElement[Any]:
    """A column of the journal that reverses each journal, null if none does: a column for a selection of journals."""
    return select(_reversal.c[column]).where(*_reverses).correlate(journals).scalar_subquery()


def is_reversed() -> ColumnElement[bool]:
    """Whether another journal reverses each journal: a column for a selection of journals."""
    return cast(exists().where(*_reverses).correlate(journals), Boolean)


def lines_of(columns: Columns) -> ColumnElement[Any]:
    """The lines of each journal as one JSON array of ``columns``: a column for a selection of journals."""
    return gathered(journals, journal_lines, journal_lines.c.journal_id, columns)


def _has_a_line(name: str) -> ColumnElement[bool]:
    line = journal_lines.c
    return exists().where(
        line.organization_id == journals.c.organization_id,
        line.journal_id == journals.c.id,
        line[name] == bindparam(name),
    )


JOURNAL_LISTING = Listing(
    name="journals",
    table=journals,
    filters={
        **between_dates(journals.c.entry_on),
        **equal_to(journals, "source_type", "source_id", "branch_id"),
        "account_id": _has_a_line("account_id"),
        "contact_id": or_(journals.c.contact_id == bindparam("contact_id"), _has_a_line("contact_id")),
        "search": mentions(journals.c.reference, journals.c.narration),
    },
    orders={"date": journals.c.entry_on},
)
