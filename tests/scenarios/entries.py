"""Builders of entries by hand: accounts by their numbers, the two sides, the lock date."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.statements import Statement
from handlers import journals as handlers
from tests.domain.conftest import body_of

Json = dict[str, Any]

_ACCOUNT = Statement("select id from accounts where organization_id = %(organization_id)s and code = %(code)s")
_LOCK = Statement("update organizations set locked_until = %(day)s where id = %(organization_id)s")


async def the(books: Books, code: str) -> str:
    """The id of the account with this number."""
    return str(await books.value(_ACCOUNT, code=code))


async def lock(books: Books, day: str) -> None:
    """Lock the books up to a day, with it."""
    await books.run(_LOCK, day=date.fromisoformat(day))


def debit(account: str, amount: str, **said: Any) -> Json:
    """A line that debits the account with this number."""
    return {"account_id": account, "debit": Decimal(amount), **said}


def credit(account: str, amount: str, **said: Any) -> Json:
    """A line that credits the account with this number."""
    return {"account_id": account, "credit": Decimal(amount), **said}


async def with_ids(books: Books, lines: tuple[Json, ...]) -> list[Json]:
    """The lines with ids in the place of the accounts' numbers."""
    return [{**line, "account_id": await the(books, line["account_id"])} for line in lines]


async def a_journal(books: Books, *lines: Json, **said: Any) -> Json:
    """Post a journal through its handler."""
    reply = await handlers.create_journal(books, {"date": "2026-10-31", **said, "lines": await with_ids(books, lines)})
    assert reply.status == 201
    return dict(body_of(reply)["journal"])
