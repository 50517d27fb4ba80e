"""The pages of apps: those that were let into the books, and those that the organization makes itself."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from domain.access import ways_in
from domain.access.oauth import clients, grants, revoking
from domain.access.oauth.clients import Client, Wish
from domain.access.tokens import CALLS_PER_MINUTE
from domain.books import found
from domain.errors import Refusal
from domain.ids import fixed_id
from server.console.developer.readers import OWNERS, doorkeepers_books, whose
from server.console.developer.scope_choice import told
from server.console.pages import Page
from server.console.visits import DONE, Visit

DONE["app-revoked"] = "The app is shut out: its next call is refused."
DONE["client-removed"] = "The app is removed, and all that it was allowed has ended."

PATH = "/console/{organization}/apps"
CLIENTS = "/console/{organization}/clients"
KINDS = (
    ("confidential", "It runs on a server, which keeps a secret"),
    ("public", "It runs where no secret can be kept: on a telephone, in a page, on a desk"),
)


async def listed(visit: Visit) -> Response:
    """Show the apps that were let in, and to an owner those that the organization makes."""
    async with visit.books() as books:
        allowed = await ways_in.apps_here(books, only=whose(visit))
        own = await clients.of_organization(books) if visit.here.role in OWNERS else None
    facts = [{"app": each, "scopes": told(each.scopes)} for each in allowed]
    return visit.page("developer/apps.html", allowed=facts, own=own)


async def shown(visit: Visit) -> Response:
    """Show what an app may do, and the form that shuts it out."""
    return await _one(visit)


async def revoked(visit: Visit) -> Response:
    """Shut an app out, for whoever gives the password again."""
    try:
        async with visit.books() as books:
            app = await ways_in.app_here(books, visit.path["app"], only=whose(visit))
        await visit.prove()
        async with doorkeepers_books(visit) as books:
            await grants.revoke(books, await grants.locked(books, app.id), "USER")
    except Refusal as refusal:
        return await _one(visit, refusal)
    return visit.go(f"{visit.base}/apps", "app-revoked")


async def asked(visit: Visit) -> Response:
    """Show the form for a new app of the organization."""
    return _form(visit, {"kind": "confidential"})


async def registered(visit: Visit) -> Response:
    """Register an app, and show its secret on the page that answers: it is shown never again."""
    filled = {name: visit.filled(name) for name in ("name", "redirect_uris", "client_uri", "kind")}
    wish = Wish(
        filled["name"],
        filled["redirect_uris"].split(),
        is_public=filled["kind"] == "public",
        client_uri=filled["client_uri"] or None,
        organization_id=visit.here.id,
        id=fixed_id("app", f"{visit.user.user_id} {visit.filled('key')}") if visit.filled("key") else None,
    )
    try:
        async with visit.books() as books:
            client, secret = await clients.add(books, wish)
    except Refusal as refusal:
        return _form(visit, filled, refusal)
    return _told(visit, client, secret)


async def client_shown(visit: Visit) -> Response:
    """Show an app of the organization, and the forms that renew its secret and remove it."""
    return await _own(visit)


async def client_changed(visit: Visit) -> Response:
    """Renew the secret of an app, or remove it, for whoever gives the password again."""
    try:
        client = await _client(visit)
        await visit.prove()
        if visit.filled("do") == "renew":
            async with visit.books() as books:
                secret = await clients.renew_secret(books, client.id)
            return _told(visit, client, secret)
        async with doorkeepers_books(visit) as books:
            await revoking.remove_client(books, client)
    except Refusal as refusal:
        return await _own(visit, refusal)
    return visit.go(f"{visit.base}/apps", "client-removed")


async def _client(visit: Visit) -> Client:
    """Return the app of the organization that the path names. Raises NotFound, also for one of another."""
    key = visit.path["client"]
    async with visit.books() as books:
        client = await clients.find(books, key)
    return found(client if client is not None and client.organization_id == visit.here.id else None, "App", key)


async def _one(visit: Visit, refusal: Refusal | None = None) -> Response:
    async with visit.books() as books:
        app = await ways_in.app_here(books, visit.path["app"], only=whose(visit))
    words = visit.means.scope_words
    may = [(scope, words.get(scope, scope).rstrip(".")) for scope in app.scopes]
    return visit.page("developer/app.html", refusal=refusal, one=app, may=may)


async def _own(visit: Visit, refusal: Refusal | None = None) -> Response:
    return visit.page(
        "developer/client.html",
        refusal=refusal,
        client=await _client(visit),
        do=visit.filled("do"),
        calls_per_minute=CALLS_PER_MINUTE,
    )


def _told(visit: Visit, client: Client, secret: str | None) -> Response:
    return visit.page("developer/registered.html", client=client, secret=secret, url=visit.means.settings.public_url)


def _form(visit: Visit, filled: Mapping[str, Any], refusal: Refusal | None = None) -> Response:
    known = {"name": "", "redirect_uris": "", "client_uri": "", **filled}
    return visit.page("developer/client_new.html", refusal=refusal, filled=known, kinds=KINDS)


PAGES = (
    Page(PATH, listed, heading="Developer", label="Apps"),
    Page(f"{PATH}/{{app}}", shown, revoked),
    Page(f"{CLIENTS}/new", asked, registered, roles=OWNERS),
    Page(f"{CLIENTS}/{{client}}", client_shown, client_changed, roles=OWNERS),
)
