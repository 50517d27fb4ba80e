"""Webhooks in the tests: a receiver on loopback that answers as a test says, endpoints, events, and a pump for them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.outbound import OutboundClient
from domain.ids import new_id
from domain.webhooks.endpoints import purpose_of
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.postgres import sessions
from server.postgres.pool import Pool
from server.sealing import Sealer
from server.settings import Settings
from server.webhooks.pump import Pump, present
from server.webhooks.sending import Sender
from tests.running import Firm, rows

Json = dict[str, Any]

KEY = base64.b64encode(bytes(range(32))).decode()
SECRET = f"whsec_{base64.b64encode(b'a secret of thirty-two bytes ...').decode()}"
ANOTHER_SECRET = f"whsec_{base64.b64encode(b'the next secret, as long as that').decode()}"
BEGINNING = datetime(2035, 3, 1, 9, 0, 0, 1, tzinfo=UTC)

_ENDPOINT = """
insert into webhook_endpoints (organization_id, id, url, events, payload, secret_sealed, version, created_at,
                               modified_at, reached, created_by)
select %s, %s, %s, %s, %s, %s, 1, now(), now(), number_events(%s, 100000), %s
returning 1
"""
_EVENT = """
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
values (%s, %s, %s, 'INVOICE', %s, %s, now())
returning 1
"""


@dataclass
class Received:
    """One request as it came: its headers by small names."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        """What was posted."""
        posted: Json = json.loads(self.raw)
        return posted

    @property
    def entity(self) -> str:
        """What the event is about."""
        key: str = self.body["data"]["id"]
        return key

    @property
    def told(self) -> tuple[str, int]:
        """The entity, and the number that the event was given by ``happened``."""
        return self.entity, self.body["data"].get("step", 0)


Answer = tuple[int, dict[str, str]]
Answering = Callable[[Received], Awaitable[Answer]]


@dataclass
class Receiver:
    """A receiver and what it got; ``answering`` may be changed at any time."""

    answering: Answering
    port: int = 0
    got: list[Received] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def told(self) -> list[tuple[str, int]]:
        """What it was told, in order."""
        return [each.told for each in self.got]

    def has_got(self, number: int) -> bool:
        """Whether so many have come."""
        return len(self.got) >= number

    def of(self, entity: str) -> list[int]:
        """The steps that it was told of one entity, in order."""
        return [step for each, step in self.told if each == entity]


def always(status: int, **headers: str) -> Answering:
    """Answer each request so."""

    async def answer(received: Received) -> Answer:
        return status, headers

    return answer


@asynccontextmanager
async def receiver(answering: Answering | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port, which takes everything unless it is told otherwise."""
    this = Receiver(answering or always(200))

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
                raw = await reader.readexactly(int(headers["content-length"]))
                this.at_once += 1
                this.most_at_once = max(this.most_at_once, this.at_once)
                this.got.append(Received(headers, raw))
                try:
                    status, more = await this.answering(this.got[-1])
                finally:
                    this.at_once -= 1
                lines = [f"HTTP/1.1 {status} So", "Content-Length: 2", *(f"{k}: {v}" for k, v in more.items())]
                writer.write(("\r\n".join(lines) + "\r\n\r\nok").encode())
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    this.port = server.sockets[0].getsockname()[1]
    try:
        yield this
    finally:
        server.close()


def sealer() -> Sealer:
    """What seals in these tests."""
    return Sealer(Settings(secrets_key=KEY))


def an_endpoint(firm: Firm, url: str, *, events: tuple[str, ...] = ("*",), payload: str = "SUMMARY") -> str:
    """Add an endpoint that is told what happens from now on; return its id."""
    key = new_id("wh")
    sealed = sealer().seal(SECRET, purpose_of(key))
    own = firm.organization_id
    rows(firm.url, _ENDPOINT, own, key, url, list(events), payload, sealed, own, firm.owner_id)
    return key


def happened(firm: Firm, entity: str, step: int = 1, *, event_type: str = "INVOICE_UPDATED") -> str:
    """Have something happen to an entity; return the event's id."""
    key, summary = new_id("evt"), json.dumps({"id": entity, "number": "INV/1", "step": step, "total": 1180.50})
    rows(firm.url, _EVENT, firm.organization_id, key, event_type, entity, summary)
    return key


def the_endpoint(firm: Firm, key: str) -> Json:
    """An endpoint as it is stored."""
    (row,) = rows(firm.url, "select * from webhook_endpoints where id = %s", key)
    return row


def deliveries(firm: Firm, key: str) -> list[Json]:
    """What was planned for an endpoint, in the order of waiting."""
    return rows(firm.url, "select * from webhook_deliveries where endpoint_id = %s order by position", key)


def attempts(firm: Firm, key: str) -> list[Json]:
    """The attempts for an endpoint, in order."""
    query = """
    select attempt.*
      from webhook_attempts as attempt
      join webhook_deliveries as delivery on delivery.id = attempt.delivery_id
     where delivery.endpoint_id = %s
     order by position, number
    """
    return rows(firm.url, query, key)


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def on(self, by: timedelta) -> None:
        """Go on."""
        self.now += by


@asynccontextmanager
async def a_pump(firm: Firm, clock: MovedClock | None = None) -> AsyncIterator[Pump]:
    """A pump on the firm's database, which calls this machine; with a clock that a test moves, or the database's."""
    books, looking = Pool(firm.url, 2, sessions.JOB), Pool(firm.url, 1, sessions.HOUSEKEEPING)
    client = OutboundClient()
    sender = Sender(client, sealer(), clock or present, is_insecure_allowed=True)
    async with books, looking:
        yield Pump(books, looking, sender, deferring(job_queue(firm.url)), clock)
    await client.aclose()
