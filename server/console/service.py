"""Everything below ``/console``: finds the page, knows who has signed in, and tells people what went wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.access import places, sessions
from domain.access.oauth.refusals import Refused
from domain.errors import Forbidden, MethodNotAllowed, Refusal, RouteNotFound, Unavailable
from server.console.inner import InnerApi
from server.console.pages import Act, Page, PageTable
from server.console.showing import asset_pages, away
from server.console.visits import Means, Visit
from server.edge.arrival import BodyLimits, read_body
from server.edge.problems import refusal_of
from server.exchange import Exchange, exchange_of
from server.oauth.browsers import Browsers
from server.oauth.doorkeeping import Doorkeeper
from server.passwords import Passwords
from server.printing.printing import Printing
from server.sealing import Sealer
from server.settings import Settings

PREFIX = "/console"
SIGN_IN = "/console/sign-in"

_FORM = BodyLimits(size_bytes=256 * 1024, seconds=10)
_FORM_WITH_FILES = BodyLimits(size_bytes=8 * 1024 * 1024, seconds=30)
_MOST_FIELDS = 400
_PAGES_PER_MINUTE = 600
_GONE = 410
_TITLES = {403: "Not allowed", 404: "Not here", 429: "Too many tries", 503: "Not just now", 500: "Something went wrong"}


class Console:
    """Answers people who have signed in, and passes all other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        pages: Sequence[Page],
        doorkeeper: Doorkeeper,
        browsers: Browsers,
        scope_words: Mapping[str, str],
        printing: Printing,
        api_path: str,
        sealer: Sealer,
        settings: Settings,
        event_names: Sequence[str],
        timeout_seconds: float,
    ) -> None:
        self.app = app
        self._table = PageTable(pages)
        self._means = Means(
            InnerApi(app, api_path),
            doorkeeper,
            browsers,
            Passwords(),
            printing,
            scope_words,
            sealer,
            settings,
            event_names,
        )
        self._timeout_seconds = timeout_seconds
        self._assets = asset_pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path below the prefix."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            await self.app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        exchange.source = "CONSOLE"
        if asset := self._assets.get(path):
            exchange.route = path
            response = await asset(exchange.headers)
        else:
            response = await self._page(scope, receive, exchange)
        await response(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, exchange: Exchange) -> Response:
        key = self._means.browsers.key_of(exchange)
        visit = Visit(self._means, scope, exchange, {}, dict(parse_qsl(scope["query_string"].decode("latin-1"))))
        visit.key = key or sessions.new_key()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._answered(visit, receive, held=key)
        except TimeoutError:
            response = _stopped(visit, Unavailable("It took too long and was given up.", headers={"Retry-After": "5"}))
        except Exception as error:
            response = _stopped(visit, refusal_of(error, exchange))
        if key is None and "set-cookie" not in response.headers:
            self._means.browsers.give(response, visit.key)
        return response

    async def _answered(self, visit: Visit, receive: Receive, *, held: str | None) -> Response:
        found = self._table.find(visit.scope["path"].rstrip("/") or PREFIX)
        visit.exchange.route = PREFIX if found is None else found[0].path
        await self._means.doorkeeper.count(f"pages:{visit.exchange.client_address}", _PAGES_PER_MINUTE, visit.exchange)
        if held is not None:
            await self._recognise(visit, held)
        if found is None:
            raise RouteNotFound("There is no such page.")
        page, visit.path = found
        act = _act_of(page, visit.scope["method"])
        if visit.session is None and not page.is_open:
            return away(f"{SIGN_IN}?next={quote(_own_address(visit.scope), safe='')}")
        self._enter(visit, page)
        if visit.scope["method"] == "POST":
            await self._read_form(visit, page, receive)
        return await act(visit)

    def _enter(self, visit: Visit, page: Page) -> None:
        """Find the organization whose page it is. Raises: RouteNotFound, Forbidden."""
        organization_id = visit.path.get("organization")
        if organization_id is None:
            return
        visit.place = next((each for each in visit.places if each.id == organization_id), None)
        if visit.place is None:
            raise RouteNotFound("There are no such books, or you are no member of them.")
        visit.nav = self._table.navigation(visit, page)
        if page.roles and visit.place.role not in page.roles:
            raise Forbidden("auth.insufficient_scope", "Your role in these books does not allow this.")

    async def _recognise(self, visit: Visit, key: str) -> None:
        """Find out who has signed in, and where they may go."""
        async with self._means.doorkeeper.books(visit.exchange) as books:
            visit.session = await sessions.find(books, key)
            if visit.session is not None:
                visit.places = await places.reached(books, visit.session.user_id)

    async def _read_form(self, visit: Visit, page: Page, receive: Receive) -> None:
        """Take the form that was sent. Raises NotOurPage unless it comes from a page of ours."""
        headers = visit.exchange.headers
        limits = _FORM_WITH_FILES if page.takes_files else _FORM
        visit.raw_body = await read_body(receive, headers, limits)
        if page.takes_files:
            token = headers.get(b"x-form-token", b"").decode("latin-1") or visit.query.get("token", "")
            self._means.browsers.holder({"token": token}, visit.exchange)
            return
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/x-www-form-urlencoded":
            raise Refused("invalid_request", "A form is sent as application/x-www-form-urlencoded.")
        visit.fields = _fields_of(visit.raw_body)
        self._means.browsers.holder({"token": visit.filled("token")}, visit.exchange)


def _act_of(page: Page, method: str) -> Act:
    acts = {"GET": page.show, "HEAD": page.show, "POST": page.act}
    act = acts.get(method)
    if act is None:
        allowed = ", ".join(name for name, each in acts.items() if each is not None)
        raise MethodNotAllowed(f"This page takes {allowed}.", headers={"Allow": allowed})
    return act


def _fields_of(text: bytes) -> dict[str, list[str]]:
    """Return the fields of a form, each with all of its values. Raises Refused."""
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused("invalid_request", "The form cannot be read: too many fields, or no UTF-8.") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields


def _own_address(scope: Scope) -> str:
    """The address of the page, without the server."""
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query and scope["method"] == "GET" else str(scope["path"])


def _stopped(visit: Visit, refusal: Refusal) -> Response:
    """Tell a person what went wrong."""
    title = _TITLES.get(refusal.status, "This cannot go on")
    page = visit.page(
        "stopped_here.html",
        status=refusal.status,
        title=title,
        message=refusal.message,
        is_gone=refusal.status == _GONE,
    )
    page.headers.update(refusal.headers)
    return page
