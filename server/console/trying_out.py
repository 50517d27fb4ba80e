"""The reader's own test token for the documentation, which asks for it by script: who has signed in, then the token.

The pages of the documentation are the same for everybody and kept by whoever likes; what is one's own comes from here.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.responses import Response

from domain.access import trying_out
from domain.access.places import Place
from domain.access.tokens import MintedBefore, TokenRow
from domain.books import Books
from domain.errors import Forbidden, Required
from domain.founding import sandbox_of
from domain.organization import sandbox_id_of
from server.console.pages import Page
from server.console.showing import HEADERS
from server.console.visits import Visit
from server.contract.codec import encode
from server.oauth.browsers import NotOurPage
from server.oauth.doorkeeping import STEWARD

PATH = "/console/test-token"

_ASKED_PER_MINUTE = 60
_KEY_OF_TOKENS = "tokens for trying out"


async def told(visit: Visit) -> Response:
    """Say who has signed in, in which books they may try calls out, and what a form of theirs must bring."""
    if visit.exchange.headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
        raise NotOurPage
    if visit.session is None:
        return _data({"name": None})
    books = [
        {"id": each.id, "name": each.name, "has_sandbox": _sandbox(visit, each) is not None} for each in _live(visit)
    ]
    return _data({"name": visit.user.name, "proof": visit.means.browsers.proof(visit.own_key), "books": books})


async def given(visit: Visit) -> Response:
    """Give the test token of this browser for the sandbox of some books, which is made at first need."""
    if visit.session is None:
        raise Forbidden("auth.not_signed_in", "Nobody has signed in.")
    live = next((each for each in _live(visit) if each.id == visit.filled("books")), None)
    if live is None:
        raise Required("Say in the sandbox of which books of yours.", field="books")
    await visit.means.doorkeeper.count(f"test-token:{visit.user.user_id}", _ASKED_PER_MINUTE, visit.exchange)
    if _sandbox(visit, live) is None:
        async with _books(visit, live.id) as books:
            await sandbox_of(books)
    try:
        token, row = await _token(visit, sandbox_id_of(live.id))
    except MintedBefore:  # by another tab, at the same moment
        token, row = await _token(visit, sandbox_id_of(live.id))
    listed = f"/console/{sandbox_id_of(live.id)}/tokens/{row.id}"
    return _data(
        {"token": token, "books": {"id": live.id, "name": live.name}, "ends_at": row.expires_at, "path": listed}
    )


async def _token(visit: Visit, sandbox_id: str) -> tuple[str, TokenRow]:
    key = visit.means.sealer.key_for(_KEY_OF_TOKENS)
    async with _books(visit, sandbox_id) as books:
        return await trying_out.test_token(books, visit.user.user_id, browser=visit.own_key, key=key)


def _books(visit: Visit, organization_id: str) -> AbstractAsyncContextManager[Books]:
    return visit.means.doorkeeper.books(
        visit.exchange, role=STEWARD, user_id=visit.user.user_id, organization_id=organization_id
    )


def _live(visit: Visit) -> Sequence[Place]:
    return [each for each in visit.places if not each.is_sandbox]


def _sandbox(visit: Visit, live: Place) -> Place | None:
    return next((each for each in visit.places if each.id == sandbox_id_of(live.id)), None)


def _data(facts: dict[str, Any]) -> Response:
    return Response(encode(facts), headers=HEADERS, media_type="application/json")


PAGES = (Page(PATH, told, given, is_open=True, is_data=True),)
