"""What apps are refused: every way in which a code or a refresh token gives nothing, and what apps are told first."""

from typing import Any

import httpx
import pytest

from domain.access.oauth import clients
from tests.running import Caller, Firm, operators_books, rows
from tests.server.apps import READ, App, Desk, an_app, assert_refused

CLIENTS: dict[str, tuple[dict[str, str | None], int, str]] = {
    "no client": ({"client_id": None, "client_secret": None}, 401, "invalid_client"),
    "an unknown client": ({"client_id": "app_unknown"}, 401, "invalid_client"),
    "no secret": ({"client_secret": None}, 401, "invalid_client"),
    "a wrong secret": ({"client_secret": "aibk_ocs_wrong"}, 401, "invalid_client"),
    "no grant type": ({"grant_type": None}, 400, "invalid_request"),
    "the password grant": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "client credentials": ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    "no code": ({"code": None}, 400, "invalid_request"),
    "no verifier": ({"code_verifier": None}, 400, "invalid_request"),
    "a short verifier": ({"code_verifier": "x" * 42}, 400, "invalid_grant"),
    "another verifier": ({"code_verifier": "x" * 43}, 400, "invalid_grant"),
    "no redirect": ({"redirect_uri": None}, 400, "invalid_request"),
    "another redirect": ({"redirect_uri": "https://partner.example/callback/"}, 400, "invalid_grant"),
    "an unknown code": ({"code": "aibk_oac_unknown"}, 400, "invalid_grant"),
    "a stranger's resource": ({"resource": "https://evil.example"}, 400, "invalid_target"),
    "a resource that was not allowed": ({"resource": "http://localhost:8000"}, 400, "invalid_target"),
}


@pytest.mark.parametrize(("changed", "status", "word"), CLIENTS.values(), ids=CLIENTS.keys())
async def test_a_code_is_not_exchanged_for(
    desk: Desk, app: App, changed: dict[str, str | None], status: int, word: str
) -> None:
    code = await app.code()

    assert_refused(await desk("token", app.exchanging(code, **changed)), word, status)

    assert (await desk("token", app.exchanging(code))).status_code == 200, "what was refused has used up nothing"


async def test_what_cannot_be_read_is_refused(desk: Desk, app: App) -> None:
    """Twice the same name, both ways of proof, another media type, a broken Basic."""
    url = desk.urls[0] + "/oauth/token"
    form = "application/x-www-form-urlencoded"

    async def sent(content: bytes, **headers: str) -> httpx.Response:
        return await desk.client.post(url, content=content, headers={"Content-Type": form, **headers})

    assert_refused(await sent(b"grant_type=refresh_token&grant_type=refresh_token"), "invalid_request")
    assert_refused(await sent(b"grant_type=%00"), "invalid_request")
    assert_refused(await sent(b"grant_type=%ff"), "invalid_request")
    assert_refused(
        await sent(b'{"grant_type": "refresh_token"}', **{"Content-Type": "application/json"}), "invalid_request"
    )
    assert_refused(await sent(b"a=b&" * 60), "invalid_request")
    assert_refused(await sent(b"a=" + b"b" * 40_000), "invalid_request", 413)
    both = app.refreshing("x", client_id=app.client.id)
    assert_refused(await desk("token", both, headers={"Authorization": "Basic eDp5"}), "invalid_request")
    broken = await desk("token", {"grant_type": "refresh_token"}, headers={"Authorization": "Basic !"})
    assert_refused(broken, "invalid_client", 401)
    assert broken.headers["WWW-Authenticate"].startswith("Basic ")


async def test_a_public_client_has_no_secret_and_needs_its_verifier(desk: Desk, firm: Firm) -> None:
    public = await an_app(firm, is_public=True)
    code = await public.code()

    assert_refused(await desk("token", public.exchanging(code, client_secret="guessed")), "invalid_client", 401)
    assert_refused(await desk("token", public.exchanging(code, code_verifier="y" * 64)), "invalid_grant")
    assert (await desk("token", public.exchanging(code))).status_code == 200


async def test_no_app_uses_anothers_code_or_refresh_token(desk: Desk, app: App, firm: Firm) -> None:
    other = await an_app(firm)
    code, pair = await app.code(), await desk.pair(app)

    stolen = other.exchanging(code, code_verifier=app.verifier)
    assert_refused(await desk("token", stolen), "invalid_grant")
    assert_refused(await desk("token", other.refreshing(pair["refresh_token"])), "invalid_grant")

    assert (await desk("token", app.exchanging(code))).status_code == 200
    assert (await desk("token", app.refreshing(pair["refresh_token"]))).status_code == 200


async def test_an_old_code_gives_nothing(desk: Desk, app: App, firm: Firm) -> None:
    code = await app.code()
    rows(firm.url, "update oauth_codes set expires_at = expires_at - interval '61 seconds'")

    assert_refused(await desk("token", app.exchanging(code)), "invalid_grant")


async def test_a_refresh_beyond_what_was_allowed_is_refused(desk: Desk, app: App) -> None:
    pair = await desk.pair(app)

    assert_refused(
        await desk("token", app.refreshing(pair["refresh_token"], scope="AIBooks.fullaccess.all")), "invalid_scope"
    )
    assert_refused(
        await desk("token", app.refreshing(pair["refresh_token"], resource="http://localhost:8000")), "invalid_target"
    )
    assert (await desk("token", app.refreshing(pair["refresh_token"]))).status_code == 200


METADATA = "/.well-known/oauth-authorization-server"


async def test_the_metadata_lead_to_the_endpoints(desk: Desk, app: App) -> None:
    told: dict[str, Any] = (await desk.client.get(desk.urls[0] + METADATA)).json()

    assert told["issuer"] == "http://localhost:8000"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert told["authorization_response_iss_parameter_supported"] is True
    for name in ("token", "revocation", "introspection"):
        path = told[f"{name}_endpoint"].removeprefix("http://localhost:8000")
        reply = await desk.client.post(desk.urls[0] + path, data={})
        assert_refused(reply, "invalid_request")
        assert (await desk.client.get(desk.urls[0] + path)).status_code == 405


async def test_a_challenge_leads_to_the_metadata_of_the_resource(desk: Desk, call: Caller) -> None:
    reply = await call.with_token(None)("GET", "/contacts")

    challenge = reply.headers["WWW-Authenticate"]
    assert challenge.startswith(f'Bearer scope="{READ}", resource_metadata="http://localhost:8000/')
    path = challenge.partition('resource_metadata="http://localhost:8000')[2].rstrip('"')
    told = (await desk.client.get(desk.urls[0] + path)).json()
    assert told["resource"] == "http://localhost:8000/api/public/v1"
    assert told["authorization_servers"] == ["http://localhost:8000"]
    assert (await desk.client.get(desk.urls[0] + "/.well-known/oauth-protected-resource")).status_code == 200


async def test_pages_may_ask_for_tokens(desk: Desk, app: App) -> None:
    """An app that runs in a browser reads the answer; it has no cookie that could be used against it."""
    origin = {"Origin": "https://spa.example"}
    reply = await desk("token", app.exchanging(await app.code()), headers=origin)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    told = await desk.client.get(desk.urls[0] + METADATA, headers=origin)
    assert told.headers.get_list("Access-Control-Allow-Origin") == ["*"]


async def test_a_new_secret_takes_the_place_of_the_old_one(desk: Desk, app: App, firm: Firm) -> None:
    async with operators_books(firm.url) as books:
        renewed = App(firm, app.client, await clients.renew_secret(books, app.client.id), app.verifier)

    assert_refused(await desk("revoke", {**app.proof(), "token": "x"}), "invalid_client", 401)
    assert (await desk("revoke", {**renewed.proof(), "token": "x"})).status_code == 200
