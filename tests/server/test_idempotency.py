"""One Idempotency-Key, one piece of work: replays, races over two processes, and what a key does not cover."""

import asyncio
from typing import Any

import httpx
import pytest

from domain.access import members
from domain.organization import open_organization
from server.jobs import job_queue as jobs
from tests.running import Caller, Firm, found, mint, operators_books, rows
from tests.server.apps import Desk, an_app
from tests.server.conftest import Site
from tests.server.trade import a_customer, a_draft, an_invoice, count_of
from tests.server.traps import trapped

RACERS = 200
CONTACT = {"contact_name": "Sharma Traders"}


def key(name: str) -> dict[str, str]:
    """The header with a key."""
    return {"Idempotency-Key": name}


def is_replay(reply: httpx.Response) -> bool:
    return bool(reply.headers.get("Idempotent-Replayed") == "true")


def assert_replayed(again: httpx.Response, first: httpx.Response) -> None:
    """The same answer to the byte, and said to be a replay."""
    assert is_replay(again)
    assert not is_replay(first)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers.get(name) == first.headers.get(name)


async def test_a_key_gets_the_first_answer_again(call: Caller, firm: Firm) -> None:
    first = await call("POST", "/contacts", CONTACT, headers=key("k1"))
    again = await call("POST", "/contacts", CONTACT, headers=key("k1"))

    assert first.status_code == 201
    assert_replayed(again, first)
    assert count_of(firm, "contacts") == 1


async def test_without_a_key_each_call_does_its_work(call: Caller, firm: Firm) -> None:
    await call("POST", "/contacts", CONTACT)
    await call("POST", "/contacts", CONTACT)

    assert count_of(firm, "contacts") == 2


async def test_two_hundred_at_once_with_one_key_make_one_invoice(call: Caller, firm: Firm) -> None:
    """Over two processes: every answer is the 201 or says that it is in progress; later all are replays."""
    body = an_invoice(await a_customer(call))

    async def race(racers: int) -> list[httpx.Response]:
        calls = (call("POST", "/invoices?send=true", body, headers=key("race")) for _ in range(racers))
        return await asyncio.gather(*calls)

    replies = await race(RACERS)
    later = await race(20)

    made = [reply for reply in replies if reply.status_code == 201]
    waiting = [reply for reply in replies if reply.status_code != 201]
    assert sum(not is_replay(reply) for reply in made) == 1
    assert {(reply.status_code, reply.json()["code"]) for reply in waiting} <= {(409, "idempotency.in_progress")}
    assert {reply.headers["Retry-After"] for reply in waiting} <= {"1"}
    assert all(is_replay(reply) for reply in later)
    assert {reply.content for reply in (*made, *later)} == {made[0].content}
    for table in ("documents", "journals", "idempotency_keys"):
        assert count_of(firm, table) == 1
    assert count_of(firm, "number_counters", "last_number = 1") == 1


async def test_while_the_first_is_running_all_others_are_told_so_at_once(call: Caller, firm: Firm) -> None:
    """The first is held before its commit; nobody waits for it, nobody works beside it."""
    body = an_invoice(await a_customer(call))
    async with trapped(firm, "before the answer is kept") as trap:
        first = asyncio.create_task(call("POST", "/invoices?send=true", body, headers=key("race")))
        await trap.caught()
        others = await asyncio.gather(
            *(call("POST", "/invoices?send=true", body, headers=key("race")) for _ in range(40))
        )
        assert not first.done()
        await trap.let_go()
        made = await first

    assert {(reply.status_code, reply.json()["code"]) for reply in others} == {(409, "idempotency.in_progress")}
    assert {reply.headers["Retry-After"] for reply in others} == {"1"}
    assert_replayed(await call("POST", "/invoices?send=true", body, headers=key("race")), made)
    assert count_of(firm, "documents") == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/contacts", {"contact_name": "Someone else"}),
        ("/contacts", {**CONTACT, "notes": None}),
        ("/contacts?organization_id={organization}", CONTACT),
    ],
    ids=["another name", "one more member", "another query"],
)
async def test_a_key_with_another_request_is_refused(call: Caller, firm: Firm, path: str, body: Any) -> None:
    await call("POST", "/contacts", CONTACT, headers=key("k"))

    reply = await call("POST", path.format(organization=firm.organization_id), body, headers=key("k"))

    if "organization_id" in path:  # it names the organization that is meant anyway: the same request
        assert is_replay(reply)
    else:
        assert (reply.status_code, reply.json()["code"]) == (422, "idempotency.key_reused")
        assert reply.json()["field"] == "Idempotency-Key"
    assert count_of(firm, "contacts") == 1


async def test_the_order_of_members_makes_no_other_request(call: Caller) -> None:
    one = {"contact_name": "Sharma", "notes": "Pays late", "payment_terms": 30}
    first = await call("POST", "/contacts", one, headers=key("k"))

    again = await call("POST", "/contacts", dict(reversed(one.items())), headers=key("k"))

    assert_replayed(again, first)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/invoices", an_invoice("ct_unknown"), 404, "not_found.resource"),
        ("/branches", {"name": "Head office", "state": "IN-MH"}, 409, "conflict.duplicate"),
        ("/contacts", {**CONTACT, "gst_no": "99AAPFU0939F1ZV"}, 400, "validation.invalid_value"),
    ],
)
async def test_a_refusal_of_the_books_is_replayed(
    call: Caller, firm: Firm, path: str, body: Any, status: int, code: str
) -> None:
    first = await call("POST", path, body, headers=key("k"))
    again = await call("POST", path, body, headers=key("k"))

    assert (first.status_code, first.json()["code"]) == (status, code), first.text
    assert_replayed(again, first)
    assert count_of(firm, "idempotency_keys") == 1


async def test_a_refused_approval_is_replayed_though_it_would_now_succeed(call: Caller, firm: Firm) -> None:
    draft = await a_draft(call, await a_customer(call), date="2026-11-01")
    lock = f"/organizations/{firm.organization_id}"
    assert (await call("PUT", lock, {"lock_date": "2026-11-15"})).status_code == 200
    refused = await call("POST", f"/invoices/{draft}/approve", headers=key("k"))
    assert refused.json()["code"] == "conflict.period_locked"
    await call("PUT", lock, {"lock_date": None})

    assert_replayed(await call("POST", f"/invoices/{draft}/approve", headers=key("k")), refused)
    assert (await call("POST", f"/invoices/{draft}/approve", headers=key("k2"))).status_code == 200


async def test_missing_tokens_and_scopes_are_never_kept(call: Caller, firm: Firm) -> None:
    reader = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.contacts.READ"]))

    statuses = [
        (await caller("POST", "/contacts", CONTACT, headers=key("k"))).status_code
        for caller in (call.with_token(None), reader, reader)
    ]

    assert statuses == [401, 403, 403]
    assert count_of(firm, "idempotency_keys") == 0


async def test_the_scope_that_only_sending_needs_is_never_kept(call: Caller, firm: Firm) -> None:
    body = an_invoice(await a_customer(call))
    drafter = call.with_token(
        await mint(firm.url, firm.owner_id, firm.organization_id, held=["AIBooks.invoices.CREATE"])
    )

    for _ in range(2):
        reply = await drafter("POST", "/invoices?send=true", body, headers=key("k"))
        assert (reply.status_code, reply.json()["code"]) == (403, "auth.insufficient_scope")
        assert not is_replay(reply)

    assert (count_of(firm, "idempotency_keys"), count_of(firm, "documents")) == (0, 0)


async def test_a_missing_membership_is_never_kept(call: Caller, firm: Firm) -> None:
    caller = call.with_token(await mint(firm.url, firm.owner_id, None))
    other = await found(firm.url)
    headers = {**key("k"), "X-AIBooks-Org": other.organization_id}

    assert (await caller("POST", "/contacts", CONTACT, headers=headers)).status_code == 403
    rows(
        firm.url,
        "insert into memberships select %s, %s, 'ACCOUNTANT', true, now()",
        other.organization_id,
        firm.owner_id,
    )
    reply = await caller("POST", "/contacts", CONTACT, headers=headers)

    assert (reply.status_code, is_replay(reply)) == (201, False)


async def test_too_many_calls_are_never_kept(call: Caller, firm: Firm) -> None:
    hasty = call.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=1))
    (token,) = rows(firm.url, "select id from tokens where organization_id = %s and calls_per_minute = 1",
                    firm.organization_id)  # fmt: skip
    reply = await hasty("GET", "/whoami")
    while reply.status_code == 200:  # at most twice: the minute may have ended in between
        reply = await hasty("POST", "/contacts", CONTACT, headers=key("k"))
        rows(firm.url, "delete from contacts where organization_id = %s", firm.organization_id)
    assert reply.status_code == 429

    rows(firm.url, "delete from call_counts where caller = %s", token["id"])
    after = await hasty("POST", "/contacts", CONTACT, headers=key("k"))

    assert (after.status_code, is_replay(after)) == (201, False)


async def test_malformed_bodies_do_not_use_a_key_up(call: Caller, firm: Firm) -> None:
    """What never reached the books is refused before the key is looked at, every time anew."""
    reply = await call("POST", "/contacts", {}, headers=key("k"))

    assert (reply.status_code, reply.json()["code"]) == (400, "validation.required_field")
    assert (await call("POST", "/contacts", CONTACT, headers=key("k"))).status_code == 201


async def test_a_key_belongs_to_its_path(call: Caller, firm: Firm) -> None:
    customer = await a_customer(call)
    drafts = [await a_draft(call, customer) for _ in range(2)]

    replies = [await call("POST", f"/invoices/{draft}/approve", headers=key("k")) for draft in drafts]
    replies.append(await call("POST", "/contacts", CONTACT, headers=key("k")))

    assert [(reply.status_code, is_replay(reply)) for reply in replies] == [(200, False), (200, False), (201, False)]


async def test_a_token_may_be_rotated_between_two_tries(call: Caller, firm: Firm) -> None:
    """The key is the user's: the new token gets the first answer, and nothing is created twice."""
    first = await call("POST", "/contacts", CONTACT, headers=key("k"))
    rows(firm.url, "update tokens set revoked_at = now() where organization_id = %s", firm.organization_id)
    for rotated in (
        await mint(firm.url, firm.owner_id, firm.organization_id),
        await mint(firm.url, firm.owner_id, None),
    ):
        headers = {**key("k"), "X-AIBooks-Org": firm.organization_id}
        assert_replayed(await call.with_token(rotated)("POST", "/contacts", CONTACT, headers=headers), first)
    assert count_of(firm, "contacts") == 1


async def test_a_key_belongs_to_its_user(call: Caller, firm: Firm) -> None:
    async with operators_books(firm.url) as books:
        clerk = await members.create_user(books, name="Ravi", email=f"ravi@{firm.organization_id}.example")
        await members.grant(await open_organization(books, firm.organization_id), clerk.id, "ACCOUNTANT")
    other = call.with_token(await mint(firm.url, clerk.id, firm.organization_id))

    replies = [await caller("POST", "/contacts", CONTACT, headers=key("k")) for caller in (call, other)]

    assert [(reply.status_code, is_replay(reply)) for reply in replies] == [(201, False)] * 2
    assert count_of(firm, "contacts") == 2


async def test_a_key_belongs_to_the_client_that_acts_for_the_user(call: Caller, firm: Firm) -> None:
    """Two applications that the user has let in may both count their requests from 1."""
    callers = [call]
    desk = Desk(call.client, call.urls)
    apps = [await an_app(firm), await an_app(firm)]
    for app in (*apps, apps[-1]):
        pair = await desk.pair(app, scope="AIBooks.contacts.CREATE")
        callers.append(call.with_token(pair["access_token"]))

    replies = [await caller("POST", "/contacts", CONTACT, headers=key("1")) for caller in callers]

    assert [is_replay(reply) for reply in replies] == [False, False, False, True]
    assert count_of(firm, "contacts") == 3


async def test_a_key_belongs_to_its_organization(call: Caller, firm: Firm) -> None:
    other = await found(firm.url, owner_id=firm.owner_id)
    caller = call.with_token(await mint(firm.url, firm.owner_id, None))
    headers = [{**key("k"), "X-AIBooks-Org": each.organization_id} for each in (firm, other)]

    replies = [await caller("POST", "/contacts", CONTACT, headers=each) for each in headers]

    assert [(reply.status_code, is_replay(reply)) for reply in replies] == [(201, False)] * 2
    assert (count_of(firm, "contacts"), count_of(other, "contacts")) == (1, 1)


async def test_a_key_may_be_quoted(call: Caller) -> None:
    """The IETF draft sends it as a quoted string (draft-ietf-httpapi-idempotency-key-header)."""
    first = await call("POST", "/contacts", CONTACT, headers=key('"a-key:1_2"'))

    assert_replayed(await call("POST", "/contacts", CONTACT, headers=key("a-key:1_2")), first)


@pytest.mark.parametrize("sent", ["", '""', "with space", "k" * 201, "é", '"half', 'half"', "a,b"])
async def test_a_malformed_key_is_refused(call: Caller, firm: Firm, sent: str) -> None:
    reply = await call("POST", "/contacts", CONTACT, headers={"Idempotency-Key": sent.encode()})

    assert (reply.status_code, reply.json()["code"]) == (400, "validation.invalid_value")
    assert reply.json()["field"] == "Idempotency-Key"
    assert count_of(firm, "contacts") == 0


async def test_the_longest_key_is_taken(call: Caller) -> None:
    assert (await call("POST", "/contacts", CONTACT, headers=key("k" * 200))).status_code == 201
    assert (await call("POST", "/contacts", CONTACT, headers=key(f'"{"q" * 200}"'))).status_code == 201


async def test_other_methods_have_no_keys(call: Caller, firm: Firm) -> None:
    contact = await call.made("/contacts", CONTACT)
    path = f"/contacts/{contact['contact_id']}"

    replies = [await call("PUT", path, {"notes": text}, headers=key("k")) for text in ("one", "two")]

    assert [reply.json()["contact"]["notes"] for reply in replies] == ["one", "two"]
    assert count_of(firm, "idempotency_keys") == 0


async def test_a_key_is_forgotten_after_a_day(call: Caller, firm: Firm, site: Site) -> None:
    kept = await call("POST", "/contacts", CONTACT, headers=key("young"))
    await call("POST", "/contacts", CONTACT, headers=key("old"))
    stored = kept.content.removesuffix(b"\n")
    age = "update idempotency_keys set created_at = now() - %s::interval where organization_id = %s"
    rows(site.database, age + " and body <> %s", "24 hours 1 second", firm.organization_id, stored)
    rows(site.database, age + " and body = %s", "23 hours 59 minutes", firm.organization_id, stored)

    await jobs.forget(site.database)

    assert_replayed(await call("POST", "/contacts", CONTACT, headers=key("young")), kept)
    anew = await call("POST", "/contacts", CONTACT, headers=key("old"))
    assert (anew.status_code, is_replay(anew)) == (201, False)
    assert count_of(firm, "contacts") == 3
