"""Receivers of calls: a server on loopback that does what a test says, and clients that take it for another's.

The client under test checks all that it always checks. Only two things are given to it: what a name is looked up to,
and a way to connect, which notes the address that was asked for and leads to the receiver.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import trustme

from adapters.outbound import Answer, OutboundClient
from adapters.outbound_urls import Address

PUBLIC = "93.184.216.34"
NAME = "hooks.example.in"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """What a server on loopback got, and how many connections it took."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def hears(self) -> None:
        """Wait until a request has come."""
        await asyncio.wait_for(self.heard.wait(), 5)


async def heard(reader: asyncio.StreamReader, receiver: Receiver) -> bool:
    """Read one request whole; return False where there is none."""
    head = await reader.readuntil(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")[:-2]
    headers = dict(each.split(": ", 1) for each in rest)
    body = await reader.readexactly(int(headers.get("Content-Length", headers.get("content-length", "0"))))
    receiver.received.append(Received(line, headers, body, receiver.names[-1] if receiver.names else None))
    receiver.heard.set()
    return True


@asynccontextmanager
async def receiver(*answers: bytes | Conversation, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that gives one answer to each request, over again from the first when they are used up.

    What is not bytes speaks for itself, and its connection ends after it.
    """
    this, given = Receiver(), 0

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal given
        this.connections += 1
        try:
            while await heard(reader, this):
                answer = answers[given % len(answers)]
                given += 1
                if not isinstance(answer, bytes):
                    await answer(reader, writer)
                    return
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the test is over
        finally:
            writer.close()

    if tls is not None:

        def note(link: ssl.SSLObject | ssl.SSLSocket, name: str | None, context: ssl.SSLContext) -> None:
            this.names.append(name)

        tls.sni_callback = note
    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls)
    this.port = server.sockets[0].getsockname()[1]
    try:
        yield this
    finally:
        server.close()


@dataclass
class World:
    """What names lead to, one answer a lookup, the last one for good; and to what addresses was connected."""

    port: int
    names: dict[str, list[Sequence[str]]] = field(default_factory=lambda: {NAME: [[PUBLIC]]})
    lookups: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    away: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    async def look_up(self, name: str) -> Sequence[Address]:
        """Answer as a resolver does."""
        self.lookups.append(name)
        answers = self.names.get(name)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(each) for each in found]

    async def connect(self, address: Address, port: int) -> socket.socket:
        """Lead to the receiver, whatever the address."""
        self.connected.append(str(address))
        if str(address) in self.away:
            raise ConnectionRefusedError(111, "Connection refused")
        if str(address) in self.silent:
            await asyncio.Event().wait()
        link = socket.socket()
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", self.port))
        return link


async def sent_to(*answers: bytes | Conversation, seconds: float = 5) -> Answer:
    """Post one body to a receiver that answers so, and return what the client makes of it."""
    async with receiver(*answers) as there:
        return await posted(there, OutboundClient(seconds=seconds))


async def posted(there: Receiver, client: OutboundClient) -> Answer:
    """Post a body to a receiver on this machine."""
    try:
        url = f"http://127.0.0.1:{there.port}/"
        return await client.post(url, body=b"{}", headers={}, is_insecure_allowed=True)
    finally:
        await client.aclose()


class Authority:
    """A certificate authority of this run, and what trusts it as we trust the usual ones."""

    def __init__(self) -> None:
        self.ca = trustme.CA()

    def server(self, *names: str, **wanted: Any) -> ssl.SSLContext:
        """What a server with a certificate for these names has."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*(names or (NAME,)), **wanted).configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """What the client has, but for who is trusted."""
        context = ssl.create_default_context()
        self.ca.configure_trust(context)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@asynccontextmanager
async def client_in(
    world: World, *, tls: ssl.SSLContext | None = None, seconds: float = 5
) -> AsyncIterator[OutboundClient]:
    """A client that lives in a world of a test."""
    client = OutboundClient(lookup=world.look_up, connect=world.connect, tls=tls, seconds=seconds)
    try:
        yield client
    finally:
        await client.aclose()


def answer(status: str = "200 OK", body: bytes = b"ok", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
