"""What the tests of processes share: a directory that PostgreSQL may reach, a look at processes, a running server."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract_tests.webhook_bodies import assert_all_told_rightly
from server.settings import DatabaseUrl
from tests.running import Caller, Firm, Worker, calling, found, unforeseen, workers
from tests.server.apps import App, Desk, an_app
from tests.walking import populate


@pytest.fixture
def data_directory() -> Iterator[Path]:
    """A data directory; pytest's own are closed to the account that PostgreSQL runs as when we are root."""
    parent = Path(tempfile.mkdtemp(prefix="fb-"))
    parent.chmod(0o755)
    yield parent / ".data"
    shutil.rmtree(parent, ignore_errors=True)


def descendants(process: int) -> set[int]:
    """Return the numbers of all processes below one."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, shown.splitlines())}
    found = {child for child, parent in parents.items() if parent == process}
    return found.union(*map(descendants, found)) if found else found


def alive(processes: set[int]) -> set[int]:
    """Return those of some processes that still run; one that only waits to be buried does not."""
    shown = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = {int(process): state for process, state in map(str.split, shown.splitlines())}
    return {process for process in processes if not states.get(process, "Z").startswith("Z")}


def eventually(holds: Callable[[], object], *, seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


@dataclass(frozen=True)
class Site:
    """Two worker processes on one database of their own."""

    database: DatabaseUrl
    workers: list[Worker]

    @property
    def urls(self) -> tuple[str, ...]:
        """Where each worker answers."""
        return tuple(worker.url for worker in self.workers)


@pytest.fixture(scope="session")
def site(new_database: Callable[[], DatabaseUrl]) -> Iterator[Site]:
    """The server that these tests share; at the end its logs may hold no error that nobody foresaw."""
    database = new_database()
    with workers(database, 2) as started:
        yield Site(database, started)
        assert unforeseen(started) == ""


@pytest.fixture
async def firm(site: Site) -> AsyncIterator[Firm]:
    """A new organization on the shared server; whatever was told of it is as the contract says that webhooks are."""
    firm = await found(site.database)
    yield firm
    assert_all_told_rightly(firm.url, firm.organization_id)


@pytest.fixture
async def call(site: Site, firm: Firm) -> AsyncIterator[Caller]:
    """Calls for the new organization, of both workers in turn."""
    async with calling(*site.urls) as caller:
        yield caller.with_token(firm.token)


@dataclass(frozen=True)
class Standing:
    """Books that have one of everything, and calls for them: only for tests that change nothing."""

    call: Caller
    firm: Firm
    ids: dict[str, str]


@pytest.fixture(scope="module")
async def standing(site: Site) -> AsyncIterator[Standing]:
    """One such for all tests of a module, because filling books takes a second."""
    firm = await found(site.database)
    async with calling(*site.urls) as caller:
        call = caller.with_token(firm.token)
        yield Standing(call, firm, await populate(call, firm))


@pytest.fixture
async def desk(site: Site, call: Caller) -> Desk:
    """Where OAuth apps ask for tokens."""
    return Desk(call.client, site.urls)


@pytest.fixture
async def app(firm: Firm) -> App:
    """A confidential OAuth app."""
    return await an_app(firm)
