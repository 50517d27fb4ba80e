"""Members in the console: invited, made, changed and suspended by owners alone; and the button for a lost laptop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.access import members, roles
from domain.organization import open_organization
from tests.running import Caller, Firm, found, open_sandbox, operators_books, rows
from tests.server.conftest import Site
from tests.server.test_console_links import link_in, mailed
from tests.server.visitors import PASSWORD, Visitor, forms_of, visiting, with_password

_FRESH = "four stools under a lamp"


@pytest.fixture
async def owner(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner of the firm, who has signed in."""
    rows(site.database, "update account_links set mail_at = null")
    async with visiting(site.urls[0], firm.url) as opened:
        opened.email = await with_password(firm.url, firm.owner_id)
        await opened.sign_in(opened.email)
        yield opened


def page_of(firm: Firm) -> str:
    return f"/console/{firm.organization_id}/members"


async def a_member(firm: Firm, role: str) -> str:
    """Somebody who is in the firm; their id."""
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        number = len(rows(firm.url, "select id from users"))
        user = await members.create_user(opened, name="Ravi Rao", email=f"ravi{number}@example.in")
        await members.grant(opened, user.id, role)
    return user.id


def roles_in(firm: Firm) -> dict[str, tuple[str, bool]]:
    kept = rows(
        firm.url, "select user_id, role, is_active from memberships where organization_id = %s", firm.organization_id
    )
    return {each["user_id"]: (each["role"], each["is_active"]) for each in kept}


async def invited(owner: Visitor, site: Site, firm: Firm, folder: Path, email: str, role: str = "SALES") -> str:
    """Invite somebody, and return the link of the mail."""
    await owner.open(page_of(firm))
    await owner.send(page_of(firm), email=email, role=role)
    assert owner.says("The invitation is on its way."), owner.page.text
    to, text = await mailed(site, folder)
    assert to == [email]
    assert "Meera Kulkarni invites you to work with the books of Sahyadri Traders" in text
    return link_in(text)


async def test_somebody_new_is_invited_and_joins_with_their_sandbox(
    owner: Visitor, site: Site, firm: Firm, tmp_path: Path
) -> None:
    sandbox = await open_sandbox(firm)
    link = await invited(owner, site, firm, tmp_path, f"kavya.{firm.organization_id[-6:]}@example.in")
    assert owner.says("as Sales, until")
    async with visiting(site.urls[1], firm.url) as guest:
        await guest.open(link)
        assert guest.says("Join Sahyadri Traders")
        await guest.send(link, name="Kavya", password=_FRESH)
        assert guest.path == f"/console/{firm.organization_id}"
        await guest.open(page_of(firm))
        assert guest.says("Kavya")
        assert page_of(firm) not in [action for action, _ in forms_of(guest.page)], "only owners change anything"
        assert (await guest.open(link)).status_code == 410
    joined = [role for user, role in roles_in(firm).items() if user != firm.owner_id]
    assert joined == [("SALES", True)]
    assert sorted(roles_in(sandbox).values()) == [("OWNER", True), ("SALES", True)]
    trail = rows(firm.url, "select action from activity where organization_id = %s", firm.organization_id)
    assert {"action": "MEMBER_GRANTED"} in trail


async def test_somebody_with_an_account_signs_in_first_and_nobody_else_accepts(
    owner: Visitor, site: Site, firm: Firm, tmp_path: Path
) -> None:
    other = await found(firm.url)
    email = await with_password(firm.url, other.owner_id)
    link = await invited(owner, site, firm, tmp_path, email, "READ_ONLY")
    await owner.open(link)
    assert owner.says("You have signed in as")
    form = {**forms_of(owner.page)[0][1]}
    assert (await owner.client.post(owner.url + link, data=form)).status_code == 403
    async with visiting(site.urls[0], firm.url) as guest:
        await guest.open(link)
        assert guest.path == "/console/sign-in"
        await guest.send("/console/sign-in", email=email, password=PASSWORD)
        assert guest.path == link
        await guest.send(link)
        assert guest.path == f"/console/{firm.organization_id}"
    assert roles_in(firm)[other.owner_id] == ("READ_ONLY", True)
    told = rows(firm.url, "select kind from security_events where user_id = %s", other.owner_id)
    assert {"kind": "MEMBER_INVITED"} in told


async def test_an_invitation_is_good_no_longer_once_taken_back_or_its_owner_is_none(
    owner: Visitor, site: Site, firm: Firm, tmp_path: Path
) -> None:
    links = []
    for turn in range(3):
        links.append(await invited(owner, site, firm, tmp_path, f"k{turn}.{firm.organization_id[-6:]}@example.in"))
    again = await invited(owner, site, firm, tmp_path, f"k2.{firm.organization_id[-6:]}@example.in")
    first = next(fields for action, fields in forms_of(owner.page) if action == page_of(firm))
    key = rows(
        firm.url,
        "select id from account_links where organization_id = %s and used_at is null order by created_at limit 1",
        firm.organization_id,
    )[0]["id"]
    await owner.client.post(owner.url + page_of(firm), data={**first, "cancel": key})
    async with visiting(site.urls[0], firm.url) as guest:
        assert (await guest.open(links[0])).status_code == 410, "taken back"
        assert (await guest.open(links[2])).status_code == 410, "asked for again"
        assert (await guest.open(again)).status_code == 200
        await a_member(firm, roles.OWNER)
        async with operators_books(firm.url) as books:
            await members.suspend(await open_organization(books, firm.organization_id), firm.owner_id)
        await guest.open(links[1])
        await guest.send(links[1], name="Kavya", password=_FRESH)
        assert guest.page.status_code == 410
    assert len(roles_in(firm)) == 2


@pytest.mark.parametrize(("email", "role", "told"), [
    ("nobody", "SALES", "is no e-mail address"), ("a@example.in", "BOSS", "is not a role"), ("", "SALES", "e-mail"),
])  # fmt: skip
async def test_what_cannot_be_is_told_by_its_field(
    owner: Visitor, firm: Firm, email: str, role: str, told: str
) -> None:
    await owner.open(page_of(firm))
    await owner.send(page_of(firm), email=email, role=role)
    assert owner.page.status_code == 400
    assert owner.says(told)
    await owner.send(page_of(firm), email=owner.email, role="SALES")
    assert owner.says("is a member already")


async def test_an_owner_changes_a_role_and_suspends_with_the_password(owner: Visitor, firm: Firm, call: Caller) -> None:
    ravi = await a_member(firm, roles.READ_ONLY)
    page = f"{page_of(firm)}/{ravi}"
    await owner.open(page)
    await owner.send(page, role="ACCOUNTANT", password="not this one", step="grant")
    assert (owner.page.status_code, roles_in(firm)[ravi]) == (403, ("READ_ONLY", True))
    await owner.send(page, role="ACCOUNTANT", password=PASSWORD, step="grant")
    assert roles_in(firm)[ravi] == ("ACCOUNTANT", True)
    for step, state in (("suspend", False), ("grant", True)):
        await owner.open(page)
        await owner.send(page, password=PASSWORD, step=step)
        assert roles_in(firm)[ravi] == ("ACCOUNTANT", state)
    told = [each["kind"] for each in rows(firm.url, "select kind from security_events where user_id = %s", ravi)]
    assert sorted(told) == ["MEMBER_SUSPENDED", "ROLE_CHANGED", "ROLE_CHANGED"]


async def test_the_last_owner_stays(owner: Visitor, firm: Firm) -> None:
    page = f"{page_of(firm)}/{firm.owner_id}"
    await owner.open(page)
    for step in ("suspend", "grant"):
        await owner.send(page, role="SALES", password=PASSWORD, step=step)
        assert owner.says("is the last owner")
    assert roles_in(firm)[firm.owner_id] == ("OWNER", True)


@pytest.mark.parametrize("role", [roles.ACCOUNTANT, roles.SALES, roles.READ_ONLY])
async def test_who_is_no_owner_changes_nothing(site: Site, firm: Firm, role: str) -> None:
    ravi = await a_member(firm, role)
    async with visiting(site.urls[0], firm.url) as visitor:
        await visitor.sign_in(await with_password(firm.url, ravi))
        await visitor.open(page_of(firm))
        assert visitor.page.status_code == 200
        token = forms_of(visitor.page)[0][1]["token"]
        forms = {
            page_of(firm): {"email": "a@example.in", "role": "OWNER"},
            f"{page_of(firm)}/{ravi}": {"role": "OWNER", "password": PASSWORD, "step": "grant"},
        }
        for path, data in forms.items():
            answer = await visitor.client.post(visitor.url + path, data={"token": token, **data})
            assert answer.status_code == 403
        assert (await visitor.open(f"{page_of(firm)}/{ravi}")).status_code == 403
    assert roles_in(firm)[ravi] == (role, True)


async def test_a_stranger_is_no_member_to_change(owner: Visitor, firm: Firm) -> None:
    other = await found(firm.url)
    assert (await owner.open(f"{page_of(firm)}/{other.owner_id}")).status_code == 404
    assert (await owner.open(page_of(other))).status_code == 404


async def test_a_lost_laptop_is_shut_out_by_one_button(site: Site, owner: Visitor, firm: Firm, call: Caller) -> None:
    async with visiting(site.urls[1], firm.url) as laptop:
        await laptop.sign_in(owner.email)
        await owner.open("/console/account/security")
        await owner.send("/console/account/security", password="not this one")
        assert owner.page.status_code == 403
        assert (await call("GET", "/whoami")).status_code == 200
        await owner.send("/console/account/security", password=PASSWORD)
        assert owner.path == "/console/sign-in"
        assert owner.says("All sessions, apps and tokens have ended.")
        assert (await laptop.open("/console")).url.path == "/console/sign-in"
    assert (await call("GET", "/whoami")).status_code == 401
    await owner.sign_in(owner.email)
    await owner.open("/console/account/security")
    assert owner.says("1 tokens")


async def test_the_clock_of_a_sandbox_is_set(owner: Visitor, firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    page = f"/console/{sandbox.organization_id}/sandbox"
    await owner.open(page)
    assert owner.says("as the real clock says")
    assert owner.says("To the live books")
    await owner.send(f"{page}/clock", advance_days="31")
    assert owner.says("The clock is set.")
    assert owner.says("while the real clock says")
    await owner.send(f"{page}/reset", password="surely not this one")
    assert (owner.page.status_code, owner.says("This is not your password.")) == (403, True)
    await owner.send(f"{page}/reset", password=PASSWORD)
    assert owner.says("The sandbox is as at first.")
    assert owner.says("as the real clock says")
    await owner.send(f"{page}/clock", advance_days="", now="not a day")
    assert 400 <= owner.page.status_code < 500
