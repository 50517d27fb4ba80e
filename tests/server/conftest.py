"""What the tests of processes share: a directory that PostgreSQL's own account can reach, and a look at processes."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_directory() -> Iterator[Path]:
    """A data directory; pytest's own are closed to the account that PostgreSQL runs as when we are root."""
    parent = Path(tempfile.mkdtemp(prefix="fb-"))
    parent.chmod(0o755)
    yield parent / ".data"
    shutil.rmtree(parent, ignore_errors=True)


def descendants(process: int) -> set[int]:
    """Return the numbers of all processes below one."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, shown.splitlines())}
    found = {child for child, parent in parents.items() if parent == process}
    return found.union(*map(descendants, found)) if found else found


def alive(processes: set[int]) -> set[int]:
    """Return those of some processes that still run; one that only waits to be buried does not."""
    shown = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = {int(process): state for process, state in map(str.split, shown.splitlines())}
    return {process for process in processes if not states.get(process, "Z").startswith("Z")}


def eventually(holds: Callable[[], object], *, seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True
