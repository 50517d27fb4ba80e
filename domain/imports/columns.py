"""Columns of a sheet: which member of a contract's body, or which thing by its name, each header stands for.

Pure. A header is a member's name, its path with dots (``billing_address.city``), or one of the kind's aliases; case,
spaces and punctuation do not matter. A header that stands for nothing is refused: what is silently dropped is missed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import Failed, Invalid
from domain.imports.cells import Reading, on_the_side, plain_text, read, refuse_exponent
from domain.imports.references import Reference
from domain.imports.sheets import Row
from domain.values import Struct, field

LINES = "line_items"
LISTS = frozenset((LINES, "lines", "allocations"))
"""Members that are lists of objects, of which each row of a record gives one."""
FREE = "custom_fields"

Path = tuple[str, ...]
Body = dict[str, Any]


class Column(Struct, frozen=True):
    """A member of the body: the path to it, and how its cells are read."""

    path: Path
    reading: Reading

    @property
    def name(self) -> str:
        """The path as the contract writes it."""
        return ".".join(self.path)


class Layout(Struct, frozen=True):
    """What the columns of a kind of import may be.

    ``columns`` are the members of the body; ``references`` name things that the body has the ids of; ``orders`` say
    what is to be done with the row; ``aliases`` are further headers, by the name that each stands for.
    """

    columns: Sequence[Column]
    references: Sequence[Reference] = ()
    orders: Sequence[Column] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)


class Named(Struct):
    """What rows of a sheet say: a body, the names in it that are still to become ids, and orders for the row."""

    body: Body = field(default_factory=dict)
    names: list[tuple[Reference, str]] = field(default_factory=list)
    orders: Body = field(default_factory=dict)


def placed(layout: Layout, header: Sequence[str]) -> list[Column | Reference]:
    """Return what each column stands for. Raises Failed for a header that is unknown, empty or there twice."""
    meanings = _meanings(layout)
    found: list[Column | Reference] = []
    for position, text in enumerate(header, start=1):
        if not text:
            raise Failed(f"Column {position} has no header.")
        column = _free(layout, text) or meanings.get(_key(text))
        if column is None:
            raise Failed(f"'{text[:100]}' is not a column of this import.", field=text[:100])
        if column in found:
            raise Failed(
                f"'{text[:100]}' stands for {column.name}, which another column gives already.", field=text[:100]
            )
        found.append(column)
    return found


def is_of_a_line(column: Column | Reference) -> bool:
    """Whether a column belongs to a line of a document, and not to its head."""
    return column.path[0] in LISTS


def read_row(columns: Sequence[Column | Reference], row: Row, *, orders: Sequence[Column], line: int = 0) -> Named:
    """Return what a row says; its line, if it has one, as the only one. ``line`` is its place, for refusals.

    Raises Invalid, naming the member, for a cell that cannot be read.
    """
    said = Named()
    for column, cell in zip(columns, row.cells, strict=True):
        where, text = shown(column, line), cell
        if isinstance(column, Reference):
            if name := _read(text, Reading.TEXT, where):
                said.names.append((column, str(name)))
            continue
        if column.reading is Reading.BALANCE:
            text = on_the_side(text.strip(), _usual_side(column, columns, row))
        value = _read(text, column.reading, where)
        if value is not None:
            _put(said.orders if column in orders else said.body, column.path, value)
    return said


def _usual_side(column: Column, columns: Sequence[Column | Reference], row: Row) -> str:
    """On which side the amounts of a column stand: what a vendor is owed is a credit, what a customer owes a debit."""
    is_of_vendor = any(
        isinstance(other, Column) and other.path == ("contact_type",) and text.strip().upper() == "VENDOR"
        for other, text in zip(columns, row.cells, strict=True)
    )
    is_credit = column.path[-1] == "credit" or (column.path == ("opening_balance",) and is_of_vendor)
    return "CR" if is_credit else "DR"


def _read(text: str, reading: Reading, where: str) -> Any:
    try:
        return refuse_exponent(plain_text(text)) if reading is Reading.TEXT else read(text, reading)
    except Invalid as refusal:
        refusal.field = where
        raise


def _put(body: Body, path: Path, value: Any) -> None:
    if value == "":
        return
    for step in path[:-1]:
        body = body.setdefault(step, [{}])[0] if step in LISTS else body.setdefault(step, {})
    body[path[-1]] = value


def shown(column: Column | Reference, line: int) -> str:
    """Return the member that a refusal names: ``line_items[1].rate``, ``line_items[0].sku``."""
    if not is_of_a_line(column):
        return column.name
    place = column.path[0]
    return f"{place}[{line}].{column.name.removeprefix(f'{place}.')}"


def _meanings(layout: Layout) -> dict[str, Column | Reference]:
    """Every header that is understood, in its plainest form."""
    every: list[Column | Reference] = [*layout.columns, *layout.references, *layout.orders]
    by_name = {column.name: column for column in every}
    # A member of a line goes by its own name where the head has none of that name.
    meanings: dict[str, Column | Reference] = {
        _key(column.path[-1]): column for column in layout.columns if is_of_a_line(column)
    }
    meanings |= {_key(column.name): column for column in every}
    meanings |= {_key(alias): by_name[name] for alias, name in layout.aliases.items() if name in by_name}
    return meanings


def _free(layout: Layout, header: str) -> Column | None:
    """The column of a custom field: its name stands after the dot as it is."""
    found = _CUSTOM.fullmatch(header)
    if found is None or not any(column.path == (FREE,) for column in layout.columns):
        return None
    return Column((FREE, found[1].strip()), Reading.TEXT)


def _key(header: str) -> str:
    return _BETWEEN.sub("_", header.lower()).strip("_")


_BETWEEN = re.compile(r"[^a-z0-9%#]+")
_CUSTOM = re.compile(r"(?:custom[ _]fields?|cf)\.(.+)", re.IGNORECASE)
