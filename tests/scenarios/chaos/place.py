"""What runs in the chaos: PostgreSQL, servers, job workers and a receiver, each of which may be killed."""

import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import STDOUT, Popen
from typing import Any

import psycopg
from psycopg.rows import dict_row

from server.postgres import migrations
from server.postgres.private import throw_away_cluster
from server.settings import DatabaseUrl
from tests.running import Worker, hang_up, unforeseen, workers

Json = dict[str, Any]

_ROOT = Path(__file__).parent.parent.parent.parent
_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SETTINGS = {"FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1", "FINZBOOKS_SECRETS_KEY": _KEY}
DECK = ("server", "job worker", "backend", "receiver")
"""What is killed, in another order each time."""

_BACK_SECONDS = 30


@dataclass
class Place:
    """What runs; ``killed`` counts what was killed."""

    url: DatabaseUrl
    folder: Path
    stack: ExitStack
    dice: random.Random
    servers: list[Worker] = field(default_factory=list)
    all_servers: list[Worker] = field(default_factory=list)
    job_workers: list["Popen[bytes]"] = field(default_factory=list)
    deck: list[str] = field(default_factory=list)
    killed: dict[str, int] = field(default_factory=dict)
    port: int = 0
    receiver: "Popen[bytes] | None" = None

    @property
    def took(self) -> Path:
        """Where the receiver writes what it took."""
        return self.folder / "took"

    def received(self) -> list[Json]:
        """What the receiver took, in order; a line that does not end was not answered."""
        whole = self.took.read_text().split("\n")[:-1] if self.took.exists() else []
        return [json.loads(line) for line in whole]

    def start_server(self) -> Worker:
        """Start a server beside the others, and return it when it answers."""
        (server,) = self.stack.enter_context(workers(self.url, 1, **SETTINGS))
        self.servers.append(server)
        self.all_servers.append(server)
        return server

    def start_job_worker(self) -> None:
        """Start a job worker."""
        self.job_workers.append(self._started("tests.scenarios.chaos.worker"))

    def start_receiver(self) -> None:
        """Start the receiver, at the same port each time."""
        self.receiver = self._started("tests.scenarios.chaos.receiver", str(self.port), str(self.took))

    def kill_something(self) -> None:
        """Kill what comes next, as a power cut would, and start another one in its place."""
        if not self.deck:
            self.deck = self.dice.sample(DECK, len(DECK))
        what = self.deck.pop()
        self.killed[what] = self.killed.get(what, 0) + 1
        {
            "server": self._kill_server,
            "job worker": self._kill_job_worker,
            "backend": self._kill_backend,
            "receiver": self._kill_receiver,
        }[what]()

    def bring_back(self) -> None:
        """Start anew what has ended by itself, as the supervisor does."""
        for worker in [each for each in self.job_workers if each.poll() is not None]:
            self.job_workers.remove(worker)
            self.start_job_worker()

    def kill_what_sends(self) -> None:
        """Kill all job workers and the receiver, and start as many."""
        for _ in list(self.job_workers):
            self._kill_job_worker()
        self._kill_receiver()

    def asked(self, query: str, *values: object) -> list[Json]:
        """Rows of a statement, as soon as the database answers."""
        limit = time.monotonic() + _BACK_SECONDS
        while True:
            try:
                with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as connection:
                    return connection.execute(query.encode(), values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)

    def _kill_server(self) -> None:
        server = self.dice.choice(self.servers)
        server.kill()
        self.servers.remove(server)
        self.start_server()

    def _kill_job_worker(self) -> None:
        worker = self.job_workers.pop(self.dice.randrange(len(self.job_workers)))
        worker.kill()
        worker.wait()
        self.start_job_worker()

    def _kill_receiver(self) -> None:
        assert self.receiver is not None
        self.receiver.kill()
        self.receiver.wait()
        time.sleep(self.dice.random() / 2)
        self.start_receiver()

    def _kill_backend(self) -> None:
        """PostgreSQL then ends all others as well, and recovers."""
        query = "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
        backends = [row["pid"] for row in self.asked(query)]
        if backends:
            os.kill(self.dice.choice(backends), signal.SIGKILL)

    def _started(self, module: str, *arguments: str) -> "Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            process = Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=_ROOT,
                env={**os.environ, **SETTINGS, "DATABASE_URL": self.url, "FINZBOOKS_DATA_DIRECTORY": str(self.folder)},
                stdout=log,
                stderr=STDOUT,
            )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def logged(self) -> str:
        """Errors that nobody foresaw, of servers and of job workers."""
        lines = (self.folder / "log").read_text().splitlines()
        return "\n".join([unforeseen(self.all_servers), *(line for line in lines if "Unhandled error" in line)]).strip()


@contextmanager
def place(folder: Path, seed: int, *, servers: int, job_workers: int) -> Iterator[Place]:
    """A cluster of one's own, and so many servers and job workers on it, with one receiver."""
    with throw_away_cluster() as url, ExitStack() as stack:
        migrations.upgrade(url)
        with psycopg.connect(url, autocommit=True) as connection:  # what was answered must outlive the backends
            connection.execute(f"alter database {connection.info.dbname} set synchronous_commit = on".encode())
        stack.callback(hang_up, url)
        this = Place(url, folder, stack, random.Random(seed))
        with socket.socket() as passing:
            passing.bind(("127.0.0.1", 0))
            this.port = passing.getsockname()[1]
        this.start_receiver()
        for _ in range(servers):
            this.start_server()
        for _ in range(job_workers):
            this.start_job_worker()
        yield this
