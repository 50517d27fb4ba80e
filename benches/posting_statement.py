"""The statement that creates and approves an invoice, caught on its way to the database, to be sent again and again."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.types.json import set_json_loads

from benches.book import Book
from benches.turns import draft_of
from domain.books import Books
from domain.statements import from_json
from domain.values import Struct
from handlers.invoices import create_invoice

PLACE = "@@@@@@@@@@"
"""What stands in each new id where ten characters are to differ from posting to posting."""

_NEW_ID = re.compile(r"\b((?:inv|li|je|evt)_[0-9a-z]{8})[0-9a-z]{10}([0-9a-z]{8})")


class PostingStatement(Struct, frozen=True):
    """The statement's text and arguments, and in whose books and by whom it is sent."""

    text: str
    arguments: list[str]
    organization_id: str
    user_id: str


class _Caught(Exception):
    """The statement was caught and not sent."""


def catch(book: Book) -> bytes:
    """Return the statement of an invoice of five lines as JSON; nothing is written to the book."""
    return msgspec.json.encode(asyncio.run(_caught(book)))


async def _caught(book: Book) -> PostingStatement:
    sent: list[Any] = []

    async def finish(text: str, arguments: list[Any]) -> None:
        sent.extend((text, arguments))
        raise _Caught

    opened = await AsyncConnection.connect(book.url, autocommit=True)
    set_json_loads(from_json, opened)
    async with opened as connection:
        cursor = await connection.execute("select user_id from memberships where is_active limit 1")
        ((user_id,),) = await cursor.fetchall()
        books = Books(
            connection=connection,
            organization_id=book.organization_id,
            user_id=user_id,
            now=datetime.now(UTC),
            request_id="req_bench",
            origin={"ip": "127.0.0.1", "user_agent": "bench", "source": "PAT"},
            finish_with=finish,
        )
        try:
            await create_invoice(books, {"send": True}, msgspec.json.decode(draft_of(book, 0)))
        except _Caught:
            text, arguments = sent
    return PostingStatement(text, [_with_places(each) for each in arguments], book.organization_id, user_id)


def _with_places(argument: Any) -> str:
    text = argument.isoformat() if isinstance(argument, datetime) else argument
    return _NEW_ID.sub(rf"\1{PLACE}\2", text)
