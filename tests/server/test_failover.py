"""A standby takes over, a dump is restored elsewhere: the server finds its database, marks and places lose nothing."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
import pytest

from server.postgres import migrations
from server.postgres import private as postgres
from server.postgres.place import account_for, find_programs, passing_place
from server.postgres.private import throw_away_cluster
from server.settings import DatabaseUrl
from tests.running import Caller, calling, found, hang_up, rows, unforeseen, workers
from tests.server.conftest import eventually
from tests.server.following import assert_dense, follow
from tests.server.test_keeping_copies import walk
from tests.server.trade import a_customer

pytestmark = pytest.mark.slow

_BURN = "do $$ begin for turn in 1..5000 loop perform pg_current_xact_id(); commit; end loop; end $$"
_ROLES = (
    "create role finzbooks_app nologin; create role finzbooks_housekeeper nologin;"
    "create role finzbooks_operator nologin; create role finzbooks_doorkeeper nologin;"
    "create role finzbooks_steward nologin;"
    "grant finzbooks_app to finzbooks_operator, finzbooks_doorkeeper, finzbooks_steward"
)


def socket_of(url: str) -> str:
    """The directory of the socket that a private cluster's URL names."""
    return unquote(urlsplit(url).query.removeprefix("host="))


@contextmanager
def standby_of(primary: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """Start a standby that follows a primary, and yield its URL."""
    place = passing_place()
    try:
        programs = find_programs(place.account)
        password = place.home / "password"
        password.write_text(unquote(urlsplit(primary).password or ""))
        postgres._give(password, place.account)
        copying = [str(programs.directory / "pg_basebackup"), "-d", primary, "-D", str(place.cluster)]
        copied = postgres._run([*copying, "-R", "-c", "fast", "-X", "stream"], place.account)
        assert copied.returncode == 0, copied.stderr
        with postgres._used(place, programs, {"fsync": "off", "max_connections": "200"}) as url:
            yield url
    finally:
        shutil.rmtree(place.home, ignore_errors=True)


def either(*urls: DatabaseUrl) -> DatabaseUrl:
    """The URL that names all of them and means the one that takes changes."""
    parts = urlsplit(urls[0])
    hosts = ",".join(f"{quote(socket_of(url), safe='')}:5432" for url in urls)
    credentials = parts.netloc.rpartition("@")[0]
    return DatabaseUrl(f"postgresql://{credentials}@{hosts}{parts.path}?target_session_attrs=read-write")


async def statuses_until_served(call: Caller, *, seconds: float) -> set[int]:
    """Call until it is answered; return the other answers' statuses."""
    began, others = time.monotonic(), set[int]()
    while (reply := await call("GET", "/contacts")).status_code != 200:
        others.add(reply.status_code)
        assert time.monotonic() - began < seconds, reply.text
        await asyncio.sleep(0.2)
    return others


async def test_a_standby_takes_over_under_the_server() -> None:
    """The URL names both, the standby first; nothing is set anew."""
    with ExitStack() as first, ExitStack() as second:
        primary = first.enter_context(throw_away_cluster())
        standby = second.enter_context(standby_of(primary))
        url = either(standby, primary)
        migrations.upgrade(url)
        migrations.upgrade(url)
        firm = await found(primary)
        with workers(url, 2) as started:
            async with calling(*(worker.url for worker in started)) as caller:
                call = caller.with_token(firm.token)
                before = await a_customer(call, "Before")
                seen, mark = await walk(call, "/contacts")
                assert seen == [before]
                (written,) = rows(primary, "select pg_current_wal_lsn()::text as here")
                caught_up = "select pg_last_wal_replay_lsn() >= %s::pg_lsn as has"
                assert eventually(lambda: rows(standby, caught_up, written["here"])[0]["has"])
                hang_up(primary)
                first.close()
                rows(standby, "select pg_promote()")

                assert await statuses_until_served(call, seconds=30) <= {503}
                after = await a_customer(call, "After")
                assert (await walk(call, "/contacts", mark))[0] == [after]
            assert unforeseen(started) == ""
        assert rows(standby, "select timeline from change_lines") == [{"timeline": "00000002"}]
        hang_up(standby)


async def test_marks_and_places_hold_in_books_that_were_restored_elsewhere(
    new_database: Callable[[], DatabaseUrl],
) -> None:
    """There transactions are counted from a lower number; what changed since the mark comes, and nothing else."""
    source = new_database()
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute(_BURN)
    firm = await found(source)
    with workers(source) as started:
        async with calling(started[0].url) as caller:
            call = caller.with_token(firm.token)
            kept = await a_customer(call, "Before the mark")
            _, mark = await walk(call, "/contacts")
            _, place = await follow(call)
            changed = await a_customer(call, "Between mark and dump")

    with throw_away_cluster() as target:
        _move(source, target)
        (there,), (here,) = [
            rows(url, "select pg_current_xact_id()::text::bigint as number") for url in (target, source)
        ]
        assert there["number"] < here["number"]
        with workers(target) as started:
            async with calling(started[0].url) as caller:
                call = caller.with_token(firm.token)
                assert (await walk(call, "/contacts", mark))[0] == [changed]
                heard, place = await follow(call, place)
                assert [event["entity_id"] for event in heard] == [changed]
                new = await a_customer(call, "After the restore")
                assert (await call("PUT", f"/contacts/{kept}", {"notes": "Called"})).status_code == 200
                ids, later = await walk(call, "/contacts", mark)
                assert ids == [changed, new, kept]
                heard, _ = await follow(call, place)
                assert [event["entity_id"] for event in heard] == [new, kept]
                assert_dense((await follow(call))[0])
                newest = await a_customer(call, "Newest")
                assert newest in (await walk(call, "/contacts", later))[0]
                assert changed not in (await walk(call, "/contacts", later))[0]
            assert unforeseen(started) == ""
        hang_up(target)


def _move(source: DatabaseUrl, target: DatabaseUrl) -> None:
    programs = find_programs(account_for(Path("/"))).directory
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute(_ROLES)
    dump = subprocess.run([str(programs / "pg_dump"), "-Fc", source], capture_output=True, check=True)
    restore = [str(programs / "pg_restore"), "--exit-on-error", "--dbname", target]
    subprocess.run(restore, input=dump.stdout, capture_output=True, check=True)
