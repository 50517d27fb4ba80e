"""The one client for every call to an address that a stranger chose: webhooks, and what others publish of themselves.

A name is looked up, every address it has must be on the open Internet, and the connection goes to one of those very
addresses, with the name in TLS and in ``Host``: there is no second lookup that could answer otherwise. No redirect is
followed, no proxy asked, and everything has a limit.
"""

import asyncio
import os
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType

import certifi

from adapters.outbound_urls import Address, Target, UrlRefused, target_of, why_forbidden
from adapters.outbound_urls import checked_url as checked_url
from adapters.outbound_wire import (
    BrokenOff,
    Connect,
    Connection,
    HandshakeEnded,
    Lookup,
    Names,
    Nonsense,
    OwnAddress,
    Reply,
    connected,
    opened,
)

SECONDS = 10.0
"""For all of a call: looking up, connecting, TLS, sending, and the answer."""

MOST_BYTES = 64 * 1024
MOST_BYTES_OF_A_DOCUMENT = 5 * 1024

_TOLD = ("content-type", "cache-control", "date", "location", "retry-after")
"""The headers of an answer that anybody here asks for."""

_LONGEST_HEADER = 500
_MOST_ADDRESSES = 4
_SECONDS_OF_AN_ADDRESS = 3.0
_LOCALHOST: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_IDLE_SECONDS = 15.0
_MOST_IDLE = 256
_OLDEST_SECONDS = 60.0
"""After which a connection is not used again, so that a name that moves is followed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: ``headers`` by small names, the first bytes, and whether those are all.

    The head decides: where it came and the rest did not in time, or never ended, this is an answer all the same.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool
    milliseconds: int


class OutboundFailure(Exception):
    """There is no answer. ``kind`` is a word for machines, the message a sentence that tells no address."""

    kind: str

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.milliseconds = 0


class ForbiddenUrl(OutboundFailure):
    """The URL is none that is called."""

    kind = "FORBIDDEN_URL"


class ForbiddenAddress(OutboundFailure):
    """The name has an address that is not on the open Internet."""

    kind = "FORBIDDEN_ADDRESS"


class NoSuchName(OutboundFailure):
    """The name could not be looked up."""

    kind = "NO_SUCH_NAME"


class CannotConnect(OutboundFailure):
    """Nobody took the connection."""

    kind = "CANNOT_CONNECT"


class TlsFailed(OutboundFailure):
    """There is no secure connection: a wrong or old certificate, an old version, something that is not TLS."""

    kind = "TLS_FAILED"


class TimedOut(OutboundFailure):
    """The head of an answer did not come in time."""

    kind = "TIMED_OUT"


class ConnectionLost(OutboundFailure):
    """The connection ended before the head of an answer had come."""

    kind = "CONNECTION_LOST"


class BadAnswer(OutboundFailure):
    """What came back is no HTTP, or its head is too long."""

    kind = "BAD_ANSWER"


_Peer = tuple[str, str, int, bool]


@dataclass(slots=True)
class _Call:
    """A call that runs: what it wants, how far it is, and the connection that it has."""

    method: str
    target: Target
    headers: dict[str, str]
    body: bytes
    is_insecure_allowed: bool
    most_bytes: int
    began: float = field(default_factory=time.monotonic)
    stage: str = "begin"
    connection: Connection | None = None

    @property
    def peer(self) -> _Peer:
        """Calls with the same may use the same connections."""
        return self.target.scheme, self.target.host, self.target.port, self.is_insecure_allowed


class OutboundClient:
    """Calls others, over connections that are kept for some seconds. One a process; it belongs to one event loop."""

    def __init__(
        self,
        *,
        lookup: Lookup | None = None,
        connect: Connect = connected,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._lookup = lookup or Names().addresses
        self._connect = connect
        self._tls = tls or trusting()
        self._seconds = seconds
        self._idle: dict[_Peer, list[Connection]] = {}
        self._timers: dict[Connection, asyncio.TimerHandle] = {}

    async def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], is_insecure_allowed: bool = False
    ) -> Answer:
        """Post a body. Raises OutboundFailure. ``is_insecure_allowed`` admits this very machine, over ``http`` too."""
        sent = {**headers, "Content-Length": str(len(body))}
        return await self._answered("POST", url, sent, body, is_insecure_allowed, MOST_BYTES)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        is_insecure_allowed: bool = False,
        most_bytes: int = MOST_BYTES_OF_A_DOCUMENT,
    ) -> Answer:
        """Get a small document, and all of it. Raises OutboundFailure."""
        answer = await self._answered("GET", url, headers, b"", is_insecure_allowed, most_bytes)
        if not answer.is_whole:
            raise _after(BadAnswer(f"The answer did not end, or is longer than {most_bytes} bytes."), answer)
        return answer

    async def aclose(self) -> None:
        """Close the connections that nobody uses now."""
        for connection in list(self._timers):
            self._forget(connection)
            connection.wire.close()
        self._idle.clear()

    async def _answered(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        is_insecure_allowed: bool,  # noqa: FBT001 - passed on
        most_bytes: int,
    ) -> Answer:
        try:
            target = target_of(url, is_insecure_allowed=is_insecure_allowed)
        except UrlRefused as refused:
            raise ForbiddenUrl(str(refused)) from None
        always = {"Host": target.authority, "User-Agent": "FinzBooks", "Accept": "*/*", "Accept-Encoding": "identity"}
        call = _Call(method, target, {**always, **headers}, body, is_insecure_allowed, most_bytes)
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._carried_out(call)
        except (OutboundFailure, TimeoutError) as ended:
            reply = _head_of(call) or _raise(ended, call, self._seconds)
        finally:
            self._keep_or_close(call)
        return _answer(reply, call)

    async def _carried_out(self, call: _Call) -> Reply:
        """Call over a connection that is there, or over a new one where there is none or it turns out to have ended."""
        while kept := self._taken(call):
            try:
                return await _said(call, kept)
            except ConnectionLost:
                if kept.has_heard:
                    raise
        return await _said(call, await self._new(call))

    async def _new(self, call: _Call) -> Connection:
        """Connect to the first address that can be reached of those that the target has now."""
        addresses = await self._addresses(call)
        call.stage = "connect"
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(_SECONDS_OF_AN_ADDRESS):
                    return await self._connected(call, address)
            except (CannotConnect, TimeoutError):
                continue
        return await self._connected(call, addresses[-1])

    async def _connected(self, call: _Call, address: Address) -> Connection:
        tls = self._tls if call.target.scheme == "https" else None
        try:
            wire = await opened(address, call.target, connect=self._connect, tls=tls)
        except ssl.SSLCertVerificationError as error:
            raise TlsFailed(f"The certificate is not accepted: {error.verify_message.rstrip('.')}.") from None
        except ssl.SSLError as error:
            why = (error.reason or "no TLS").replace("_", " ").lower()
            raise TlsFailed(f"There is no secure connection: {why}.") from None
        except HandshakeEnded:
            raise TlsFailed("There is no secure connection: the other side ended it.") from None
        except OwnAddress:
            raise ForbiddenAddress("The host in the URL leads to this very machine.") from None
        except OSError as error:
            why = (
                os.strerror(error.errno).lower() if error.errno else "nobody answers"
            )  # its own words name the address
            raise CannotConnect(f"No connection was taken: {why}.") from None
        return Connection(wire, time.monotonic())

    async def _addresses(self, call: _Call) -> Sequence[Address]:
        """Look the host up; each address must be allowed, or none is called."""
        call.stage, target = "look up the name", call.target
        if target.is_this_machine:
            return _LOCALHOST
        try:
            found = (target.address,) if target.address else tuple(dict.fromkeys(await self._lookup(target.host)))
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise NoSuchName("The host in the URL cannot be looked up.")
        for address in found:
            if (why := why_forbidden(address)) and not (call.is_insecure_allowed and address.is_loopback):
                raise ForbiddenAddress(f"The host in the URL leads to an address that is not called: it is {why}.")
        return found[:_MOST_ADDRESSES]

    def _taken(self, call: _Call) -> Connection | None:
        """Return a kept connection that is still open, if there is one."""
        kept = self._idle.get(call.peer)
        while kept:
            connection = kept[-1]
            self._forget(connection, call.peer)
            if not connection.wire.is_over:
                connection.wire.is_idle = False
                return connection
        return None

    def _keep_or_close(self, call: _Call) -> None:
        """Keep a connection whose call ended well for the next one."""
        connection = call.connection
        if connection is None:
            return
        is_whole = connection.reply is not None and connection.reply.is_whole
        is_young = time.monotonic() - connection.opened_at < _OLDEST_SECONDS
        if is_whole and is_young and len(self._timers) < _MOST_IDLE and connection.is_ready_again():
            connection.wire.is_idle = True
            self._idle.setdefault(call.peer, []).append(connection)
            loop = asyncio.get_running_loop()
            self._timers[connection] = loop.call_later(_IDLE_SECONDS, self._expire, connection, call.peer)
        else:
            connection.wire.close()

    def _expire(self, connection: Connection, peer: _Peer) -> None:
        self._forget(connection, peer)
        connection.wire.close()

    def _forget(self, connection: Connection, peer: _Peer | None = None) -> None:
        self._timers.pop(connection).cancel()
        if peer is not None:
            self._idle[peer].remove(connection)
            if not self._idle[peer]:
                del self._idle[peer]


def trusting(extra_file: str = "") -> ssl.SSLContext:
    """TLS 1.2 or later, with the certificate checked by the list that browsers go by; the same on every machine.

    ``extra_file`` names further certificates, of an authority of one's own; none if it is empty.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if extra_file:
        context.load_verify_locations(cafile=extra_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _said(call: _Call, connection: Connection) -> Reply:
    """Send the call and return what is answered."""
    call.connection, call.stage = connection, "answer"
    try:
        return await connection.call(call.method, call.target, call.headers, call.body, most_bytes=call.most_bytes)
    except BrokenOff:
        connection.wire.close()
        raise ConnectionLost("The connection ended before there was an answer.") from None
    except Nonsense as wrong:
        raise BadAnswer(f"The answer is no HTTP: {wrong}") from None


def _head_of(call: _Call) -> Reply | None:
    return call.connection.reply if call.connection else None


def _raise(ended: OutboundFailure | TimeoutError, call: _Call, seconds: float) -> Reply:
    """Raise what a call ended with, and how long it took."""
    failure = ended
    if isinstance(failure, TimeoutError):
        failure = TimedOut(f"There was no answer within {seconds:g} s; the last step was to {call.stage}.")
    failure.milliseconds = _milliseconds(call)
    raise failure from None


def _after(failure: OutboundFailure, answer: Answer) -> OutboundFailure:
    failure.milliseconds = answer.milliseconds
    return failure


def _answer(reply: Reply, call: _Call) -> Answer:
    told = {name: reply.headers[name][:_LONGEST_HEADER] for name in _TOLD if name in reply.headers}
    return Answer(reply.status, MappingProxyType(told), bytes(reply.body), reply.is_whole, _milliseconds(call))


def _milliseconds(call: _Call) -> int:
    return round((time.monotonic() - call.began) * 1000)
