"""The account of whoever has signed in: name, password, browsers, and the apps that were let in."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from domain.access import credentials, members, sessions
from domain.access.oauth import clients, grants
from domain.access.oauth.grants import Grant
from domain.errors import Refusal
from server.console.pages import Page
from server.console.visits import Visit

ACCOUNT = "/console/account"


async def account(visit: Visit) -> Response:
    """Show the account."""
    return await _shown(visit)


async def rename(visit: Visit) -> Response:
    """Change what the user is called."""
    try:
        async with visit.books() as books:
            await members.rename(books, visit.user.user_id, visit.filled("name"))
    except Refusal as refusal:
        return await _shown(visit, refusal, name=visit.filled("name"))
    return visit.go(ACCOUNT, "saved")


async def change_password(visit: Visit) -> Response:
    """Set another password, for whoever knows the old one; all other browsers are signed out."""
    try:
        await visit.prove()
        async with visit.books() as books:
            user = await members.find_user(books, visit.user.user_id)
        fresh = credentials.checked(visit.secret("new_password"), user, field="new_password")
    except Refusal as refusal:
        return await _shown(visit, refusal)
    kept = await visit.means.passwords.hashed(fresh)
    async with visit.books() as books:
        await credentials.keep(books, user, kept)
        await sessions.end_others(books, visit.user)
    return visit.go(ACCOUNT, "password")


async def end_sessions(visit: Visit) -> Response:
    """Sign out of one other browser, or of all others."""
    wanted = visit.filled("session")
    async with visit.books() as books:
        if wanted == "others":
            await sessions.end_others(books, visit.user)
            return visit.go(ACCOUNT, "others-ended")
        for session in await sessions.of_user(books, visit.user.user_id):
            if session.handle == wanted:
                await sessions.end(books, session)
    return visit.go(ACCOUNT, "ended")


async def end_app(visit: Visit) -> Response:
    """Let an app in no more: all its tokens end at once."""
    async with visit.means.doorkeeper.books(visit.exchange, user_id=visit.user.user_id) as books:
        for grant in await grants.of_user(books, visit.user.user_id):
            if grant.id == visit.filled("grant"):
                await grants.revoke(books, grant, "USER")
    return visit.go(ACCOUNT, "app-out")


async def _shown(visit: Visit, refusal: Refusal | None = None, **filled: str) -> Response:
    async with visit.means.doorkeeper.books(visit.exchange, user_id=visit.user.user_id) as books:
        browsers = await sessions.of_user(books, visit.user.user_id)
        allowed = await grants.of_user(books, visit.user.user_id)
        names = {client.id: client.name for client in await clients.list_clients(books)} if allowed else {}
    return visit.page(
        "account.html",
        refusal=refusal,
        name=filled.get("name", visit.user.name),
        browsers=browsers,
        apps=[_app(visit, grant, names) for grant in allowed],
    )


def _app(visit: Visit, grant: Grant, names: Mapping[str, str]) -> dict[str, Any]:
    where = next((place.name for place in visit.places if place.id == grant.organization_id), None)
    words = visit.means.scope_words
    return {
        "id": grant.id,
        "name": names.get(grant.client_id, grant.client_id),
        "where": where or ("All of your organizations" if grant.organization_id is None else grant.organization_id),
        "allowed": [words.get(scope, scope).rstrip(".") for scope in grant.scopes],
        "since": grant.created_at,
    }


PAGES: Sequence[Page] = (
    Page(ACCOUNT, account, rename),
    Page(f"{ACCOUNT}/password", act=change_password),
    Page(f"{ACCOUNT}/sessions", act=end_sessions),
    Page(f"{ACCOUNT}/apps", act=end_app),
)
