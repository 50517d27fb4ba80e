"""What a body's time is taken from: a piece that is waited for, and nothing of the waiting is left."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message

from server.edge.arrival import BodyLimits, read_body
from server.edge.problems import BodyLate


class Caller:
    """Sends the pieces that it has, each after a pause, and then nothing more."""

    def __init__(self, *pieces: bytes, pause: float = 0) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._pause = pause
        self.is_waited_for = 0

    async def receive(self) -> Message:
        """Return the next piece."""
        self.is_waited_for += 1
        try:
            if self._pause:
                await asyncio.sleep(self._pause)
            piece = next(self._pieces, None)
            if piece is None:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": piece, "more_body": piece != b"end"}
        finally:
            self.is_waited_for -= 1


@pytest.mark.parametrize("pause", [0, 0.001])
async def test_a_body_is_whole_however_it_arrives(pause: float) -> None:
    caller = Caller(b"be", b"gin ", b"end", pause=pause)

    assert await read_body(caller.receive, {}, BodyLimits()) == b"begin end"


@pytest.mark.parametrize("pause", [0, 0.001])
async def test_a_body_that_stays_away_is_not_waited_for_any_more(pause: float) -> None:
    caller = Caller(b"begin", pause=pause)

    with pytest.raises(BodyLate):
        await read_body(caller.receive, {}, BodyLimits(seconds=0.05))
    assert caller.is_waited_for == 0


async def test_who_stops_the_request_stops_the_waiting() -> None:
    caller = Caller()
    request = asyncio.create_task(read_body(caller.receive, {}, BodyLimits()))
    await asyncio.sleep(0.01)

    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert caller.is_waited_for == 0
