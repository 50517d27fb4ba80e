"""``/files/…``: the bytes of files in the local storage, for whoever has a link that is signed and not too old.

Nothing that comes from here is shown or run in a browser as a page of ours: it is saved under its name, its type is the
one that was recognised when it was uploaded, and nothing may guess another.
"""

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.files import LocalFiles, Opened, disposition
from domain.errors import MethodNotAllowed, RouteNotFound
from server import clock
from server.exchange import exchange_of

PREFIX = "/files/"
_ROUTE = "/files/{link}"


class SignedFiles:
    """Answers the links of the local storage and passes all other requests on."""

    def __init__(self, app: ASGIApp, *, files: LocalFiles) -> None:
        self.app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the bytes that a link leads to. Raises RouteNotFound for a bad link, or where no file is left."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        exchange_of(scope).route = _ROUTE  # whoever reads the logs shall not be able to follow the link
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{_ROUTE} takes GET, HEAD.", headers={"Allow": "GET, HEAD"})
        now = int(clock.seconds())
        opened = self._files.opened(scope["path"].removeprefix(PREFIX), now=now)
        if opened is None:
            raise RouteNotFound("There is no such file, or the link to it is no longer good; ask for a new one.")
        await FileResponse(opened.path, headers=_headers(opened, now))(scope, receive, send)


def _headers(opened: Opened, now: int) -> dict[str, str]:
    return {
        "Content-Type": opened.content_type,
        "Content-Disposition": disposition(opened.filename),
        "Cache-Control": f"private, max-age={opened.expires_at - now}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }
