"""GSTR-3B as its callers read it, and its rows as people write them down."""

from typing import Any

from domain.books import Books
from domain.statements import from_json
from handlers import gstr3b_reports as handlers
from tests.domain.conftest import body_of

Json = dict[str, Any]
_HEADS = ("igst", "cgst", "sgst", "cess")
USUAL: Json = {"format": "json", "frequency": "MONTHLY", "details": False}
"""What a query says that says nothing."""


async def gstr3b(books: Books, **query: Any) -> Json:
    """The report of November 2026, unless something else is asked."""
    asked = {**USUAL, "period": "112026", **query}
    return dict(body_of(await handlers.get_gstr3b(books, asked))["gstr3b"])


async def the_file(books: Books, **query: Any) -> Json:
    """The file of November 2026, unless something else is asked."""
    reply = await handlers.get_gstr3b_json(books, {**USUAL, "period": "112026", **query})
    assert reply.payload is not None, "a file has bytes"
    return dict(from_json(reply.payload))


def rows(of: list[Json]) -> dict[str, str]:
    """The rows that are not nought: value, and heads of tax."""
    return {row["table"]: told(row) for row in of if told(row)}


def told(row: Json) -> str:
    """The amounts of a row that are not nought, as ``1000 igst 180``."""
    value = [f"{row['taxable_value'].normalize():f}"] if row.get("taxable_value") else []
    heads = [f"{head} {row[f'{head}_amount'].normalize():f}" for head in _HEADS if row[f"{head}_amount"]]
    return " ".join(value + heads)
