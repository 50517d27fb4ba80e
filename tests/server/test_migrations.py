"""The migrations make exactly the tables that the models describe."""

from server.postgres import migrations
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase


def test_migrations_and_models_agree(database_url: DatabaseUrl) -> None:
    assert migrations.differences(database_url) == []


def test_migrations_may_run_again(new_database: NewDatabase) -> None:
    url = new_database()
    migrations.upgrade(url)
    assert migrations.differences(url) == []
