"""Thousands of silent connections on a real worker: they keep nobody out, with many open files allowed or few."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

import pytest

from tests.conftest import NewDatabase
from tests.running import Worker, calling, found, new_nursery, workers, workers_from

pytestmark = pytest.mark.slow

_SILENT = 2200
_FILES = 3000


@pytest.fixture(autouse=True)
def _may_open_many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < _FILES:
        pytest.skip(f"The system allows {before[1]} open files; the test itself needs {_FILES}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@contextmanager
def silent(worker: Worker, sources: list[str]) -> Iterator[list[socket.socket]]:
    """Hold connections that say nothing, from these addresses in turn; those that were ended stay with us."""
    port = int(worker.url.rpartition(":")[2])
    with ExitStack() as held:
        yield [
            held.enter_context(
                socket.create_connection(("127.0.0.1", port), 10, source_address=(sources[number % len(sources)], 0))
            )
            for number in range(_SILENT)
        ]


def still_open(connections: list[socket.socket]) -> int:
    """How many have not been ended."""
    left = 0
    for each in connections:
        each.setblocking(False)
        try:
            left += bool(each.recv(1))
        except BlockingIOError:
            left += 1
        except ConnectionError:
            pass
    return left


_SOON = 30
"""Seconds, half of the time after which the silent ones would have been ended by themselves."""


async def assert_answers(worker: Worker, token: str, seconds: float) -> None:
    """Ten calls, each on a connection of its own."""
    for _ in range(10):
        before = monotonic()
        async with calling(worker.url) as caller:
            assert (await caller.with_token(token)("GET", "/whoami")).status_code == 200
        assert monotonic() - before < seconds


async def test_silent_connections_of_one_address_keep_not_even_that_address_out(new_database: NewDatabase) -> None:
    firm = await found(new_database())
    with workers(firm.url, FINZBOOKS_HEAD_TIMEOUT_SECONDS="60") as (worker,), silent(worker, ["127.0.0.1"]) as held:
        await assert_answers(worker, firm.token, _SOON)
        assert 200 <= still_open(held) <= 250


async def test_silent_connections_of_many_addresses_keep_nobody_out(new_database: NewDatabase) -> None:
    firm = await found(new_database())
    sources = [f"127.0.0.{number}" for number in range(2, 22)]
    with workers(firm.url, FINZBOOKS_HEAD_TIMEOUT_SECONDS="60") as (worker,), silent(worker, sources) as held:
        await assert_answers(worker, firm.token, _SOON)
        assert 900 <= still_open(held) <= 1000


async def test_where_few_open_files_are_allowed_there_is_room_all_the_same(new_database: NewDatabase) -> None:
    """256 of 600 are kept for other things, so there are 344 connections, and no file too many is ever opened."""
    firm = await found(new_database())
    sources = [f"127.0.0.{number}" for number in range(2, 22)]
    nursery = new_nursery()
    resource.prlimit(nursery._process.pid, resource.RLIMIT_NOFILE, (600, 600))
    try:
        with workers_from(nursery, firm.url, FINZBOOKS_HEAD_TIMEOUT_SECONDS="60") as (worker,):
            with silent(worker, sources) as held:
                await assert_answers(worker, firm.token, _SOON)
                assert 250 <= still_open(held) <= 344
            assert "too few for 1000 connections" in worker.log.read_text()
    finally:
        nursery.close()
