"""The statement that creates and approves an invoice, caught on its way to the database, to be sent again and again."""

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.types.json import set_json_loads

from benches.book import Book
from benches.pgbench import Script
from benches.turns import draft_of
from domain.books import Books
from domain.statements import from_json
from domain.values import Struct
from handlers.invoices import INVOICES
from server.postgres import sessions
from server.settings import Settings

PLACE = "@@@@@@@@@@"
"""What stands in each new id where ten characters are to differ from posting to posting."""

_PARAMETER = re.compile(r"\$([0-9]+)")
_NEW_ID = re.compile(r"\b((?:inv|li|je|evt)_[0-9a-z]{8})[0-9a-z]{10}([0-9a-z]{8})")


class PostingStatement(Struct, frozen=True):
    """The statement's text and arguments, and in whose books and by whom it is sent."""

    text: str
    arguments: list[str]
    organization_id: str
    user_id: str


class _Caught(Exception):
    """The statement was caught and not sent."""


def catch(book: Book) -> PostingStatement:
    """Return the statement of an invoice of five lines; nothing is written to the book."""
    return asyncio.run(_caught(book))


def script(posting: PostingStatement) -> Script:
    """Return what makes pgbench send the statement, in sessions like the server's.

    Ids differ by the second of this call, the client and the turn, each of which has its digits in their places.
    """
    values = {f"argument_{number}": each for number, each in enumerate(posting.arguments, start=1)}
    text = _PARAMETER.sub(
        lambda found: _with_number(f":argument_{found[1]}", values[f"argument_{found[1]}"]), posting.text
    )
    options = sessions.options_of(sessions.of_requests(Settings.from_environment()))
    options += f" -c app.organization_id={posting.organization_id} -c app.user_id={posting.user_id}"
    counted = f"\\set turn :turn + 1\n\\set number (:second * 100 + :client_id) * 10000 + :turn\n{text};\n"
    return Script(counted, {**values, "turn": "0", "second": str(int(time.time()) % 9000 + 1000)}, options)


def _with_number(variable: str, value: str) -> str:
    if PLACE not in value:
        return variable
    numbered = f"replace({variable}, '{PLACE}', :number::text)"
    return f"{numbered}::json" if value[0] in "[{" else numbered


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
            origin={"ip": "127.0.0.1", "user_agent": "bench", "source": "PUBLIC_API", "token_kind": "PAT"},
            finish_with=finish,
        )
        try:
            await INVOICES.create(books, msgspec.json.decode(draft_of(book, 0, auto_approve=True)))
        except _Caught:
            text, arguments = sent
    return PostingStatement(text, [_with_places(each) for each in arguments], book.organization_id, user_id)


def _with_places(argument: Any) -> str:
    text = argument.isoformat() if isinstance(argument, datetime) else argument
    return _NEW_ID.sub(rf"\1{PLACE}\2", text)
