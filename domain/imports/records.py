"""Records of a sheet: the rows that together say one thing, and the one body that they make.

Pure. A contact is one row; an invoice is as many rows as it has lines: those that follow each other under one number,
or that leave everything but their line empty.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import Failed, Refusal
from domain.imports import references
from domain.imports.columns import LISTS, Body, Column, Layout, Named, is_of_a_line, placed, read_row, shown
from domain.imports.references import Found, Reference
from domain.imports.sheets import Row, Sheet
from domain.values import Struct, field


class Record(Struct):
    """What one or several rows say. ``row`` is the first one's number; ``fault`` why they cannot be read, if so."""

    row: int
    said: list[Named] = field(default_factory=list)
    fault: Refusal | None = None


def records_of(layout: Layout, sheet: Sheet, *, grouped_by: str | None) -> list[Record]:
    """Return the records of a sheet in its order; those rows make one that ``grouped_by`` gives the same value.

    Raises Failed for a header that stands for nothing.
    """
    columns = placed(layout, sheet.header)
    place = next((position for position, column in enumerate(columns) if column.name == grouped_by), None)
    head = [position for position, column in enumerate(columns) if not is_of_a_line(column)]
    records: list[Record] = []
    number = ""
    for row in sheet.rows:
        own = row.cells[place].strip() if place is not None else ""
        is_more = grouped_by is not None and not any(row.cells[position].strip() for position in head)
        if not records or not (is_more or (own and own == number)):
            records.append(Record(row.number))
            number = own
        _add(records[-1], columns, row, layout.orders)
    return records


def body_of(record: Record, known: Mapping[str, Found]) -> tuple[Body, Body]:
    """Return the body that a record makes, and its orders. Raises: what its cells and names are refused with."""
    if record.fault is not None:
        raise record.fault
    body: Body = {}
    orders: Body = {}
    lists: dict[str, list[Body]] = {}
    for place, said in enumerate(record.said):
        for reference, name in said.names:
            key = references.the_one(reference, name, known, field=shown(reference, place))
            if key is not None:
                _put_id(said.body, reference, key)
        for name in LISTS & said.body.keys():
            lists.setdefault(name, []).extend(said.body.pop(name))
        _merge(body, said.body, record)
        _merge(orders, said.orders, record)
    return body | lists, orders


def _add(record: Record, columns: Sequence[Column | Reference], row: Row, orders: Sequence[Column]) -> None:
    try:
        record.said.append(read_row(columns, row, orders=orders, line=len(record.said)))
    except Refusal as refusal:
        record.fault = record.fault or refusal


def _merge(whole: Body, more: Body, record: Record) -> None:
    """Add what a further row says of the same thing. Raises Failed where two rows contradict each other."""
    for name, value in more.items():
        if whole.setdefault(name, value) != value:
            raise Failed(f"The rows from {record.row} on say different things of {name}.", field=name)


def _put_id(body: Body, reference: Reference, key: str) -> None:
    *way, member = reference.path
    target: Any = body
    for step in way:
        target = target.setdefault(step, [{}])[0]
    target.setdefault(member, key)
