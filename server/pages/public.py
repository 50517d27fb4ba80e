"""What is public, without a token: the contract itself, health, metrics, and the pages of the console."""

import asyncio
import gzip
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client.core import Metric
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from xxhash import xxh3_64_hexdigest

from domain.errors import MethodNotAllowed
from server.contract.codec import encode
from server.edge.compression import accepts_gzip
from server.edge.etags import is_unchanged
from server.exchange import exchange_of
from server.metrics import CONTENT_TYPE, Metrics

Page = Callable[[Mapping[bytes, bytes]], Awaitable[Response]]
"""Answers a GET; it is given the request's headers."""

Asked = Callable[[bytes], Awaitable[Response]]
"""Answers a GET whose answer depends on the query; it is given that as it came."""

Ready = Callable[[], Awaitable[bool]]

State = Callable[[], Awaitable[Iterable[Metric]]]
"""Tells metrics that this process does not count itself."""

_logger = logging.getLogger("finzbooks.server")
_WORTH_COMPRESSING = 1024


class Pages:
    """Answers the paths of the public pages and passes all others on."""

    def __init__(self, app: ASGIApp, *, pages: Mapping[str, Page], asked: Mapping[str, Asked]) -> None:
        self.app = app
        self._pages = pages
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look the path up, literally."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in self._pages and path not in self._asked:
            await self.app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        exchange.route = path
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{exchange.route} takes GET, HEAD.", headers={"Allow": "GET, HEAD"})
        if path in self._pages:
            response = await self._pages[path](exchange.headers)
        else:
            response = await self._asked[path](scope["query_string"])
        await response(scope, receive, send)


def operational_pages(ready: Ready, metrics: Metrics, state: State | None = None) -> dict[str, Page]:
    """Return ``/healthz`` (this process is up), ``/readyz`` (it can serve) and ``/metrics``, with ``state``."""

    async def healthz(_headers: Mapping[bytes, bytes]) -> Response:
        return _status(200, "up")

    async def readyz(_headers: Mapping[bytes, bytes]) -> Response:
        try:
            is_ready = await ready()
        except Exception:
            _logger.exception("The check for readiness failed")
            is_ready = False
        return _status(200, "ready") if is_ready else _status(503, "not ready")

    async def prometheus(_headers: Mapping[bytes, bytes]) -> Response:
        others = await state() if state is not None else ()
        return Response(metrics.exposition(others), media_type=CONTENT_TYPE)

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": prometheus}


def fixed_page(content: bytes, media_type: str, headers: Mapping[str, str]) -> Page:
    """Return a page whose bytes never change while the server runs: with an entity tag, and compressed on demand."""
    etag = f'"{xxh3_64_hexdigest(content)}"'
    common = {"ETag": etag, "Vary": "Accept-Encoding", **headers}
    compressed: list[bytes] = []

    async def page(request_headers: Mapping[bytes, bytes]) -> Response:
        if is_unchanged(request_headers.get(b"if-none-match", b""), etag.encode()):
            return Response(status_code=304, headers=common)
        if len(content) < _WORTH_COMPRESSING or not accepts_gzip(request_headers.get(b"accept-encoding", b"")):
            return Response(content, media_type=media_type, headers=common)
        if not compressed:
            compressed.append(gzip.compress(content, 6, mtime=0))
        weak = {**common, "ETag": f"W/{etag}", "Content-Encoding": "gzip"}
        return Response(compressed[0], media_type=media_type, headers=weak)

    return page


def page_on_demand(make: Callable[[], bytes], media_type: str, headers: Mapping[str, str]) -> Page:
    """Return a fixed page that is made when it is first asked for, in a thread, because that takes a while."""
    made: list[Page] = []

    async def page(request_headers: Mapping[bytes, bytes]) -> Response:
        if not made:
            made.append(fixed_page(await asyncio.to_thread(make), media_type, headers))
        return await made[0](request_headers)

    return page


def _status(status: int, word: str) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(encode({"status": word}) + b"\n", status, headers, media_type="application/json")
