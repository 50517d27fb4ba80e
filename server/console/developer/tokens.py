"""The pages of tokens: which there are, making one, and revoking one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from domain.access import roles, security_events, tokens, ways_in
from domain.access.tokens import Wish
from domain.access.ways_in import WayIn
from domain.books import INDIA, Books
from domain.errors import Invalid, Refusal
from server.console.developer import scope_choice
from server.console.developer.readers import reads_log, whose
from server.console.pages import Page
from server.console.visits import DONE, Visit

DONE["token-revoked"] = "The token is revoked: the next call with it is refused."

PATH = "/console/{organization}/tokens"
LIVES = (
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "A year"),
    ("never", "Until it is revoked"),
    ("on", "A day of your choice"),
)
_USUAL_LIFE = "90"
_EVERYWHERE = "all"


async def listed(visit: Visit) -> Response:
    """Show the tokens that open these books: one's own, and to an owner those of the other members."""
    async with visit.books() as books:
        found = await ways_in.tokens_here(books, only=whose(visit))
        now = books.real_now
    facts = [{"token": each, "state": state_of(each, now), "scopes": scope_choice.told(each.scopes)} for each in found]
    good = [each for each in facts if each["state"] == "good"]
    return visit.page("developer/tokens.html", good=good, ended=[each for each in facts if each not in good])


async def asked(visit: Visit) -> Response:
    """Show the form for a new token; in a sandbox, where nothing counts, it begins with all that the role allows."""
    preset = scope_choice.EVERYTHING if visit.here.is_sandbox else scope_choice.READ
    return _form(visit, {"life": _USUAL_LIFE, "preset": preset, "reach": ""}, ())


async def made(visit: Visit) -> Response:
    """Make a token, and show it on the page that answers: it is nowhere else, and never again."""
    ticked = tuple(visit.fields.get("scopes", ()))
    try:
        async with visit.books() as books:
            wish = Wish(
                visit.user.user_id,
                visit.filled("name"),
                scope_choice.chosen(visit.filled("preset"), ticked, _allowed(visit)),
                expires_at=_end(books, visit.filled("life"), visit.filled("ends_on")),
                once=visit.filled("key") or None,
            )
            token, row = await _minted(visit, books, wish)
            await security_events.of_token(books, row, "TOKEN_MINTED")
    except Refusal as refusal:
        filled = {name: visit.filled(name) for name in ("name", "life", "ends_on", "preset", "reach")}
        return _form(visit, filled, ticked, refusal)
    api_url = visit.means.settings.public_url + visit.means.api.base_path
    return visit.page("developer/minted.html", minted=token, row=row, api_url=api_url)


async def shown(visit: Visit) -> Response:
    """Show one token: what it may do, and the form that ends it."""
    return await _one(visit)


async def revoked(visit: Visit) -> Response:
    """End a token, for whoever gives the password again."""
    try:
        async with visit.books() as books:
            await ways_in.token_here(books, visit.path["token"], only=whose(visit))
        await visit.prove()
        async with visit.books() as books:
            ended = await tokens.revoke(books, await tokens.find_token(books, visit.path["token"]))
            await security_events.of_token(books, ended, "TOKEN_REVOKED")
    except Refusal as refusal:
        return await _one(visit, refusal)
    return visit.go(f"{visit.base}/tokens", "token-revoked")


def state_of(token: WayIn, now: datetime) -> str:
    """Say whether a token is good, revoked or expired."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "good"


async def _one(visit: Visit, refusal: Refusal | None = None) -> Response:
    async with visit.books() as books:
        token = await ways_in.token_here(books, visit.path["token"], only=whose(visit))
        state = state_of(token, books.real_now)
    words = visit.means.scope_words
    may = [(scope, words.get(scope, scope).rstrip(".")) for scope in token.scopes]
    return visit.page(
        "developer/token.html", refusal=refusal, one=token, state=state, may=may, reads_log=reads_log(visit)
    )


def _form(visit: Visit, filled: Mapping[str, Any], ticked: Sequence[str], refusal: Refusal | None = None) -> Response:
    return visit.page(
        "developer/mint.html",
        refusal=refusal,
        filled={"name": "", "ends_on": "", **filled},
        ticked=ticked,
        lines=scope_choice.lines(visit.means.scope_words, _allowed(visit)),
        presets=scope_choice.PRESETS,
        lives=LIVES,
    )


async def _minted(visit: Visit, books: Books, wish: Wish) -> tuple[str, tokens.TokenRow]:
    if visit.filled("reach") == _EVERYWHERE:
        return await tokens.mint_for_user(books, wish, is_sandbox=visit.here.is_sandbox)
    return await tokens.mint(books, wish)


def _allowed(visit: Visit) -> Sequence[str]:
    """The most that a token of the user may do in these books."""
    return roles.scopes_of(visit.here.role)


def _end(books: Books, life: str, ends_on: str) -> datetime | None:
    """Return when the token shall end. Raises Invalid for what is no day, or none to come."""
    if life == "never":
        return None
    if life != "on":
        days = {"30": 30, "365": 365}.get(life, 90)
        return books.real_now + timedelta(days=days)
    try:
        last = date.fromisoformat(ends_on)
    except ValueError:
        raise Invalid("Say on which day it ends.", field="ends_on") from None
    if last < books.real_now.astimezone(INDIA).date():
        raise Invalid("This day is past; the token would never work.", field="ends_on")
    return datetime.combine(last, time(23, 59, 59), INDIA).astimezone(UTC)


PAGES = (
    Page(PATH, listed, heading="Developer", label="Tokens"),
    Page(f"{PATH}/new", asked, made),
    Page(f"{PATH}/{{token}}", shown, revoked),
)
