"""Where a user is asked: signing in, consenting, refusing, and how somebody else could try to do it for them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from domain.access import members
from domain.organization import open_organization
from tests.running import Caller, Firm, found, operators_books, rows
from tests.server.apps import READ, RETURN_TO, App, Desk, an_app
from tests.server.conftest import Site
from tests.server.people import Person, a_person, forms_of, told


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=60, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        yield client


@pytest.fixture
async def owner(browser: httpx.AsyncClient, site: Site, firm: Firm) -> Person:
    # All these people sit at one address, which signs in more often than one person would.
    rows(firm.url, "delete from call_counts where caller like 'sign-in:%%' or caller like 'pages:%%'")
    return await a_person(browser, site.workers[0].url, firm)


def assert_stopped(page: httpx.Response, status: int = 400) -> None:
    """A page that tells what is wrong, and leads nowhere."""
    assert page.status_code == status, page.text
    assert "Location" not in page.headers
    assert "<h1>" in page.text


async def test_from_the_apps_question_to_the_first_call(
    owner: Person, app: App, desk: Desk, call: Caller, firm: Firm
) -> None:
    page = await owner.sign_in(await owner.open(app, scope="AIBooks.contacts.READ AIBooks.invoices.CREATE"))

    assert "Let Partner into your books?" in page.text
    assert "Sahyadri Traders" in page.text
    assert "<li>Read contacts" in page.text
    assert "partner.example" in page.text
    assert owner.email in page.text
    assert forms_of(page).choices == [firm.organization_id]
    answer = told(await owner.fill_in(page, organization=firm.organization_id, decision="allow"))
    assert (answer["state"], answer["iss"]) == ("as it came", "http://localhost:8000")
    pair = (await desk("token", app.exchanging(answer["code"]))).json()
    assert pair["scope"] == "AIBooks.contacts.READ AIBooks.invoices.CREATE"
    assert (await call.with_token(pair["access_token"])("GET", "/contacts")).status_code == 200
    trail = rows(
        firm.url, "select action, actor_user_id from activity where organization_id = %s", firm.organization_id
    )
    assert {"action": "OAUTH_GRANT_CREATED", "actor_user_id": firm.owner_id} in trail


async def test_refusing_tells_the_app_so(owner: Person, app: App) -> None:
    page = await owner.sign_in(await owner.open(app))

    answer = told(await owner.fill_in(page, decision="deny"))

    assert answer["error"] == "access_denied"
    assert (answer["state"], answer["iss"]) == ("as it came", "http://localhost:8000")
    assert "code" not in answer


async def test_who_has_several_organizations_chooses_or_opens_all(
    owner: Person, app: App, desk: Desk, call: Caller, firm: Firm
) -> None:
    other = await found(firm.url, owner_id=firm.owner_id, name="Nilgiri Teas")

    answer = told(await owner.let_in(app, organization=other.organization_id))
    one = (await desk("token", app.exchanging(answer["code"]))).json()
    answer = told(await owner.let_in(app, organization="all"))
    every = (await desk("token", app.exchanging(answer["code"]))).json()

    asked = [await call.with_token(pair["access_token"])("GET", "/whoami") for pair in (one, every)]
    assert [reply.json()["token"]["org_id"] for reply in asked] == [other.organization_id, None]


async def test_an_app_that_names_an_organization_is_let_into_no_other(owner: Person, app: App, firm: Firm) -> None:
    other, strangers = await found(firm.url, owner_id=firm.owner_id), await found(firm.url)

    page = await owner.sign_in(await owner.open(app, organization_id=firm.organization_id))
    assert forms_of(page).choices == [firm.organization_id]
    for wanted in (other.organization_id, "all", strangers.organization_id):
        assert told(await owner.fill_in(page, organization=wanted, decision="allow"))["error"] == "access_denied"
    page = await owner.open(app, organization_id=strangers.organization_id)
    assert told(page)["error"] == "access_denied"


async def test_nobody_opens_books_that_are_not_his(owner: Person, app: App, firm: Firm) -> None:
    strangers = await found(firm.url)

    assert told(await owner.let_in(app, organization=strangers.organization_id))["error"] == "access_denied"


async def test_an_app_with_a_secret_is_not_asked_about_twice_unless_it_wants_more(
    owner: Person, app: App, desk: Desk, firm: Firm
) -> None:
    first = told(await owner.let_in(app, organization_id=firm.organization_id))
    await desk("token", app.exchanging(first["code"]))

    again = await owner.open(app, organization_id=firm.organization_id)
    assert (await desk("token", app.exchanging(told(again)["code"]))).status_code == 200
    for more in ({"scope": f"{READ} AIBooks.items.READ"}, {"organization_id": None}):
        page = await owner.open(app, **{"organization_id": firm.organization_id, **more})
        assert page.status_code == 200
        assert "Let it in" in page.text


async def test_a_public_app_is_asked_about_each_time(owner: Person, desk: Desk, firm: Firm) -> None:
    public = await an_app(firm, is_public=True)
    first = told(await owner.let_in(public, organization_id=firm.organization_id))
    await desk("token", public.exchanging(first["code"]))

    page = await owner.open(public, organization_id=firm.organization_id)

    assert "Let it in" in page.text
    assert "Anybody can write a program" in page.text


@pytest.mark.parametrize(("email", "password"), [("", "wrong password"), ("nobody@example.in", "")])
async def test_a_wrong_password_and_an_unknown_address_are_told_alike(
    owner: Person, app: App, email: str, password: str
) -> None:
    page = await owner.open(app)

    answer = await owner.fill_in(page, email=email or owner.email, password=password or owner.password)

    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert (await owner.sign_in(answer)).status_code == 200, "the page that tells it takes the right one"


async def test_somebody_who_was_switched_off_does_not_sign_in(owner: Person, app: App, firm: Firm) -> None:
    page = await owner.open(app)
    rows(firm.url, "update users set is_active = false where id = %s", firm.owner_id)

    assert (await owner.fill_in(page, email=owner.email, password=owner.password)).status_code == 403


async def test_passwords_cannot_be_guessed_for_long(owner: Person, app: App) -> None:
    page = await owner.open(app)

    statuses = [
        (await owner.fill_in(page, email=owner.email, password=f"guess {turn}")).status_code for turn in range(21)
    ]

    assert statuses[0] == 403
    assert 429 in statuses, "ten a minute for one account, and a minute may begin in between"


async def test_signing_in_gives_a_fresh_key_and_keeps_only_its_hash(owner: Person, app: App, firm: Firm) -> None:
    """Session fixation: what the browser held before is good for nothing afterwards."""
    page = await owner.open(app)
    before = page.cookies["finzbooks"]
    answer = await owner.fill_in(page, email=owner.email, password=owner.password)
    after = answer.cookies["finzbooks"]

    assert before != after
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    with_before = await httpx.AsyncClient(cookies={"finzbooks": before}).get(
        owner.url + "/oauth/authorize", params=app.question()
    )
    assert with_before.headers["Location"].startswith("/console/sign-in?next=")
    kept = "\n".join(row["kept"] for row in rows(firm.url, "select to_json(sessions)::text as kept from sessions"))
    assert kept
    assert after not in kept


async def test_signing_out_lets_somebody_else_sign_in(owner: Person, app: App) -> None:
    consent = await owner.sign_in(await owner.open(app))

    answer = await owner.fill_in(consent, 1)

    assert answer.headers["Location"].startswith("/oauth/authorize?")
    page = await owner.led(await owner.client.get(owner.url + answer.headers["Location"]))
    assert "<h1>Sign in</h1>" in page.text
    assert "to go on to <strong>Partner</strong>" in page.text
    assert_stopped(await owner.fill_in(consent, organization="all", decision="allow"))


@pytest.mark.parametrize(
    "ended", ["expires_at = now()", "last_seen_at = now() - interval '13 hours'", "revoked_at = now()"]
)
async def test_a_session_ends(owner: Person, app: App, firm: Firm, ended: str) -> None:
    await owner.sign_in(await owner.open(app))
    rows(firm.url, f"update sessions set {ended} where user_id = %s", firm.owner_id)

    assert "<h1>Sign in</h1>" in (await owner.open(app)).text


async def test_a_form_of_another_page_is_refused(owner: Person, app: App, site: Site) -> None:
    """CSRF: without the proof, with another browser's, or sent by another site."""
    page = await owner.open(app)
    for token in ("", "0" * 64, "é"):
        assert_stopped(await owner.fill_in(page, email=owner.email, password=owner.password, token=token), 403)
    async with httpx.AsyncClient() as other:
        action, fields = forms_of(page).forms[0]
        filled = {**fields, "email": owner.email, "password": owner.password}
        assert_stopped(await other.post(owner.url + action, data=filled), 403)
    owner.client.headers["Sec-Fetch-Site"] = "cross-site"
    assert_stopped(await owner.fill_in(page, email=owner.email, password=owner.password), 403)


async def test_a_question_is_answered_once_and_only_in_its_own_session(
    owner: Person, app: App, firm: Firm, site: Site
) -> None:
    page = await owner.sign_in(await owner.open(app))
    async with httpx.AsyncClient() as other:
        somebody = await a_person(other, site.workers[0].url, await found(firm.url))
        own = await somebody.sign_in(await somebody.open(app))
        stolen = forms_of(page).forms[0][1]["request"]
        assert_stopped(await somebody.fill_in(own, request=stolen, organization="all", decision="allow"))
    first = await owner.fill_in(page, organization=firm.organization_id, decision="allow")
    assert "code" in told(first)

    assert_stopped(await owner.fill_in(page, organization=firm.organization_id, decision="allow"))


async def test_a_question_is_good_for_ten_minutes(owner: Person, app: App, firm: Firm) -> None:
    page = await owner.sign_in(await owner.open(app))
    rows(firm.url, "update oauth_requests set expires_at = expires_at - interval '601 seconds'")

    assert_stopped(await owner.fill_in(page, organization=firm.organization_id, decision="allow"))


async def test_signing_in_leads_nowhere_but_to_the_question(owner: Person, app: App) -> None:
    """Open redirects: whatever else stands in the form, it leads to the console."""
    for strange in ("//evil.example/?next=https://evil.example", "https://evil.example/oauth/authorize?x=y",
                    "/oauth/authorize?a\nSet-Cookie: x=1", "/oauth/authorize?a b", "/oauth/authorize?a#b",
                    "/oauth/authorize?client_id=x&redirect_uri=https://evil.example", "/oauth/consent"):  # fmt: skip
        owner.client.cookies.clear()
        page = await owner.open(app)
        answer = await owner.fill_in(page, email=owner.email, password=owner.password, next=strange)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console")


async def test_the_pages_are_kept_by_nobody_run_nothing_and_stand_in_no_frame(owner: Person, app: App) -> None:
    entrance = await owner.open(app)
    page = await owner.sign_in(entrance)

    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' https://partner.example; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page.text
    assert "form-action 'self' https://partner.example; " in entrance.headers["Content-Security-Policy"]
    assert "unsafe" not in entrance.headers["Content-Security-Policy"]
    assert entrance.headers["Referrer-Policy"] == "same-origin"
    for each in (entrance, page):
        assert (each.headers["Cache-Control"], each.headers["X-Frame-Options"]) == ("no-store", "DENY")
        assert "style=" not in each.text
        assert "Access-Control-Allow-Origin" not in each.headers
    style = page.text.partition('href="')[2].partition('"')[0]
    assert (await owner.client.get(owner.url + style)).headers["Content-Type"].startswith("text/css")


async def test_what_an_app_calls_itself_is_shown_as_text(owner: Person, firm: Firm) -> None:
    app = await an_app(firm, name="<script>alert(1)</script>\"'&")

    pages = [await owner.open(app, state='"><script>alert(2)</script>')]
    pages.append(await owner.sign_in(pages[0]))

    for page in pages:
        assert "<script>" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


async def test_consent_comes_from_an_active_member_only(owner: Person, app: App, firm: Firm) -> None:
    async with operators_books(firm.url) as books:
        opened = await open_organization(books, firm.organization_id)
        other = await members.create_user(opened, name="Ravi", email=f"ravi.{firm.organization_id}@example.in")
        await members.grant(opened, other.id, "OWNER")
    page = await owner.sign_in(await owner.open(app))
    async with operators_books(firm.url) as books:
        await members.suspend(await open_organization(books, firm.organization_id), firm.owner_id)

    assert (
        told(await owner.fill_in(page, organization=firm.organization_id, decision="allow"))["error"] == "access_denied"
    )


NOT_SENT_BACK = {
    "an unknown app": {"client_id": "app_unknown"},
    "no app": {"client_id": None},
    "no address": {"redirect_uri": None},
    "another host": {"redirect_uri": "https://evil.example/callback"},
    "a longer path": {"redirect_uri": RETURN_TO + "/more"},
    "another query": {"redirect_uri": RETURN_TO + "?next=https://evil.example"},
    "a fragment": {"redirect_uri": RETURN_TO + "#here"},
    "a user name": {"redirect_uri": "https://partner.example@evil.example/callback"},
    "another port": {"redirect_uri": "https://partner.example:444/callback"},
    "capitals": {"redirect_uri": "https://PARTNER.example/callback"},
    "a path that climbs": {"redirect_uri": "https://partner.example/x/../callback"},
    "http": {"redirect_uri": "http://partner.example/callback"},
    "a script": {"redirect_uri": "javascript:alert(1)"},
}


@pytest.mark.parametrize("changed", NOT_SENT_BACK.values(), ids=NOT_SENT_BACK.keys())
async def test_nobody_is_sent_where_it_is_not_proven(owner: Person, app: App, changed: dict[str, str | None]) -> None:
    assert_stopped(await owner.open(app, **changed))


async def test_a_parameter_that_comes_twice_proves_nothing(owner: Person, app: App) -> None:
    twice = f"{httpx.QueryParams(app.question())}&redirect_uri=https://evil.example"

    assert_stopped(await owner.client.get(f"{owner.url}/oauth/authorize?{twice}"))


TOLD = {
    "the implicit grant": ({"response_type": "token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "invalid_request"),
    "an answer in the fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "a short challenge": ({"code_challenge": "x" * 42}, "invalid_request"),
    "the method plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method, which would be plain": ({"code_challenge_method": None}, "invalid_request"),
    "an unknown scope": ({"scope": "AIBooks.invoices.READ admin"}, "invalid_scope"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "a stranger's resource": ({"resource": "https://evil.example"}, "invalid_target"),
    "a broken organization": ({"organization_id": "x"}, "invalid_request"),
}


@pytest.mark.parametrize(("changed", "word"), TOLD.values(), ids=TOLD.keys())
async def test_an_app_is_told_at_its_own_address(
    owner: Person, app: App, changed: dict[str, str | None], word: str
) -> None:
    answer = await owner.open(app, **changed)

    assert answer.headers["Location"].startswith(RETURN_TO + "?")
    assert told(answer)["error"] == word
    assert (told(answer)["state"], told(answer)["iss"]) == ("as it came", "http://localhost:8000")


async def test_a_program_on_ones_own_machine_takes_any_port(owner: Person, firm: Firm, desk: Desk) -> None:
    native = await an_app(firm, is_public=True, redirect_uris=("http://127.0.0.1/callback",))
    here = "http://127.0.0.1:51234/callback"

    answer = await owner.let_in(native, redirect_uri=here)

    assert answer.headers["Location"].startswith(here + "?code=")
    code = told(answer)["code"]
    assert (await desk("token", native.exchanging(code, redirect_uri=here))).status_code == 200
    for strange in ("http://127.0.0.2:51234/callback", "http://localhost:51234/callback", "http://127.0.0.1:x/callback",
                    "http://127.0.0.1:51234@evil.example/callback", "https://127.0.0.1:51234/callback"):  # fmt: skip
        assert_stopped(await owner.open(native, redirect_uri=strange))
