"""The data layer: SQLAlchemy Core statements compiled once and run by psycopg; rows in and out as plain values.

A :class:`Statement` is built once, at import or behind a cache, from a SQLAlchemy clause or from SQL text with
``%(name)s`` parameters. Every statement on a tenant table names the organization: ``of_tenant`` adds the condition, and
``Books`` supplies the parameter. Rows are written from frozen structs: one JSON parameter carries any number of
rows, so that the cost in Python does not grow with the columns, and numbers stay exact.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NewType, TypeVar

import msgspec
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Label,
    Numeric,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, aggregate_order_by
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.expression import select
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from domain.values import Struct

JsonRows = NewType("JsonRows", str)
Value = TypeVar("Value")
Written = msgspec.Raw
"""A JSON value that PostgreSQL wrote, sent on as it is."""

_INSTANT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_PAISE = 2
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


class Statement:
    """One SQL statement with named parameters, made ready on first use: its text, and the names it asks for."""

    __slots__ = ("_clause", "_fixed", "_names", "_text")

    def __init__(self, clause: ClauseElement | str) -> None:
        self._clause = clause
        self._text: str | None = None
        self._names: tuple[str, ...] = ()
        self._fixed: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The SQL with PostgreSQL's own placeholders, ``$1`` and so on."""
        if self._text is None:
            named = self._clause if isinstance(self._clause, str) else self._compiled(self._clause)
            self._names = tuple(dict.fromkeys(_PLACEHOLDER.findall(named)))
            place = {name: f"${number}" for number, name in enumerate(self._names, start=1)}
            self._text = _PLACEHOLDER.sub(lambda found: place[found[1]], named).replace("%%", "%")
        return self._text

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the placeholders, lists as PostgreSQL writes arrays.

        Those that stand fixed in the statement are added.
        """
        fixed = self._fixed
        values = [given[name] if name in given else fixed[name] for name in self._names]
        return [as_array(value) if type(value) is list else value for value in values]

    def _compiled(self, clause: ClauseElement) -> str:
        compiled = clause.compile(dialect=_DIALECT)
        self._fixed = {name: value for name, value in (compiled.params or {}).items() if value is not None}
        return str(compiled)


def of_tenant(table: Table) -> ColumnElement[bool]:
    """The condition that a row belongs to the organization of the books."""
    return table.c["organization_id"] == bindparam("organization_id")


def among(column: ColumnElement[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """The condition that ``column`` is one of ``words``, as one array: ``in`` would not compile once for all."""
    return column == func.any(literal(list(words), ARRAY(Text)))


def is_one_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """The condition that ``column`` is one of the words in the list under the name ``parameter``."""
    return column == func.any(bindparam(parameter, type_=ARRAY(Text)))


def tenant_select(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select ``columns`` (by default all but the organization) of the organization's rows of ``table``."""
    return select(*(columns or [c for c in table.c if c.name != "organization_id"])).where(of_tenant(table))


def columns_of(table: Table, row: type[Struct]) -> list[ColumnElement[Any]]:
    """The columns of ``table`` that the struct ``row`` has fields for, in the order of its fields."""
    return [readable(table.c[name]).label(name) for name in row.__struct_fields__]


def readable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column; rates, quantities and percentages without the zeros that their scale adds: 18, not 18.000."""
    if not isinstance(column.type, Numeric) or is_amount(column):
        return column
    return func.trim_scale(column, type_=column.type)


def is_amount(column: ColumnElement[Any]) -> bool:
    """Whether a column of numbers holds money, which is shown with its paise."""
    return isinstance(column.type, Numeric) and column.type.scale == _PAISE


def insertion(table: Table, row: type[Struct], *, parameter: str = "rows") -> str:
    """SQL that inserts the rows in the JSON parameter ``parameter``: structs of type ``row``."""
    names = ", ".join(row.__struct_fields__)
    return (
        f"insert into {table.name} (organization_id, {names})\n"
        f"select %(organization_id)s, {names}\n"
        f"  from json_populate_recordset(null::{table.name}, %({parameter})s)"
    )


def replacement(table: Table, row: type[Struct], *, parameter: str = "rows") -> str:
    """SQL that overwrites the one row in ``parameter`` whose stored version is the one before."""
    changed = [name for name in row.__struct_fields__ if name != "id"]
    return (
        f"update {table.name} as stored\n"  # noqa: S608  # names of tables and columns only, out of models
        f"   set ({', '.join(changed)}) = ({', '.join(f'new.{name}' for name in changed)})\n"
        f"  from json_populate_recordset(null::{table.name}, %({parameter})s) as new\n"
        f" where stored.organization_id = %(organization_id)s\n"
        f"   and stored.id = new.id\n"
        f"   and stored.version = new.version - 1"
    )


def written(
    table: FromClause,
    columns: Iterable[ColumnElement[Any]],
    *,
    name: str = "shown",
    beside: FromClause | None = None,
) -> tuple[LateralFromClause, ColumnElement[Any]]:
    """Labelled columns of ``table`` (and ``beside``) as one JSON object that PostgreSQL writes.

    Returns the lateral to join, and its text.

    A row of 50 columns costs less to write there than to bring here value by value.
    """
    known = (table,) if beside is None else (table, beside)
    row = select(*(_json_ready(column) for column in columns)).correlate(*known).lateral(name)
    return row, cast(func.row_to_json(row.table_valued()), Text)


def gathered(
    parent: Table,
    child: Table,
    refers: ColumnElement[Any],
    columns: Iterable[ColumnElement[Any]],
    *,
    order: str = "position",
    only: ColumnElement[bool] | None = None,
) -> ColumnElement[Any]:
    """The rows of ``child`` whose column ``refers`` names a row of ``parent``, as one JSON array of ``columns``.

    A column for a selection of ``parent``, in the order of the column ``order``; ``only`` leaves rows out.
    """
    row, shown = written(child, columns, name=f"one_of_{child.name}")
    query = (
        select(array_of(shown, child.c[order]))
        .select_from(child.join(row, true()))
        .where(child.c["organization_id"] == parent.c["organization_id"], refers == parent.c["id"])
    )
    return (query if only is None else query.where(only)).correlate(parent).scalar_subquery()


def array_of(shown: ColumnElement[Any], order: ColumnElement[Any]) -> ColumnElement[Any]:
    """The aggregate of texts of JSON as one array, written as compactly as we write ours (``json_agg`` is not)."""
    items = func.string_agg(shown, aggregate_order_by(literal_column("','"), order))
    return cast(func.concat(literal_column("'['"), items, literal_column("']'")), JSON)


def _json_ready(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Instants as the contract writes them; everything else is right as PostgreSQL writes it."""
    if not isinstance(column.type, DateTime):
        return column
    assert isinstance(column, Label), "columns to be written carry the name that they are written under"
    return func.to_char(func.timezone("UTC", column.element), _INSTANT_FORMAT).label(column.name)


def as_rows(rows: Sequence[Any]) -> JsonRows:
    """Encode structs (or dictionaries) for ``insertion`` and ``replacement``."""
    return JsonRows(_ENCODER.encode(rows).decode())


def as_array(values: Iterable[str | int]) -> str:
    """Return an array as PostgreSQL reads it; psycopg, which has to find out what is in a list, takes far longer."""
    return "{" + ",".join([_quoted(value) if isinstance(value, str) else str(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_json(value: Any) -> JsonRows:
    """Encode one JSON value, decimals as exact numbers."""
    return JsonRows(_ENCODER.encode(value).decode())


def reader_of(kind: type[Value]) -> Callable[[str], Value]:
    """Return a function that reads JSON text as a struct of type ``kind``, or a list of such."""
    return msgspec.json.Decoder(kind, float_hook=Decimal).decode


def from_json(text: bytes | str) -> Any:
    """Decode JSON; numbers with a fraction become exact decimals."""
    return _DECODER.decode(text)
