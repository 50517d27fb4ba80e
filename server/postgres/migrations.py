"""Bring the database's schema to the newest version, or say how it differs from the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from models import metadata

# One lock for all processes that start at once; the number only has to be ours.
_MIGRATION_LOCK = 7_266_001


# A right on the database itself, which no dump holds, so it is taken at each start; only its owner can.
_NO_TEMPORARY_TABLES = """
do $$
begin
  execute format('revoke temporary on database %I from public', current_database());
end $$
"""


def upgrade(url: str, to: str = "head") -> None:
    """Apply every migration that the database at ``url`` (owner rights) has not seen, up to the one named ``to``."""
    with _connected(url) as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        config = _config(connection)
        if MigrationContext.configure(connection).get_current_revision() != _revision(config, to):
            with _every_row_shown(connection, config):
                command.upgrade(config, to)
        connection.execute(text(_NO_TEMPORARY_TABLES))
        connection.commit()


def differences(url: str) -> list[str]:
    """Say what the migrations at ``url`` leave different from the tables in ``models``; empty when they agree."""
    with _connected(url) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": _is_ours, "compare_type": True, "compare_server_default": False}
        )
        return [str(difference) for difference in compare_metadata(context, metadata)]


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith(("procrastinate_", "alembic_")))


@contextmanager
def _every_row_shown(connection: Connection, config: Config) -> Iterator[None]:
    """Let migrations carry over the rows of all organizations, also where the owner of the tables is no superuser.

    Row-level security is forced on the owner; in this transaction it is not, whatever a step says, until its end.
    """
    if connection.scalar(text("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")):
        yield
        return
    bound: set[int] = set()

    def unbind(**_: object) -> None:
        connection.execute(text("set constraints all immediate"))
        forced = "select oid from pg_class where relforcerowsecurity and relnamespace = 'public'::regnamespace"
        for table in connection.scalars(text(forced)).all():
            bound.add(table)
            _alter(connection, table, "no force row level security")

    unbind()
    config.attributes["on_version_apply"] = unbind
    yield
    connection.execute(text("set constraints all immediate"))
    left = "select oid from pg_class where oid = any(:bound) and relrowsecurity"
    for table in connection.scalars(text(left), {"bound": list(bound)}).all():
        _alter(connection, table, "force row level security")


def _alter(connection: Connection, table: int, what: str) -> None:
    name = connection.scalar(text("select :oid ::oid::regclass::text"), {"oid": table})
    connection.execute(text(f"alter table {name} {what}"))


def _revision(config: Config, name: str) -> str:
    revision: str = ScriptDirectory.from_config(config).get_revision(name).revision
    return revision


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    # libpq reads the URL: SQLAlchemy knows none of several servers.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url, connect_timeout=5), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config(Path(__file__).parent.parent.parent / "alembic.ini")
    config.attributes["connection"] = connection
    return config
