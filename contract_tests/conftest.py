"""The real server for the contract tests: one worker on a database of its own, and a shop to call it for."""

from collections.abc import Callable, Iterator

import pytest

from contract_tests.shop import Shop, open_shop
from server.settings import DatabaseUrl
from tests.conftest import cluster, database_url, new_database
from tests.running import Worker, unforeseen, workers

__all__ = ["cluster", "database_url", "new_database"]


@pytest.fixture(scope="session")
def contract_database(new_database: Callable[[], DatabaseUrl]) -> DatabaseUrl:
    """A database of these tests' own: what fuzzing leaves behind is not for other tests to meet."""
    return new_database()


@pytest.fixture(scope="session")
def server(contract_database: DatabaseUrl) -> Iterator[Worker]:
    """The server; at the end its log may hold no error that nobody foresaw."""
    with workers(contract_database) as started:
        yield started[0]
        assert unforeseen(started) == ""


@pytest.fixture
async def shop(contract_database: DatabaseUrl, server: Worker) -> Shop:
    """A new firm with a few of each thing that a request can name; its token has no limit."""
    return await open_shop(server.url, contract_database)
