"""Limits over two real servers of four workers each, and bursts that reach over the end of a minute: exact to the call.

Decision 0004: a window is PostgreSQL's minute; whatever process takes a call, it has its own place in the count.
"""

import asyncio
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import ExitStack

import httpx
import pytest

from tests.conftest import NewDatabase
from tests.running import BASE, Firm, found, mint, rows
from tests.server.serving import a_server, ready

pytestmark = pytest.mark.thorough

_SERVERS, _WORKERS = 2, 4
_LIMIT = 300
_WINDOW_SECONDS = 60
_LATE_SECONDS = 5


@pytest.fixture(scope="module")
def database(new_database: NewDatabase) -> str:
    return new_database()


@pytest.fixture(scope="module")
async def servers(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[str]]:
    place = tmp_path_factory.mktemp("servers")
    place.chmod(0o755)
    settings = {"FINZBOOKS_WORKERS": str(_WORKERS), "FINZBOOKS_SECRETS_KEY": b64encode(bytes(32)).decode()}
    with ExitStack() as stack:
        started = [
            stack.enter_context(a_server(database, place / str(number), **settings)) for number in range(_SERVERS)
        ]
        await ready(*started)
        yield [each.url for each in started]


@pytest.fixture(scope="module")
async def firm(database: str) -> Firm:
    return await found(database)  # type: ignore[arg-type]  # the URL of a new database


class Burst:
    """Calls with one token over many connections of all servers, so that every worker has its share."""

    def __init__(self, urls: list[str], token: str) -> None:
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {token}"}
        self.replies: list[tuple[httpx.Response, float]] = []

    async def __call__(self, callers: int, each: int) -> None:
        """Have so many callers, each on a connection of its own, make so many calls one after the other."""
        await asyncio.gather(*(self._caller(self._urls[number % len(self._urls)], each) for number in range(callers)))

    async def until(self, moment: float, callers: int) -> None:
        """The same until a moment of Unix time."""
        urls = [self._urls[number % len(self._urls)] for number in range(callers)]
        await asyncio.gather(*(self._caller(url, None, moment) for url in urls))

    async def _caller(self, url: str, each: int | None, moment: float = 0.0) -> None:
        async with httpx.AsyncClient(timeout=60, headers=self._headers, verify=False) as client:
            made = 0
            while made < each if each is not None else time.time() < moment:
                reply = await client.get(f"{url}{BASE}/whoami")
                self.replies.append((reply, time.time()))
                made += 1

    def by_window(self) -> dict[int, list[tuple[httpx.Response, float]]]:
        """The answers of each window, which its end names."""
        windows = defaultdict(list)
        for reply, answered_at in self.replies:
            windows[int(reply.headers["X-RateLimit-Reset"])].append((reply, answered_at))
        return dict(sorted(windows.items()))


def assert_exact(burst: Burst, limit: int) -> None:
    """In each window exactly the first ``limit`` calls passed, each with its own place; waits are true."""
    for reset, answers in burst.by_window().items():
        assert reset % _WINDOW_SECONDS == 0
        passed = [reply for reply, _ in answers if reply.status_code == 200]
        refused = [(reply, at) for reply, at in answers if reply.status_code != 200]
        assert len(passed) == min(limit, len(answers))
        left = sorted(int(reply.headers["X-RateLimit-Remaining"]) for reply in passed)
        assert left == list(range(limit - len(passed), limit)), "each call has its own place"
        for reply in passed:
            assert "Retry-After" not in reply.headers
            assert reply.headers["X-RateLimit-Limit"] == str(limit)
            assert reply.headers["RateLimit-Policy"] == f'"default";q={limit};w={_WINDOW_SECONDS}'
        for reply, answered_at in refused:
            assert (reply.status_code, reply.json()["code"]) == (429, "rate_limit.exceeded")
            assert reply.headers["X-RateLimit-Remaining"] == "0"
            wait = int(reply.headers["Retry-After"])
            assert 1 <= wait <= _WINDOW_SECONDS
            assert 0 <= answered_at + wait - reset <= _LATE_SECONDS, "after the wait the window is over, and not long"


async def before_the_edge(url: str, seconds: float) -> float:
    """Return, at least so many seconds before it, when PostgreSQL's minute ends."""
    while True:
        (now,) = rows(url, "select extract(epoch from clock_timestamp())::float8 as seconds")
        left = _WINDOW_SECONDS - now["seconds"] % _WINDOW_SECONDS
        if seconds - 1 <= left <= seconds + 2:
            return time.time() + float(left)
        await asyncio.sleep((left - seconds) % _WINDOW_SECONDS)


async def waited_as_asked(servers: list[str], firm: Firm) -> int:
    """The status of a call that was made after the wait that a refusal had asked for."""
    token = await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=5)
    burst = Burst(servers, token)
    await burst(callers=8, each=2)
    waits = [int(reply.headers["Retry-After"]) for reply, _ in burst.replies if reply.status_code == 429]
    assert waits, "sixteen calls of a limit of five, in two minutes at most"
    await asyncio.sleep(max(waits))
    await burst(callers=1, each=1)
    return burst.replies[-1][0].status_code


async def test_exactly_the_limit_passes_over_two_servers_of_four_workers(servers: list[str], firm: Firm) -> None:
    burst = Burst(servers, await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=_LIMIT))

    await burst(callers=48, each=20)

    assert len(burst.replies) == 960
    assert_exact(burst, _LIMIT)
    assert any(reply.status_code == 429 for reply, _ in burst.replies)


async def test_a_burst_over_the_end_of_a_minute_is_exact_on_both_sides(servers: list[str], firm: Firm) -> None:
    """No call is lost between the windows, none is counted twice, and none of the old one is let in by the new one."""
    token = await mint(firm.url, firm.owner_id, firm.organization_id, calls_per_minute=_LIMIT)
    burst = Burst(servers, token)
    edge = await before_the_edge(firm.url, 8)
    _, status = await asyncio.gather(burst.until(edge + 5, callers=24), waited_as_asked(servers, firm))

    assert status == 200, "whoever waits as long as is asked is let in"
    windows = burst.by_window()
    numbers = [len(answers) for answers in windows.values()]
    assert len(numbers) == 2, "the burst reached over the edge"
    assert min(numbers) > _LIMIT, "and was over the limit on both sides"
    assert_exact(burst, _LIMIT)
    (counted,) = rows(
        firm.url,
        "select calls from call_counts where caller = (select id from tokens where calls_per_minute = %s"
        " order by created_at desc limit 1)",
        _LIMIT,
    )
    assert counted["calls"] == len(windows[max(windows)])
