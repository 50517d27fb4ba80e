"""The test token that the documentation asks for: whose it is, when another one is given, and to whom none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from domain.access import members, roles
from domain.access.trying_out import NAME
from domain.organization import open_organization, sandbox_id_of
from tests.running import Caller, Firm, found, operators_books, rows
from tests.server.conftest import Site
from tests.server.visitors import PASSWORD, Visitor, visiting, with_password

_PATH = "/console/test-token"
_FROM_ELSEWHERE = ("cross-site", "same-site")


@pytest.fixture
async def owner(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner of the firm, who has signed in."""
    async with visiting(site.urls[0], firm.url) as opened:
        await opened.sign_in(await with_password(firm.url, firm.owner_id))
        yield opened


async def told(visitor: Visitor) -> dict[str, Any]:
    answer = await visitor.client.get(visitor.url + _PATH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    facts: dict[str, Any] = answer.json()
    return facts


async def asked(visitor: Visitor, books: str, **headers: str) -> httpx.Response:
    fields = {"token": (await told(visitor))["proof"], "books": books}
    return await visitor.client.post(visitor.url + _PATH, data=fields, headers=headers)


async def given(visitor: Visitor, books: str) -> str:
    answer = await asked(visitor, books)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token: str = answer.json()["token"]
    return token


def kept(firm: Firm) -> list[dict[str, Any]]:
    """The tokens of the firm's sandbox, the first one first."""
    question = "select * from tokens where organization_id = %s order by created_at"
    return rows(firm.url, question, sandbox_id_of(firm.organization_id))


async def test_it_opens_the_sandbox_which_is_made_at_first_need(
    site: Site, owner: Visitor, firm: Firm, call: Caller
) -> None:
    facts = await told(owner)
    assert [(each["id"], each["has_sandbox"]) for each in facts["books"]] == [(firm.organization_id, False)]
    token = await given(owner, firm.organization_id)

    (row,) = kept(firm)
    assert token.startswith("aibk_pat_test_")
    assert (row["name"], row["user_id"], row["is_sandbox"]) == (NAME, firm.owner_id, True)
    assert row["scopes"] == ["AIBooks.fullaccess.all"]
    assert 11 <= (row["expires_at"] - row["created_at"]).total_seconds() / 3600 <= 12
    told_of_it = (await call.with_token(token)("GET", "/whoami")).json()["token"]
    assert told_of_it["org_id"] == sandbox_id_of(firm.organization_id)
    assert (await call.with_token(token)("POST", "/contacts", {"contact_name": "Tried"})).status_code == 201
    assert (await told(owner))["books"][0]["has_sandbox"]


async def test_it_is_listed_told_in_the_trail_and_not_by_mail(owner: Visitor, firm: Firm, call: Caller) -> None:
    token = await given(owner, firm.organization_id)
    sandbox = sandbox_id_of(firm.organization_id)
    await owner.open(f"/console/{sandbox}/tokens")
    assert owner.says(NAME)
    assert token not in owner.page.text

    trail = rows(firm.url, "select action from activity where organization_id = %s and action like 'TOKEN%%'", sandbox)
    assert [each["action"] for each in trail] == ["TOKEN_CREATED"]
    mailed = rows(firm.url, "select kind from security_events where user_id = %s", firm.owner_id)
    assert "TOKEN_MINTED" not in [each["kind"] for each in mailed]


async def test_all_tabs_of_a_browser_have_the_same_one(site: Site, owner: Visitor, firm: Firm) -> None:
    await given(owner, firm.organization_id)
    tokens = await asyncio.gather(*(given(owner, firm.organization_id) for _ in range(4)))
    assert len(set(tokens)) == 1
    assert len(kept(firm)) == 1

    async with visiting(site.urls[0], firm.url) as elsewhere:
        await elsewhere.sign_in(owner.email or await with_password(firm.url, firm.owner_id))
        assert await given(elsewhere, firm.organization_id) not in tokens


async def test_the_first_one_is_asked_for_by_many_tabs_at_once(owner: Visitor, firm: Firm) -> None:
    tokens = await asyncio.gather(*(given(owner, firm.organization_id) for _ in range(4)))

    assert len(set(tokens)) == 1
    assert len(kept(firm)) == 1


async def test_one_that_was_revoked_or_is_about_to_end_makes_way_for_another(
    owner: Visitor, firm: Firm, call: Caller
) -> None:
    first = await given(owner, firm.organization_id)
    sandbox = sandbox_id_of(firm.organization_id)
    (row,) = kept(firm)
    await owner.open(f"/console/{sandbox}/tokens/{row['id']}")
    await owner.send(f"/console/{sandbox}/tokens/{row['id']}", password=PASSWORD)
    assert (await call.with_token(first)("GET", "/whoami")).status_code == 401
    second = await given(owner, firm.organization_id)
    assert (await call.with_token(second)("GET", "/whoami")).status_code == 200

    rows(firm.url, "update tokens set expires_at = now() + interval '20 minutes' where revoked_at is null and id = %s",
         kept(firm)[1]["id"])  # fmt: skip
    third = await given(owner, firm.organization_id)
    assert len({first, second, third}) == 3
    assert await given(owner, firm.organization_id) == third


async def test_it_may_do_no_more_than_the_role(site: Site, firm: Firm, call: Caller) -> None:
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        reader = await members.create_user(opened, name="Ravi Rao", email=f"reads@{firm.organization_id[4:]}.example")
        await members.grant(opened, reader.id, roles.READ_ONLY)
    async with visiting(site.urls[0], firm.url) as visitor:
        await visitor.sign_in(await with_password(firm.url, reader.id))
        token = await given(visitor, firm.organization_id)

    assert (await call.with_token(token)("GET", "/contacts")).status_code == 200
    assert (await call.with_token(token)("POST", "/contacts", {"contact_name": "Tried"})).status_code == 403


@pytest.mark.parametrize("site_of_it", _FROM_ELSEWHERE)
async def test_pages_of_others_get_nothing(owner: Visitor, firm: Firm, site_of_it: str) -> None:
    """Browsers say where a request comes from; and none of the answers may be read by a page of another origin."""
    headers = {"Sec-Fetch-Site": site_of_it, "Origin": "https://elsewhere.example"}
    refused = [
        await owner.client.get(owner.url + _PATH, headers=headers),
        await asked(owner, firm.organization_id, **headers),
    ]
    for each in refused:
        assert each.status_code == 403
        assert "aibk_pat" not in each.text
        assert "access-control-allow-origin" not in each.headers
        assert each.headers["cross-origin-resource-policy"] == "same-origin"
    assert kept(firm) == []


async def test_without_the_proof_there_is_none(owner: Visitor, firm: Firm) -> None:
    fields = {"token": "0" * 64, "books": firm.organization_id}
    answer = await owner.client.post(owner.url + _PATH, data=fields)

    assert answer.status_code == 403
    assert kept(firm) == []


async def test_books_of_others_and_the_sandbox_itself_are_refused(owner: Visitor, firm: Firm) -> None:
    others = await found(firm.url)
    for books in (others.organization_id, sandbox_id_of(firm.organization_id), ""):
        assert (await asked(owner, books)).status_code == 400
    assert kept(firm) == []


async def test_whoever_has_signed_out_is_nobody(owner: Visitor, firm: Firm) -> None:
    proof = (await told(owner))["proof"]
    await owner.open("/console")
    await owner.send("/console/sign-out")

    assert await told(owner) == {"name": None}
    fields = {"token": proof, "books": firm.organization_id}
    assert (await owner.client.post(owner.url + _PATH, data=fields)).status_code == 403
    assert kept(firm) == []
