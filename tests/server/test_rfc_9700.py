"""RFC 9700, Best Current Practice for OAuth 2.0 Security, as one table: the section, what it asks for, what shows it.

Rows that other tests show already name the test, and of its cases the one that is meant; the others are functions here.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.running import Caller, Firm, found, rows
from tests.server import test_authentication as of_tokens
from tests.server import test_oauth_consent as consenting
from tests.server import test_oauth_documents as of_documents
from tests.server import test_oauth_refusals as refusing
from tests.server import test_oauth_tokens as giving
from tests.server import test_roles as of_roles
from tests.server.apps import READ, RETURN_TO, App, Desk, an_app, assert_refused
from tests.server.conftest import Site
from tests.server.people import PASSWORD, Person, a_person, told

ISSUER = "http://localhost:8000"
METADATA = "/.well-known/oauth-authorization-server"
DOCUMENT = "https://stranger.example/client.json"

# The chapters that ask something of an authorization server or of a resource server; the rest is for clients.
SECTIONS = (
    "2.1", "2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6",
    "4.7", "4.8", "4.9", "4.10", "4.11", "4.12", "4.13", "4.14", "4.15", "4.16", "4.17",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A firm whose owner has a browser, an app with a secret and one without, and where apps ask."""

    owner: Person
    app: App
    public: App
    desk: Desk
    call: Caller
    firm: Firm

    async def asked(self, app: App | None = None, **changed: str | None) -> httpx.Response:
        """The page of consent."""
        page = await self.owner.open(app or self.app, **changed)
        return await self.owner.sign_in(page) if 'name="password"' in page.text else page


Check = Callable[[Scene], Awaitable[None]]
SHOWN_HERE: dict[str, Check] = {}


def row(section: str, asked: str) -> Callable[[Check], Check]:
    """Enter a check into the table."""

    def enter(check: Check) -> Check:
        SHOWN_HERE[f"{section} {asked}"] = check
        return check

    return enter


SHOWN_ELSEWHERE: dict[str, tuple[Callable[..., Any], str | None]] = {
    "2.1 redirect URIs match to the letter": (consenting.test_nobody_is_sent_where_it_is_not_proven, "a longer path"),
    "2.1 only the port of a loopback address is free": (
        consenting.test_a_program_on_ones_own_machine_takes_any_port, None),
    "2.1.1 no challenge, no code, also for apps with a secret": (
        consenting.test_an_app_is_told_at_its_own_address, "no challenge"),
    "2.1.1 the method plain is not taken": (consenting.test_an_app_is_told_at_its_own_address, "the method plain"),
    "2.1.2 there is no implicit grant": (consenting.test_an_app_is_told_at_its_own_address, "the implicit grant"),
    "2.2.2 refresh tokens of public apps rotate": (giving.test_refreshing_gives_another_pair, None),
    "2.3 an access token does what was allowed and no more": (
        giving.test_an_app_may_do_what_was_allowed_and_no_more, None),
    "2.3 nor more than its user may at that moment": (of_roles.test_a_role_that_changed_holds_for_tokens_of_apps, None),
    "2.4 there is no password grant": (refusing.test_a_code_is_not_exchanged_for, "the password grant"),
    "2.5 an app with a secret must prove it": (refusing.test_a_code_is_not_exchanged_for, "a wrong secret"),
    "4.1 a registered host does not stand for its neighbours": (
        consenting.test_nobody_is_sent_where_it_is_not_proven, "a user name"),
    "4.3 a code lives for a minute": (refusing.test_an_old_code_gives_nothing, None),
    "4.5 a code is exchanged with its own verifier only": (
        refusing.test_a_code_is_not_exchanged_for, "another verifier"),
    "4.5 and by the app that it was made for": (refusing.test_no_app_uses_anothers_code_or_refresh_token, None),
    "4.5 a second exchange ends what the first one gave": (
        giving.test_a_code_exchanged_by_many_at_once_ends_its_grant, None),
    "4.7 a form of another page is refused": (consenting.test_a_form_of_another_page_is_refused, None),
    "4.8 no verifier, no tokens": (refusing.test_a_code_is_not_exchanged_for, "no verifier"),
    "4.9 tokens are kept as hashes": (giving.test_nothing_of_it_is_kept_in_clear, None),
    "4.10 a resource of somebody else is refused": (
        consenting.test_an_app_is_told_at_its_own_address, "a stranger's resource"),
    "4.11 nobody is sent to an address that is not proven": (
        consenting.test_nobody_is_sent_where_it_is_not_proven, "another host"),
    "4.11 signing in leads nowhere but to the question": (
        consenting.test_signing_in_leads_nowhere_but_to_the_question, None),
    "4.11 documents of apps are fetched from no inner network": (
        of_documents.test_no_document_is_fetched_from_within_a_network, None),
    "4.14 a replayed refresh token ends the family": (
        giving.test_a_replay_after_61_seconds_ends_the_whole_family, None),
    "4.14 refresh tokens are bound to what was consented to": (
        refusing.test_a_refresh_beyond_what_was_allowed_is_refused, None),
    "4.14 unused ones end": (giving.test_a_refresh_token_ends_after_60_days_and_an_access_token_after_an_hour, None),
    "4.15 an app is nobody by itself": (refusing.test_a_code_is_not_exchanged_for, "client credentials"),
    "4.16 the pages stand in no frame": (
        consenting.test_the_pages_are_kept_by_nobody_run_nothing_and_stand_in_no_frame, None),
    "4.9 a revoked token is refused at once by every process": (
        of_tokens.test_a_revoked_token_is_refused_at_once_by_every_process, None),
}  # fmt: skip


@row("2.1.1", "the metadata say that PKCE is there")
async def _(scene: Scene) -> None:
    told_of = (await scene.desk.client.get(scene.desk.urls[0] + METADATA)).json()
    assert told_of["code_challenge_methods_supported"] == ["S256"]


@row("2.1.2", "no access token comes out of the authorization endpoint by any name")
async def _(scene: Scene) -> None:
    for response_type in ("token", "code token", "id_token", "code id_token", "none"):
        answer = await scene.owner.open(scene.app, response_type=response_type)
        assert told(answer)["error"] == "unsupported_response_type"
        assert "#" not in answer.headers["Location"]


@row("2.2.1", "access tokens live for an hour and are good at this server only")
async def _(scene: Scene) -> None:
    pair = await scene.desk.pair(scene.app)
    assert pair["expires_in"] == 3600
    other = await found(scene.firm.url)
    away = {"params": {"organization_id": other.organization_id}}
    reply = await scene.call.with_token(pair["access_token"])("GET", "/contacts", **away)
    assert (reply.status_code, reply.json()["code"]) == (403, "auth.org_mismatch")


@row("2.5", "a secret in the address of the token endpoint proves nothing")
async def _(scene: Scene) -> None:
    form = scene.app.exchanging(await scene.app.code(), client_secret=None)
    query = str(httpx.QueryParams({"client_secret": scene.app.secret or ""}))
    assert_refused(await scene.desk(f"token?{query}", form), "invalid_client", 401)


@row("2.6", "the metadata name endpoints of the issuer alone")
async def _(scene: Scene) -> None:
    told_of = (await scene.desk.client.get(scene.desk.urls[0] + METADATA)).json()
    named = {name: each for name, each in told_of.items() if name.endswith("_endpoint")}
    assert len(named) == 4
    assert all(each.startswith(f"{ISSUER}/oauth/") for each in named.values())


@row("4.2", "a page sends no Referer, and fetches nothing from elsewhere that could get one")
async def _(scene: Scene) -> None:
    page = await scene.asked()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert all(each.startswith("/") for each in re.findall(r'(?:src|href|action)="([^"]*)"', page.text))
    answer = await scene.owner.fill_in(page, organization=scene.firm.organization_id, decision="allow")
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@row("4.2", "a code of which somebody read the address gives nothing without its verifier")
async def _(scene: Scene) -> None:
    code = await scene.public.code()
    thief = scene.public.exchanging(code, code_verifier="x" * 64)
    assert_refused(await scene.desk("token", thief), "invalid_grant")


@row("4.3", "no token in an address opens the API")
async def _(scene: Scene) -> None:
    token = (await scene.desk.pair(scene.app))["access_token"]
    reply = await scene.call.with_token(None)("GET", "/contacts", params={"access_token": token})
    assert reply.status_code == 401


@row("4.3", "what brings a code is kept by no cache")
async def _(scene: Scene) -> None:
    answer = await scene.owner.let_in(scene.app)
    assert "code=" in answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "no-store"


@row("4.4", "each answer names its issuer, a refusal too")
async def _(scene: Scene) -> None:
    told_of = (await scene.desk.client.get(scene.desk.urls[0] + METADATA)).json()
    assert (told_of["issuer"], told_of["authorization_response_iss_parameter_supported"]) == (ISSUER, True)
    page = await scene.asked()
    refused = await scene.owner.fill_in(page, decision="deny")
    let_in = await scene.owner.let_in(scene.app)
    broken = await scene.owner.open(scene.app, scope="nothing")
    assert {told(each)["iss"] for each in (refused, let_in, broken)} == {ISSUER}


@row("4.6", "tokens come from the token endpoint only, as a body")
async def _(scene: Scene) -> None:
    answer = await scene.owner.let_in(scene.app)
    assert "aibk_oat_" not in str(answer.headers) + answer.text
    assert set(told(answer)) == {"code", "state", "iss"}


@row("4.7", "state comes back as it was sent")
async def _(scene: Scene) -> None:
    state = "a b&code=forged#é%41+'\"<>"
    assert told(await scene.owner.let_in(scene.app, state=state))["state"] == state


@row("4.8", "a challenge that was taken out of the question is missed at once")
async def _(scene: Scene) -> None:
    for changed in ({"code_challenge": None}, {"code_challenge_method": None}, {"code_challenge": ""}):
        assert told(await scene.owner.open(scene.public, **changed))["error"] == "invalid_request"


@row("4.9", "a token in an error is told to nobody")
async def _(scene: Scene) -> None:
    pair = await scene.desk.pair(scene.app)
    reply = await scene.desk("token", scene.app.refreshing(pair["access_token"]))
    assert_refused(reply, "invalid_grant")
    assert pair["access_token"] not in reply.text


@row("4.10", "a token says what it was asked for")
async def _(scene: Scene) -> None:
    pair = await scene.desk.pair(scene.app, resource=f"{ISSUER}/api/public/v1")
    asked = {**scene.app.proof(), "token": pair["access_token"]}
    assert (await scene.desk("introspect", asked)).json()["aud"] == f"{ISSUER}/api/public/v1"


@row("4.11", "an app that nobody registered gets nobody sent to it who has not agreed")
async def _(scene: Scene) -> None:
    kept = """
    insert into oauth_clients (id, name, redirect_uris, tier, is_active, created_at, fetched_at, fresh_until)
    values (%s, 'Stranger', %s, 'DEFAULT', true, now(), now(), now() + interval '1 hour')
    on conflict (id) do nothing
    """
    rows(scene.firm.url, kept, DOCUMENT, [RETURN_TO])
    for changed in ({"scope": "nothing"}, {"response_type": "token"}, {"code_challenge": None}):
        page = await scene.owner.open(scene.app, client_id=DOCUMENT, **changed)
        consenting.assert_stopped(page)
    page = await scene.asked(client_id=DOCUMENT)
    assert "Nobody has registered this app with us" in page.text
    assert told(await scene.owner.fill_in(page, decision="deny"))["error"] == "access_denied"


@row("4.12", "every form is answered by 303, so that no browser sends it on")
async def _(scene: Scene) -> None:
    page = await scene.owner.open(scene.app)
    signed_in = await scene.owner.fill_in(page, email=scene.owner.email, password=PASSWORD)
    asked = await scene.owner.client.get(scene.owner.url + signed_in.headers["Location"])
    answered = await scene.owner.fill_in(asked, organization=scene.firm.organization_id, decision="allow")
    assert {signed_in.status_code, answered.status_code} == {303}
    assert PASSWORD.split()[0] not in signed_in.headers["Location"] + answered.headers["Location"]


@row("4.13", "headers that a proxy should have removed change nothing")
async def _(scene: Scene) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example",
              "X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "444"}  # fmt: skip
    page = await scene.owner.client.get(
        scene.owner.url + "/oauth/authorize", params=scene.app.question(), headers=forged
    )
    metadata = await scene.desk.client.get(scene.desk.urls[0] + METADATA, headers=forged)
    assert page.headers["Location"].startswith("/console/sign-in?")
    assert "evil" not in page.text + str(page.headers) + metadata.text
    assert metadata.json()["issuer"] == ISSUER


@row("4.14", "a stolen refresh token of an app with a secret is good for nobody else")
async def _(scene: Scene) -> None:
    pair = await scene.desk.pair(scene.app)
    as_public = {**scene.app.refreshing(pair["refresh_token"], client_secret=None)}
    assert_refused(await scene.desk("token", as_public), "invalid_client", 401)


@row("4.15", "no app can be taken for a user")
async def _(scene: Scene) -> None:
    pair = await scene.desk.pair(scene.app)
    told_of = (await scene.desk("introspect", {**scene.app.proof(), "token": pair["access_token"]})).json()
    assert (told_of["sub"][:4], told_of["client_id"][:4], told_of["scope"]) == ("usr_", "app_", READ)


@row("4.16", "a form may end with us or at the app, and nowhere else")
async def _(scene: Scene) -> None:
    policy = (await scene.asked()).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert re.search(r"form-action 'self' https://partner\.example;", policy)


@row("4.17", "the pages run nothing, so they post no message to another window")
async def _(scene: Scene) -> None:
    page = await scene.asked()
    assert "<script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")


@pytest.fixture
async def scene(site: Site, firm: Firm, app: App, desk: Desk, call: Caller) -> Scene:
    # All these people sit at one address, which signs in more often than one person would.
    rows(firm.url, "delete from call_counts where caller like 'sign-in:%%' or caller like 'pages:%%'")
    owner = await a_person(call.client, site.workers[0].url, firm)
    return Scene(owner, app, await an_app(firm, is_public=True), desk, call, firm)


@pytest.mark.parametrize("asked", SHOWN_HERE)
async def test_it_holds(scene: Scene, asked: str) -> None:
    await SHOWN_HERE[asked](scene)


@pytest.mark.parametrize("asked", SHOWN_ELSEWHERE)
def test_what_another_test_shows_is_shown_there(asked: str) -> None:
    """The test runs in its own module, and has the case that is meant."""
    test, case = SHOWN_ELSEWHERE[asked]
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    assert test.__name__.startswith("test_")
    assert not [mark for mark in getattr(test, "pytestmark", []) if mark.name in ("skip", "skipif", "xfail")]
    assert case is None or any(case in mark.kwargs.get("ids", ()) for mark in marks)


def test_each_section_has_its_rows() -> None:
    shown = [*SHOWN_HERE, *SHOWN_ELSEWHERE]
    assert {each.split(" ")[0] for each in shown} == set(SECTIONS)
    assert len(shown) == len(set(shown)) >= 40
