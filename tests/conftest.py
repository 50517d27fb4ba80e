"""A real PostgreSQL for the tests: one throw-away cluster a run, with the migrated tables copied from a template.

``TEST_DATABASE_URL`` names a running PostgreSQL to use instead (its user must be allowed to create databases and
roles); ``FINZBOOKS_TEST_POSTGRES_BIN`` the programs of another version, such as /usr/lib/postgresql/15/bin.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as profiles
from psycopg import sql

from server.postgres import migrations
from server.postgres.private import throw_away_cluster
from server.settings import DatabaseUrl, Settings

NewDatabase = Callable[[], DatabaseUrl]
OldDatabase = Callable[[str], DatabaseUrl]

# How long an example takes depends on what else the machine does, and says nothing of the code.
profiles.register_profile("finzbooks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
profiles.load_profile("finzbooks")


@pytest.fixture(scope="session")
def cluster() -> Iterator[DatabaseUrl]:
    """The owner's URL of a PostgreSQL in which databases and roles may be made."""
    running = os.environ.get("TEST_DATABASE_URL")
    if running:
        yield DatabaseUrl(running)
        return
    programs = os.environ.get("FINZBOOKS_TEST_POSTGRES_BIN")
    with throw_away_cluster(Path(programs) if programs else None) as url:
        yield url


@pytest.fixture(scope="session")
def new_database(cluster: DatabaseUrl) -> Iterator[NewDatabase]:
    """Makes a database with all tables and no rows, in 50 ms, as often as it is called; returns the owner's URL."""
    template = f"finzbooks_test_{os.getpid()}_template"
    numbers = count(1)
    made = [template]

    def new() -> DatabaseUrl:
        name = f"finzbooks_test_{os.getpid()}_{next(numbers)}"
        _execute(cluster, "create database {} template {}", name, template)
        made.append(name)
        return _named(cluster, name)

    _execute(cluster, "create database {} template template0 encoding 'UTF8'", template)
    try:
        migrations.upgrade(_named(cluster, template))
        yield new
    finally:
        for name in made:
            _execute(cluster, "drop database if exists {} with (force)", name)


@pytest.fixture(scope="session")
def old_database(cluster: DatabaseUrl) -> Iterator[OldDatabase]:
    """Makes a database with the tables as a migration left them, and no rows."""
    made: list[str] = []

    def old(revision: str) -> DatabaseUrl:
        name = f"finzbooks_test_{os.getpid()}_at_{revision}_{len(made)}"
        _execute(cluster, "create database {} template template0 encoding 'UTF8'", name)
        made.append(name)
        migrations.upgrade(_named(cluster, name), revision)
        return _named(cluster, name)

    yield old
    for name in made:
        _execute(cluster, "drop database if exists {} with (force)", name)


@pytest.fixture(scope="session")
def database_url(new_database: NewDatabase) -> DatabaseUrl:
    """The owner's URL of this run's database: all tables, no rows."""
    return new_database()


@dataclass(frozen=True)
class DemoBooks:
    """A database with the demo organization, and a token that opens it."""

    url: DatabaseUrl
    token: str


@pytest.fixture(scope="session")
def demo_books(
    cluster: DatabaseUrl, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], DemoBooks]]:
    """Makes a database with the demo organization: once in earnest, which takes seconds, and then as a copy of that."""
    from server.demo import provision  # it needs handlers and all, which most tests do not

    settings = Settings(data_directory=tmp_path_factory.mktemp("demo"), port=8123)
    first = new_database()
    asyncio.run(provision.provide(settings, first))
    token, source, numbers = provision.kept_token(settings), urlsplit(first).path[1:], count(1)
    made: list[str] = []

    def copied() -> DemoBooks:
        name = f"{source}_copy_{next(numbers)}"
        _execute(cluster, "create database {} template {}", name, source)
        made.append(name)
        return DemoBooks(_named(cluster, name), token)

    yield copied
    for name in made:
        _execute(cluster, "drop database if exists {} with (force)", name)


def _execute(url: DatabaseUrl, statement: str, *names: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _named(url: DatabaseUrl, name: str) -> DatabaseUrl:
    return DatabaseUrl(urlsplit(url)._replace(path=f"/{name}").geturl())
