"""What people do in the console with their own account, and how organizations are founded there."""

from collections.abc import AsyncIterator

import pytest

from domain.access import members, roles
from domain.organization import open_organization
from server.console.figures import device
from tests.running import Caller, Firm, found, operators_books, rows
from tests.server.apps import App, Desk
from tests.server.conftest import Site
from tests.server.visitors import PASSWORD, Visitor, forms_of, visiting, with_password

_ACCOUNT = "/console/account"
_FRESH = "four stools under a lamp"


@pytest.fixture
async def visitor(site: Site, firm: Firm) -> AsyncIterator[Visitor]:
    """The owner of the firm, who has signed in."""
    async with visiting(site.urls[0], firm.url) as opened:
        await opened.sign_in(await with_password(firm.url, firm.owner_id))
        assert opened.path == "/console"
        yield opened


async def email_of(firm: Firm) -> str:
    async with operators_books(firm.url) as books:
        return (await members.find_user(books, firm.owner_id)).email


# Founding.


async def test_a_gstin_says_state_and_pan_and_an_organization_is_founded(visitor: Visitor, firm: Firm) -> None:
    await visitor.open("/console/found")
    await visitor.send("/console/found", gst_no="29aaccs4321k1z9 ", step="registered")
    assert visitor.page.status_code == 200, visitor.page.text
    assert visitor.says("State Karnataka")
    assert visitor.says("PAN AACCS4321K")

    await visitor.send("/console/found", name="Nilgiri Teas", registration_type="COMPOSITION", step="found")

    assert visitor.path.endswith("/first-steps")
    assert visitor.says("First steps with Nilgiri Teas")
    organization_id = visitor.path.split("/")[2]
    (kept,) = rows(
        firm.url,
        "select gst_no, pan, state_code, registration_type, fiscal_year_start_month, role"
        " from organizations join memberships on organization_id = id where id = %s and user_id = %s",
        organization_id,
        firm.owner_id,
    )
    assert kept == {
        "gst_no": "29AACCS4321K1Z9",
        "pan": "AACCS4321K",
        "state_code": "IN-KA",
        "registration_type": "COMPOSITION",
        "fiscal_year_start_month": 4,
        "role": "OWNER",
    }
    assert (await visitor.open(f"/console/{organization_id}")).status_code == 200


async def test_without_a_registration_the_state_is_asked_for(visitor: Visitor, firm: Firm) -> None:
    await visitor.open("/console/found")
    await visitor.send("/console/found", step="unregistered")
    await visitor.send("/console/found", name="Corner shop", step="found-unregistered")
    assert visitor.page.status_code == 400
    assert visitor.says("Choose the state in which the business is.")

    filled = {"state_code": "IN-GA", "fiscal_year_start_month": "1", "pan": "AACCS4321K"}
    await visitor.send("/console/found", name="Corner shop", step="found-unregistered", **filled)

    assert visitor.path.endswith("/first-steps")
    (kept,) = rows(firm.url, "select * from organizations where id = %s", visitor.path.split("/")[2])
    assert (kept["registration_type"], kept["gst_no"], kept["pan"]) == ("UNREGISTERED", None, "AACCS4321K")
    assert kept["fiscal_year_start_month"] == 1


@pytest.mark.parametrize(
    ("gst_no", "told"),
    [
        ("", "Enter the GSTIN"),
        ("29AACCS4321K1Z8", "does not fit the rest"),
        ("27AACC", "15 characters"),
        ("27AACCS4321K1CO", "no number of somebody who supplies"),
    ],
)
async def test_what_is_no_gstin_of_a_supplier_goes_no_further(visitor: Visitor, gst_no: str, told: str) -> None:
    await visitor.open("/console/found")
    await visitor.send("/console/found", gst_no=gst_no, step="registered")
    assert visitor.page.status_code == 400
    assert 'aria-invalid="true"' in visitor.page.text
    assert visitor.says(told)


async def test_a_form_that_is_sent_twice_founds_one_organization(visitor: Visitor, firm: Firm) -> None:
    await visitor.open("/console/found")
    await visitor.send("/console/found", gst_no="29AACCS4321K1Z9", step="registered")
    form = visitor.page
    places = []
    for _ in range(2):
        visitor.page = form
        places.append((await visitor.send("/console/found", name="Once", step="found")).url.path)

    assert places[0] == places[1]
    mine = (
        "select count(*) from organizations join memberships on organization_id = id where user_id = %s and name = %s"
    )
    assert rows(firm.url, mine, firm.owner_id, "Once") == [{"count": 1}]


async def test_a_sandbox_is_made_once_with_all_its_members(visitor: Visitor, firm: Firm) -> None:
    async with operators_books(firm.url) as books:
        other = await members.create_user(books, name="Ravi", email=f"ravi.{firm.organization_id[-8:]}@example.in")
        await members.grant(await open_organization(books, firm.organization_id), other.id, roles.READ_ONLY)
    page = f"/console/{firm.organization_id}/sandbox"
    await visitor.open(page)
    await visitor.send(page)
    sandbox = visitor.path
    assert visitor.says("You are in the sandbox of Sahyadri Traders")
    people = rows(firm.url, "select user_id from memberships where organization_id = %s", sandbox.split("/")[2])
    assert {each["user_id"] for each in people} == {firm.owner_id, other.id}

    await visitor.open(page)
    assert page not in [action for action, _ in forms_of(visitor.page)]
    assert visitor.says("Go to the sandbox")


async def test_books_of_others_have_no_sandbox_for_me(visitor: Visitor, firm: Firm) -> None:
    stranger = await found(firm.url)
    assert (await visitor.open(f"/console/{stranger.organization_id}/sandbox")).status_code == 404


# The account.


async def test_a_name_is_changed_and_checked(visitor: Visitor, firm: Firm) -> None:
    await visitor.open(_ACCOUNT)
    await visitor.send(_ACCOUNT, name=" ")
    assert visitor.page.status_code == 400
    await visitor.send(_ACCOUNT, name="Meera <b>K</b>")
    assert visitor.says("Saved.")
    assert "Meera &lt;b&gt;K&lt;/b&gt;" in visitor.page.text
    assert rows(firm.url, "select name from users where id = %s", firm.owner_id) == [{"name": "Meera <b>K</b>"}]


async def test_a_new_password_asks_for_the_old_one_and_signs_out_elsewhere(
    site: Site, visitor: Visitor, firm: Firm
) -> None:
    async with visiting(site.urls[1], firm.url) as elsewhere:
        await elsewhere.sign_in(await email_of(firm))
        await visitor.open(_ACCOUNT)
        await visitor.send(f"{_ACCOUNT}/password", password="wrong entirely", new_password=_FRESH)
        assert (visitor.page.status_code, visitor.says("This is not your password.")) == (403, True)
        await visitor.send(f"{_ACCOUNT}/password", password=PASSWORD, new_password="short")
        assert visitor.says("A password has 12 to 256 characters")
        assert (await elsewhere.open("/console")).url.path == "/console"

        await visitor.send(f"{_ACCOUNT}/password", password=PASSWORD, new_password=_FRESH)

        assert visitor.says("Your password is changed, and all other browsers are signed out.")
        assert (await elsewhere.open("/console")).url.path == "/console/sign-in"
        assert (await elsewhere.sign_in(await email_of(firm))).status_code == 403
        await elsewhere.sign_in(await email_of(firm), _FRESH)
        assert elsewhere.path == "/console"


async def test_one_browser_or_all_others_are_signed_out(site: Site, visitor: Visitor, firm: Firm) -> None:
    async with visiting(site.urls[0], firm.url) as second, visiting(site.urls[1], firm.url) as third:
        for each in (second, third):
            await each.sign_in(await email_of(firm))
        await visitor.open(_ACCOUNT)
        assert visitor.page.text.count("Sign out there") == 2
        handle = rows(
            firm.url, "select encode(id_hash, 'hex') as id from sessions where user_id = %s order by created_at desc",
            firm.owner_id,
        )[0]["id"]  # fmt: skip
        await visitor.send(f"{_ACCOUNT}/sessions", session=handle[:32])
        assert (await third.open("/console")).url.path == "/console/sign-in"
        assert (await second.open("/console")).url.path == "/console"

        await visitor.send(f"{_ACCOUNT}/sessions", session="others")
        assert (await second.open("/console")).url.path == "/console/sign-in"
        assert (await visitor.open(_ACCOUNT)).text.count("Sign out there") == 0


async def test_nobody_ends_a_session_of_somebody_else(site: Site, visitor: Visitor, firm: Firm) -> None:
    other = await found(firm.url)
    async with visiting(site.urls[0], firm.url) as stranger:
        await stranger.sign_in(await with_password(firm.url, other.owner_id))
        (kept,) = rows(firm.url, "select encode(id_hash, 'hex') as id from sessions where user_id = %s", other.owner_id)
        await visitor.open(_ACCOUNT)
        await visitor.client.post(
            f"{visitor.url}{_ACCOUNT}/sessions",
            data={**forms_of(visitor.page)[0][1], "session": kept["id"][:32]},
        )
        assert (await stranger.open("/console")).url.path == "/console"


async def test_an_app_is_let_in_no_more(visitor: Visitor, app: App, desk: Desk, call: Caller, firm: Firm) -> None:
    pair = await desk.pair(app)
    await visitor.open(_ACCOUNT)
    assert visitor.says("Partner in Sahyadri Traders")
    await visitor.send(f"{_ACCOUNT}/apps")  # without saying which
    app_form = [fields for action, fields in forms_of(visitor.page) if action == f"{_ACCOUNT}/apps"]
    assert len(app_form) == 1
    (grant,) = rows(firm.url, "select id from oauth_grants where user_id = %s", firm.owner_id)
    await visitor.send(f"{_ACCOUNT}/apps", grant=grant["id"])
    assert visitor.says("The app is let in no more.")
    assert visitor.says("No app works with your books.")
    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).status_code == 401


@pytest.mark.parametrize("path", ["name", "password", "sessions", "apps"])
async def test_a_form_without_its_proof_changes_nothing(visitor: Visitor, path: str) -> None:
    where = _ACCOUNT if path == "name" else f"{_ACCOUNT}/{path}"
    for token in ("", "0" * 64):
        answer = await visitor.client.post(visitor.url + where, data={"token": token, "name": "Eve"})
        assert answer.status_code == 403
    await visitor.open(_ACCOUNT)
    assert not visitor.says("Eve")


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/19.0 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("curl/8", "curl/8"),
        (None, "A browser that says nothing of itself"),
    ],
)  # fmt: skip
def test_a_browser_is_shown_in_two_words(agent: str | None, shown: str) -> None:
    assert device(agent) == shown
