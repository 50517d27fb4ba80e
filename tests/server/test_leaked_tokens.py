"""Tokens that were found in public: known by their pattern, ended by whoever sends them; nothing is learnt of them."""

import re
from pathlib import Path

import httpx
import pytest

from domain.access import security_events, tokens
from domain.access.tokens import ACCESS, PAT, REFRESH, SANDBOX_PAT, new_token
from tests.running import Caller, Firm, mint, operators_books, rows
from tests.server.apps import App, Desk, assert_refused
from tests.server.conftest import Site

_DOCS = (Path(__file__).parent.parent.parent / "docs" / "oauth.md").read_text(encoding="utf-8")
_PATTERNS = re.findall(r"^\| [^|]+ \| `(aibk_[^`]+)` \|$", _DOCS.replace("\\|", "|"), flags=re.M)


@pytest.fixture(autouse=True)
def fresh(site: Site) -> None:
    """Nobody has reported anything in this minute."""
    rows(site.database, "delete from call_counts where caller like 'report:%'")


async def reported(site: Site, call: Caller, token: str, **options: object) -> httpx.Response:
    return await call.client.post(f"{site.urls[0]}/oauth/report", data={"token": token}, **options)  # type: ignore[arg-type]


async def told_to(firm: Firm) -> list[tuple[str, str]]:
    async with operators_books(firm.url) as books:
        found = await security_events.list_events(books, firm.owner_id)
    return [(event.kind, event.detail["prefix"]) for event in found]


async def test_a_token_that_was_found_is_ended_everywhere_and_its_owner_told(
    site: Site, call: Caller, firm: Firm
) -> None:
    servers = [call.only(url) for url in call.urls]
    assert [(await server("GET", "/whoami")).status_code for server in servers] == [200, 200]

    reply = await reported(site, call, f" {firm.token} ")

    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Cache-Control"] == "no-store"
    for server in servers:
        assert (await server("GET", "/whoami")).json()["code"] == "auth.revoked_token"
    assert await told_to(firm) == [("TOKEN_LEAKED", tokens.shown_of(firm.token))]
    (due,) = rows(firm.url, "select mail_at from security_events where user_id = %s", firm.owner_id)
    assert due["mail_at"] is not None
    other = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id))
    trail = (await other("GET", "/activity", params={"action": "TOKEN_REVOKED"})).json()["activity"]
    assert len(trail) == 1


async def test_a_token_for_several_organizations_is_ended_as_well(site: Site, call: Caller, firm: Firm) -> None:
    token = await mint(firm.url, firm.owner_id, None, is_sandbox=True)

    assert (await reported(site, call, token)).status_code == 200

    assert (await call.with_token(token)("GET", "/whoami")).json()["code"] == "auth.revoked_token"
    assert (await call("GET", "/whoami")).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_token_of_an_app_ends_its_grant(
    site: Site, call: Caller, firm: Firm, desk: Desk, app: App, kind: str
) -> None:
    pair = await desk.pair(app)
    apart = await desk.pair(app)

    assert (await reported(site, call, pair[kind])).status_code == 200

    assert (await call.with_token(pair["access_token"])("GET", "/whoami")).status_code == 401
    assert_refused(await desk("token", app.refreshing(pair["refresh_token"])), "invalid_grant")
    assert (await call.with_token(apart["access_token"])("GET", "/whoami")).status_code == 200
    assert await told_to(firm) == [("TOKEN_LEAKED", tokens.shown_of(pair[kind]))]
    (grant,) = rows(firm.url, "select revoked_for from oauth_grants where user_id = %s and revoked_at is not null",
                    firm.owner_id)  # fmt: skip
    assert grant["revoked_for"] == "REPLAY"


async def test_nothing_is_learnt_of_a_token(site: Site, call: Caller, firm: Firm) -> None:
    """Good, ended before, never given, and no token at all: one answer, and only the good one is told of."""
    answers = []
    for token in (firm.token, firm.token, new_token(PAT), new_token(REFRESH), "aibk_pat_x3Kp9aQz", "x" * 2000, "é"):
        reply = await reported(site, call, token, headers={"X-Request-Id": "req-compared"})
        headers = {name: value for name, value in reply.headers.items() if "ratelimit" not in name and name != "date"}
        answers.append((reply.status_code, reply.content, headers))

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    assert len(await told_to(firm)) == 1


async def test_a_form_without_a_token_and_another_method_are_refused(site: Site, call: Caller) -> None:
    url = f"{site.urls[0]}/oauth/report"

    assert_refused(await call.client.post(url, data={}), "invalid_request")
    assert (await call.client.get(url)).status_code == 405


async def test_an_address_reports_sixty_a_minute(site: Site, call: Caller, firm: Firm) -> None:
    """Counted as calls are: by PostgreSQL's minute, over all processes."""
    windows: dict[str, list[int]] = {}
    for _ in range(130):
        reply = await reported(site, call, "none")
        windows.setdefault(reply.headers["X-RateLimit-Reset"], []).append(reply.status_code)
        assert ("Retry-After" in reply.headers) == (reply.status_code == 429)

    assert any(429 in statuses for statuses in windows.values())
    for statuses in windows.values():
        assert statuses.count(200) == min(60, len(statuses))


def test_the_patterns_of_the_documentation_find_our_tokens_and_no_others() -> None:
    assert len(_PATTERNS) == 4
    found = [re.compile(rf"\b{pattern}\b") for pattern in _PATTERNS]
    for prefix in (PAT, SANDBOX_PAT, ACCESS, REFRESH, "aibk_ocs_"):
        for _ in range(50):
            token = new_token(prefix)
            assert sum(bool(each.search(f'TOKEN="{token}"')) for each in found) == 1, token
            assert not any(each.search(token[:-1]) for each in found)


def test_the_checksum_of_the_documentation_is_ours() -> None:
    (code,) = re.findall(r"```python\n(def is_ours.*?)```", _DOCS, flags=re.S)
    known: dict[str, object] = {}
    exec(code, known)  # what scanners are told to run
    is_ours = known["is_ours"]
    assert callable(is_ours)
    for prefix in (PAT, SANDBOX_PAT, ACCESS, REFRESH):
        token = new_token(prefix)
        assert is_ours(token)
        assert not is_ours(token[:-1] + ("0" if token[-1] != "0" else "1"))
