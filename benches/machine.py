"""What processes have used and what machine this is, read from /proc: CPU time, memory, processor, versions."""

import os
import platform
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PACKAGES = ("uvicorn", "uvloop", "httptools", "connexion", "msgspec", "sqlalchemy", "psycopg")


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started and that still run, and theirs."""
    parents = {process: int(fields[1]) for process, fields in _statistics()}
    found = [parent]
    for process in found:
        found += [child for child, of in parents.items() if of == process]
    return found[1:]


def name_of(process: int) -> str:
    """Return the name of a process, as ``ps -o comm`` shows it."""
    return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").rstrip("\n")


def cpu_seconds(processes: list[int]) -> float:
    """Return the CPU time that these processes have used so far, with that of their children that have ended."""
    wanted = set(processes)
    ticks = sum(sum(int(each) for each in fields[11:15]) for process, fields in _statistics() if process in wanted)
    return ticks / _TICKS_A_SECOND


def resident_megabytes(process: int) -> float:
    """Return how much memory of a process is resident, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found, "a running process has memory"
    return int(found[1]) * 1024 / 1e6


def described() -> str:
    """Return one line on the machine and one on the versions of what is measured."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    name = processor[1] if processor else platform.machine()
    return (
        f"{os.cpu_count()} cores ({name}), {memory:.0f} GB, {platform.system()} {platform.release()}\n"
        f"Python {platform.python_version()}, {packages}"
    )


def _statistics() -> Iterator[tuple[int, list[str]]]:
    """Every process with the fields of its statistics after its name: state, parent, …, the times from the 12th on."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            text = (directory / "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        yield int(directory.name), text.rpartition(")")[2].split()
