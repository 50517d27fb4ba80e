"""An error is answered as long as nothing of an answer has been sent; later it is left to the server."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.edge.error_handling import Errors
from server.exchange import Exchange


class Broken(Exception):
    """What the application under test raises."""


async def _carry(*, started: bool) -> list[Message]:
    """Return what is sent for a request whose application raises, before or after its answer has begun."""
    sent: list[Message] = []
    exchange = Exchange("req_1", 0.0, "127.0.0.1")

    async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange.status = 200 if started else 0
        raise Broken

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/things", "headers": [], "query_string": b""}
    await Errors(application)({**scope, "state": {"exchange": exchange}}, receive, send)
    return sent


async def test_an_error_before_the_answer_is_answered() -> None:
    start, _ = await _carry(started=False)

    assert start["status"] == 500


async def test_an_error_within_the_answer_is_raised() -> None:
    with pytest.raises(Broken):
        await _carry(started=True)
