"""Everything below ``/oauth`` and the metadata: which path is answered by what, and errors in the words of the RFCs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access.oauth import metadata
from domain.access.oauth.refusals import Refused, UnknownClient
from domain.errors import MethodNotAllowed, RateLimited, Refusal, Unavailable
from server.contract.codec import encode
from server.edge.problems import refusal_of
from server.exchange import Door, Exchange, exchange_of
from server.oauth.consenting import Consenting
from server.oauth.endpoints import Endpoints, Fields, answer
from server.oauth.forms import read_form
from server.oauth.showing import shown
from server.pages.public import Page, fixed_page

Ask = Callable[[Fields, Exchange], Awaitable[Response]]
Tell = Callable[[Refusal, Exchange], Response]

_KEPT_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
_WORDS = {429: "temporarily_unavailable", 503: "temporarily_unavailable", 500: "server_error"}


class OAuth:
    """Answers apps that want tokens, and passes all other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        endpoints: Endpoints,
        consenting: Consenting,
        door: Door,
        issuer: str,
        timeout_seconds: float,
    ) -> None:
        self.app = app
        self._door = door
        self._timeout_seconds = timeout_seconds
        self._asked: Mapping[str, Ask] = {
            metadata.TOKEN: endpoints.token,
            metadata.REVOKE: endpoints.revoke,
            metadata.INTROSPECT: endpoints.introspect,
            metadata.REPORT: endpoints.report,
        }
        self._authorize = consenting.authorize
        self._people: Mapping[str, Ask] = {
            "/oauth/sign-out": consenting.sign_out,
            "/oauth/consent": consenting.decide,
        }
        self._told = metadata_pages(issuer)
        self._paths = {metadata.AUTHORIZE, *self._asked, *self._people, *self._told}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look the path up, literally. Raises MethodNotAllowed."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in self._paths:
            await self.app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        exchange.route, exchange.source = path, "OAUTH"
        if page := self._told.get(path):
            _only(scope, path, "GET", "HEAD")
            response = await page(exchange.headers)
        elif path == metadata.AUTHORIZE:
            _only(scope, path, "GET")
            response = await self._answered(self._authorize(scope["query_string"], exchange), _page_of, exchange)
        else:
            _only(scope, path, "POST")
            ask, tell = (self._asked[path], _told) if path in self._asked else (self._people[path], _page_of)
            response = await self._answered(_asking(ask, receive, exchange), tell, exchange)
        await response(scope, receive, send)

    async def _answered(self, answering: Awaitable[Response], tell: Tell, exchange: Exchange) -> Response:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await answering
        except TimeoutError:
            return tell(Unavailable("It took too long and was given up.", headers={"Retry-After": "5"}), exchange)
        except Exception as error:
            return tell(await self._counted(refusal_of(error, exchange), exchange), exchange)

    async def _counted(self, refusal: Refusal, exchange: Exchange) -> Refusal:
        """Count whoever is no client of ours by his address, so that secrets cannot be guessed."""
        if exchange.rate is not None or refusal.status >= 429:
            return refusal
        try:
            await self._door.stranger(exchange)
        except RateLimited as too_many:
            return too_many
        except Exception as error:
            refusal_of(error, exchange)  # a counter out of reach changes nothing
        return refusal


def metadata_pages(issuer: str) -> dict[str, Page]:
    """Return what apps find out by themselves, by path."""
    told: dict[str, dict[str, Any]] = {
        metadata.SERVER_METADATA: metadata.authorization_server(issuer),
        **{
            metadata.RESOURCE_METADATA + path: metadata.protected_resource(issuer, path)
            for path in ("", metadata.API, metadata.MCP)
        },
    }
    return {
        path: fixed_page(encode(document) + b"\n", "application/json", _KEPT_FOR_AN_HOUR)
        for path, document in told.items()
    }


def _only(scope: Scope, path: str, *methods: str) -> None:
    if scope["method"] not in methods:
        allowed = ", ".join(methods)
        raise MethodNotAllowed(f"{path} takes {allowed}.", headers={"Allow": allowed})


async def _asking(ask: Ask, receive: Receive, exchange: Exchange) -> Response:
    return await ask(await read_form(receive, exchange.headers), exchange)


def _page_of(refusal: Refusal, exchange: Exchange) -> Response:
    """Tell a person what went wrong."""
    titles = {429: "Too many tries", 503: "Not just now", 500: "Something went wrong"}
    title = titles.get(refusal.status, "This cannot go on")
    facts = {"title": title, "message": refusal.message, "request_id": exchange.request_id}
    page = shown("stopped.html", facts, status=refusal.status)
    page.headers.update(refusal.headers)
    return page


def _told(refusal: Refusal, exchange: Exchange) -> Response:
    """Return the error object of RFC 6749, 5.2; a client that tried HTTP Basic is challenged by it."""
    word = refusal.code if isinstance(refusal, Refused) else _WORDS.get(refusal.status, "invalid_request")
    headers = dict(refusal.headers)
    if isinstance(refusal, UnknownClient) and b"authorization" in exchange.headers:
        headers["WWW-Authenticate"] = 'Basic realm="FinzBooks"'
    message = "".join(each if " " <= each <= "~" and each not in '"\\' else "'" for each in refusal.message)
    body = {"error": word, "error_description": message, "request_id": exchange.request_id}
    return answer(refusal.status, body, headers)
