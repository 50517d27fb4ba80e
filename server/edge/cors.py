"""Pages of other origins that call the API from a browser (Fetch standard, CORS protocol): without credentials.

Tokens come in a header that a page must set itself, never in a cookie, so answering any origin gives nothing away.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.exchange import exchange_of

ANY = "*"
_ALLOW = b"access-control-allow-origin"
_SENT = ("Authorization", "Content-Type", "X-Request-Id", "If-Match", "If-None-Match", "Idempotency-Key")
_REMEMBERED_SECONDS = 7200
"""How long a browser need not ask again before it calls; Chrome takes no more."""


class Cors:
    """Answers preflights, which bring no token and count for no limit, and tells browsers who may read answers."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str], prefixes: Sequence[str], spec: dict[str, Any]) -> None:
        self._app = app
        self._origins = frozenset(each.encode() for each in origins)
        self._prefixes = tuple(prefixes)
        self._exposed = ", ".join(sorted(_answered_headers(spec))).encode()
        self._preflight = [
            (b"access-control-allow-methods", ", ".join(sorted(_methods(spec))).encode()),
            # * for what tools add of their own; Authorization must be named (Fetch, CORS-preflight fetch).
            (b"access-control-allow-headers", ", ".join([*sorted({*_SENT, *_sent_headers(spec)}), "*"]).encode()),
            (b"access-control-max-age", b"%d" % _REMEMBERED_SECONDS),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from no page, as nearly all calls do."""
        origin = exchange_of(scope).headers.get(b"origin") if scope["type"] == "http" else None
        if origin is None or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(origin)
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in exchange_of(scope).headers:
            headers = [*allowed, *(self._preflight if len(allowed) > 1 else [])]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [each for each in message.get("headers", ()) if each[0].lower() != _ALLOW]
                exposed = [(b"access-control-expose-headers", self._exposed)] if len(allowed) > 1 else []
                message["headers"] = [*headers, *allowed, *exposed]
            await send(message)

        await self._app(scope, receive, send_allowed)

    def _allowed(self, origin: bytes) -> list[tuple[bytes, bytes]]:
        """Return what lets a browser show answers to a page of ``origin``; only ``Vary`` where it may not."""
        vary = (b"vary", b"Origin")
        if ANY.encode() in self._origins:
            return [(_ALLOW, b"*"), vary]
        return [(_ALLOW, origin), vary] if origin in self._origins else [vary]


def _operations(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in spec["paths"].values():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield method, operation


def _methods(spec: dict[str, Any]) -> set[str]:
    return {method.upper() for method, _ in _operations(spec)} | {"HEAD"}


def _sent_headers(spec: dict[str, Any]) -> set[str]:
    """Return the names of all headers that operations read."""
    shared = spec["components"].get("parameters", {}).values()
    own = [each for _, operation in _operations(spec) for each in operation.get("parameters", [])]
    return {each["name"] for each in [*shared, *own] if each.get("in") == "header"}


def _answered_headers(spec: dict[str, Any]) -> set[str]:
    """Return the names of all headers that the contract promises."""
    shared = spec["components"].get("responses", {}).values()
    own = [each for _, operation in _operations(spec) for each in operation["responses"].values()]
    return {name for response in [*shared, *own] for name in response.get("headers", {})} | {"Allow", "Retry-After"}
