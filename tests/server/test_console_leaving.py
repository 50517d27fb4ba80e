"""Members who are removed by an owner, or leave of their own accord: what ends by that, and what is remembered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.access import members, roles
from domain.access.oauth import clients, grants
from domain.organization import open_organization
from tests.running import Caller, Firm, found, mint, open_sandbox, operators_books, rows
from tests.server.conftest import Site
from tests.server.test_console_members import a_member
from tests.server.visitors import PASSWORD, Visitor, visiting, with_password

_ENDED = {
    "tokens": "select revoked_at is not null as ended from tokens where kind = 'PAT' and user_id = %s order by id",
    "grants": "select revoked_for as ended from oauth_grants where user_id = %s",
    "invitations": "select used_at is not null as ended from account_links where invited_by = %s",
}


@pytest.fixture
async def owner(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner of the firm, who has signed in."""
    async with visiting(site.urls[0], firm.url) as opened:
        await opened.sign_in(await with_password(firm.url, firm.owner_id))
        yield opened


async def with_all(user_id: str, live: Firm, sandbox: Firm) -> list[str]:
    """Give somebody a token and let an app in for them, in both; and one token for all of their organizations."""
    made = [await mint(live.url, user_id, each.organization_id) for each in (live, sandbox)]
    made.append(await mint(live.url, user_id, None))
    async with operators_books(live.url) as books:
        client, _ = await clients.add(books, clients.Wish("Till", ("https://till.example.in/back",), is_public=True))
        for each in (live, sandbox):
            await grants.add(
                await open_organization(books, each.organization_id), client, user_id=user_id,
                organization_id=each.organization_id, is_sandbox=each is sandbox, scopes=["AIBooks.contacts.READ"],
                resource=None, life=timedelta(days=60),
            )  # fmt: skip
    return made


def ended(firm: Firm, what: str, user_id: str) -> list[Any]:
    return [each["ended"] for each in rows(firm.url, _ENDED[what], user_id)]


def is_kept(firm: Firm, user_id: str) -> list[dict[str, Any]]:
    question = """
    select is_active, removed_at is not null as is_removed from memberships where user_id = %s order by organization_id
    """
    return rows(firm.url, question, user_id)


async def test_an_owner_removes_a_member_with_all_that_let_them_in(
    site: Site, owner: Visitor, firm: Firm, call: Caller
) -> None:
    sandbox, elsewhere = await open_sandbox(firm), await found(firm.url)
    gone = await a_member(firm, roles.ACCOUNTANT)
    opened = await with_all(gone, firm, sandbox)
    async with operators_books(firm.url) as books:
        await members.grant(await open_organization(books, elsewhere.organization_id), gone, roles.SALES)
    there = await mint(firm.url, gone, elsewhere.organization_id)
    made = await call.with_token(opened[0])("POST", "/contacts", {"contact_name": "Sharma Traders"})
    assert made.status_code == 201

    page = f"/console/{firm.organization_id}/members/{gone}"
    async with visiting(site.urls[1], firm.url) as visitor:
        await visitor.sign_in(await with_password(firm.url, gone))
        await owner.open(page)
        await owner.send(page, password="not this one", step="remove")
        assert (owner.page.status_code, owner.says("This is not your password.")) == (403, True)
        assert (await call.with_token(opened[0])("GET", "/contacts")).status_code == 200
        await owner.send(page, password=PASSWORD, step="remove")
        assert owner.says("They are a member no longer.")
        assert not owner.says("Ravi Rao")
        for each in (firm, sandbox):
            assert (await visitor.open(f"/console/{each.organization_id}")).status_code == 404
        assert (await visitor.open(f"/console/{elsewhere.organization_id}")).status_code == 200

    assert [(await call.with_token(each)("GET", "/contacts")).status_code for each in opened[:2]] == [401, 401]
    every = {"headers": {"X-AIBooks-Org": firm.organization_id}}
    assert (await call.with_token(opened[2])("GET", "/contacts", **every)).status_code == 403
    assert (await call.with_token(there)("GET", "/contacts")).status_code == 200
    assert sorted(ended(firm, "tokens", gone)) == [False, False, True, True]
    assert ended(firm, "grants", gone) == ["MEMBER", "MEMBER"]
    assert (await owner.open(page)).status_code == 404

    told = rows(firm.url, "select kind, detail from security_events where user_id = %s and mail_tries = 0", gone)
    detail = {"role": roles.ACCOUNTANT, "organization": "Sahyadri Traders"}
    assert told == [{"kind": "MEMBER_REMOVED", "detail": detail}]
    answer = (await call("GET", "/activity", params={"entity_type": "MEMBER"})).json()["activity"]
    assert [(each["action"], each["entity_id"], each["actor_user_id"]) for each in answer][:1] == [
        ("MEMBER_REMOVED", gone, firm.owner_id)
    ]
    trail = f"/console/{firm.organization_id}/settings/trail"
    await owner.open(f"{trail}?actor_user_id={gone}&entity_type=CONTACT")
    assert owner.says("Sharma Traders Ravi Rao"), "what they did stands there under their name"


async def test_who_is_let_in_again_begins_anew(firm: Firm, owner: Visitor, call: Caller) -> None:
    sandbox, back = await open_sandbox(firm), await a_member(firm, roles.ACCOUNTANT)
    opened = await with_all(back, firm, sandbox)
    page = f"/console/{firm.organization_id}/members/{back}"
    await owner.open(page)
    await owner.send(page, password=PASSWORD, step="suspend")
    await owner.open(page)
    await owner.send(page, password=PASSWORD, step="remove")
    assert is_kept(firm, back) == [{"is_active": False, "is_removed": True}] * 2
    async with operators_books(firm.url) as books:
        await members.grant(await open_organization(books, firm.organization_id), back, roles.SALES)

    assert is_kept(firm, back) == [{"is_active": True, "is_removed": False}] * 2
    assert (await call.with_token(opened[0])("GET", "/contacts")).status_code == 401, "the old one stays revoked"
    assert (await owner.open(page)).status_code == 200


async def test_a_member_leaves_with_the_password_and_the_last_owner_stays(
    site: Site, owner: Visitor, firm: Firm
) -> None:
    sandbox, second = await open_sandbox(firm), await a_member(firm, roles.OWNER)
    page = f"/console/{firm.organization_id}/leave"
    everybody = f"/console/{firm.organization_id}/members"
    async with visiting(site.urls[1], firm.url) as visitor:
        await visitor.sign_in(await with_password(firm.url, second))
        await visitor.open(everybody)
        await visitor.send(everybody, email="kavya@example.in", role=roles.SALES)
        assert ended(firm, "invitations", second) == [False]
        assert (await visitor.open(f"/console/{sandbox.organization_id}/leave")).status_code == 403
        await visitor.open(page)
        await visitor.send(page, password="not this one")
        assert (visitor.page.status_code, len(is_kept(firm, second))) == (403, 2)
        await visitor.send(page, password=PASSWORD)
        assert visitor.says("You are a member of those books no longer.")
        assert (await visitor.open(page)).status_code == 404
    assert is_kept(firm, second) == [{"is_active": False, "is_removed": True}] * 2
    assert ended(firm, "invitations", second) == [True]
    assert [each["kind"] for each in rows(firm.url, "select kind from security_events where user_id = %s", second)] == [
        "MEMBER_LEFT"
    ]

    await owner.open(page)
    await owner.send(page, password=PASSWORD)
    assert (owner.page.status_code, owner.says("is the last owner")) == (409, True)
    assert is_kept(firm, firm.owner_id) == [{"is_active": True, "is_removed": False}] * 2
