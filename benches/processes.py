"""The processes that are measured: PostgreSQL as a private cluster, the server as in production, a bare route."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benches import machine
from benches.book import Book
from benches.load import BadAnswer, ask, request
from server.postgres.private import private_cluster, superusers_url
from server.settings import DatabaseUrl, Settings

WORKERS = 2

_START_SECONDS = 60
_MOST_CONNECTIONS = 80  # with the server's own: pgbench's 32, the bare ones' 16 and 18, filling and looking


@dataclass(frozen=True, slots=True)
class Served:
    """Something that answers on a port, and the processes whose CPU time counts as its own."""

    port: int
    workers: tuple[int, ...]


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a new folder that PostgreSQL's account may enter, and remove it at the end."""
    made = Path(tempfile.mkdtemp(prefix="finzbooks-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def postgres(place: Path, books: int) -> Iterator[DatabaseUrl]:
    """Yield the superuser's URL of a new cluster, set as the server sets its own: every commit waits for the disk."""
    settings = Settings(data_directory=place, workers=WORKERS, pool_size=books * _MOST_CONNECTIONS // WORKERS)
    with private_cluster(settings):
        yield superusers_url(settings)


def postgres_processes(url: DatabaseUrl) -> list[int]:
    """Return PostgreSQL's first process and all that it has started."""
    with psycopg.connect(url) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None, "one row comes"
    first = int((Path(row[0]) / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    return [first, *machine.children_of(first)]


@contextmanager
def server(book: Book, place: Path) -> Iterator[Served]:
    """Yield the server on a book, started as an operator starts it; what it logs goes to a file in ``place``."""
    data = place / f"server_{book.invoices}"
    port = _free_port()
    environment = {
        "DATABASE_URL": book.url,
        "PORT": str(port),
        "FINZBOOKS_DATA_DIRECTORY": str(data),
        "FINZBOOKS_WORKERS": str(WORKERS),
    }
    command = [str(Path(sys.executable).with_name("finzbooks")), "serve", "--with-parent"]
    with _running(command, environment, port, "/readyz", place / f"server_{book.invoices}.log") as process:
        children = machine.children_of(process)
        yield Served(port, tuple(child for child in children if machine.name_of(child) == "finzbooks-web"))


@contextmanager
def bare(application: str, book: Book, place: Path, page: str, **more: str) -> Iterator[Served]:
    """Yield a bare application on a book: as many workers as the server has, on the same event loop and parser.

    ``page`` is what it answers once it is up, ``more`` its environment.
    """
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", f"benches.{application}:app", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    log = place / f"{application}_{book.invoices}.log"
    with _running(command, {"DATABASE_URL": book.url, **more}, port, page, log) as process:
        yield Served(port, tuple(machine.children_of(process)))


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], port: int, page: str, log: Path) -> Iterator[int]:
    """Run a command until the block ends; enter the block when ``page`` is answered."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        _wait_for(process, port, page, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int, page: str, log: Path) -> None:
    limit = time.monotonic() + _START_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        try:
            ask(port, request("GET", port, page))
        except (OSError, BadAnswer):
            time.sleep(0.1)
            continue
        time.sleep(1)  # for the second worker, which starts at the same time
        return
    raise SystemExit(f"{_command_of(process)} did not start: {log.read_text(errors='replace')[-2000:]}")


def _command_of(process: "subprocess.Popen[bytes]") -> str:
    """Return what was started, in a few words."""
    arguments = process.args
    return " ".join(map(str, arguments[:4])) if isinstance(arguments, list) else str(arguments)


def _free_port() -> int:
    with socket.socket() as passing:
        passing.bind(("127.0.0.1", 0))
        number: int = passing.getsockname()[1]
        return number
