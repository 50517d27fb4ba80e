"""A shape: the contract's names for what the books call otherwise, as data; used both ways.

A resource is shown by selecting its shape's columns under the contract's names, so a row that comes out of the database
is what goes out as JSON. A body is read by the same table: each member becomes the value that its column holds.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Numeric, Table

from domain.money import trimmed, with_paise
from domain.pages import Columns
from domain.statements import is_amount, readable

_READERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
)

TIMES = {"version": "version", "created_time": "created_at", "last_modified_time": "modified_at"}


class Shape:
    """The names of one resource. ``fields`` maps each name to a column of ``table``, or to an expression to show."""

    def __init__(self, table: Table, fields: Mapping[str, str | ColumnElement[Any]]) -> None:
        self._table, self._fields = table, fields
        self.attributes = {name: column for name, column in fields.items() if isinstance(column, str)}
        self._readers = {name: _reader(table.c[column]) for name, column in self.attributes.items()}
        self.columns: Columns = tuple(
            (readable(table.c[column]) if isinstance(column, str) else column).label(name)
            for name, column in fields.items()
        )

    def also(self, fields: Mapping[str, str | ColumnElement[Any]]) -> "Shape":
        """The same shape with more fields."""
        return Shape(self._table, {**self._fields, **fields})

    def values(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The members of ``body`` as values of the books, by their column's name; members of no column are left out."""
        return {
            self.attributes[name]: None if value is None else self._readers[name](value)
            for name, value in body.items()
            if name in self.attributes
        }


def same(*names: str) -> dict[str, str]:
    """Names that the books and the contract share."""
    return {name: name for name in names}


def _reader(column: ColumnElement[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Numeric):
        return with_paise if is_amount(column) else trimmed
    return next((read for kind, read in _READERS if isinstance(column.type, kind)), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value
