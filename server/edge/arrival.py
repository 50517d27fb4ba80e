"""How the body of a request arrives: piece by piece, up to a size, and within a time that runs from its beginning.

A caller who sends a byte now and then would otherwise hold a connection, memory and a file for as long as it likes.
"""

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from types import coroutine
from typing import Any

from starlette.types import Message, Receive

from domain.errors import Invalid, TooLarge, UnsupportedMediaType, printable
from server.edge.problems import BodyLate, ClientGone

_LONGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, and how long it may take to arrive."""

    size_bytes: int = 2 * 1024 * 1024
    seconds: float = 30


async def pieces(receive: Receive, *, seconds: float) -> AsyncIterator[bytes]:
    """Yield a body as it arrives. Raises: ClientGone, BodyLate when it is not complete in time."""
    more, ends_at = True, asyncio.get_running_loop().time() + seconds
    while more:
        piece, more = await _piece(receive, ends_at, seconds)
        yield piece


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limits: BodyLimits) -> bytes:
    """Return the body of a request, with or without Content-Length; refuse it as soon as it is over its limits."""
    check_length(headers, limits.size_bytes, told=limits.size_bytes)
    more, ends_at = True, asyncio.get_running_loop().time() + limits.seconds
    chunks: list[bytes] = []
    size = 0
    while more:
        chunk, more = await _piece(receive, ends_at, limits.seconds)
        size += len(chunk)
        if size > limits.size_bytes:
            raise too_large(limits.size_bytes)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def check_encoding(headers: Mapping[bytes, bytes]) -> None:
    """Refuse a body that is compressed: a few bytes could become many (RFC 9110, 12.5.3, says what is told)."""
    coding = headers.get(b"content-encoding", b"").strip().lower()
    if coding not in (b"", b"identity"):
        raise UnsupportedMediaType(
            "The body must be sent as it is, not compressed.", headers={"Accept-Encoding": "identity"}
        )


def check_length(headers: Mapping[bytes, bytes], limit_bytes: int, *, told: int) -> None:
    """Refuse a body by the Content-Length that it announces; ``told`` is the limit that the caller hears of."""
    length = headers.get(b"content-length")
    if length is None:
        return
    if not length.isdigit():
        received = {"received": printable(length.decode("latin-1")[:100])}
        raise Invalid("Content-Length must be a number of bytes.", field="Content-Length", details=received)
    if len(length) > _LONGEST_LENGTH or int(length) > limit_bytes:
        raise too_large(told)


async def _piece(receive: Receive, ends_at: float, seconds: float) -> tuple[bytes, bool]:
    """Return the next piece of a body, and whether there are more.

    Most have arrived already, so a timer is set only for those that have not: it costs more than all the rest here.
    """
    arriving = receive().__await__()
    try:
        waits_for = next(arriving)
    except StopIteration as arrived:
        message: Message = arrived.value
    else:
        try:
            async with asyncio.timeout_at(ends_at):
                message = await _rest(arriving, waits_for)
        except TimeoutError:
            raise BodyLate(seconds) from None
    if message["type"] == "http.disconnect":
        raise ClientGone("The caller went away before the body was complete.")
    return message.get("body", b""), message.get("more_body", False)


@coroutine
def _rest(arriving: Generator[Any, None, Message], waits_for: object) -> Generator[Any, None, Message]:
    """Go on with what has been begun and ``waits_for`` something."""
    with closing(arriving):
        yield waits_for
        return (yield from arriving)


def too_large(limit_bytes: int) -> TooLarge:
    """Return the refusal of a body or a part of one; the rest of it is not waited for."""
    return TooLarge(f"This is over the limit of {limit_bytes} bytes.", headers={"Connection": "close"})
