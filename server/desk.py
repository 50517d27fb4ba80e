"""The operator's desk: carries out a command's act on the books, in one transaction, and tells refusals in one line.

The operator has the rights of the database's owner, but acts under a role that row-level security binds as it does the
server's, save that it manages users, memberships and tokens; only finding organizations by name looks past it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import typer
from psycopg import AsyncConnection
from psycopg import errors as pg
from psycopg.types.json import set_json_loads
from rich.console import Console
from rich.table import Table

from domain import happenings
from domain.access import members
from domain.access.members import User
from domain.books import Books, to_the_microsecond
from domain.errors import Failed, NotFound, Refusal
from domain.ids import new_id
from domain.organization import open_organization
from domain.statements import Statement, from_json
from server.postgres import sessions
from server.postgres.constraints import refusal_of
from server.postgres.place import PostgresError
from server.postgres.private import database
from server.settings import BadSetting, Settings

Result = TypeVar("Result")

_MOST_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """An organization as the operator sees it."""

    id: str
    name: str
    gst_no: str | None
    state_code: str
    is_sandbox: bool
    created_at: datetime


_AS_OPERATOR = Statement("set local role finzbooks_operator")
_AS_HOUSEKEEPER = Statement("set local role finzbooks_housekeeper")
_ORGANIZATIONS = Statement(
    """
select id, name, gst_no, state_code, is_sandbox, created_at
  from organizations
 order by lower(name), is_sandbox, id
"""
)


def carry_out(act: Callable[[Books], Awaitable[Result]]) -> Result:
    """Run ``act`` on books of no organization and commit what it did; its happenings on these books are recorded.

    A refusal undoes everything and ends the process: one line on standard error and exit code 1.
    """
    return with_database(lambda url: in_one_transaction(url, act))


def with_database(work: Callable[[str], Coroutine[Any, Any, Result]]) -> Result:
    """Do ``work`` on the database that the environment names, by its URL; what goes wrong is told in one line."""
    try:
        with database(Settings.from_environment()) as url:
            return asyncio.run(work(url))
    except Refusal as refusal:
        fail(refusal.message)
    except (BadSetting, PostgresError) as mistake:
        fail(str(mistake))
    except pg.IntegrityError as violation:
        refused = refusal_of(violation)
        if refused is None:
            raise
        fail(refused.message)
    except (pg.UndefinedTable, pg.UndefinedObject, pg.UndefinedFunction, pg.InvalidParameterValue):
        fail("The database has no tables yet, or old ones; run: finzbooks migrate")
    except pg.OperationalError as failure:
        fail(f"The database cannot be reached: {str(failure).splitlines()[0]}")


async def in_one_transaction(url: str, act: Callable[[Books], Awaitable[Result]]) -> Result:
    """Run ``act`` as ``carry_out`` does, on a database that is at hand; refusals are the caller's to tell."""
    async with connected(url) as connection:
        return await acting(connection, act)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncConnection[Any]]:
    """Lend the operator's connection to the database."""
    opened = await sessions.connect(url, sessions.OPERATOR, application_name="finzbooks operator")
    set_json_loads(from_json, opened)
    async with opened as connection:
        yield connection


async def acting(connection: AsyncConnection[Any], act: Callable[[Books], Awaitable[Result]]) -> Result:
    """Run ``act`` on books of no organization in one transaction, and record its happenings on them."""
    async with connection.transaction():
        books = Books(
            connection=connection,
            organization_id="",
            user_id="",
            now=to_the_microsecond(await sessions.time_of(connection)),
            request_id=new_id("req"),
            origin={"source": "CLI"},
            explain_with=refusal_of,
        )
        await books.run(_AS_OPERATOR)
        result = await act(books)
        await happenings.record(books)
        return result


def say(text: str) -> None:
    """Print words for a person."""
    Console().print(text, highlight=False, soft_wrap=True, markup=False)


def show_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table; where nobody looks on, lines whose cells are divided by tabs."""
    if not Console().is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    shown = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        shown.add_row(*row)
    Console().print(shown)


async def organizations(books: Books) -> list[Listed]:
    """Return all organizations by name."""
    await books.run(_AS_HOUSEKEEPER)
    rows = await books.load(Listed, _ORGANIZATIONS)
    await books.run(_AS_OPERATOR)
    return rows


async def books_of(books: Books, key: str | None) -> Books:
    """Open the books of the organization with this id or name, or of the only live one. Raises Failed."""
    every = await organizations(books)
    if key is None:
        fitting = [each for each in every if not each.is_sandbox]
    else:
        by_name = [each for each in every if each.name.lower() == key.lower() and not each.is_sandbox]
        fitting = [each for each in every if each.id == key] or by_name
    if not fitting:
        raise Failed("There is no such organization; 'finzbooks organization list' shows all, 'create' founds one.")
    if len(fitting) > 1:
        names = ", ".join(f"{each.name} ({each.id})" for each in fitting[:_MOST_NAMES_SHOWN])
        raise Failed(f"Say with --org which organization is meant, by its id: {names}.")
    return await open_organization(books, fitting[0].id)


async def user_called(books: Books, key: str | None) -> User:
    """Return the user with this id or e-mail address, or the first owner of the organization. Raises Failed."""
    if key is None:
        owners = [each for each in await members.list_members(books) if each.role == "OWNER" and each.is_active]
        if not owners:
            raise Failed("Say with --user who is meant, by e-mail address.")
        key = owners[0].user_id
    try:
        return await members.find_user(books, key)
    except NotFound:
        raise Failed(f"There is no user '{key}'; 'finzbooks user create' makes one.") from None


def fail(message: str) -> NoReturn:
    """End the process with one line on standard error and exit code 1."""
    Console(stderr=True).print(message, style="red", highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(1)
