"""The real server under test: its worker processes, organizations to call it for, and callers with tokens."""

import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from domain import happenings
from domain.access import members, tokens
from domain.books import Books
from domain.founding import found_organization, sandbox_of
from domain.organization import open_organization
from server.processes.lifeline import told
from server.processes.nursery import Forked, Nursery
from server.processes.supervisor import APP
from server.settings import DatabaseUrl

BASE = "/api/public/v1"
WITHOUT_LIMIT = 100_000_000
_GSTIN = "27AACCS4321K1ZD"
_START_LIMIT_SECONDS = 240  # eight at a time on a busy machine take more than a minute
_numbers = count(1)

# To connect costs more than most of what is asked, so the tests' own connections stay open, one of each kind.
_owners: dict[str, psycopg.Connection[dict[str, Any]]] = {}
_operators: dict[str, AsyncConnection[Any]] = {}


@dataclass(frozen=True)
class Worker:
    """One process that answers requests, on a port of its own."""

    url: str
    process: Forked
    log: Path

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_until_ready(self) -> None:
        """Return when the process answers."""
        self.process.line.settimeout(_START_LIMIT_SECONDS)
        assert self.process.line.recv(1) == b"r", f"the worker did not start:\n{self.log.read_text()}"


def workers(database_url: str, number: int = 1, **settings: str) -> AbstractContextManager[list[Worker]]:
    """Start worker processes as the supervisor does, each on its own port, and stop them at the end."""
    return workers_from(_shared_nursery(), database_url, number, **settings)


@contextmanager
def workers_from(nursery: Nursery, database_url: str, number: int = 1, **settings: str) -> Iterator[list[Worker]]:
    """Start worker processes of other code than ours; see ``workers``."""
    started: list[Worker] = []
    with tempfile.TemporaryDirectory(prefix="finzbooks-log-") as folder:
        try:
            for position in range(number):
                started.append(_started(nursery, database_url, Path(folder) / f"{position}.log", settings))
            for worker in started:
                worker.wait_until_ready()
            yield started
        finally:
            for worker in started:
                worker.process.line.close()  # the child stops by itself at the end of its lifeline
            for worker in started:
                _wait_for_end(worker)


def unforeseen(started: Sequence[Worker]) -> str:
    """What the workers logged about errors that nobody foresaw; empty when all is well."""
    lines = (line for worker in started for line in worker.log.read_text().splitlines())
    return "\n".join(line for line in lines if "Unhandled error" in line)


def new_nursery() -> Nursery:
    """Return a nursery of the code in the present folder; it ends with this process, if not before."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FINZBOOKS_")}
    nursery = Nursery([APP], environment)
    nursery.wait_until_ready()
    return nursery


_shared_nursery = cache(new_nursery)


def _started(nursery: Nursery, database_url: str, log: Path, settings: dict[str, str]) -> Worker:
    with socket.socket() as listener, log.open("wb") as output:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
        environment = {
            "FINZBOOKS_STRANGER_CALLS_PER_MINUTE": str(WITHOUT_LIMIT),
            "FINZBOOKS_DATA_DIRECTORY": str(log.parent / "data"),
            "DATABASE_URL": database_url,
            **{name: value.replace("{port}", port) for name, value in settings.items()},
        }
        process = nursery.fork("web", APP, inherits=[listener], log=output)
        process.line.send(told(environment))
        return Worker(f"http://127.0.0.1:{listener.getsockname()[1]}", process, log)


def _wait_for_end(worker: Worker) -> None:
    try:
        worker.process.wait(10)
    except TimeoutError:
        worker.kill()


class Form(dict[str, Any]):
    """A body that is sent as ``multipart/form-data``; its member ``file`` is the content of a file."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls one or several workers with one token; ``headers`` go with every call."""

    client: httpx.AsyncClient
    urls: tuple[str, ...]
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    turns: Iterator[int] = field(default_factory=count)

    async def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """Make one call, of each worker in turn; ``headers`` and ``params`` as httpx takes them."""
        headers = {**self.headers, **options.pop("headers", {})}
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = self.urls[next(self.turns) % len(self.urls)]
        if isinstance(body, Form):
            options["data"] = {name: value for name, value in body.items() if name != "file"}
            options["files"] = {"file": ("note.txt", body.get("file", ""), "text/plain")}
        elif body is not None:
            options["json"] = body
        reply = await self.client.request(method, url + BASE + path, headers=headers, **options)
        _check_fields(method, path, reply)
        _check_link(reply)
        return reply

    async def made(self, path: str, body: Any, **options: Any) -> dict[str, Any]:
        """Create something and return it as it is shown."""
        reply = await self("POST", path, body, **options)
        assert reply.status_code == 201, reply.text
        return shown(reply)

    def with_token(self, token: str | None) -> "Caller":
        """The same, calling with another token."""
        return Caller(self.client, self.urls, token, self.headers)

    def only(self, *urls: str) -> "Caller":
        """The same, calling these workers only."""
        return Caller(self.client, urls, self.token, self.headers)


def _check_fields(method: str, path: str, reply: httpx.Response) -> None:
    """Whatever a test calls: the fields that are to blame have the contract's names."""
    if b'"field"' in reply.content and reply.headers.get("content-type") == "application/json":
        from contract_tests.fields import misnamed

        assert misnamed(method, path, reply.status_code, reply.json()) == [], f"{method} {path}: {reply.text}"


def _check_link(reply: httpx.Response) -> None:
    """Whatever a test calls: a refusal leads to the page of its code."""
    if reply.status_code >= 400 and reply.headers.get("content-type") == "application/json" and reply.content:
        assert reply.headers["Link"] == f'</docs/errors/{reply.json()["code"]}>; rel="help"', reply.text


def shown(reply: httpx.Response) -> dict[str, Any]:
    """The one resource in an envelope."""
    resource: dict[str, Any] = next(value for value in reply.json().values() if isinstance(value, dict))
    return resource


@asynccontextmanager
async def calling(*urls: str) -> AsyncIterator[Caller]:
    """Open a client of the workers at ``urls``, as yet without a token."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=256)
    async with httpx.AsyncClient(limits=limits, timeout=60, verify=False) as client:  # no certificates to read
        yield Caller(client, urls)


@dataclass(frozen=True)
class Firm:
    """An organization with its owner, and tokens of full access that are not limited."""

    url: DatabaseUrl
    organization_id: str
    owner_id: str
    token: str
    branch_id: str


async def found(url: DatabaseUrl, *, owner_id: str | None = None, name: str = "Sahyadri Traders") -> Firm:
    """Found a firm of Maharashtra, for a new owner unless one is named."""
    async with operators_books(url) as books:
        if owner_id is None:
            owner = await members.create_user(books, name="Meera Kulkarni", email=f"owner{next(_numbers)}@example.in")
            owner_id = owner.id
        opened = await found_organization(
            books, {"name": name, "state_code": "IN-MH", "gst_no": _GSTIN}, owner_id=owner_id
        )
    token = await mint(url, owner_id, opened.organization_id)
    (branch,) = rows(url, "select id from branches where organization_id = %s and is_primary", opened.organization_id)
    return Firm(url, opened.organization_id, owner_id, token, branch["id"])


def _primary_branch(url: DatabaseUrl, books: Books) -> str:
    (branch,) = rows(url, "select id from branches where organization_id = %s and is_primary", books.organization_id)
    key: str = branch["id"]
    return key


async def open_sandbox(firm: Firm) -> Firm:
    """Make the sandbox of a firm, with a test token."""
    async with operators_books(firm.url) as books:
        opened = await sandbox_of(await open_organization(books, firm.organization_id))
    token = await mint(firm.url, firm.owner_id, opened.organization_id)
    return Firm(firm.url, opened.organization_id, firm.owner_id, token, _primary_branch(firm.url, opened))


async def mint(
    url: DatabaseUrl,
    user_id: str,
    organization_id: str | None,
    *,
    held: Sequence[str] | None = None,
    calls_per_minute: int = WITHOUT_LIMIT,
    expires_at: datetime | None = None,
    is_sandbox: bool = False,
) -> str:
    """Mint a token of one organization, or with ``None`` of all the user's organizations (or of their sandboxes).

    It may do all that the user's role allows, unless it is said what.
    """
    wish = tokens.Wish(user_id, "Test", held, calls_per_minute=calls_per_minute, expires_at=expires_at)
    async with operators_books(url) as books:
        if organization_id is None:
            return (await tokens.mint_for_user(books, wish, is_sandbox=is_sandbox))[0]
        opened = await open_organization(books, organization_id)
        token, _ = await tokens.mint(opened, wish)
        await happenings.record(opened)
        return token


@asynccontextmanager
async def operators_books(url: str) -> AsyncIterator[Books]:
    """Open the operator's books under the operator's role; what is done in the block is committed at its end."""
    connection = _operators.get(url)
    if connection is None or connection.closed:
        options = "-c role=finzbooks_operator -c timezone=UTC"
        connection = _operators[url] = await AsyncConnection.connect(url, autocommit=True, options=options)
    async with connection.transaction():
        yield Books(connection=connection, organization_id="", user_id="", now=datetime.now(UTC), request_id="req_test")


def rows(url: str, query: str, *values: object) -> list[dict[str, Any]]:
    """Run one statement as the owner, whom row-level security does not bind, commit, and return its rows."""
    connection = _owners.get(url)
    if connection is None or connection.closed:
        connection = _owners[url] = psycopg.connect(url, autocommit=True, row_factory=dict_row)
    cursor = connection.execute(sql.SQL(query), values or None)
    return cursor.fetchall() if cursor.description else []


def hang_up(url: str) -> None:
    """Close what the tests themselves hold open of a database, before it is stopped."""
    if url in _owners:
        _owners.pop(url).close()
    _operators.pop(url, None)
