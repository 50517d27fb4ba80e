"""Journals read back: by which filters they are listed, with their lines, and what reversed them."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, bindparam, cast, exists, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from domain.pages import Columns, Listing
from domain.statements import written
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
    line = journal_lines.c
    row, shown = written(journal_lines, columns, name="line")
    objects = func.json_agg(aggregate_order_by(cast(shown, JSON), line.position))
    return (
        select(func.coalesce(objects, literal_column("'[]'::json")))
        .select_from(journal_lines.join(row, true()))
        .where(line.organization_id == journals.c.organization_id, line.journal_id == journals.c.id)
        .correlate(journals)
        .scalar_subquery()
    )


def _has_a_line(name: str) -> ColumnElement[bool]:
    line = journal_lines.c
    return exists().where(
        line.organization_id == journals.c.organization_id,
        line.journal_id == journals.c.id,
        line[name] == bindparam(name),
    )


def _matches() -> ColumnElement[bool]:
    """The text stands in the reference or in the narration."""
    text = func.lower(bindparam("search"))
    columns = (journals.c.reference, journals.c.narration)
    return or_(*(func.strpos(func.lower(column), text) > 0 for column in columns))


JOURNAL_LISTING = Listing(
    name="journals",
    table=journals,
    filters={
        "date_from": journals.c.entry_on >= bindparam("date_from", type_=Date()),
        "date_to": journals.c.entry_on <= bindparam("date_to", type_=Date()),
        "source_type": journals.c.source_type == bindparam("source_type"),
        "source_id": journals.c.source_id == bindparam("source_id"),
        "branch_id": journals.c.branch_id == bindparam("branch_id"),
        "account_id": _has_a_line("account_id"),
        "contact_id": _has_a_line("contact_id"),
        "search": _matches(),
    },
    orders={"date": journals.c.entry_on},
)
