"""Signing in and out: a password, then a code where the account has a second factor."""

from urllib.parse import quote

from starlette.responses import Response

from domain.access import second_factor, security_events, sessions
from domain.books import Books
from domain.errors import Refusal
from server.console.leading import Lead, lead_of
from server.console.pages import Page
from server.console.service import PREFIX, SIGN_IN
from server.console.showing import away
from server.console.visits import Visit, WrongCode

CODE = f"{SIGN_IN}/code"


class NotTogether(Refusal):
    """The address is not known, or its password is another; which of both is nobody's business."""

    status = 403
    code = "auth.wrong_password"

    def __init__(self) -> None:
        super().__init__("This address and this password do not belong together.")


async def sign_in_page(visit: Visit) -> Response:
    """Ask for address and password, unless somebody has signed in."""
    lead = await lead_of(visit, visit.query.get("next", ""))
    if visit.session is not None:
        return away(lead.to)
    return _entrance(visit, lead)


async def sign_in(visit: Visit) -> Response:
    """Begin a session, under a key that the browser did not hold before; one that waits for a code, where there is one.

    Raises RateLimited.
    """
    email, lead = visit.filled("email"), await lead_of(visit, visit.filled("next"))
    known = await visit.known_by_password(email)
    if known is None:
        return _entrance(visit, lead, email, NotTogether())
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        if visit.session is not None:
            await sessions.end(books, visit.session)
        factor = await second_factor.find(books, known.user_id)
        if factor is not None and factor.confirmed_at is not None:
            fresh = await sessions.begin_half(books, known.user_id)
            return visit.means.browsers.give(away(f"{CODE}?next={quote(lead.to, safe='')}"), fresh)
        fresh = await begun(books, known.user_id)
    return visit.means.browsers.give(away(lead.to), fresh)


async def code_page(visit: Visit) -> Response:
    """Ask for the code, whoever has just given the password."""
    lead = await lead_of(visit, visit.query.get("next", ""))
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        half = await sessions.find_half(books, visit.own_key)
    return away(SIGN_IN) if half is None else _code_asked(visit, lead)


async def give_code(visit: Visit) -> Response:
    """Take the code, and begin the session, again under a new key. Raises RateLimited."""
    lead = await lead_of(visit, visit.filled("next"))
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        half = await sessions.find_half(books, visit.own_key)
    if half is None:
        return away(SIGN_IN)
    await visit.count_code(half.user_id)
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        is_right = await visit.takes_code(books, half.user_id, visit.filled("code"))
        if is_right:
            await sessions.end(books, half)
            fresh = await begun(books, half.user_id)
    if not is_right:
        return _code_asked(visit, lead, WrongCode())
    return visit.means.browsers.give(away(lead.to), fresh)


async def sign_out(visit: Visit) -> Response:
    """End the session."""
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        await sessions.end(books, visit.user)
    return visit.go(SIGN_IN, "signed-out")


async def home(visit: Visit) -> Response:
    """Show the organizations of the user, or the only one at once."""
    live = [each for each in visit.places if not each.is_sandbox]
    return visit.page("home.html", places=visit.places, live=live)


async def begun(books: Books, user_id: str) -> str:
    """Begin a session and return its key; where the browser is a new one, the user is told."""
    if await sessions.is_new_device(books, user_id):
        await security_events.record(books, user_id, "SIGNED_IN_FROM_NEW_DEVICE")
    return await sessions.begin(books, user_id)


def _entrance(visit: Visit, lead: Lead, email: str = "", refusal: Refusal | None = None) -> Response:
    return visit.page("enter.html", email=email, lead=lead, refusal=refusal, leads_to=lead.ends_at)


def _code_asked(visit: Visit, lead: Lead, refusal: Refusal | None = None) -> Response:
    return visit.page("enter_code.html", lead=lead, refusal=refusal, leads_to=lead.ends_at)


PAGES = (
    Page(SIGN_IN, sign_in_page, sign_in, is_open=True),
    Page(CODE, code_page, give_code, is_open=True),
    Page("/console/sign-out", act=sign_out),
    Page(PREFIX, home),
)
