"""Who may come in: over two processes that remember tokens, and by every scope.

``test_every_operation_and_token`` asks every operation with every token that must not open it.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.access.scopes import FULL_ACCESS
from domain.access.tokens import new_token
from openapi.bundle import bundle, operations_of
from tests.running import Caller, Firm, found, mint, open_sandbox, operators_books, rows
from tests.server.conftest import Site
from tests.server.trade import a_customer, an_invoice, count_of

METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/api/public/v1"
OPERATIONS = [
    (operation["operationId"], method.upper(), path, operation["security"][0]["oauth2"])
    for path, item in bundle()["paths"].items()
    for method, operation in operations_of(item)
]
SCOPED = [each for each in OPERATIONS if each[3]]
RESOURCES = {scope.rsplit(".", 1)[0] for each in SCOPED for scope in each[3]} - {"AIBooks.fullaccess"}


def assert_refused(reply: httpx.Response, status: int, code: str) -> None:
    """The contract's flat error, with the challenge of RFC 6750 on a 401."""
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
    challenge = reply.headers.get("WWW-Authenticate", "")
    error = {401: "invalid_token"}.get(status, "insufficient_scope" if code == "auth.insufficient_scope" else "")
    asked = status == 401 or code == "auth.insufficient_scope"
    assert challenge.startswith("Bearer ") == asked
    assert (f'error="{error}"' in challenge) == (asked and code != "auth.missing_token")
    assert challenge.endswith(f'resource_metadata="{METADATA}"') == asked


async def everywhere(call: Caller) -> list[httpx.Response]:
    """Ask each process who we are."""
    return [await call.only(url)("GET", "/whoami") for url in call.urls]


def without_last(token: str) -> str:
    """The token with another last character: its checksum is wrong."""
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def swapped(token: str) -> str:
    """The token with two neighbours of its secret exchanged, as a typist does."""
    place = next(i for i in range(12, 30) if token[i] != token[i + 1])
    return token[:place] + token[place + 1] + token[place] + token[place + 2 :]


@pytest.mark.parametrize(
    "authorization",
    ["{token}", "Basic {token}", "Bearer", "Bearer {token} {token}", "Bearer {token},", "Token {token}",
     "Bearer Bearer {token}", "Bearer é", "Bearer " + "x" * 8000],
)  # fmt: skip
async def test_an_authorization_of_another_form_is_refused(call: Caller, firm: Firm, authorization: str) -> None:
    header = authorization.format(token=firm.token).encode("latin-1")
    reply = await call("GET", "/whoami", headers={"Authorization": header})

    assert_refused(reply, 401, "auth.invalid_token")


async def test_two_authorization_headers_are_refused(call: Caller, firm: Firm) -> None:
    url = call.urls[0] + "/api/public/v1/whoami"
    twice = [("Authorization", f"Bearer {firm.token}")] * 2

    assert_refused(await call.client.get(url, headers=twice), 401, "auth.invalid_token")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_read_in_any_case(call: Caller, firm: Firm, scheme: str) -> None:
    assert (await call("GET", "/whoami", headers={"Authorization": f"{scheme} {firm.token}"})).status_code == 200


@pytest.mark.parametrize("spoil", [without_last, swapped, lambda token: token[:-1], lambda token: token + "0",
                                   lambda token: token.replace("aibk_pat_", "aibk_oat_")])  # fmt: skip
async def test_a_mistyped_token_is_refused(call: Caller, firm: Firm, spoil: Any) -> None:
    """``test_database_away`` shows that this asks no database."""
    assert_refused(await call.with_token(spoil(firm.token))("GET", "/whoami"), 401, "auth.invalid_token")


@pytest.mark.parametrize("prefix", ["aibk_pat_", "aibk_pat_test_", "aibk_oat_"])
async def test_an_unknown_token_is_refused(call: Caller, prefix: str) -> None:
    assert_refused(await call.with_token(new_token(prefix))("GET", "/whoami"), 401, "auth.invalid_token")


async def test_a_revoked_token_is_refused_at_once_by_every_process(call: Caller, firm: Firm) -> None:
    assert [reply.status_code for reply in await everywhere(call)] == [200, 200]
    rows(firm.url, "update tokens set revoked_at = now() where organization_id = %s", firm.organization_id)

    for reply in await everywhere(call) + await everywhere(call):
        assert_refused(reply, 401, "auth.revoked_token")


async def test_a_token_that_was_revoked_before_its_first_use_is_refused(call: Caller, firm: Firm) -> None:
    rows(firm.url, "update tokens set revoked_at = now() where organization_id = %s", firm.organization_id)

    for reply in await everywhere(call):
        assert_refused(reply, 401, "auth.revoked_token")


async def test_an_expired_token_is_refused(call: Caller, firm: Firm) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1.2)
    caller = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, expires_at=soon))
    assert [reply.status_code for reply in await everywhere(caller)] == [200, 200]

    await asyncio.sleep((soon - datetime.now(UTC)).total_seconds() + 0.01)

    for reply in await everywhere(caller):
        assert_refused(reply, 401, "auth.expired_token")


async def test_a_token_that_expired_before_its_first_use_is_refused(call: Caller, firm: Firm) -> None:
    token = await mint(firm.url, firm.owner_id, firm.organization_id, expires_at=datetime.now(UTC) + timedelta(days=1))
    rows(firm.url, "update tokens set expires_at = now() - interval '1 second' where expires_at is not null"
                   " and organization_id = %s", firm.organization_id)  # fmt: skip

    assert_refused(await call.with_token(token)("GET", "/whoami"), 401, "auth.expired_token")


@pytest.mark.parametrize("is_remembered", [True, False], ids=["used before", "never used"])
async def test_a_suspended_member_is_refused_at_once_by_every_process(
    call: Caller, firm: Firm, *, is_remembered: bool
) -> None:
    if is_remembered:
        assert [reply.status_code for reply in await everywhere(call)] == [200, 200]
    rows(firm.url, "update memberships set is_active = false where organization_id = %s", firm.organization_id)

    for reply in await everywhere(call) + await everywhere(call):
        assert_refused(reply, 403, "auth.no_membership")

    rows(firm.url, "update memberships set is_active = true where organization_id = %s", firm.organization_id)
    assert [reply.status_code for reply in await everywhere(call)] == [200, 200]


async def test_a_user_who_was_switched_off_is_refused(call: Caller, firm: Firm) -> None:
    await everywhere(call)
    rows(firm.url, "update users set is_active = false where id = %s", firm.owner_id)

    for reply in await everywhere(call):
        assert_refused(reply, 403, "auth.no_membership")


async def test_a_token_of_one_organization_names_no_other(call: Caller, firm: Firm) -> None:
    """Not even one that its user is a member of."""
    other = await found(firm.url, owner_id=firm.owner_id)

    for options in (
        {"params": {"organization_id": other.organization_id}},
        {"headers": {"X-AIBooks-Org": other.organization_id}},
        {"params": {"organization_id": "org_unknown"}},
    ):
        assert_refused(await call("GET", "/contacts", **options), 403, "auth.org_mismatch")
    own = await call("GET", "/contacts", params={"organization_id": firm.organization_id})
    assert own.status_code == 200


@pytest.mark.parametrize("operation", SCOPED, ids=[each[0] for each in SCOPED])
async def test_every_operation_asks_for_its_scope(
    call: Caller, firm: Firm, operation: tuple[str, str, str, list[str]]
) -> None:
    """All scopes of all others, and the other actions of its own, do not open it; its own, ALL and full access do."""
    _, method, path, required = operation
    (scope,) = required
    whole, action = scope.rsplit(".", 1)
    is_whole = scope == FULL_ACCESS
    others = [f"{whole}.{each}" for each in ("READ", "CREATE", "UPDATE", "DELETE") if each != action and not is_whole]
    opening = {FULL_ACCESS} if is_whole else {scope, f"{whole}.ALL", FULL_ACCESS}

    async def asked(*held: str) -> httpx.Response:
        token = await mint(firm.url, firm.owner_id, firm.organization_id, held=held)
        return await call.with_token(token)(method, path)

    refused = await asked(*others, *(f"{each}.ALL" for each in sorted(RESOURCES - {whole})))
    assert_refused(refused, 403, "auth.insufficient_scope")
    assert refused.json()["details"] == {"required": required}
    assert f'scope="{scope}"' in refused.headers["WWW-Authenticate"]
    for held in opening:
        assert (await asked(held)).status_code not in (401, 403, 500)


async def test_whoami_needs_no_scope(call: Caller, firm: Firm) -> None:
    token = await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.webhooks.READ"])

    reply = await call.with_token(token)("GET", "/whoami")

    assert reply.json()["token"]["scopes"] == ["AIBooks.webhooks.READ"]


async def test_approving_on_creation_needs_the_scope_to_approve(call: Caller, firm: Firm) -> None:
    body = an_invoice(await a_customer(call))
    create, update = "AIBooks.invoices.CREATE", "AIBooks.invoices.UPDATE"
    drafter = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=[create]))
    approver = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=[create, update]))

    refused = await drafter("POST", "/invoices?send=true", body)
    assert_refused(refused, 403, "auth.insufficient_scope")
    assert refused.json()["details"] == {"required": [update]}
    assert count_of(firm, "documents") == 0
    assert (await drafter("POST", "/invoices?send=false", body)).json()["invoice"]["status"] == "DRAFT"
    assert (await approver("POST", "/invoices?send=true", body)).json()["invoice"]["status"] == "SENT"


async def test_refusals_come_before_validation_and_work(call: Caller, firm: Firm) -> None:
    """A stranger learns nothing about bodies, ids or routes' parameters."""
    for token, status in ((None, 401), (new_token("aibk_pat_"), 401)):
        reply = await call.with_token(token)("POST", "/contacts", {"unknown": 1})
        assert reply.status_code == status


async def test_whoami_tells_the_token(call: Caller, firm: Firm) -> None:
    (reply, _) = await everywhere(call)

    token = reply.json()["token"]
    assert (token["org_id"], token["user_id"]) == (firm.organization_id, firm.owner_id)
    assert token["kind"] == "PAT"
    assert firm.token not in reply.text


async def test_a_test_token_opens_the_sandbox_only(call: Caller, firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    tester = call.with_token(sandbox.token)
    assert sandbox.token.startswith("aibk_pat_test_")

    await a_customer(tester)

    assert (count_of(firm, "contacts"), count_of(sandbox, "contacts")) == (0, 1)
    for caller, other in ((tester, firm), (call, sandbox)):
        reply = await caller("GET", "/contacts", params={"organization_id": other.organization_id})
        assert_refused(reply, 403, "auth.org_mismatch")


async def test_no_token_is_kept_or_logged(call: Caller, firm: Firm, site: Site) -> None:
    """Only its hash and its first characters are in the database; the logs have its id."""
    await everywhere(call)
    async with operators_books(firm.url) as books:
        cursor = await books.connection.execute("select row_to_json(tokens)::text from tokens")
        stored = "\n".join([row[0] for row in await cursor.fetchall()])

    assert firm.token[:17] in stored
    assert firm.token[9:] not in stored
    for worker in site.workers:
        assert firm.token[9:] not in worker.log.read_text()
