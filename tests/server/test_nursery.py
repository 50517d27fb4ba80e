"""The nursery: forks on request, tells how its children ended, and is replaced when it has ended itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.processes.lifeline import told
from server.processes.nursery import Forked, Nursery, NurseryFailed
from tests.server.conftest import alive

JOBS = "tests.server.stub_app:jobs"
ENTRY = ("jobs", JOBS)


@pytest.fixture(params=["fork", "exec"])
def nursery(request: pytest.FixtureRequest) -> Iterator[Nursery]:
    """One that forks, and one whose children are programs of their own, as on macOS."""
    opened = Nursery([JOBS], os.environ, way=request.param)
    opened.wait_until_ready()
    yield opened
    opened.close()


STOPPED = (0, -signal.SIGTERM)
"""How a stopped child ends: with or without having heard of it before the system did."""


def begun(child: Forked) -> Forked:
    """A child that has its settings and has said that it is ready."""
    child.line.sendall(told({}))
    assert child.line.recv(1) == b"r"
    return child


def test_a_child_ends_with_its_lifeline(nursery: Nursery) -> None:
    child = begun(nursery.fork(*ENTRY))
    child.line.close()
    assert child.wait() in STOPPED


def test_a_child_that_waits_for_settings_ends_with_its_lifeline(nursery: Nursery) -> None:
    child = nursery.fork(*ENTRY)
    child.line.close()
    assert child.wait() == 0


def test_how_a_child_ended_is_told(nursery: Nursery) -> None:
    stopped, killed = begun(nursery.fork(*ENTRY)), begun(nursery.fork(*ENTRY))
    with pytest.raises(TimeoutError, match=rf"Process {stopped.pid} has not ended"):
        stopped.wait(0.1)
    stopped.terminate()
    killed.kill()
    assert stopped.wait() in STOPPED
    assert killed.wait() == -signal.SIGKILL
    for child in (stopped, killed):
        assert child.line.recv(1) == b""


def test_what_a_child_says_goes_into_its_own_log(nursery: Nursery, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        child = nursery.fork("jobs", "tests.server.stub_app:no_such_function", log=log)
    assert child.wait() == 1
    assert "no_such_function" in (tmp_path / "log").read_text()


def test_a_child_has_the_name_of_its_kind(nursery: Nursery) -> None:
    child = begun(nursery.fork(*ENTRY))
    comm = Path(f"/proc/{child.pid}/comm")
    if not comm.exists():
        pytest.skip("only Linux knows names of processes")
    assert comm.read_text() == "finzbooks-jobs\n"


def test_the_nursery_has_one_thread() -> None:
    """What makes forking it safe, with all that the real workers import."""
    real = Nursery(["server.main:application", "server.processes.worker:main"], os.environ, way="fork")
    real.wait_until_ready()
    tasks = Path(f"/proc/{_number(real)}/task")
    if not tasks.exists():
        pytest.skip("only Linux shows the threads of processes")
    threads = list(tasks.iterdir())
    real.close()
    assert len(threads) == 1


def test_children_outlive_their_nursery_and_the_next_comes_from_another(nursery: Nursery) -> None:
    orphan = begun(nursery.fork(*ENTRY))
    os.kill(_number(nursery), signal.SIGKILL)
    child = begun(nursery.fork(*ENTRY))
    assert alive({orphan.pid})
    assert orphan.wait() is None
    orphan.terminate()
    assert orphan.line.recv(1) == b""
    child.line.close()
    assert child.wait() in STOPPED


def test_a_nursery_that_cannot_import_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    broken = Nursery(["tests.server.no_such_module:app"], os.environ, way="fork")
    with pytest.raises(NurseryFailed, match="ended at once"):
        broken.wait_until_ready()
    with pytest.raises(NurseryFailed):
        broken.fork(*ENTRY)
    broken.close()
    assert "no_such_module" in capfd.readouterr().err


def test_a_child_that_is_a_program_of_its_own_says_what_it_cannot_import(tmp_path: Path) -> None:
    nursery = Nursery(["tests.server.no_such_module:app"], os.environ, way="exec")
    nursery.wait_until_ready()
    with (tmp_path / "log").open("wb") as log:
        child = nursery.fork("web", "tests.server.no_such_module:app", log=log)
    assert child.wait() == 1
    assert "no_such_module" in (tmp_path / "log").read_text()
    nursery.close()


def _number(nursery: Nursery) -> int:
    return nursery._process.pid


def test_the_program_of_a_child_brings_nothing_that_has_a_stand_in() -> None:
    """Else the stand-ins come too late: starts take longer, and say what Connexion's imports warn of."""
    code = (
        "import sys, server.processes.child; "
        "print([each for each in ('connexion', 'httpx', 'requests') if each in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert (shown.stdout.strip(), shown.stderr) == ("[]", "")


def test_the_job_worker_has_the_real_client_of_http() -> None:
    """The others have a stand-in; whoever calls the e-invoice portal needs the client itself."""
    program = (
        "from server.processes.stand_ins import give_back_httpx, lighten_connexion\n"
        "lighten_connexion()\n"
        "import httpx\n"
        "assert not hasattr(httpx, 'AsyncClient')\n"
        "give_back_httpx()\n"
        "from adapters.portal_calls import PortalCalls\n"
        "PortalCalls('http://127.0.0.1:1')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
