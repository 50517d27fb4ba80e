"""Which organization is meant: tokens of a user with several name one on each call, and are checked on each call."""

from typing import Any

import pytest

from contract_tests.spec import OPERATIONS, body_example, needed_query
from domain.ids import new_id
from tests.running import Caller, Firm, found, mint, open_sandbox, rows


def _takes_json(name: str) -> bool:
    content = OPERATIONS[name][2].get("requestBody", {}).get("content", {})
    return not content or "application/json" in content


WITHOUT_FILES = [name for name in OPERATIONS if _takes_json(name)]
"""All but those that take a file and no JSON: for them, Schemathesis tries the choice."""


@pytest.fixture
async def partner(call: Caller, firm: Firm) -> Caller:
    """Calls with a token of the firm's owner for all organizations."""
    return call.with_token(await mint(firm.url, firm.owner_id, None))


@pytest.fixture
async def second(firm: Firm) -> Firm:
    """Another organization of the same owner."""
    return await found(firm.url, owner_id=firm.owner_id, name="Konkan")


def named(*, query: str | None = None, header: str | None = None, **needed: Any) -> dict[str, Any]:
    """Name an organization in the query or a header, beside the parameters that the operation needs."""
    options: dict[str, Any] = {"params": needed}
    if query is not None:
        options["params"] = {**needed, "organization_id": query}
    if header is not None:
        options["headers"] = {"X-AIBooks-Org": header}
    return options


async def test_a_token_of_several_organizations_says_which(partner: Caller, firm: Firm, second: Firm) -> None:
    for meant, other in ((firm, second), (second, firm)):
        key = meant.organization_id
        for options in (named(query=key), named(header=key), named(query=key, header=key)):
            reply = await partner("GET", "/branches", **options)
            assert meant.branch_id in reply.text
            assert other.branch_id not in reply.text


async def test_two_organizations_in_one_call_are_refused(partner: Caller, firm: Firm, second: Firm) -> None:
    reply = await partner("GET", "/branches", **named(query=firm.organization_id, header=second.organization_id))

    assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value")
    assert reply.json()["field"] == "organization_id"


async def test_a_token_of_several_organizations_must_say_which(partner: Caller) -> None:
    for method, path in (("GET", "/contacts"), ("POST", "/contacts"), ("GET", "/invoices/inv_unknown")):
        body = {"contact_name": "Sharma"} if method == "POST" else None
        reply = await partner(method, path, body)
        assert (reply.status_code, reply.json()["code"]) == (400, "auth.missing_organization_id")
    assert (await partner("GET", "/whoami")).json()["token"]["org_id"] is None


async def test_organizations_without_membership_are_one_and_the_same(partner: Caller, firm: Firm) -> None:
    """Another's organization and one that does not exist are not told apart."""
    caller = Caller(partner.client, partner.urls, partner.token, {"X-Request-Id": "req_compared"})
    theirs = (await found(firm.url)).organization_id
    replies = set()
    for key in (theirs, new_id("org"), theirs.upper(), theirs[:-1], "no-such-id"):
        for options in (named(query=key), named(header=key)):
            reply = await caller("GET", "/contacts", **options)
            replies.add((reply.status_code, reply.headers["Content-Length"], reply.text))

    ((status, _, text),) = replies
    assert (status, '"auth.no_membership"' in text) == (403, True)


async def test_a_suspended_member_is_shut_out_at_the_next_call(partner: Caller, firm: Firm, second: Firm) -> None:
    assert (await partner("GET", "/contacts", **named(query=second.organization_id))).status_code == 200
    rows(firm.url, "update memberships set is_active = false where organization_id = %s", second.organization_id)

    reply = await partner("GET", "/contacts", **named(query=second.organization_id))

    assert (reply.status_code, reply.json()["code"]) == (403, "auth.no_membership")
    assert second.organization_id not in (await partner("GET", "/organizations")).text


async def test_live_and_test_tokens_never_cross(partner: Caller, call: Caller, firm: Firm) -> None:
    sandbox = await open_sandbox(firm)
    tester = call.with_token(await mint(firm.url, firm.owner_id, None, is_sandbox=True))

    async def status(caller: Caller, meant: Firm) -> tuple[int, str]:
        reply = await caller("GET", "/contacts", **named(query=meant.organization_id))
        return reply.status_code, str(reply.json()["code"])

    assert await status(partner, firm) == await status(tester, sandbox) == (200, "0")
    assert await status(partner, sandbox) == await status(tester, firm) == (403, "auth.org_mismatch")
    single = call.with_token(sandbox.token)
    assert await status(single, firm) == (403, "auth.org_mismatch")
    reached = [(await each("GET", "/organizations")).text for each in (partner, tester, single)]
    assert [sandbox.organization_id in text for text in reached] == [False, True, True]
    assert [f'"{firm.organization_id}"' in text for text in reached] == [True, False, False]


@pytest.mark.parametrize("name", WITHOUT_FILES)
async def test_every_operation_heeds_the_choice(call: Caller, second: Firm, name: str) -> None:
    """A token of one organization is for no other, whatever is asked; and a choice is held to the contract."""
    method, path, _ = OPERATIONS[name]
    body, needed = body_example(name), needed_query(name)

    for options in (named(query=second.organization_id, **needed), named(header=second.organization_id, **needed)):
        reply = await call(method.upper(), path, body, **options)
        assert (reply.status_code, reply.json()["code"]) == (403, "auth.org_mismatch")
    for options, field in (
        (named(query="a\nb", **needed), "organization_id"),
        (named(header="a b", **needed), "X-AIBooks-Org"),
    ):
        reply = await call(method.upper(), path, body, **options)
        assert (reply.status_code, reply.json().get("field")) == (400, field), reply.text
