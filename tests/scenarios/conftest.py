"""The books of a firm in Maharashtra, rolled back after each story."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from domain.books import Books
from tests.domain.conftest import connection as connection
from tests.domain.founded import a_firm


@pytest.fixture
async def books(connection: AsyncConnection[Any]) -> Books:
    """A new firm of Maharashtra that rounds nothing off, with its chart of accounts and one branch."""
    return await a_firm(connection, is_round_off_enabled=False)
