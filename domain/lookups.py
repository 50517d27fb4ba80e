"""Look-up lists that all organizations share and nobody changes: taxes and currencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, select

from domain.books import Books, found
from domain.pages import Columns
from domain.statements import Statement


@dataclass(frozen=True, eq=False)
class Lookup:
    """One list, in one order; ``filters`` maps a query parameter to its condition, as in a Listing."""

    noun: str
    table: Table
    key: ColumnElement[str]
    filters: Mapping[str, ColumnElement[bool]]
    order: tuple[ColumnElement[Any], ...]


async def every(books: Books, lookup: Lookup, columns: Columns, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all rows that the filters let through."""
    return await books.rows(_selection(lookup, columns, tuple(filters)), **filters)


async def one(books: Books, lookup: Lookup, columns: Columns, key: str) -> dict[str, Any]:
    """Return the row with ``key``. Raises NotFound."""
    return found(await books.row(_selection_of_one(lookup, columns), key=key), lookup.noun, key)


@lru_cache(maxsize=100)
def _selection(lookup: Lookup, columns: Columns, filters: tuple[str, ...]) -> Statement:
    return Statement(select(*columns).where(*(lookup.filters[name] for name in filters)).order_by(*lookup.order))


@lru_cache(maxsize=10)
def _selection_of_one(lookup: Lookup, columns: Columns) -> Statement:
    return Statement(select(*columns).where(lookup.key == bindparam("key")))
