"""The supervisor: keeps its processes alive, and leaves none behind, however it ends."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from server.processes.supervisor import CannotServe, serve
from server.settings import Settings
from tests.server.conftest import alive, descendants, eventually

pytestmark = pytest.mark.slow

SERVE = """
import sys
import time
from pathlib import Path
from server.processes import supervisor
from server.postgres.place import PostgresError
from server.settings import Settings
supervisor._FIRST_PAUSE_SECONDS = 0.05
_, directory, port, app, with_parent, then = sys.argv

def prepare(settings):
    print("prepared", settings.database_url.split(":")[0], flush=True)
    if then == "fail":
        sys.stdin.readline()
        raise PostgresError("no room")
    if then == "sleep":
        time.sleep(600)

settings = Settings(data_directory=Path(directory), port=int(port), database_url=None)
sys.exit(supervisor.serve(
    settings,
    prepare=[prepare],
    announce=lambda settings: print("ready", flush=True),
    app=f"tests.server.stub_app:{app}",
    job_worker="tests.server.stub_app:jobs",
    with_parent=with_parent == "with_parent",
))
"""


class Served:
    """One supervisor in a process of its own."""

    def __init__(self, data_directory: Path, *, app: str = "app", then: str = "go on") -> None:
        self.port = free_port()
        command = [sys.executable, "-c", SERVE, str(data_directory), str(self.port), app, "alone", then]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def wait_until_prepared(self) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline() == "prepared postgresql\n"

    def wait_until_ready(self) -> None:
        self.wait_until_prepared()
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def worker(self) -> int:
        """Ask which process answers."""
        with urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as reply:
            return int(reply.read())

    def answers(self) -> bool:
        """Whether anybody does."""
        with suppress(URLError, ConnectionError):
            return self.worker() > 0
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def nurseries(server: Served) -> set[int]:
    """Those that the supervisor itself has started; what they forked has the same command line, but other parents."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    below = (line.split() for line in shown.splitlines() if " -m server.processes.nursery " in line)
    return {int(process) for process, parent, *_ in below if int(parent) == server.process.pid}


@pytest.fixture
def served(data_directory: Path) -> Iterator[Served]:
    server = Served(data_directory)
    server.wait_until_ready()
    yield server
    below = descendants(server.process.pid)
    server.process.kill()
    server.process.communicate()
    assert eventually(lambda: not alive(below))


def test_a_stop_is_orderly_and_quick(served: Served) -> None:
    below = descendants(served.process.pid)
    assert below >= {served.worker()}
    asked = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) == 0
    assert time.monotonic() - asked < 10
    assert alive(below) == set()


def test_a_stop_that_reaches_all_processes_at_once_is_orderly_too(served: Served) -> None:
    """As that of systemd does."""
    (nursery,) = nurseries(served)
    below = descendants(nursery)
    everybody = [str(process) for process in (served.process.pid, nursery, *below)]
    subprocess.run(["kill", "-TERM", *everybody], check=True)
    assert served.process.wait(10) == 0
    assert alive({nursery, *below}) == set()


def test_nothing_outlives_a_killed_supervisor(served: Served) -> None:
    below = descendants(served.process.pid)
    assert len(below) > 4  # two workers, the job worker, the guard, PostgreSQL and its own
    served.process.kill()
    served.process.wait()
    assert eventually(lambda: not alive(below))


def test_a_crashed_worker_is_replaced(served: Served) -> None:
    crashed, before = served.worker(), descendants(served.process.pid)
    subprocess.run(["kill", "-9", str(crashed)], check=True)
    assert eventually(lambda: descendants(served.process.pid) - before)
    assert served.worker() != crashed


def test_an_ended_nursery_ends_nothing_else_and_is_replaced(served: Served) -> None:
    (nursery,) = nurseries(served)
    orphans, workers = descendants(nursery), set[int]()

    def are_all_seen() -> bool:
        workers.add(served.worker())
        return len(workers) == 2

    assert eventually(are_all_seen, seconds=60)
    assert workers <= orphans
    subprocess.run(["kill", "-9", str(nursery)], check=True)
    assert {served.worker() for _ in range(20)} <= workers
    for worker in workers:
        subprocess.run(["kill", "-9", str(worker)], check=True)
    assert eventually(lambda: nurseries(served) - {nursery})
    assert eventually(served.answers, seconds=30), "callers are refused until a successor is ready"
    assert served.worker() not in workers
    served.process.terminate()
    assert served.process.wait(10) == 0
    assert alive(orphans) == set()


def test_a_postgresql_that_ended_is_started_again(served: Served, data_directory: Path) -> None:
    note = data_directory / "postgres/cluster/postmaster.pid"
    ended = note.read_text().split("\n")[0]
    subprocess.run(["kill", "-9", ended], check=True)
    assert eventually(lambda: note.exists() and "ready" in (again := note.read_text()) and not again.startswith(ended))


def test_an_application_that_cannot_start_ends_the_server(data_directory: Path) -> None:
    server = Served(data_directory, app="app_that_cannot_start")
    _, said = server.process.communicate(timeout=60)
    assert server.process.returncode == 1
    assert "the contract and the handlers differ" in said
    assert "failed to start 5 times; giving up" in said


def test_children_that_wait_for_the_database_end_with_a_killed_supervisor(data_directory: Path) -> None:
    server = Served(data_directory, then="sleep")
    server.wait_until_prepared()
    below = descendants(server.process.pid)
    assert len(below) > 4
    server.process.kill()
    server.process.communicate()
    assert eventually(lambda: not alive(below))


def test_a_start_that_is_broken_off_leaves_no_child(data_directory: Path) -> None:
    server = Served(data_directory, then="sleep")
    server.wait_until_prepared()
    below = descendants(server.process.pid)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 128 + signal.SIGTERM
    server.process.communicate()
    assert eventually(lambda: not alive(below))  # the guard of PostgreSQL is the last to go


def test_a_start_that_fails_leaves_no_child(data_directory: Path) -> None:
    server = Served(data_directory, then="fail")
    server.wait_until_prepared()
    below = descendants(server.process.pid)
    assert len(below) > 4
    _, said = server.process.communicate("fail now\n", timeout=30)
    assert server.process.returncode == 1
    assert "no room" in said
    assert eventually(lambda: not alive(below))  # the guard of PostgreSQL is the last to go


def test_a_second_server_on_the_same_data_is_refused(served: Served, data_directory: Path) -> None:
    with pytest.raises(CannotServe, match=rf"already runs on .* \(process {served.process.pid}\)"):
        serve(Settings(data_directory=data_directory, port=free_port()))


def test_a_taken_port_is_named(served: Served, data_directory: Path) -> None:
    with pytest.raises(
        CannotServe, match=rf"Cannot listen on 127\.0\.0\.1, port {served.port}: Address already in use"
    ):
        serve(Settings(data_directory=data_directory.parent / "other", port=served.port))


def test_the_end_of_the_parent_ends_it_when_so_asked(data_directory: Path) -> None:
    start = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    command = [sys.executable, "-c", SERVE, str(data_directory), str(free_port()), "app", "with_parent", "go on"]
    parent = subprocess.Popen([sys.executable, "-c", start, *command], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    assert [parent.stdout.readline() for _ in range(2)][1] == "ready\n"
    below = descendants(parent.pid)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not alive(below))
    with suppress(OSError):
        parent.stdout.close()
