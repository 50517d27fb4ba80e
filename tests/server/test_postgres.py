"""The private PostgreSQL: made, kept, shared, stopped, and never harmed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import errors as pg

from server.postgres import migrations
from server.postgres import place as postgres_place
from server.postgres.place import PostgresError, find_programs
from server.postgres.private import (
    _kept,
    _used,
    database,
    private_cluster,
    superusers_url,
    throw_away_cluster,
)
from server.settings import DatabaseUrl, Settings
from tests.server.conftest import alive, eventually
from tests.server.test_migrated_rows import CONTACT, ORGANIZATION, written

USE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from server.postgres.private import private_cluster
from server.settings import Settings
with private_cluster(Settings(data_directory=Path(sys.argv[1]))) as url:
    print(url, flush=True)
    time.sleep(60)
"""

NOT_THE_OWNERS = """
select (select count(*) from pg_class where relnamespace = 'public'::regnamespace and relowner <> mine.oid)
     + (select count(*) from pg_proc where pronamespace = 'public'::regnamespace and proowner <> mine.oid)
     + (select count(*) from pg_type where typnamespace = 'public'::regnamespace and typowner <> mine.oid)
     + (select count(*) from pg_database where datname = current_database() and datdba <> mine.oid)
  from pg_roles as mine
 where rolname = 'books_owner'
"""

pytestmark = pytest.mark.slow
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")


def settings_for(data_directory: Path) -> Settings:
    return Settings(data_directory=data_directory, database_url=None)


def query(url: DatabaseUrl, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def use_until_killed(data_directory: Path) -> "tuple[subprocess.Popen[str], DatabaseUrl]":
    command = [sys.executable, "-c", USE_UNTIL_KILLED, str(data_directory)]
    user = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    return user, DatabaseUrl(user.stdout.readline().strip())


def postmaster(data_directory: Path) -> int:
    return int((data_directory / "postgres/cluster/postmaster.pid").read_text().split("\n")[0])


def test_rows_outlive_a_restart(data_directory: Path) -> None:
    with private_cluster(settings_for(data_directory)) as url, psycopg.connect(url) as connection:
        connection.execute("create table kept as select 'Ñandú'::text as word")
        connection.commit()
    assert not (data_directory / "postgres/cluster/postmaster.pid").exists()
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "select lower(word) from kept") == "ñandú"


def test_only_its_owner_reaches_it(data_directory: Path) -> None:
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "show listen_addresses") == ""
        assert query(url, "show unix_socket_permissions") == "0700"
        assert query(url, "show fsync") == "on"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            query(DatabaseUrl(url.replace("books_owner:", "books_owner:not")), "select 1")
    assert (data_directory / "postgres").stat().st_mode & 0o077 == 0
    assert (data_directory / "postgres/password").stat().st_mode & 0o077 == 0


def test_no_session_of_the_server_leads_to_a_superuser(data_directory: Path) -> None:
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "select rolsuper or rolcreaterole from pg_roles where rolname = session_user") is False
        for statement in ("set role finzbooks", "alter role books_owner superuser", "create role mine superuser"):
            with pytest.raises(pg.InsufficientPrivilege):
                query(url, statement)
        assert query(superusers_url(settings_for(data_directory)), "select current_user::text") == "finzbooks"
    for name in ("password", "owner.password"):
        assert (data_directory / "postgres" / name).stat().st_mode & 0o077 == 0


def test_what_an_older_version_made_as_superuser_is_given_to_the_owner(data_directory: Path) -> None:
    """Everything in it, once; its rows are all there, and the migrations go on."""
    settings = settings_for(data_directory)
    with _used(*_kept(settings)) as superuser:
        migrations.upgrade(superuser, "0018")
        written(superuser, ORGANIZATION, CONTACT)
    for _ in range(2):
        with private_cluster(settings) as url:
            migrations.upgrade(url)
            assert query(url, NOT_THE_OWNERS) == 0
            assert migrations.differences(url) == []
            superuser = superusers_url(settings)
            assert query(superuser, "select status from contacts") == "INACTIVE"


def test_an_owner_without_a_password_gets_another(data_directory: Path) -> None:
    settings = settings_for(data_directory)
    with private_cluster(settings) as url:
        with psycopg.connect(url) as connection:
            connection.execute("create table kept as select 1 as one")
        (data_directory / "postgres/owner.password").unlink()
        with private_cluster(settings) as other:
            assert other != url
            assert query(other, "select one from kept") == 1


def test_a_named_database_is_used_as_it_is() -> None:
    named = DatabaseUrl("postgresql://somewhere/books")
    with database(Settings(database_url=named)) as url:
        assert url == named


def test_it_stops_with_its_last_user(data_directory: Path) -> None:
    first, url = use_until_killed(data_directory)
    with private_cluster(settings_for(data_directory)) as same:
        assert same == url
        first.kill()
        first.wait()
        running = postmaster(data_directory)
        assert not eventually(lambda: not alive({running}), seconds=0.5)
        assert query(url, "select 1") == 1
    assert eventually(lambda: not alive({running}))


def test_it_stops_when_its_only_user_is_killed(data_directory: Path) -> None:
    user, _ = use_until_killed(data_directory)
    running = postmaster(data_directory)
    user.kill()
    user.wait()
    assert eventually(lambda: not alive({running}))


def test_one_that_lost_its_guard_is_taken_over(data_directory: Path) -> None:
    user, _ = use_until_killed(data_directory)
    forsaken = postmaster(data_directory)
    shown = subprocess.run(["ps", "-o", "ppid=", "-p", str(forsaken)], capture_output=True, text=True, check=True)
    os.kill(int(shown.stdout), signal.SIGKILL)
    user.kill()
    user.wait()
    assert alive({forsaken})
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "select 1") == 1
        assert not alive({forsaken})


def test_a_note_left_by_a_power_cut_does_not_hinder(data_directory: Path) -> None:
    with private_cluster(settings_for(data_directory)):
        note = (data_directory / "postgres/cluster/postmaster.pid").read_text().split("\n")
    note[0] = str(os.getpid())  # the number now belongs to another process
    (data_directory / "postgres/cluster/postmaster.pid").write_text("\n".join(note))
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "select 1") == 1


def test_a_cluster_of_another_version_is_left_alone(data_directory: Path) -> None:
    with private_cluster(settings_for(data_directory)):
        pass
    version = data_directory / "postgres/cluster/PG_VERSION"
    version.write_text("9\n")
    with (
        pytest.raises(PostgresError, match=r"PostgreSQL 9 is needed, but found: 18 in"),
        private_cluster(settings_for(data_directory)),
    ):
        pass
    assert version.read_text() == "9\n"


def test_an_interrupted_first_start_is_made_good(data_directory: Path) -> None:
    unfinished = data_directory / "postgres/cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with private_cluster(settings_for(data_directory)) as url:
        assert query(url, "select 1") == 1


def test_a_long_path_gets_a_short_socket(data_directory: Path) -> None:
    long = data_directory / ("a" * 90) / ".data"
    with private_cluster(settings_for(long)) as url:
        superuser = superusers_url(settings_for(long))
        assert query(url, "select 1") == 1
        sockets = Path(str(query(superuser, "show unix_socket_directories")))
        assert sockets.parent == Path("/tmp")
    sockets.rmdir()


@needs_root
def test_where_the_account_cannot_go_it_lives_elsewhere(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = data_directory.parent / "var"
    monkeypatch.setattr(postgres_place, "SYSTEM_HOME", elsewhere)
    closed = data_directory.parent / "root"
    closed.mkdir(mode=0o700)
    with private_cluster(settings_for(closed / ".data")):
        superuser = superusers_url(settings_for(closed / ".data"))
        assert query(superuser, "show data_directory") == str(elsewhere / next(elsewhere.iterdir()).name / "cluster")
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_the_account_cannot_run_are_copied(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place, "SYSTEM_HOME", data_directory.parent / "var")
    monkeypatch.setattr(postgres_place, "_may_pass", lambda directory, account: directory == Path("/tmp"))
    account = postgres_place.account_for(Path("/"))
    copied = find_programs(account)
    assert copied.directory.is_relative_to(data_directory.parent / "var")
    with throw_away_cluster(copied.directory) as url:
        assert query(url, "select 1") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may go everywhere")
def test_the_directory_of_another_user_is_refused() -> None:
    with pytest.raises(PostgresError, match="belongs to another user"):
        postgres_place.make_private(Path("/usr"), None)


def test_nothing_is_left_of_a_throw_away_cluster() -> None:
    with throw_away_cluster() as url:
        home = Path(str(query(url, "show data_directory")))
        assert query(url, "show fsync") == "off"
    assert not home.parent.exists()
