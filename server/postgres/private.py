"""A private PostgreSQL of one's own: made, started, shared and stopped without anything being installed.

It listens on a Unix socket only, asks for a password (kept in a file only its owner reads), and ends with its last
user, also when that one is killed (``postgres_guard``). Where its files are is ``postgres_place``'s business.
psycopg is imported where it connects, for a start has better things to do first (``supervisor``).
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from server.postgres import guard as postgres_guard
from server.postgres import owner as postgres_owner
from server.postgres.place import Account, Place, PostgresError, Programs, find_programs, kept_place, passing_place
from server.settings import DatabaseUrl, Settings

SUPERUSER = "finzbooks"
DATABASE = "finzbooks"
START_LIMIT_SECONDS = 120.0  # recovery after a power cut may replay a gigabyte of log
_SPARE_CONNECTIONS = 30  # migrations, the job worker, the command line, a person with psql


@contextmanager
def database(settings: Settings) -> Iterator[DatabaseUrl]:
    """Yield the URL of the database to use: ``DATABASE_URL``, else that of the private cluster, started if need be."""
    if settings.database_url:
        yield settings.database_url
        return
    with private_cluster(settings) as url:
        yield url


@contextmanager
def private_cluster(settings: Settings) -> Iterator[DatabaseUrl]:
    """Yield the tables' owner's URL of the cluster under the data directory; several processes may use it at a time.

    The first one starts it, the last one to leave stops it. Raises PostgresError if it cannot be had.
    """
    place, programs, options = _kept(settings)
    with _used(place, programs, options) as superuser:
        password = postgres_owner.give_to_owner(superuser, place.home / "owner.password", place.account)
        yield _url(place, DATABASE, user=postgres_owner.OWNER, password=password)


def superusers_url(settings: Settings) -> DatabaseUrl:
    """Return the URL of the private cluster's superuser, for what is no work of the server: backups, for instance."""
    return _superusers_url(kept_place(settings.data_directory), DATABASE)


def is_running(settings: Settings) -> bool:
    """Whether the private cluster runs; costs microseconds."""
    return _is_guarded(kept_place(settings.data_directory))


def start_again(settings: Settings) -> None:
    """Start the private cluster that has ended under its users, of whom the caller must be one."""
    place, programs, options = _kept(settings)
    with _lock_file(place, "start") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        _start_unless_running(place, programs, options)


@contextmanager
def throw_away_cluster(programs_directory: Path | None = None) -> Iterator[DatabaseUrl]:
    """Yield the superuser's URL of a new cluster that is fast, survives no power cut and is removed at the end."""
    place = passing_place()
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
    try:
        with _used(place, find_programs(place.account, only=programs_directory), options) as url:
            yield url
    finally:
        shutil.rmtree(place.home, ignore_errors=True)


def _kept(settings: Settings) -> tuple[Place, Programs, dict[str, str]]:
    """Return where the kept cluster is, what runs it, and how it is set."""
    place = kept_place(settings.data_directory)
    connections = settings.workers * (settings.pool_size + 1) + _SPARE_CONNECTIONS  # one counts calls
    programs = find_programs(place.account, major=_major_of(place.cluster))
    return place, programs, {"max_connections": str(connections)}


@contextmanager
def _used(place: Place, programs: Programs, options: dict[str, str]) -> Iterator[DatabaseUrl]:
    """Be one of the cluster's users: start it if nobody has, and wait until it has stopped if we are the last."""
    with _lock_file(place, "users") as users:
        with _lock_file(place, "start") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)  # waits while the guard stops what others have left
            if not place.cluster.exists():
                _make_cluster(place, programs, options)
            guard = _start_unless_running(place, programs, options)
            _make_database(place)
        yield _superusers_url(place, DATABASE)
    if guard:
        _wait_for_stop(place, guard)


def _lock_file(place: Place, name: str) -> IO[bytes]:
    """Open a file to lock; closing it, or dying, gives the lock back."""
    path = place.home / f"{name}.lock"
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    _give(path, place.account)
    return file


def _give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def _superusers_url(place: Place, name: str) -> DatabaseUrl:
    return _url(place, name, user=SUPERUSER, password=(place.home / "password").read_text().strip())


def _url(place: Place, name: str, *, user: str, password: str) -> DatabaseUrl:
    return DatabaseUrl(f"postgresql://{user}:{password}@/{name}?host={quote(str(place.socket_directory), safe='')}")


def _major_of(cluster: Path) -> int | None:
    """Return the version that made a cluster; None if there is none yet."""
    version = cluster / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _make_cluster(place: Place, programs: Programs, options: dict[str, str]) -> None:
    """Make a cluster beside its place and move it there when it is whole, so that half of one is never used."""
    password = place.home / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    _give(password, place.account)
    unfinished = place.home / "cluster.unfinished"
    for locale in _locales(programs.major):
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [str(programs.directory / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", *locale]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--no-instructions"]
        if options.get("fsync") == "off":
            command.append("--no-sync")
        made = _run(command, place.account)
        if made.returncode == 0:
            unfinished.rename(place.cluster)
            return
    raise PostgresError(f"A new PostgreSQL could not be made in {place.home}: {made.stderr.strip()}")


def _locales(major: int) -> list[list[str]]:
    """Order and letter case by code point, the same on every machine; C where the system knows no C.UTF-8."""
    if major >= 17:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [[*builtin, "--locale=C.UTF-8"], [*builtin, "--locale=C"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]


def _run(command: list[str], account: Account | None) -> "subprocess.CompletedProcess[str]":
    user, group, groups = (account.uid, account.gid, ()) if account else (None, None, None)
    return subprocess.run(
        command,
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=group,
        extra_groups=groups,
    )


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _start_unless_running(
    place: Place, programs: Programs, options: dict[str, str]
) -> "subprocess.Popen[bytes] | None":
    """Return the guard if we had to start one, and None if the cluster was running; it answers when we return."""
    guard = None
    limit = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < limit:
        if not _is_guarded(place):
            if guard and guard.poll() is not None:
                raise PostgresError(f"PostgreSQL did not start: {_last_words(place)}")
            if not guard:
                _end_forsaken(place)
                guard = _start(place, programs, options)
        elif _answers(place):
            return guard
        time.sleep(0.01)
    raise PostgresError(f"PostgreSQL did not answer within {START_LIMIT_SECONDS:.0f} s: {_last_words(place)}")


def _start(place: Place, programs: Programs, options: dict[str, str]) -> "subprocess.Popen[bytes]":
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket_directory),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",  # one file for each day of the week, so a week is the most that is kept
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
        **options,
    }
    account = place.account or Account(-1, -1)
    command = [sys.executable, "-I", "-S", postgres_guard.__file__]
    command += [str(place.home / "users.lock"), str(place.home / "guard.lock"), str(account.uid), str(account.gid)]
    command += [str(programs.directory / "postgres"), "-D", str(place.cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (place.home / "start.log").open("wb") as said:
        return subprocess.Popen(
            command,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C in the terminal is for the users, not for the database under them
        )


def _is_guarded(place: Place) -> bool:
    with _lock_file(place, "guard") as guarding:
        try:
            fcntl.flock(guarding, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _answers(place: Place) -> bool:
    import psycopg

    try:
        psycopg.connect(_superusers_url(place, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError as refused:
        if "authentication failed" in str(refused):
            raise PostgresError(f"The password in {place.home} is not that of its cluster.") from refused
        return False
    return True


def _make_database(place: Place) -> None:
    import psycopg

    with psycopg.connect(_superusers_url(place, "postgres"), autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(f"create database {DATABASE}")


def _last_words(place: Place) -> str:
    """What PostgreSQL said last before it gave up, on one line."""
    logs = [place.home / "start.log", *(place.cluster / "log").glob("*.log")]
    latest = max((log for log in logs if log.exists() and log.stat().st_size), key=lambda log: log.stat().st_mtime)
    return " ".join(latest.read_text(errors="replace").splitlines()[-5:])


def _end_forsaken(place: Place) -> None:
    """Stop a PostgreSQL that runs on our files without a guard, and remove the note that one of old has left."""
    note = place.cluster / "postmaster.pid"
    if not note.exists():
        return
    process = int(note.read_text().split("\n", 1)[0])
    for step, seconds in postgres_guard.STOP_STEPS:
        if not _serves(process, place.cluster):
            break
        os.kill(process, step)
        limit = time.monotonic() + seconds
        while _serves(process, place.cluster) and time.monotonic() < limit:
            time.sleep(0.05)
    note.unlink(missing_ok=True)


def _serves(process: int, cluster: Path) -> bool:
    """Whether a process number is a PostgreSQL's on this cluster, and not that of a later process."""
    command = _command_line(process)
    return "postgres" in command and str(cluster) in command


def _command_line(process: int) -> str:
    """Return the command of a process, empty if there is none; Linux without /proc and macOS have ps."""
    if Path("/proc/self/cmdline").exists():
        file = Path(f"/proc/{process}/cmdline")
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace") if file.exists() else ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False)
    return shown.stdout


def _wait_for_stop(place: Place, guard: "subprocess.Popen[bytes]") -> None:
    """Wait for the guard that we started, unless others still use the cluster."""
    limit = time.monotonic() + sum(seconds for _, seconds in postgres_guard.STOP_STEPS)
    free = 0
    while guard.poll() is None and time.monotonic() < limit:
        with _lock_file(place, "users") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
                free += 1
            except BlockingIOError:
                free = 0  # the guard has it and is stopping PostgreSQL
        if free > 10:  # long enough for the guard to wake, so others hold the lock as we did
            return
        time.sleep(0.02)
