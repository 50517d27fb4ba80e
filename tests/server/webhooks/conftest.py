"""What tests of the pump share: a database without endpoints of others, which a pump would serve as well."""

from collections.abc import Callable

import pytest

from server.settings import DatabaseUrl
from tests.running import Firm, found, rows


@pytest.fixture(scope="module")
def database(new_database: Callable[[], DatabaseUrl]) -> DatabaseUrl:
    """A database whose endpoints are those of these tests."""
    return new_database()


@pytest.fixture
async def firm(database: DatabaseUrl) -> Firm:
    """A firm whose endpoints alone are on."""
    rows(database, "delete from webhook_endpoints")
    return await found(database)
