"""One connection to a checked address, and one call over it: HTTP/1.1 with limits on all that comes back."""

import asyncio
import errno
import os
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import ip_address

import h11

from adapters.outbound_urls import Address, Target

Lookup = Callable[[str], Awaitable[Sequence[Address]]]
"""Returns the addresses of a name. Raises OSError."""

Connect = Callable[[Address, int], Awaitable[socket.socket]]
"""Returns a socket that is connected to an address and a port. Raises OSError."""

LONGEST_HEAD = 32 * 1024
_MOST_PENDING = 64 * 1024
_MOST_LOOKUPS = 64


class BrokenOff(Exception):
    """The other side ended the connection before its answer was complete."""


class Nonsense(Exception):
    """What came back is no HTTP, or more than is read of it."""


class HandshakeEnded(OSError):
    """The other side ended the connection while both agreed on TLS."""


class OwnAddress(Exception):
    """An address of this machine, whatever it is called outside: what listens there may stand behind a firewall."""


class Wire(asyncio.Protocol):
    """The bytes that come over one connection, no more of them in memory than are read soon."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.is_over = False
        self.is_idle = False
        self._is_paused = False
        self._pending = bytearray()
        self._arrived: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport  # type: ignore[assignment] # uvloop's is one in all but its class

    def data_received(self, data: bytes) -> None:
        """Keep what arrives, and ask for no more while there is enough. Nobody speaks unasked."""
        if self.is_idle:
            self.close()
            return
        self._pending += data
        if len(self._pending) >= _MOST_PENDING and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Note that nothing more comes; the transport closes itself."""
        self.is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing more comes; what has come before can still be read."""
        self.is_over = True
        self._wake()

    @property
    def has_more(self) -> bool:
        """Whether something has come that was not read."""
        return bool(self._pending)

    async def read(self) -> bytes:
        """Return what has arrived, or nothing when it is over."""
        if not self._pending and not self.is_over:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        got = bytes(self._pending)
        self._pending.clear()
        if self._is_paused and not self.transport.is_closing():
            self._is_paused = False
            self.transport.resume_reading()
        return got

    def close(self) -> None:
        """End the connection at once."""
        self.is_over = True
        self.transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)


@dataclass(slots=True)
class Reply:
    """What came back: ``is_whole`` says that the body was read to its end."""

    status: int
    headers: dict[str, str]
    body: bytearray
    is_whole: bool = False


class Connection:
    """One connection, for one call after another."""

    def __init__(self, wire: Wire, opened_at: float) -> None:
        self.wire = wire
        self.opened_at = opened_at
        self.reply: Reply | None = None
        """Of the call that runs or has just ended; there as soon as its head has come."""
        self.has_heard = False
        """Whether anything of the answer has come."""
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)

    async def call(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes, *, most_bytes: int
    ) -> Reply:
        """Send a request and return what is answered, no more than ``most_bytes`` of its body.

        Raises BrokenOff, Nonsense; ``reply`` holds what was there until then.
        """
        self._send(method, target, headers, body)
        left = most_bytes + LONGEST_HEAD
        try:
            while not self._has_enough(most_bytes) and left > 0:
                got = await self.wire.read()
                self.has_heard = self.has_heard or bool(got)
                left -= len(got)
                self._http.receive_data(got)
        except h11.RemoteProtocolError as wrong:
            raise (BrokenOff() if self.wire.is_over else Nonsense(str(wrong))) from None
        if self.reply is None:
            raise Nonsense("Its head does not end.")
        return self.reply

    def _send(self, method: str, target: Target, headers: Mapping[str, str], body: bytes) -> None:
        """Forget the last call, and hand this one over whole: the connection sends while the answer is waited for."""
        self.reply, self.has_heard = None, False
        request = h11.Request(method=method, target=target.path, headers=list(headers.items()))
        parts = (self._http.send(request), self._http.send(h11.Data(data=body)), self._http.send(h11.EndOfMessage()))
        self.wire.transport.write(b"".join(part for part in parts if part))

    def is_ready_again(self) -> bool:
        """Make ready for the next call, where the last one ended as HTTP wants it and nothing came behind."""
        has_ended = (self._http.our_state, self._http.their_state) == (h11.DONE, h11.DONE)
        if not has_ended or self.wire.is_over or self.wire.has_more or self._http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        return True

    def _has_enough(self, most_bytes: int) -> bool:
        """Take what has come so far; return whether it is all that is read."""
        while (event := self._http.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                self.reply = Reply(event.status_code, _texts(event.headers), bytearray())
            elif isinstance(event, h11.Data) and self.reply is not None:
                room = most_bytes - len(self.reply.body)
                self.reply.body += event.data[:room]
                if len(event.data) > room:
                    return True
            elif isinstance(event, h11.EndOfMessage) and self.reply is not None:
                self.reply.is_whole = True
                return True
            elif event is h11.PAUSED:
                raise Nonsense("It goes over to another protocol.")
        return False


def _texts(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}


async def opened(address: Address, target: Target, *, connect: Connect, tls: ssl.SSLContext | None) -> Wire:
    """Return a connection to an address, with the target's name in TLS where ``tls`` is given.

    Raises OSError, ssl.SSLError and HandshakeEnded among them, and OwnAddress.
    """
    with ExitStack() as unless_it_works:
        link = await connect(address, target.port)
        unless_it_works.callback(link.close)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        name = target.host if tls else None
        try:
            _, wire = await loop.create_connection(Wire, sock=link, ssl=tls, server_hostname=name)
        except ConnectionError as ended:
            raise HandshakeEnded(ended.errno, ended.strerror) from None
        unless_it_works.pop_all()
    return wire


async def connected(address: Address, port: int) -> socket.socket:
    """Connect to an address: to this very one, without any name. Raises OSError, OwnAddress."""
    with ExitStack() as unless_it_works:
        link = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        unless_it_works.callback(link.close)
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, (str(address), port))
        if not address.is_loopback and link.getsockname()[0] == link.getpeername()[0]:
            raise OwnAddress
        unless_it_works.pop_all()
    return link


class Names:
    """The system's resolver, in threads of its own: a name that nobody answers for holds up no other.

    A thread that waits cannot be stopped, so each name is asked for once at a time, and nothing waits for the threads
    when the process ends.
    """

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Future[Sequence[Address]]] = {}

    async def addresses(self, name: str) -> Sequence[Address]:
        """Return the addresses of a name, best first. Raises OSError."""
        answer = self._asked.get(name)
        if answer is None:
            if len(self._asked) >= _MOST_LOOKUPS:
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
            answer = asyncio.get_running_loop().create_future()
            answer.add_done_callback(lambda done: self._forget(name, done))
            self._asked[name] = answer
            threading.Thread(target=_look_up, args=(name, answer), daemon=True, name=f"look up {name}").start()
        return await asyncio.shield(answer)

    def _forget(self, name: str, done: "asyncio.Future[Sequence[Address]]") -> None:
        del self._asked[name]
        if not done.cancelled():
            done.exception()  # whoever asked may have gone


def _look_up(name: str, answer: "asyncio.Future[Sequence[Address]]") -> None:
    """Ask the system, with the dot that keeps its search domains out, and leave the answer with the loop."""
    found: Sequence[Address] | OSError
    try:
        rows = socket.getaddrinfo(f"{name}.", None, type=socket.SOCK_STREAM)
        found = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    except OSError as failure:
        found = failure
    with suppress(RuntimeError):  # the loop has ended
        answer.get_loop().call_soon_threadsafe(_leave, answer, found)


def _leave(answer: "asyncio.Future[Sequence[Address]]", found: Sequence[Address] | OSError) -> None:
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
