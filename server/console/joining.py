"""Opening an account, and a forgotten password: both by a link that is mailed, so that nobody takes another's address.

The password is chosen behind the link: whoever asks for it in another's name never learns nor sets one.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from starlette.responses import Response

from domain.access import credentials, invitations, links, members, security_events, sessions
from domain.access.links import Link
from domain.access.roles import TITLES
from domain.books import Books
from domain.errors import Forbidden, Refusal, Required
from domain.mails.addresses import usual_form
from server.console.pages import Page
from server.console.service import SIGN_IN
from server.console.showing import away
from server.console.signing import begun
from server.console.visits import Visit
from server.oauth.doorkeeping import STEWARD

SIGN_UP, FORGOTTEN, LINK = "/console/sign-up", "/console/forgotten", "/console/links/{link}"

_ASKED_PER_MINUTE = 10
_OPENED_PER_MINUTE = 30


class Stale(Refusal):
    """A link that was used, is too old, or never was one."""

    status = 410
    code = "auth.stale_link"

    def __init__(self) -> None:
        super().__init__("This link was used, or is too old. Ask for a new one.")


async def sign_up_page(visit: Visit) -> Response:
    """Ask for name and address."""
    return visit.page("sign_up.html", name="", email="", is_open=visit.means.settings.sign_up == "open")


async def sign_up(visit: Visit) -> Response:
    """Have a link mailed; the answer is the same whether the address is known or not. Raises RateLimited, Forbidden."""
    name, email = visit.filled("name"), visit.filled("email")
    if visit.means.settings.sign_up != "open":
        raise Forbidden("auth.sign_up_closed", "Nobody opens an account here without an invitation.")
    try:
        name, usual = members.checked_name(name), usual_form(email, field="email")
    except Refusal as refusal:
        return visit.page("sign_up.html", name=name, email=email, is_open=True, refusal=refusal)
    await _count(visit, usual)
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        await links.ask_to_sign_up(books, name=name, email=usual, key=visit.means.link_key())
    return _sent(visit, usual)


async def forgotten_page(visit: Visit) -> Response:
    """Ask for the address."""
    return visit.page("forgotten.html", email="")


async def forgotten(visit: Visit) -> Response:
    """Have a link mailed, if there is such an account; the answer does not say. Raises RateLimited."""
    email = visit.filled("email")
    try:
        usual = usual_form(email, field="email")
    except Refusal as refusal:
        return visit.page("forgotten.html", email=email, refusal=refusal)
    await _count(visit, usual)
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        await links.ask_to_reset(books, email=usual, key=visit.means.link_key())
    return _sent(visit, usual)


async def link_page(visit: Visit) -> Response:
    """Show what a link is for; only the form that is sent from there uses it, for mail programs look at links."""
    link = await found_link(visit)
    if link.purpose == links.INVITATION:
        return await _invited(visit, link)
    return visit.page("link.html", link=link, name=link.name or "")


async def follow(visit: Visit) -> Response:
    """Set the password, and open the account if there is none. Raises Stale, RateLimited."""
    link = await found_link(visit)
    try:
        if link.purpose == links.RESET:
            return await _reset(visit, link)
        return await (_joined(visit, link) if link.purpose == links.INVITATION else _opened(visit, link))
    except Refusal as refusal:
        if isinstance(refusal, Stale):
            raise
        if link.purpose == links.INVITATION:
            return await _invited(visit, link, refusal)
        return visit.page("link.html", link=link, name=visit.filled("name"), refusal=refusal)


async def found_link(visit: Visit) -> Link:
    """Return the link of the page. Raises Stale, RateLimited."""
    await visit.means.doorkeeper.count(f"links:{visit.exchange.client_address}", _OPENED_PER_MINUTE, visit.exchange)
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        link = await links.find(books, visit.path["link"])
    if link is None:
        raise Stale
    return link


async def _opened(visit: Visit, link: Link) -> Response:
    """Make the user, who is signed in at once. Raises: Invalid, Required, Duplicate, Stale."""
    name = members.checked_name(visit.filled("name"))
    fresh = credentials.checked(_chosen(visit), link.newcomer)
    kept = await visit.means.passwords.hashed(fresh)
    async with _account(visit, link, link.user_id) as books:
        if link.purpose != links.INVITATION and not await links.use(books, link):
            raise Stale
        user = await members.create_user(books, name=name, email=link.email, user_id=link.user_id)
        await credentials.keep(books, user, kept)
        if link.purpose == links.INVITATION and await invitations.accept(books, link, user.id) is None:
            raise Stale
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        if visit.session is not None:
            await sessions.end(books, visit.session)
        key = await begun(books, link.user_id)
    first = visit.go(f"/console/{link.organization_id}", "joined") if link.organization_id else away("/console")
    return visit.means.browsers.give(first, key)


async def _invited(visit: Visit, link: Link, refusal: Refusal | None = None) -> Response:
    """Show an invitation: to whoever has signed in by its address, or has no account yet."""
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        holder = await links.account_of(books, link)
    if holder is not None and visit.session is None:
        return away(f"{SIGN_IN}?next=/console/links/{visit.path['link']}")
    if visit.session is not None:
        state = "join" if visit.session.user_id == holder else "other"
    else:
        state = "new" if visit.means.settings.sign_up != "closed" else "closed"
    title = TITLES[link.role or ""]
    return visit.page("invited.html", link=link, state=state, title=title, name=visit.filled("name"), refusal=refusal)


async def _joined(visit: Visit, link: Link) -> Response:
    """Make a member of whoever has signed in, or of somebody new. Raises: Invalid, Required, Stale, Forbidden."""
    async with visit.means.doorkeeper.books(visit.exchange) as books:
        holder = await links.account_of(books, link)
    if holder is None and visit.session is None and visit.means.settings.sign_up != "closed":
        return await _opened(visit, link)
    if holder is None or visit.session is None or visit.session.user_id != holder:
        raise Forbidden("auth.wrong_account", f"This invitation is for {link.email}. Sign in by that address.")
    async with _account(visit, link, holder) as books:
        if await invitations.accept(books, link, holder) is None:
            raise Stale
    return visit.go(f"/console/{link.organization_id}", "joined")


def _account(visit: Visit, link: Link, user_id: str) -> AbstractAsyncContextManager[Books]:
    """Open a transaction on a user, and on the organization of an invitation."""
    organization_id = link.organization_id or ""
    return visit.means.doorkeeper.books(visit.exchange, role=STEWARD, user_id=user_id, organization_id=organization_id)


async def _reset(visit: Visit, link: Link) -> Response:
    """Set the password; every browser is signed out, and the user is told. Raises: Invalid, Required, Stale."""
    async with visit.means.doorkeeper.books(visit.exchange, role=STEWARD, user_id=link.user_id) as books:
        user = await members.find_user(books, link.user_id)
    fresh = credentials.checked(_chosen(visit), user)
    kept = await visit.means.passwords.hashed(fresh)
    async with visit.means.doorkeeper.books(visit.exchange, role=STEWARD, user_id=link.user_id) as books:
        if not await links.use(books, link):
            raise Stale
        await credentials.keep(books, user, kept)
        await sessions.end_all(books, user.id)
        await security_events.record(books, user.id, "PASSWORD_CHANGED")
    return visit.go(SIGN_IN, "reset")


def _chosen(visit: Visit) -> str:
    if not visit.secret("password"):
        raise Required("Choose a password.", field="password")
    return visit.secret("password")


def _sent(visit: Visit, email: str) -> Response:
    return visit.page("sent.html", email=email, has_mail=bool(visit.means.settings.smtp_url))


async def _count(visit: Visit, email: str) -> None:
    account = hashlib.sha256(email.lower().encode()).hexdigest()[:32]
    await visit.means.doorkeeper.count(f"links:{visit.exchange.client_address}", _ASKED_PER_MINUTE, visit.exchange)
    await visit.means.doorkeeper.count(f"links:{account}", _ASKED_PER_MINUTE, visit.exchange)


PAGES: Sequence[Page] = (
    Page(SIGN_UP, sign_up_page, sign_up, is_open=True),
    Page(FORGOTTEN, forgotten_page, forgotten, is_open=True),
    Page(LINK, link_page, follow, is_open=True),
)
