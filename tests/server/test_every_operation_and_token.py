"""Every operation of the contract with every token that must not open it: refused in one way, and nothing is written.

The bodies are right and the ids are real, so that only the token stands in the way.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from psycopg import sql

from contract_tests.spec import needed_query
from domain.access import members
from domain.access.tokens import ACCESS, PAT, REFRESH, hash_of, new_token
from domain.organization import open_organization
from models import metadata
from tests.running import BASE, Caller, Firm, Form, found, mint, open_sandbox, operators_books, rows
from tests.server.conftest import Standing
from tests.walking import OPERATIONS, Operation, an_example, sheet_of

_AT_ONCE = 16
_METADATA = "http://localhost:8000/.well-known/oauth-protected-resource/api/public/v1"
_SCOPES = ("AIBooks.webhooks.READ", "AIBooks.taxes.READ")
"""Each opens some operations; for every operation there is one that does not."""

REFUSED = {
    "no token": (401, "auth.missing_token"),
    "malformed": (401, "auth.invalid_token"),
    "mistyped": (401, "auth.invalid_token"),
    "unknown": (401, "auth.invalid_token"),
    "an app's, unknown": (401, "auth.invalid_token"),
    "a refresh token": (401, "auth.invalid_token"),
    "expired": (401, "auth.expired_token"),
    "revoked": (401, "auth.revoked_token"),
    "of a suspended member": (403, "auth.no_membership"),
    "of a suspended member, for several": (403, "auth.no_membership"),
    "of a user who was switched off": (403, "auth.no_membership"),
    "of a user who was switched off, for several": (403, "auth.no_membership"),
    "of another organization": (403, "auth.org_mismatch"),
    "of a user of another organization, for several": (403, "auth.no_membership"),
    "a test token in live books": (403, "auth.org_mismatch"),
    "a test token for several in live books": (403, "auth.org_mismatch"),
    "a live token in a sandbox": (403, "auth.org_mismatch"),
    "a live token for several in a sandbox": (403, "auth.org_mismatch"),
    "of a lesser scope": (403, "auth.insufficient_scope"),
}

AT_EACH_CHANGE = ("no token", "revoked", "of a suspended member, for several", "of another organization")
"""What `make test` asks; `make thorough` asks the rest as well."""


@dataclass(frozen=True)
class Held:
    """Tokens by what is wrong with them; ``named`` is the organization that each names in the query."""

    standing: Standing
    sandbox: Firm
    tokens: dict[str, str | None]
    named: dict[str, str]


async def _a_member(firm: Firm, email: str) -> str:
    async with operators_books(firm.url) as books:
        user = await members.create_user(books, name="Ravi", email=email)
        await members.grant(await open_organization(books, firm.organization_id), user.id, "OWNER")
        return user.id


async def _of_shut_out(firm: Firm, other: Firm) -> dict[str, str]:
    """Tokens of somebody who is suspended, and of somebody who was switched off; both are members elsewhere."""
    held = {}
    for name, shut in (
        (
            "of a suspended member",
            "update memberships set is_active = false where (user_id, organization_id) = (%s, %s)",
        ),
        ("of a user who was switched off", "update users set is_active = false where id = %s and %s <> id"),
    ):
        user_id = await _a_member(firm, f"{new_token(PAT)}@example.in")
        async with operators_books(firm.url) as books:
            await members.grant(await open_organization(books, other.organization_id), user_id, "OWNER")
        held[name] = await mint(firm.url, user_id, firm.organization_id)
        held[f"{name}, for several"] = await mint(firm.url, user_id, None)
        rows(firm.url, shut, user_id, firm.organization_id)
    return held


async def _spoilt(firm: Firm) -> dict[str, str]:
    """Tokens of the owner that are good no longer."""
    late = datetime.now(UTC) + timedelta(days=1)
    held = {
        "expired": await mint(firm.url, firm.owner_id, firm.organization_id, expires_at=late),
        "revoked": await mint(firm.url, firm.owner_id, firm.organization_id),
    }
    for name, spoil in (("expired", "expires_at = now()"), ("revoked", "revoked_at = now()")):
        rows(firm.url, f"update tokens set {spoil} where token_hash = %s", hash_of(held[name]))
    return held


@pytest.fixture(scope="module")
async def held(standing: Standing) -> Held:
    firm, other = standing.firm, await found(standing.firm.url)
    sandbox = await open_sandbox(firm)
    tokens: dict[str, str | None] = {
        "no token": None,
        "malformed": "aibk_pat_nonsense",
        "mistyped": firm.token[:-1] + ("a" if firm.token[-1] != "a" else "b"),
        "unknown": new_token(PAT),
        "an app's, unknown": new_token(ACCESS),
        "a refresh token": new_token(REFRESH),
        **await _spoilt(firm),
        **await _of_shut_out(firm, other),
        "of another organization": other.token,
        "of a user of another organization, for several": await mint(firm.url, other.owner_id, None),
        "a test token in live books": sandbox.token,
        "a test token for several in live books": await mint(firm.url, firm.owner_id, None, is_sandbox=True),
        "a live token in a sandbox": firm.token,
        "a live token for several in a sandbox": await mint(firm.url, firm.owner_id, None),
        **{scope: await mint(firm.url, firm.owner_id, firm.organization_id, held=[scope]) for scope in _SCOPES},
    }
    names_a_sandbox = {name: sandbox.organization_id for name in tokens if name.endswith("in a sandbox")}
    return Held(standing, sandbox, tokens, dict.fromkeys(tokens, firm.organization_id) | names_a_sandbox)


def asked(held: Held, operation: Operation, state: str) -> dict[str, Any]:
    """A request that only its token spoils, as httpx takes it."""
    ids = held.standing.ids
    path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "none"), operation.path)
    sheet = sheet_of(operation)
    headers = dict(sheet.get("headers", {}))
    if state == "of a lesser scope":
        state = next(scope for scope in _SCOPES if scope not in operation.document["security"][0]["oauth2"])
    if held.tokens[state] is not None:
        headers["Authorization"] = f"Bearer {held.tokens[state]}"
    params = {**needed_query(operation.id), "organization_id": held.named[state]}
    request = {"method": operation.method, "url": path, "params": params, "headers": headers}
    body = None if sheet else an_example(operation, ids)
    if isinstance(body, Form):
        fields = {name: value for name, value in body.items() if name != "file"}
        return {**request, "data": fields, "files": {"file": ("note.png", body.get("file", ""), "image/png")}}
    return {**request, **({"content": sheet["content"]} if sheet else {}), **({} if body is None else {"json": body})}


def assert_refused(reply: httpx.Response, state: str) -> None:
    """One way to refuse: the flat error, the challenge of RFC 6750 where a better token would help, kept by nobody."""
    status, code = REFUSED[state]
    assert (reply.status_code, reply.json().get("code")) == (status, code), reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
    challenge = reply.headers.get("WWW-Authenticate")
    if status == 403 and code != "auth.insufficient_scope":
        assert challenge is None
        return
    assert challenge is not None
    error = re.search(r'error="(\w+)"', challenge)
    wanted = {"auth.missing_token": None, "auth.insufficient_scope": "insufficient_scope"}.get(code, "invalid_token")
    assert (error and error[1]) == wanted
    assert challenge.startswith("Bearer ")
    assert challenge.endswith(f'resource_metadata="{_METADATA}"')


def fingerprint(held: Held) -> dict[str, str]:
    """What stands in the books and in the sandbox, table by table; only that calls were made may be noted."""
    firm = held.standing.firm
    found = {}
    for table in sorted(metadata.tables.values(), key=lambda each: each.name):
        if not table.info.get("tenant") or table.name in ("api_calls", "organizations"):
            continue
        query = "select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as it from {} as t where {}"
        where = f"organization_id in ('{firm.organization_id}', '{held.sandbox.organization_id}')"
        text = sql.SQL(query).format(sql.Identifier(table.name), sql.SQL(where)).as_string()
        found[table.name] = rows(firm.url, text)[0]["it"]
    return found


@pytest.fixture(scope="module")
async def client(held: Held) -> AsyncIterator[httpx.AsyncClient]:
    call: Caller = held.standing.call
    async with httpx.AsyncClient(base_url=call.urls[0] + BASE, timeout=60, verify=False) as client:
        yield client


@pytest.mark.parametrize(
    "state", [each if each in AT_EACH_CHANGE else pytest.param(each, marks=pytest.mark.thorough) for each in REFUSED]
)
async def test_no_operation_is_opened_by_a_token(held: Held, client: httpx.AsyncClient, state: str) -> None:
    turns, before = asyncio.Semaphore(_AT_ONCE), fingerprint(held)
    operations = [
        each
        for each in OPERATIONS
        if state != "of a lesser scope" or each.document["security"][0]["oauth2"]
    ]  # fmt: skip

    async def ask(operation: Operation) -> tuple[Operation, httpx.Response]:
        async with turns:
            return operation, await client.request(**asked(held, operation, state))

    for operation, reply in await asyncio.gather(*map(ask, operations)):
        try:
            assert_refused(reply, state)
        except AssertionError as wrong:
            raise AssertionError(f"{operation.id} with a token that is {state}: {wrong}") from None

    assert len(operations) > 150
    assert fingerprint(held) == before


async def test_the_same_requests_with_a_good_token_are_let_in(held: Held, client: httpx.AsyncClient) -> None:
    """So that what is refused above is refused for its token: reads are carried out or not found, none is forbidden."""
    for operation in OPERATIONS:
        if operation.method == "GET":
            request = asked(held, operation, "a live token in a sandbox")
            request["params"]["organization_id"] = held.standing.firm.organization_id
            assert (await client.request(**request)).status_code not in (401, 403, 500), operation.id
