"""The socket that all workers share, and what callers meet on it when nobody answers: a refusal, not silence.

The supervisor holds it for as long as it lives, so the system would go on taking connections in for workers that are
not there. On Linux a listening socket that is shut down listens no more, for all who share it, until somebody has it
listen again, as each worker does when it starts. macOS has no such thing; there callers wait.
"""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from server.settings import Settings

QUEUE_LENGTH = 1024
"""Connections that the system keeps waiting before it refuses more."""

_LAST_CALLERS_SECONDS = 0.5
"""How long the workers may take to accept those that were connected already when the server was told to stop."""

_QUEUED_AT = 24
"""Where ``struct tcp_info`` of Linux has ``tcpi_unacked``: of a listening socket, how many wait to be accepted."""


class CannotListen(Exception):
    """The address is taken or is none of ours; the message says what to do."""


@contextmanager
def bound(settings: Settings) -> Iterator[socket.socket]:
    """Take the address. Nobody listens yet, so callers are refused until a worker is ready. Raises CannotListen."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as refused:
        raise CannotListen(
            f"Cannot listen on {settings.host}, port {settings.port}: {refused.strerror}. "
            "Stop what uses it, or set FINZBOOKS_HOST and PORT."
        ) from refused
    with listener:
        yield listener


def refuse_callers(listener: socket.socket) -> None:
    """Have the system refuse new connections, and those that nobody has accepted."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)


async def close_the_door(listener: socket.socket) -> None:
    """Let the workers accept who has come, and nobody else; then have newcomers refused."""
    if listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        listener.listen(0)
        ends_at = asyncio.get_running_loop().time() + _LAST_CALLERS_SECONDS
        while _queued(listener) and asyncio.get_running_loop().time() < ends_at:  # noqa: ASYNC110  # only asking tells
            await asyncio.sleep(0.005)
    refuse_callers(listener)


def _queued(listener: socket.socket) -> int:
    if not hasattr(socket, "TCP_INFO"):
        return 0
    told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _QUEUED_AT + 4)
    (waiting,) = struct.unpack_from("I", told, _QUEUED_AT)
    return int(waiting)
