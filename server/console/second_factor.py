"""The second factor of whoever has signed in: set up by a picture and a code, with recovery codes, and taken away."""

import segno
from markupsafe import Markup
from starlette.responses import Response

from domain.access import second_factor, security_events
from domain.errors import Refusal
from server.console.pages import Page
from server.console.visits import Visit, WrongCode, purpose_of

FACTOR = "/console/account/second-factor"

_ISSUER = "FinzBooks"


async def state(visit: Visit) -> Response:
    """Show whether there is one."""
    return await _shown(visit)


async def act(visit: Visit) -> Response:
    """Do what the button says: begin, confirm, renew the recovery codes, or remove."""
    step = {"begin": _begin, "confirm": _confirm, "renew": _renew, "remove": _remove}.get(visit.filled("step"))
    return await (_shown(visit) if step is None else step(visit))


async def _begin(visit: Visit) -> Response:
    """Show a new secret, to whoever knows the password."""
    try:
        await visit.prove()
    except Refusal as refusal:
        return await _shown(visit, refusal)
    secret, user = second_factor.new_secret(), visit.user
    async with visit.books() as books:
        sealed = visit.means.sealer.seal(secret, purpose_of(user.user_id))
        if not await second_factor.begin(books, user.user_id, sealed):
            return visit.go(FACTOR)
    address = second_factor.address_of(secret, user.email, _ISSUER)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return visit.page("factor_begun.html", picture=_picture(address), secret=groups, address=address)


async def _confirm(visit: Visit) -> Response:
    """Ask for codes from now on, and show the recovery codes, once."""
    await visit.count_code(visit.user.user_id)
    user_id = visit.user.user_id
    async with visit.books() as books:
        factor = await second_factor.find(books, user_id)
        if factor is None or factor.confirmed_at is not None:
            return visit.go(FACTOR)
        secret = visit.means.sealer.unseal(factor.sealed_secret, purpose_of(user_id))
        codes = await second_factor.confirm(books, factor, secret, visit.filled("code"))
        if codes is not None:
            await security_events.record(books, user_id, "TOTP_ENABLED")
    if codes is None:
        return visit.page("factor_begun.html", picture="", secret="", address="", refusal=WrongCode())
    return visit.page("factor_codes.html", codes=codes)


async def _renew(visit: Visit) -> Response:
    """Show ten new recovery codes, once."""
    try:
        await visit.prove()
    except Refusal as refusal:
        return await _shown(visit, refusal)
    async with visit.books() as books:
        codes = await second_factor.renew_recovery(books, visit.user.user_id)
    return visit.page("factor_codes.html", codes=codes)


async def _remove(visit: Visit) -> Response:
    """Ask for no codes any more."""
    try:
        await visit.prove()
    except Refusal as refusal:
        return await _shown(visit, refusal)
    async with visit.books() as books:
        if await second_factor.remove(books, visit.user.user_id):
            await security_events.record(books, visit.user.user_id, "TOTP_DISABLED")
    return visit.go(FACTOR, "factor-removed")


async def _shown(visit: Visit, refusal: Refusal | None = None) -> Response:
    async with visit.books() as books:
        factor = await second_factor.find(books, visit.user.user_id)
        left = await second_factor.recovery_left(books, visit.user.user_id)
    is_on = factor is not None and factor.confirmed_at is not None
    return visit.page("factor.html", is_on=is_on, since=factor and factor.confirmed_at, left=left, refusal=refusal)


def _picture(address: str) -> Markup:
    """The address as a QR code that stands in the page itself: no other server, and no image address, sees it."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704  # made by segno of squares alone


PAGES = (Page(FACTOR, state, act),)
