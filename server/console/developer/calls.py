"""The pages of the log of calls: the last seven days, and one call."""

from starlette.responses import Response

from domain.access import api_calls, ways_in
from domain.errors import Refusal
from server.console.developer.readers import LOG_READERS, whose
from server.console.pages import Page
from server.console.visits import Visit

PATH = "/console/{organization}/calls"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CLASSES = (("2", "2xx: carried out"), ("3", "3xx: not changed"), ("4", "4xx: refused"), ("5", "5xx: our fault"))
_PER_PAGE = 50


async def listed(visit: Visit) -> Response:
    """Show a page of the log, the last calls first."""
    wanted = {name: visit.query.get(name, "").strip() for name in ("method", "status", "token", "request_id")}
    if wanted["request_id"]:
        return visit.go(f"{visit.base}/calls/{_plain(wanted['request_id'])}")
    refusal = None
    async with visit.books() as books:
        held = await ways_in.tokens_here(books, only=whose(visit))
        try:
            page = await api_calls.list_calls(
                books,
                method=wanted["method"] if wanted["method"] in METHODS else None,
                status_class=int(wanted["status"]) if wanted["status"] in dict(CLASSES) else None,
                token_id=wanted["token"] or None,
                cursor=visit.query.get("cursor"),
                per_page=_PER_PAGE,
            )
        except Refusal as refused:
            refusal, page = refused, api_calls.CallPage((), None)
        names = await ways_in.names_of(books, [call.token_id for call in page.calls])
    return visit.page(
        "developer/calls.html",
        refusal=refusal,
        calls=page.calls,
        cursor=page.next_cursor,
        names=names,
        wanted=wanted,
        tokens=[(each.id, f"{each.name} ({each.shown_prefix}…)") for each in held],
        methods=[(each, each) for each in METHODS],
        classes=list(CLASSES),
    )


async def shown(visit: Visit) -> Response:
    """Show one call, found by the request id that its answer told."""
    async with visit.books() as books:
        call = await api_calls.find_call(books, visit.path["request"])
        names = await ways_in.names_of(books, [call.token_id])
    return visit.page("developer/call.html", call=call, name=names.get(call.token_id))


def _plain(request_id: str) -> str:
    """Return what of a request id can stand in a path; nothing else is in one."""
    return "".join(sign for sign in request_id if sign.isascii() and (sign.isalnum() or sign in "_.:~-"))[:128] or "-"


PAGES = (
    Page(PATH, listed, heading="Developer", label="Log of calls", roles=LOG_READERS),
    Page(f"{PATH}/{{request}}", shown, roles=LOG_READERS),
)
