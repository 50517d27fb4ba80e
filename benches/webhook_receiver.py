"""A receiver that writes down when the first byte of each request came; what is sent to ``/dead`` gets no answer.

``python -m benches.webhook_receiver PORT FILE``: a line holds path, id of the event and moment on the machine's
monotonic clock, which all processes share.
"""

import asyncio
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from time import monotonic

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_EVENT = re.compile(rb'"event_id":"([^"]+)"')
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Receiving(asyncio.Protocol):
    """One connection."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._received = b""
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what comes, and answer each request that is whole."""
        if not self._received:
            self._began = monotonic()
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        length, event = _LENGTH.search(head), _EVENT.search(body)
        if length is None or len(body) < int(length[1]) or event is None:
            return
        self._received = b""
        path = head.split(b" ", 2)[1].decode()
        self._file.write(f"{path} {event[1].decode()} {self._began}\n")
        if self._transport is not None and path != "/dead":
            self._transport.write(_ANSWER)


async def _serve(port: int, file: TextIOWrapper) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Receiving(file), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", buffering=1, encoding="ascii") as written:
        asyncio.run(_serve(int(sys.argv[1]), written))
