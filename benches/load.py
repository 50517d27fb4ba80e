"""A client that costs little: keep-alive connections on bare sockets, each sending its next request at once.

One thread drives all connections, so that two cores are left to what is measured as far as can be.
"""

import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

_MOST_BYTES = 1 << 20
_GOOD = (b"HTTP/1.1 200", b"HTTP/1.1 201")

Follow = Callable[[bytes], bytes | None]
"""Takes the response to the last request and returns the next request of the same turn, or ``None`` when it is done."""


class BadAnswer(Exception):
    """The server refused what it should have carried out, so that the measurement would be worthless."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a client does over and over: one request, or several where the next one needs the answer to the last.

    ``makes`` is how many things a turn makes, by which it is counted.
    """

    begin: Callable[[], bytes]
    follow: Follow = lambda response: None
    makes: int = 1


@dataclass(frozen=True, slots=True)
class Drive:
    """What a drive came to: the duration of each turn that ended in its time, in seconds, and how many did at all."""

    seconds: float
    latencies: list[float]
    turns: int
    makes: int = 1


def request(method: str, port: int, target: str, token: str | None = None, body: bytes | None = None) -> bytes:
    """Return an HTTP request as it goes over the wire."""
    head = [f"{method} {target} HTTP/1.1", f"Host: localhost:{port}", "User-Agent: bench", "Accept: application/json"]
    if token is not None:
        head.append(f"Authorization: Bearer {token}")
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*head, "", "")).encode() + (body or b"")


def ask(port: int, message: bytes) -> bytes:
    """Send one request on a connection of its own and return the response. Raises BadAnswer."""
    with _Connection(port, Turn(lambda: message)) as connection:
        connection.begin()
        while (response := connection.read()) is None:
            pass
        return response


def drive(port: int, turn: Turn, *, clients: int, seconds: float) -> Drive:
    """Let so many clients take turns for so long, then let turns that have begun come to their end unmeasured."""
    latencies: list[float] = []
    connections = [_Connection(port, turn) for _ in range(clients)]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        started = perf_counter()
        until = started + seconds
        for connection in connections:
            connection.begin()
        under_way = clients
        while under_way:
            for key, _ in selector.select(timeout=30):
                done_in: float | None = key.data.advance()
                if done_in is None:
                    continue
                if perf_counter() < until:
                    latencies.append(done_in)
                    key.data.begin()
                else:
                    under_way -= 1
    for connection in connections:
        connection.socket.close()
    return Drive(seconds, latencies, len(latencies) + clients, turn.makes)


class _Connection:
    """One client: its socket, what it has received of a response, and when its turn began."""

    def __init__(self, port: int, turn: Turn) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._turn = turn
        self._received = b""
        self._began = 0.0

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *failure: object) -> None:
        self.socket.close()

    def begin(self) -> None:
        """Begin a turn."""
        self._began = perf_counter()
        self.socket.sendall(self._turn.begin())

    def advance(self) -> float | None:
        """Take what has arrived; return how long the turn took if that was its end. Raises BadAnswer."""
        response = self.read()
        if response is None:
            return None
        following = self._turn.follow(response)
        if following is None:
            return perf_counter() - self._began
        self.socket.sendall(following)
        return None

    def read(self) -> bytes | None:
        """Return the response once all of it has arrived. Raises BadAnswer."""
        arrived = self.socket.recv(_MOST_BYTES)
        if not arrived:
            raise BadAnswer("The server closed the connection.")
        received = self._received + arrived if self._received else arrived
        end = received.find(b"\r\n\r\n")
        if end < 0 or len(received) < end + 4 + _content_length(received, end):
            self._received = received
            return None
        self._received = b""
        if not received.startswith(_GOOD):
            raise BadAnswer(received[:2000].decode(errors="replace"))
        return received


def _content_length(received: bytes, end: int) -> int:
    start = received.find(b"content-length: ", 0, end) + len(b"content-length: ")
    return int(received[start : received.find(b"\r", start)])
