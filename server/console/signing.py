"""Signing in and out, and where one goes then."""

import re

from starlette.responses import Response

from domain.access import credentials, sessions
from domain.errors import Refusal
from server.console.pages import Page
from server.console.service import PREFIX, SIGN_IN
from server.console.showing import away
from server.console.visits import Visit

_OURS = re.compile(r"/console(/[A-Za-z0-9_~:-][A-Za-z0-9_.~:-]*)*(\?[A-Za-z0-9_.~%=&:+-]*)?", re.ASCII)


class NotTogether(Refusal):
    """The address is not known, or its password is another; which of both is nobody's business."""

    status = 403
    code = "auth.wrong_password"

    def __init__(self) -> None:
        super().__init__("This address and this password do not belong together.")


async def sign_in_page(visit: Visit) -> Response:
    """Ask for address and password, unless somebody has signed in."""
    wanted = own_page(visit.query.get("next", ""))
    if visit.session is not None:
        return away(wanted)
    return visit.page("enter.html", email="", next=wanted)


async def sign_in(visit: Visit) -> Response:
    """Begin a session, under a key that the browser did not hold before."""
    email, wanted = visit.filled("email"), own_page(visit.filled("next"))
    await visit.count_try(email)
    doorkeeper, exchange = visit.means.doorkeeper, visit.exchange
    async with doorkeeper.books(exchange) as books:
        known = await credentials.find(books, email)
    tried = credentials.composed(visit.secret("password"))
    kept = None if known is None else known.password_hash
    if not await visit.means.passwords.is_right(tried, kept) or known is None:
        return visit.page("enter.html", email=email, next=wanted, refusal=NotTogether())
    async with doorkeeper.books(exchange) as books:
        if visit.session is not None:
            await sessions.end(books, visit.session)
        fresh = await sessions.begin(books, known.user_id)
    return visit.means.browsers.give(away(wanted), fresh)


async def sign_out(visit: Visit) -> Response:
    """End the session."""
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        await sessions.end(books, visit.user)
    return visit.go(SIGN_IN, "signed-out")


async def home(visit: Visit) -> Response:
    """Show the organizations of the user, or the only one at once."""
    live = [each for each in visit.places if not each.is_sandbox]
    return visit.page("home.html", places=visit.places, live=live)


def own_page(wanted: str) -> str:
    """Return an address that leads to a page of the console, whatever was asked for."""
    return wanted if _OURS.fullmatch(wanted) else PREFIX


PAGES = (
    Page(SIGN_IN, sign_in_page, sign_in, is_open=True),
    Page("/console/sign-out", act=sign_out),
    Page(PREFIX, home),
)
