"""The outermost layer: every exchange gets its id, its common headers, its log line and its place in the metrics."""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.ids import new_id
from server import clock
from server.edge.problems import help_link
from server.exchange import Exchange, Note, RateState
from server.logs import WriteLine, request_line
from server.metrics import Metrics

_SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,128}")
_PATIENCE_SECONDS = 3
"""Longest time for which the rest of a refused body is taken."""

_NO_ADDRESS = ("", 0)
_NOT_TO_BE_GUESSED = (b"x-content-type-options", b"nosniff")


class Outermost:
    """Wraps the whole stack, error handling included; ``note`` takes what callers can read of their calls."""

    def __init__(self, app: ASGIApp, *, write_line: WriteLine, metrics: Metrics, note: Note | None) -> None:
        self.app = app
        self._write_line = write_line
        self._metrics = metrics
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the exchange, pass the request on, close the exchange."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        exchange = state["exchange"] = _opened(scope, state.pop("begun_with", {}))
        without_body, is_last = scope["method"] == "HEAD", False

        async def send_framed(message: Message) -> None:
            nonlocal is_last
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
                exchange.status = status
                is_last = status >= 400 and (b"connection", b"close") in headers
                message["headers"] = _with_common(headers, exchange)
            elif without_body:
                message = {**message, "body": b""}
            elif is_last:
                await send({**message, "more_body": True})
                await _hear_out(receive)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        self._metrics.begin()
        try:
            await self.app(scope, receive, send_framed)
        finally:
            self._close(exchange, scope)

    def _close(self, exchange: Exchange, scope: Scope) -> None:
        seconds = perf_counter() - exchange.started
        self._metrics.end(exchange.operation_id, exchange.status, seconds)
        self._write_line(request_line(exchange, method=scope["method"], path=scope["path"], seconds=seconds))
        is_tried_only = exchange.rehearsal is not None and exchange.rehearsal.expected is None
        if self._note is not None and not is_tried_only:
            self._note(exchange, scope["method"], scope.get("raw_path") or scope["path"].encode(), seconds)


async def _hear_out(receive: Receive) -> None:
    """Take what a caller still sends after its answer: hanging up on it at once could lose the answer on its way."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            message = await receive()
            while message.get("more_body", False):
                message = await receive()


def rate_headers(rate: RateState) -> list[tuple[bytes, bytes]]:
    """Return both header families: the X- ones, and draft-ietf-httpapi-ratelimit-headers-10."""
    seconds_left = max(0, rate.reset_at - int(clock.seconds()))
    return [
        *_headers_of_window(rate.limit, rate.reset_at, rate.window_seconds),
        (b"x-ratelimit-remaining", b"%d" % rate.remaining),
        (b"ratelimit", b'"default";r=%d;t=%d' % (rate.remaining, seconds_left)),
    ]


@lru_cache(maxsize=64)
def _headers_of_window(limit: int, reset_at: int, seconds: int) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"x-ratelimit-limit", b"%d" % limit),
        (b"x-ratelimit-reset", b"%d" % reset_at),
        (b"ratelimit-policy", b'"default";q=%d;w=%d' % (limit, seconds)),
    )


def _opened(scope: Scope, begun_with: dict[str, Any]) -> Exchange:
    """Begin an exchange; ``begun_with`` is what only this server can say of one that it makes itself."""
    headers = _joined(scope["headers"])
    wanted = headers.get(b"x-request-id")
    return Exchange(
        request_id=wanted.decode() if wanted and _is_sane(wanted) else new_id("req"),
        started=perf_counter(),
        client_address=(scope.get("client") or _NO_ADDRESS)[0],
        headers=headers,
        **begun_with,
    )


def _is_sane(request_id: bytes) -> bool:
    """Whether an id that a caller chose may stand in logs; a token may not."""
    return _SANE_REQUEST_ID.fullmatch(request_id) is not None and b"aibk_" not in request_id


def _joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name. Joining duplicates also makes a second Authorization or Content-Type invalid."""
    headers: dict[bytes, bytes] = {}
    for name, value in raw:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _with_common(headers: Iterable[tuple[bytes, bytes]], exchange: Exchange) -> list[tuple[bytes, bytes]]:
    framed = [*headers, (b"x-request-id", exchange.request_id.encode()), _NOT_TO_BE_GUESSED]
    if exchange.rate is not None:
        framed += rate_headers(exchange.rate)
    if exchange.error_code is not None:
        framed.append((b"link", help_link(exchange.error_code).encode()))
    return framed
