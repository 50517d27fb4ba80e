"""The edge with a stub on each side: a door that knows one token, and an answer that calls the handler."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import uvicorn
from starlette.types import ASGIApp

from domain.access.identity import Identity
from domain.errors import RateLimited, Unauthenticated
from handlers.replies import Reply
from server.app import create_app
from server.edge.connections import connection_class
from server.edge.crowd import ConnectionLimits
from server.exchange import Call, Exchange, RateState
from tests.server.edge_spec import edge_spec

TOKEN = {"Authorization": "Bearer good"}
_BEARER = Identity("tok_1", "PAT", "usr_1", "org_1", frozenset(), "DEFAULT", 600, None, False)


@dataclass
class StubBooks:
    """What the stub's handlers get for books."""

    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class StubDoor:
    """Admits one token; strangers have a quota of their own."""

    strangers_left: int = 1000
    failure: Exception | None = None
    strangers: int = 0
    scopes: tuple[str, ...] = ()

    async def admit(self, *, authorization: bytes | None, scopes: tuple[str, ...], exchange: Exchange) -> Identity:
        """Admit ``Bearer good``."""
        self.scopes = scopes
        if authorization is None:
            raise Unauthenticated("auth.missing_token", "A bearer token is needed.")
        if authorization != b"Bearer good":
            raise Unauthenticated("auth.invalid_token", "The token is not valid.")
        exchange.rate = RateState(600, 599, int(time.time()) + 42, 60)
        return _BEARER

    async def stranger(self, exchange: Exchange) -> None:
        """Count down."""
        if self.failure:
            raise self.failure
        self.strangers += 1
        self.strangers_left -= 1
        exchange.rate = RateState(60, max(0, self.strangers_left), int(time.time()) + 42, 60)
        if self.strangers_left < 0:
            raise RateLimited("Too many calls.", headers={"Retry-After": "42"})


@dataclass
class Edge:
    """An app under test, with the stubs and the log lines it wrote."""

    door: StubDoor = field(default_factory=StubDoor)
    calls: list[Call] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    books: StubBooks = field(default_factory=StubBooks)
    failure: Exception | None = None
    is_ready: bool = True

    def app(self, spec: dict[str, Any] | None = None, **options: Any) -> ASGIApp:
        """Return the application."""
        return create_app(
            spec=spec or edge_spec(), door=self.door, answer=self.answer, ready=self.ready, write_line=self.write,
            **options,
        )  # fmt: skip

    @asynccontextmanager
    async def client(self, spec: dict[str, Any] | None = None, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
        """Yield a client that speaks to the application in this process."""
        transport = httpx.ASGITransport(app=self.app(spec, **options))
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            yield client

    async def answer(self, call: Call) -> Reply:
        """Call the handler with what it takes."""
        self.calls.append(call)
        if self.failure:
            raise self.failure
        offered = {"books": self.books, "query": call.query, "body": call.body, **call.path}
        return await call.operation.handler(**{name: offered[name] for name in call.operation.takes})

    async def ready(self) -> bool:
        """Say what the test wants."""
        return self.is_ready

    def write(self, line: bytes) -> None:
        """Keep a log line."""
        self.lines.append(msgspec.json.decode(line))


@asynccontextmanager
async def listening(edge: Edge, limits: ConnectionLimits, *, keep_alive_seconds: int = 65) -> AsyncIterator[int]:
    """Have the application listen behind a real uvicorn, as a worker's does, and yield the port."""
    config = uvicorn.Config(
        edge.app(), host="127.0.0.1", port=0, http=connection_class(limits), timeout_keep_alive=keep_alive_seconds,
        log_config=None, lifespan="on", access_log=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag only
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


def fifty_rows() -> list[dict[str, Any]]:
    """Return rows as a list of invoices has them, about 200 bytes each."""
    return [
        {
            "thing_id": f"inv_01jd{number:022}", "number": f"INV-{number:04}", "date": "2026-11-21",
            "contact_name": "Ravi Traders", "status": "SENT", "total": Decimal("1180.00"),
            "balance": Decimal("0.00"), "currency_code": "INR", "version": number,
        }
        for number in range(50)
    ]  # fmt: skip
