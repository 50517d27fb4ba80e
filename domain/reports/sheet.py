"""A sheet: a report's answer as lines under columns, from which csv, workbooks and tables of the terminal are made."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum

from domain.values import Struct

Value = str | date | Decimal | int | bool | None
"""What a cell holds; ``None`` leaves it empty."""


class Form(Enum):
    """What the cells of a column are, and so how they are written."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    """Rupees with two places."""
    QUANTITY = "quantity"
    """A number with as many places as it has, up to six."""
    PERCENT = "percent"
    """A number of per cent: 18 is 18 %."""
    COUNT = "count"


class Weight(Enum):
    """What a line is among the others."""

    HEADING = "heading"
    ROW = "row"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


class Column(Struct, frozen=True):
    """A column: the contract's name of what it holds, its title for people, and its form."""

    key: str
    title: str
    form: Form


class Line(Struct, frozen=True):
    """A line: a value for each column, and how deep it lies in a tree, from nought."""

    values: tuple[Value, ...]
    depth: int = 0
    weight: Weight = Weight.ROW


class Sheet(Struct, frozen=True):
    """A table of a report.

    ``lines`` are at hand, or come batch by batch out of the database while the report's snapshot is open. A report of
    several sheets becomes a workbook with as many; csv has one table, that of the first sheet.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    lines: Iterable[Line] | AsyncIterator[Sequence[Line]]


def naming_column(columns: Sequence[Column]) -> int:
    """Return the place of the column that names a line, in which a tree is indented: the first name, or first text."""
    texts = [place for place, column in enumerate(columns) if column.form is Form.TEXT]
    return next((place for place in texts if columns[place].key.endswith("name")), texts[0] if texts else 0)
