"""Behind a real pgbouncer: in session mode all is as without one; in transaction mode the server refuses to start."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from server.postgres import migrations, sessions
from server.postgres.database import Database
from server.postgres.sessions import SessionNotOurs
from server.settings import DatabaseUrl, Settings
from tests.running import calling, found, unforeseen, workers
from tests.server.conftest import eventually
from tests.server.trade import a_customer

_PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_PGBOUNCER is None, reason="pgbouncer is not installed (Debian's package has it)"),
]


@pytest.fixture(scope="module")
def database(new_database: Callable[[], DatabaseUrl]) -> DatabaseUrl:
    return new_database()


@contextmanager
def pooled(database: DatabaseUrl, mode: str) -> Iterator[DatabaseUrl]:
    """Put a pgbouncer in front of a database and yield the URL that leads through it."""
    parts = urlsplit(database)
    name, user, password = parts.path[1:], parts.username, unquote(parts.password or "")
    host = dict(pair.split("=", 1) for pair in parts.query.split("&"))["host"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="fb-bouncer-"))
    folder.chmod(0o755)
    (folder / "users.txt").write_text(f'"{user}" "{password}"\n')
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{name} = host={unquote(host)}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\npool_mode = {mode}\n"
        f"auth_type = plain\nauth_file = {folder / 'users.txt'}\nignore_startup_parameters = options\n"
        f"default_pool_size = 30\n"
    )
    assert _PGBOUNCER is not None
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([_PGBOUNCER, "-q", *as_nobody, str(settings)], stderr=subprocess.DEVNULL)
    try:
        url = DatabaseUrl(f"postgresql://{user}:{parts.password}@127.0.0.1:{port}/{name}")
        assert eventually(lambda: _answers(url)), "pgbouncer does not answer"
        yield url
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _answers(url: DatabaseUrl) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


async def test_in_session_mode_the_server_is_what_it_is(database: DatabaseUrl) -> None:
    """Bound by row-level security and by its limits, although pgbouncer drops the options of a connection."""
    with pooled(database, "session") as url:
        migrations.upgrade(url)
        opened = Database(url, Settings(pool_size=3))
        await opened.open()
        async with opened.lookup() as connection:
            cursor = await connection.execute("select current_user::text, current_setting('statement_timeout')")
            assert await cursor.fetchone() == ("finzbooks_app", "10s")
        await opened.close()

        firm = await found(database)
        with workers(url, 2) as started:
            async with calling(*(worker.url for worker in started)) as caller:
                call = caller.with_token(firm.token)
                for number in range(6):
                    await a_customer(call, f"Customer {number}")
            assert unforeseen(started) == ""


async def test_in_transaction_mode_it_refuses_to_start(database: DatabaseUrl) -> None:
    """Sessions would be shared, and with them the organization that row-level security faces."""
    with pooled(database, "transaction") as url:
        opened = Database(url, Settings(pool_size=2))
        with pytest.raises(SessionNotOurs, match="session mode"):
            await opened.open()


@pytest.mark.parametrize(
    ("user", "are"),
    [("finzbooks", ["10s", "finzbooks_app"]), ("finzbooks_app", ["0", "finzbooks_app"]), ("finzbooks", ["0", "none"])],
)
def test_a_session_that_did_not_stay_as_it_was_set_is_refused(user: str, are: list[str]) -> None:
    """As behind something that drops what a client sets: it would be the tables' owner's, or without limits."""
    session = sessions.Session("finzbooks_app", {"statement_timeout": "10s"})

    session.check(user="finzbooks_app", are=["10s", "finzbooks_app"], were_set=["10s", "finzbooks_app"])
    with pytest.raises(SessionNotOurs):
        session.check(user=user, are=are, were_set=["10s", "finzbooks_app"])
