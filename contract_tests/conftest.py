"""The real server for the contract tests: one worker on a database of its own, and a shop to call it for."""

from collections.abc import Callable, Iterator

import pytest

from contract_tests.shop import Shop, open_shop
from server.settings import DatabaseUrl
from tests.conftest import cluster, database_url, new_database
from tests.running import Worker, unforeseen, workers

__all__ = ["cluster", "database_url", "new_database"]

_RECIPIENTS_PER_DAY = "1000000"


@pytest.fixture(scope="session")
def contract_database(new_database: Callable[[], DatabaseUrl]) -> DatabaseUrl:
    """A database of these tests' own: what fuzzing leaves behind is not for other tests to meet."""
    return new_database()


@pytest.fixture(scope="session")
def server(contract_database: DatabaseUrl) -> Iterator[Worker]:
    """The server, whose operator lets mails go to whoever is named; its log may hold no error that nobody foresaw.

    Of what is made up and valid none may be refused for the number of the day; tests/server/test_mails.py does
    refuse it.
    """
    with workers(contract_database, FINZBOOKS_MAIL_RECIPIENTS_PER_DAY=_RECIPIENTS_PER_DAY) as started:
        yield started[0]
        assert unforeseen(started) == ""


@pytest.fixture
async def shop(contract_database: DatabaseUrl, server: Worker) -> Shop:
    """A new firm with a few of each thing that a request can name; its token has no limit."""
    return await open_shop(server.url, contract_database)
