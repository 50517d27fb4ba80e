"""Limits are exact over all processes, and every answer says how much is left."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from domain.errors import RateLimited
from server import clock
from server.edge.auth import TokenDoor
from server.edge.outermost import rate_headers
from server.exchange import Exchange
from server.postgres.database import Database
from server.settings import Settings
from tests.running import BASE, Caller, Firm, Worker, calling, mint, rows, unforeseen, workers
from tests.server.conftest import Site

LIMIT = 50
_WINDOW = 60


async def limited(call: Caller, firm: Firm, limit: int = LIMIT) -> Caller:
    """The firm's caller with a token of so many calls a minute."""
    token = await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=limit)
    return call.with_token(token)


def assert_headers(reply: httpx.Response, limit: int) -> None:
    """Both families of headers, and they agree."""
    assert int(reply.headers["X-RateLimit-Limit"]) == limit
    remaining, reset = int(reply.headers["X-RateLimit-Remaining"]), int(reply.headers["X-RateLimit-Reset"])
    assert 0 <= remaining < limit
    assert (reset % _WINDOW, 0 <= reset - time.time() + 1 <= _WINDOW + 1) == (0, True)
    assert reply.headers["RateLimit-Policy"] == f'"default";q={limit};w={_WINDOW}'
    told = re.fullmatch(r'"default";r=(\d+);t=(\d+)', reply.headers["RateLimit"])
    assert told is not None
    assert int(told[1]) == remaining
    assert abs(int(told[2]) - (reset - time.time())) <= 2


def by_window(replies: list[httpx.Response]) -> dict[str, list[httpx.Response]]:
    """The answers of each window, which its end names."""
    windows = defaultdict(list)
    for reply in replies:
        windows[reply.headers["X-RateLimit-Reset"]].append(reply)
    return windows


async def test_exactly_the_limit_passes_over_two_processes(call: Caller, firm: Firm) -> None:
    """Also when the minute ends meanwhile: then the limit holds in each of both windows."""
    caller = await limited(call, firm)

    replies = await asyncio.gather(*(caller("GET", "/whoami") for _ in range(3 * LIMIT)))

    for window in by_window(replies).values():
        passed = [reply for reply in window if reply.status_code == 200]
        refused = [reply for reply in window if reply.status_code != 200]
        assert len(passed) == min(LIMIT, len(window))
        left = sorted((int(reply.headers["X-RateLimit-Remaining"]) for reply in passed), reverse=True)
        assert left == list(range(LIMIT - 1, LIMIT - 1 - len(passed), -1)), "each call has its own place"
        for reply in refused:
            assert (reply.status_code, reply.json()["code"]) == (429, "rate_limit.exceeded")
            assert reply.headers["X-RateLimit-Remaining"] == "0"
            assert abs(int(reply.headers["Retry-After"]) - (int(reply.headers["X-RateLimit-Reset"]) - time.time())) <= 3
            assert int(reply.headers["Retry-After"]) >= 1
    assert any(reply.status_code == 429 for reply in replies)


@pytest.mark.parametrize("skew_seconds", [86_400, -86_400])
async def test_a_machine_whose_clock_is_a_day_off_changes_nothing(
    site: Site, firm: Firm, monkeypatch: pytest.MonkeyPatch, skew_seconds: int
) -> None:
    """Windows, waits and ends of tokens go by the database's clock alone."""
    wrong = time.time() + skew_seconds
    monkeypatch.setattr(time, "time", lambda: wrong)
    clock.heard(wrong)
    (end,) = rows(site.database, "select now() + interval '1 hour' as at")
    token = await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=1, expires_at=end["at"])
    database = Database(site.database, Settings(pool_size=1))
    await database.open()
    door = TokenDoor(database, stranger_calls_per_minute=1)
    exchange = Exchange("req_test", 0.0, "127.0.0.1")

    with pytest.raises(RateLimited) as refused:
        for _ in range(4):  # the minute may end in between
            await door.admit(authorization=f"Bearer {token}".encode(), scopes=(), exchange=exchange)
    await database.close()

    assert 1 <= int(refused.value.headers["Retry-After"]) <= _WINDOW
    assert exchange.rate is not None
    told = dict(rate_headers(exchange.rate))
    assert 0 <= int(told[b"ratelimit"].rpartition(b"t=")[2]) <= _WINDOW
    (here,) = rows(site.database, "select clock_timestamp() as at")
    assert abs((clock.now() - here["at"]).total_seconds()) < 5


async def test_a_new_window_begins_at_zero(call: Caller, firm: Firm) -> None:
    caller = await limited(call, firm, 2)
    replies = [await caller("GET", "/whoami") for _ in range(5)]
    assert replies[-1].status_code == 429

    rows(
        firm.url,
        """
        update call_counts set window_number = window_number - 1
         where caller in (select id from tokens where organization_id = %s and calls_per_minute = 2)
        """,
        firm.organization_id,
    )
    reply = await caller("GET", "/whoami")

    assert (reply.status_code, reply.headers["X-RateLimit-Remaining"]) == (200, "1")


async def test_each_token_has_a_limit_of_its_own(call: Caller, firm: Firm) -> None:
    one, other = await limited(call, firm, 1), await limited(call, firm, 1)
    while (await one("GET", "/whoami")).status_code == 200:
        pass

    assert (await other("GET", "/whoami")).status_code == 200


@pytest.mark.parametrize(("tier", "limit"), [("DEFAULT", 600), ("PARTNER", 3000)])
async def test_the_tiers_of_the_contract(call: Caller, firm: Firm, tier: str, limit: int) -> None:
    caller = await limited(call, firm, limit)
    rows(firm.url, "update tokens set tier = %s where calls_per_minute = %s", tier, limit)

    reply = await caller("GET", "/whoami")

    assert_headers(reply, limit)
    assert reply.json()["token"]["tier"] == tier


ANSWERS: list[tuple[int, str, str, dict[str, Any]]] = [
    (200, "GET", "/contacts", {}),
    (201, "POST", "/contacts", {"body": {"contact_name": "Sharma"}}),
    (304, "GET", "/branches/{branch}", {"headers": {"If-None-Match": "*"}}),
    (400, "GET", "/contacts?per_page=0", {}),
    (400, "POST", "/contacts", {"body": {}}),
    (403, "GET", "/contacts?organization_id=org_00000000000000000000000000", {}),
    (404, "GET", "/contacts/ct_unknown", {}),
    (406, "GET", "/contacts", {"headers": {"Accept": "text/html"}}),
    (412, "PUT", "/branches/{branch}", {"body": {"phone": "022-1"}, "headers": {"If-Match": '"99"'}}),
    (415, "POST", "/contacts", {"content": b"x", "headers": {"Content-Type": "text/plain"}}),
    (422, "POST", "/contacts", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    (422, "POST", "/contacts", {"body": {"contact_name": "Sharma", "unknown": 1}}),
]


@pytest.mark.parametrize(("status", "method", "path", "options"), ANSWERS)
async def test_every_answer_tells_the_limit(
    call: Caller, firm: Firm, status: int, method: str, path: str, options: dict[str, Any]
) -> None:
    caller = await limited(call, firm)

    reply = await caller(method, path.format(branch=firm.branch_id), **options)

    assert reply.status_code == status, reply.text
    assert_headers(reply, LIMIT)


async def test_replays_count_as_well(call: Caller, firm: Firm) -> None:
    caller = await limited(call, firm)
    replies = [
        await caller("POST", "/contacts", {"contact_name": "Sharma"}, headers={"Idempotency-Key": "k"}) for _ in "ab"
    ]

    windows = by_window(replies).values()
    assert len(windows) == 2 or [int(reply.headers["X-RateLimit-Remaining"]) for reply in replies] == [49, 48]


STRANGERS = 20


@pytest.fixture(scope="module")
def guarded(site: Site) -> Iterator[Worker]:
    """A worker that lets an address call 20 times a minute without a token, and believes this machine's proxy."""
    settings = {"FINZBOOKS_STRANGER_CALLS_PER_MINUTE": str(STRANGERS), "FINZBOOKS_TRUSTED_PROXIES": "127.0.0.1"}
    with workers(site.database, 1, **settings) as started:
        yield started[0]
        assert unforeseen(started) == ""


@pytest.fixture
async def stranger(guarded: Worker) -> AsyncIterator[Caller]:
    """Calls of that worker without a token."""
    async with calling(guarded.url) as caller:
        yield caller


def from_address(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


async def test_strangers_are_limited_by_address(stranger: Caller) -> None:
    calls = (stranger("GET", "/whoami", headers=from_address("192.0.2.1")) for _ in range(3 * STRANGERS))
    replies = await asyncio.gather(*calls)
    other = await stranger("GET", "/whoami", headers=from_address("192.0.2.2"))

    for window in by_window(replies).values():
        statuses = sorted(reply.status_code for reply in window)
        assert statuses == [401] * min(STRANGERS, len(window)) + [429] * max(0, len(window) - STRANGERS)
    for reply in replies:
        assert_headers(reply, STRANGERS)
        assert ("Retry-After" in reply.headers) == (reply.status_code == 429)
        assert reply.status_code == 401 or "WWW-Authenticate" not in reply.headers
    assert other.status_code == 401


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"),
    [
        (401, "GET", "/contacts", {}),
        (401, "GET", "/contacts", {"Authorization": "Bearer aibk_pat_wrong"}),
        (401, "GET", "/contacts", {"Authorization": "Basic eDp5"}),
        (404, "GET", "/no-such-thing", {}),
        (405, "PATCH", "/contacts", {}),
    ],
)
async def test_whatever_a_stranger_asks_is_counted(
    stranger: Caller, status: int, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = await stranger(method, path, headers={**headers, **from_address(f"198.51.100.{status % 250}")})

    assert reply.status_code == status
    assert_headers(reply, STRANGERS)


async def test_a_good_token_passes_where_strangers_are_refused(stranger: Caller, firm: Firm) -> None:
    address = from_address("192.0.2.9")
    while (await stranger("GET", "/whoami", headers=address)).status_code != 429:
        pass

    assert (await stranger.with_token(firm.token)("GET", "/whoami", headers=address)).status_code == 200


async def test_a_call_astray_counts_for_the_good_token_it_brings(stranger: Caller, firm: Firm) -> None:
    """Also where the address has no calls left."""
    address = from_address("192.0.2.11")
    while (await stranger("GET", "/whoami", headers=address)).status_code != 429:
        pass
    call = stranger.with_token(await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=3))
    replies = [await call("GET", "/no-such-thing", headers=address) for _ in range(4)]

    assert_headers(replies[0], 3)
    for window in by_window(replies).values():
        assert [reply.status_code for reply in window] == [404, 404, 404, 429][: len(window)]


async def test_pages_without_a_token_are_not_counted(stranger: Caller, guarded: Worker) -> None:
    for path in ("/healthz", "/readyz", BASE + "/openapi.json", BASE + "/openapi-3.1.json"):
        reply = await stranger.client.get(guarded.url + path, headers=from_address("192.0.2.10"))
        assert (reply.status_code, "X-RateLimit-Limit" in reply.headers) == (200, False)
