"""The console's pages for developers, without a browser: who sees what, and what is never told twice."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from domain.access import credentials, members, security_events
from domain.access.security_events import SecurityEvent
from domain.happenings import record
from domain.organization import open_organization
from server.passwords import hash_of
from tests.running import Caller, Firm, mint, open_sandbox, operators_books, rows
from tests.server.conftest import Site
from tests.server.people import PASSWORD, forms_of

_SIXTY_CALLS = """
insert into api_calls (organization_id, slot, at, id, token_id, method, path, status, duration_us, request_id)
select %s, 0, now() - interval '1 hour' + n * interval '1 second', 'call_' || n, 'tok_old', 'GET',
       '/api/public/v1/items', 200, 900, 'req_' || n
  from generate_series(1, 60) as n
"""


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in to the console, on the pages of one organization."""

    client: httpx.AsyncClient
    base: str
    user_id: str

    async def open(self, path: str, status: int = 200) -> str:
        """Open a page of the organization."""
        page = await self.client.get(self.base + path)
        assert page.status_code == status, page.text[-3000:]
        assert page.headers["cache-control"] == "no-store"
        return page.text

    async def fill_in(self, path: str, action: str = "", /, status: int = 200, **filled: str | list[str]) -> str:
        """Send the form of a page, which goes to ``action`` if not to the page itself."""
        page = await self.client.get(self.base + path)
        target = self.base + (action or path)
        fields = next(each for where, each in forms_of(page).forms if where == target)
        fields = {name: value for name, value in fields.items() if name in ("token", "key")}
        answer = await self.client.post(target, data={**fields, **filled})
        assert answer.status_code == status, answer.text[-3000:]
        assert answer.headers["cache-control"] == "no-store"
        return str(answer.headers.get("location", answer.text))


@asynccontextmanager
async def visiting(site: Site, firm: Firm, *, role: str = "OWNER") -> AsyncIterator[Visitor]:
    """A browser in which the owner, or a new member with another role, has signed in."""
    async with operators_books(firm.url) as books:
        if role == "OWNER":
            user = await members.find_user(books, firm.owner_id)
        else:
            email = f"{role.lower()}@{firm.organization_id[-12:]}.example"
            user = await members.create_user(books, name=role.title(), email=email)
            opened = await open_organization(books, firm.organization_id)
            await members.grant(opened, user.id, role)
            await record(opened)
        await credentials.keep(books, user, hash_of(credentials.checked(PASSWORD, user)))
    async with httpx.AsyncClient(base_url=site.workers[0].url, timeout=60) as client:
        page = await client.get("/console/sign-in")
        fields = forms_of(page).forms[-1][1]
        answer = await client.post("/console/sign-in", data={**fields, "email": user.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield Visitor(client, f"/console/{firm.organization_id}", user.id)


@pytest.fixture
async def owner(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The firm's owner at a browser."""
    async with visiting(site, firm) as visitor:
        yield visitor


def minted_on(page: str) -> str:
    """The token that a page shows."""
    token: str
    (token,) = set(re.findall(r"aibk_pat_(?:test_)?[A-Za-z0-9]{38}", page))
    return token


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
    async with visiting(site, sandbox) as visitor:
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
    async with visiting(site, firm, role="SALES") as sales:
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
    async with visiting(site, firm, role="ACCOUNTANT") as accountant:
        token = minted_on(await accountant.fill_in("/tokens/new", name="theirs", preset="read", life="30"))
    caller = call.with_token(token)
    key = (await caller("GET", "/whoami")).json()["token"]["token_id"]

    async with visiting(site, firm) as owner:
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
