"""The console's pages of apps: those that were let in, and those that an organization makes itself."""

import re

from tests.running import Caller, Firm, rows
from tests.server.apps import App, Desk
from tests.server.conftest import Site
from tests.server.people import PASSWORD
from tests.server.visiting import visiting

RETURN_TO = "https://till.example/back"


async def test_an_app_is_shut_out_with_the_password(site: Site, firm: Firm, app: App, desk: Desk, call: Caller) -> None:
    pair = await desk.pair(app)
    caller = call.with_token(pair["access_token"])
    assert (await caller("GET", "/contacts")).status_code == 200
    (grant,) = rows(firm.url, "select id from oauth_grants where client_id = %s", app.client.id)

    async with visiting(site.urls[0], firm) as owner:
        assert app.client.name in await owner.open("/apps")
        assert "Read contacts" in await owner.open(f"/apps/{grant['id']}")
        await owner.fill_in(f"/apps/{grant['id']}", status=403, password="another one")
        assert (await caller("GET", "/contacts")).status_code == 200
        location = await owner.fill_in(f"/apps/{grant['id']}", status=303, password=PASSWORD)
        assert location.endswith("/apps?done=app-revoked")
        assert "No app was let in." in await owner.open("/apps")
    assert (await caller("GET", "/contacts")).status_code == 401
    trail = rows(firm.url, "select action from activity where organization_id = %s", firm.organization_id)
    assert {"action": "OAUTH_GRANT_REVOKED"} in trail


async def test_members_see_their_own_apps_alone(site: Site, firm: Firm, app: App, desk: Desk) -> None:
    await desk.pair(app)
    (grant,) = rows(firm.url, "select id from oauth_grants where client_id = %s", app.client.id)

    async with visiting(site.urls[0], firm, role="ACCOUNTANT") as accountant:
        page = await accountant.open("/apps")
        assert ("No app was let in." in page, "Register an app" in page) == (True, False)
        await accountant.open(f"/apps/{grant['id']}", 404)
        await accountant.open("/clients/new", 403)
        assert "/webhooks" in page
        await accountant.open("/webhooks/new", 403)


async def test_an_app_is_registered_renewed_and_removed(site: Site, firm: Firm) -> None:
    async with visiting(site.urls[0], firm) as owner:
        refused = await owner.fill_in("/clients/new", status=400, name="Till", redirect_uris="http://evil.example/")
        assert "is no address to send users back to" in refused
        page = await owner.fill_in("/clients/new", name="Till", redirect_uris=f"{RETURN_TO}\r\n{RETURN_TO}2")
        (first,) = set(re.findall(r"aibk_ocs_[A-Za-z0-9]+", page))
        (client,) = set(re.findall(r"app_[a-z0-9]{26}", page))
        page = await owner.open(f"/clients/{client}")
        assert (first in page, f"{RETURN_TO}2" in page) == (False, True)

        await owner.fill_in(f"/clients/{client}", status=403, do="renew", password="another one")
        page = await owner.fill_in(f"/clients/{client}", do="renew", password=PASSWORD)
        (second,) = set(re.findall(r"aibk_ocs_[A-Za-z0-9]+", page))
        assert second != first

        location = await owner.fill_in(f"/clients/{client}", status=303, do="remove", password=PASSWORD)
        assert location.endswith("/apps?done=client-removed")
        await owner.open(f"/clients/{client}", 404)


async def test_an_app_of_others_is_none_of_ours(site: Site, firm: Firm, app: App) -> None:
    async with visiting(site.urls[0], firm) as owner:
        await owner.open(f"/clients/{app.client.id}", 404)
        assert app.client.id not in await owner.open("/apps")
