"""The console's pages for developers, without a browser: who sees what, and what is never told twice."""

import re
from collections.abc import AsyncIterator

import pytest

from domain.access import security_events
from domain.access.security_events import SecurityEvent
from tests.running import Caller, Firm, mint, open_sandbox, operators_books, rows
from tests.server.conftest import Site
from tests.server.people import PASSWORD
from tests.server.visiting import Visitor, minted_on, visiting

_SIXTY_CALLS = """
insert into api_calls (organization_id, slot, at, id, token_id, method, path, status, duration_us, request_id)
select %s, 0, now() - interval '1 hour' + n * interval '1 second', 'call_' || n, 'tok_old', 'GET',
       '/api/public/v1/items', 200, 900, 'req_' || n
  from generate_series(1, 60) as n
"""


@pytest.fixture
async def owner(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The firm's owner at a browser."""
    async with visiting(site.urls[0], firm) as visitor:
        yield visitor


async def _events_of(firm: Firm, user_id: str) -> list[SecurityEvent]:
    async with operators_books(firm.url) as books:
        return await security_events.list_events(books, user_id)


async def test_a_token_reads_everything_unless_more_is_asked_for(owner: Visitor, call: Caller, firm: Firm) -> None:
    page = await owner.fill_in("/tokens/new", name="reader", preset="read", life="90")
    caller = call.with_token(minted_on(page))

    assert (await caller("GET", "/invoices")).status_code == 200
    assert (await caller("POST", "/contacts", {})).json()["code"] == "auth.insufficient_scope"
    token = (await caller("GET", "/whoami")).json()["token"]
    (row,) = rows(firm.url, "select created_at, expires_at from tokens where id = %s", token["token_id"])
    assert (row["expires_at"] - row["created_at"]).days == 90
    told = [(each.kind, each.detail["name"]) for each in await _events_of(firm, owner.user_id)]
    assert ("TOKEN_MINTED", "reader") in told


async def test_what_was_filled_in_wrongly_is_said_and_kept(owner: Visitor) -> None:
    page = await owner.fill_in("/tokens/new", status=400, name="x", preset="chosen", life="on", ends_on="2020-01-01")
    assert "Tick at least one thing" in page
    page = await owner.fill_in(
        "/tokens/new",
        status=400,
        name="x",
        preset="chosen",
        scopes="AIBooks.items.READ",
        life="on",
        ends_on="2020-01-01",
    )
    assert "This day is past" in page
    assert re.search(r'value="AIBooks.items.READ" checked', page)
    assert 'value="2020-01-01"' in page


async def test_a_sandbox_makes_test_tokens(site: Site, firm: Firm, call: Caller) -> None:
    sandbox = await open_sandbox(firm)
    async with visiting(site.urls[0], sandbox) as visitor:
        page = await visitor.fill_in("/tokens/new", name="try", preset="everything", life="never", reach="all")
    token = minted_on(page)
    caller = call.with_token(token)

    assert token.startswith("aibk_pat_test_")
    assert (await caller("GET", "/contacts", headers={"X-AIBooks-Org": sandbox.organization_id})).status_code == 200
    assert (await caller("GET", "/contacts", headers={"X-AIBooks-Org": firm.organization_id})).status_code == 403


async def test_a_member_sees_and_makes_no_more_than_the_role_allows(site: Site, firm: Firm, call: Caller) -> None:
    await mint(firm.url, firm.owner_id, firm.organization_id)
    (mine,) = rows(firm.url, "select id from tokens where user_id = %s and organization_id = %s limit 1",
                   firm.owner_id, firm.organization_id)  # fmt: skip
    async with visiting(site.urls[0], firm, role="SALES") as sales:
        page = await sales.open("/tokens")
        assert "There is no token that works." in page
        assert "/calls" not in page
        assert "not allow" in await sales.open("/calls", 403)
        await sales.open(f"/tokens/{mine['id']}", 404)
        form = await sales.open("/tokens/new")
        assert ("AIBooks.estimates.DELETE" in form, "AIBooks.journals.READ" in form) == (True, False)
        refused = await sales.fill_in(
            "/tokens/new", status=403, name="x", preset="chosen", scopes="AIBooks.journals.READ", life="30"
        )
        assert "does not allow AIBooks.journals.READ" in refused
        token = minted_on(await sales.fill_in("/tokens/new", name="all of it", preset="everything", life="30"))
    caller = call.with_token(token)

    assert (await caller("GET", "/estimates")).status_code == 200
    assert (await caller("GET", "/journals")).status_code == 403


async def test_an_owner_revokes_tokens_of_others_with_the_password(site: Site, firm: Firm, call: Caller) -> None:
    async with visiting(site.urls[0], firm, role="ACCOUNTANT") as accountant:
        token = minted_on(await accountant.fill_in("/tokens/new", name="theirs", preset="read", life="30"))
    caller = call.with_token(token)
    key = (await caller("GET", "/whoami")).json()["token"]["token_id"]

    async with visiting(site.urls[0], firm) as owner:
        assert "of Accountant" in await owner.open("/tokens")
        assert "not your password" in await owner.fill_in(f"/tokens/{key}", status=403, password="another one")
        assert (await caller("GET", "/items")).status_code == 200
        location = await owner.fill_in(f"/tokens/{key}", status=303, password=PASSWORD)
    assert location.endswith("/tokens?done=token-revoked")
    assert (await caller("GET", "/items")).json()["code"] == "auth.revoked_token"
    assert ("TOKEN_REVOKED", "theirs") in [
        (each.kind, each.detail["name"]) for each in await _events_of(firm, accountant.user_id)
    ]


async def test_the_log_pages_by_a_cursor_and_refuses_one_of_elsewhere(owner: Visitor, firm: Firm) -> None:
    rows(firm.url, _SIXTY_CALLS, firm.organization_id)
    first = await owner.open("/calls?method=GET")
    (more,) = re.findall(r'href="([^"]*cursor=[^"]*)"', first)
    second = await owner.open(more.replace("&amp;", "&").removeprefix(owner.base))

    seen = [re.findall(r"/calls/(req_\d+)\"", page) for page in (first, second)]
    assert [len(each) for each in seen] == [50, 10]
    assert sorted(seen[0] + seen[1]) == sorted(f"req_{number}" for number in range(1, 61))
    assert "this list" in await owner.open("/calls?status=4&cursor=" + re.findall('cursor=([^&"]+)', more)[0], 400)
    assert "0.9 ms" in await owner.open("/calls/req_7")
    await owner.open("/calls/req_none", 404)
