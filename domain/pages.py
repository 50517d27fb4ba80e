"""Pages of a list: which filters and orders it offers, and a keyset cursor that never shows a row twice.

The cursor names the last row shown by its sort key and id, and is bound to the list, its filters, its order and its
organization: on any other it is refused. The mark of a page stays below every change that the walk may have missed
because it had not been committed; all pages of a walk tell the mark of the first.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from domain.books import INDIA, Books
from domain.errors import Invalid
from domain.statements import Statement, Written, as_json, from_json, tenant_select, written
from domain.values import Struct

Position = TypeVar("Position")

_DIGEST_BYTES = 8
_MAX_CURSOR_LENGTH = 500
_AFTER_CURSOR = ("cursor",)
MARK = "last_modified_mark"
"""The filter of those who keep a copy: what was changed since the page that told the mark."""
_BY_CHANGE = "change"
_A_DAY: ColumnElement[Any] = literal_column("interval '1 day'")


@dataclass(frozen=True, eq=False)
class Listing:
    """What can be listed, and how.

    ``filters`` maps a query parameter to its condition, in which the value is the parameter of the same name;
    ``orders`` maps a sort column to the table's column; the first one is the default. Rows come newest first unless
    ``is_ascending``.
    """

    name: str
    table: Table
    filters: Mapping[str, ColumnElement[bool]]
    orders: Mapping[str, ColumnElement[Any]]
    is_ascending: bool = False
    always: ColumnElement[bool] | None = None


class Wanted(Struct, frozen=True):
    """One page that somebody asks for; ``filters`` holds the filters in use only."""

    filters: Mapping[str, Any]
    per_page: int
    cursor: str | None
    order: str | None = None
    is_ascending: bool | None = None


class Page(Struct, frozen=True):
    """Rows as JSON objects with the names of their columns, and the cursor of the next page unless this is the last.

    ``mark`` is what to ask with next time for all that changes from now on; ``None`` where the list takes no mark.
    """

    rows: list[Written]
    next_cursor: str | None
    mark: str | None = None


class _Order(Struct, frozen=True):
    """The order of a list: its sort column, and which end comes first."""

    name: str
    is_ascending: bool


def mentions(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that the text of the filter ``search`` stands in one of ``columns``, in whatever case."""
    text = func.lower(bindparam("search"))
    return or_(*(func.strpos(func.lower(column), text) > 0 for column in columns))


def equal_to(table: Table, *names: str) -> dict[str, ColumnElement[bool]]:
    """Filters that ask for the very value of the column of the same name."""
    return {name: table.c[name] == bindparam(name) for name in names}


def between_dates(column: ColumnElement[Any]) -> dict[str, ColumnElement[bool]]:
    """The filters ``date_from`` and ``date_to``, both days included."""
    return {
        "date_from": column >= bindparam("date_from", type_=Date()),
        "date_to": column <= bindparam("date_to", type_=Date()),
    }


def on_days(column: ColumnElement[Any]) -> dict[str, ColumnElement[bool]]:
    """The same filters for an instant: from the beginning of the one day in India to the end of the other."""
    return {"date_from": column >= _beginning_of("date_from"), "date_to": column < _beginning_of("date_to") + _A_DAY}


def _beginning_of(name: str) -> ColumnElement[Any]:
    """The instant at which the day in a parameter begins in India."""
    return func.timezone(str(INDIA), cast(bindparam(name, type_=Date()), DateTime()))


def modified_after(table: Table) -> dict[str, ColumnElement[bool]]:
    """The filters ``last_modified_after``, by the time told, and ``last_modified_mark``, by the transaction."""
    return {
        "last_modified_after": table.c.modified_at > bindparam("last_modified_after", type_=DateTime(timezone=True)),
        MARK: table.c.change_number >= bindparam(MARK, type_=BigInteger()),
    }


# ``columns`` is a tuple, so that statement caching works by identity of the module-level selection.
Columns = tuple[ColumnElement[Any], ...]


async def page(books: Books, listing: Listing, columns: Columns, wanted: Wanted) -> Page:
    """Return the page of ``listing`` that is ``wanted``.

    Raises Invalid for a cursor of another list, and for a mark that these books have not told.
    """
    order = _order(listing, wanted)
    binding = _binding(books.organization_id, listing.name, order, wanted.filters)
    values, mark = dict(wanted.filters), None
    if MARK in values:
        values[MARK] = int(values[MARK])
    if wanted.cursor is not None:
        values["cursor_key"], values["cursor_id"], mark = opened(wanted.cursor, binding, _key(listing, order))
    filters = (*wanted.filters, *_AFTER_CURSOR) if wanted.cursor is not None else tuple(wanted.filters)
    statement = _statement(listing, columns, filters, order)
    rows = await books.rows(statement, **values, row_limit=wanted.per_page + 1)
    if MARK in listing.filters:
        fresh = rows[0]["mark"]
        _check_mark(values.get(MARK, 0), fresh)
        mark = mark or str(fresh)
        rows = [row for row in rows if row["shown"] is not None]
    has_more = len(rows) > wanted.per_page
    del rows[wanted.per_page :]
    next_cursor = sealed(rows[-1], binding, mark) if has_more else None
    return Page([Written(row["shown"].encode()) for row in rows], next_cursor, mark)


def _order(listing: Listing, wanted: Wanted) -> _Order:
    """The order that is wanted; with a mark always that of the changes, the oldest first."""
    if MARK in wanted.filters:
        return _Order(_BY_CHANGE, is_ascending=True)
    is_ascending = listing.is_ascending if wanted.is_ascending is None else wanted.is_ascending
    return _Order(wanted.order or next(iter(listing.orders)), is_ascending)


def _key(listing: Listing, order: _Order) -> ColumnElement[Any]:
    return listing.table.c["change_number"] if order.name == _BY_CHANGE else listing.orders[order.name]


def _check_mark(given: int, fresh: int) -> None:
    """Marks only grow; one that lies ahead was told by books that have since been set back to an earlier state."""
    if given > fresh:
        raise Invalid("The mark is none of these books, or they were restored: read the whole list anew.", field=MARK)


@lru_cache(maxsize=1000)
def _statement(listing: Listing, columns: Columns, filters: tuple[str, ...], order: _Order) -> Statement:
    key, row_id = _key(listing, order), listing.table.c["id"]
    row, shown = written(listing.table, columns)
    query = tenant_select(
        listing.table, shown.label("shown"), key.label("cursor_key"), row_id.label("cursor_id")
    ).select_from(listing.table.join(row, true()))
    if listing.always is not None:
        query = query.where(listing.always)
    for name in filters:
        query = query.where(_after_cursor(key, row_id, order) if name in _AFTER_CURSOR else listing.filters[name])
    ordered = (key, row_id) if order.is_ascending else (key.desc(), row_id.desc())
    query = query.order_by(*ordered).limit(bindparam("row_limit"))
    return Statement(_marked(query, order) if MARK in listing.filters else query)


def _marked(query: Select[Any], order: _Order) -> Select[Any]:
    """The same with the mark of the statement's own snapshot beside each row, or alone if there is none."""
    shown = query.subquery("page")
    always = select(literal_column("change_mark()", BigInteger()).label("mark")).subquery("now")
    keys = (shown.c.cursor_key, shown.c.cursor_id)
    ordered = keys if order.is_ascending else tuple(each.desc() for each in keys)
    return select(always, shown).select_from(always.outerjoin(shown, true())).order_by(*ordered)


def _after_cursor(key: ColumnElement[Any], row_id: ColumnElement[Any], order: _Order) -> ColumnElement[bool]:
    last = tuple_(bindparam("cursor_key", type_=key.type), bindparam("cursor_id", type_=row_id.type))
    here = tuple_(key, row_id)
    return here > last if order.is_ascending else here < last


def _binding(organization_id: str, name: str, order: _Order, filters: Mapping[str, Any]) -> bytes:
    bound = as_json([organization_id, name, order.name, order.is_ascending, sorted(filters.items())])
    return hashlib.blake2b(bound.encode(), digest_size=_DIGEST_BYTES).digest()


def binding_of(organization_id: str, name: str, filters: Mapping[str, Any]) -> bytes:
    """Return what ties a cursor to a report of one organization with these filters."""
    bound = as_json([organization_id, name, sorted(filters.items())])
    return hashlib.blake2b(bound.encode(), digest_size=_DIGEST_BYTES).digest()


def sealed(row: Mapping[str, Any], binding: bytes, mark: str | None) -> str:
    """Return the cursor that names the place of ``row``: its ``cursor_key`` and ``cursor_id``."""
    return cursor_of([_as_text(row["cursor_key"]), row["cursor_id"], mark], binding)


def opened(cursor: str, binding: bytes, key: ColumnElement[Any]) -> tuple[Any, str, str | None]:
    """Return the sort key and id in ``cursor``, and the mark of the walk. Raises Invalid."""

    def read(position: Any) -> tuple[Any, str, str | None]:
        text, row_id, mark = position
        return _from_text(text, key), row_id, mark

    return position_in(cursor, binding, read)


def cursor_of(position: Any, binding: bytes) -> str:
    """Return the cursor that tells a position, a JSON value, on the list of this binding only."""
    told = as_json(position).encode()
    return base64.urlsafe_b64encode(_seal(told, binding) + told).decode().rstrip("=")


def position_in(cursor: str, binding: bytes, read: Callable[[Any], Position]) -> Position:
    """Return the position that a cursor tells, as ``read`` makes it of its JSON value.

    Raises Invalid for a cursor of another list, one that was tampered with, and where ``read`` raises ValueError.
    """
    try:
        if len(cursor) > _MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        seal, position = told[:_DIGEST_BYTES], told[_DIGEST_BYTES:]
        if seal != _seal(position, binding):
            raise ValueError("of another list")
        return read(from_json(position))
    except (ValueError, TypeError, ArithmeticError, binascii.Error):
        raise Invalid("The cursor is not one of this list with these filters.", field="cursor") from None


def _seal(position: bytes, binding: bytes) -> bytes:
    return hashlib.blake2b(position, key=binding, digest_size=_DIGEST_BYTES).digest()


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _from_text(text: str, key: ColumnElement[Any]) -> Any:
    if isinstance(key.type, DateTime):
        return datetime.fromisoformat(text)
    if isinstance(key.type, Date):
        return date.fromisoformat(text)
    if isinstance(key.type, BigInteger):
        return int(text)
    return Decimal(text) if isinstance(key.type, Numeric) else text
