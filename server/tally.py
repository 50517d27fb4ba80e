"""The memory in which the workers of a server keep their metrics: a place for each, and everybody may read all of it.

It is memory, not a file on a disk: a mapped file of which the disk has no room for a page ends the process that writes
to it (SIGBUS). The supervisor makes it, so that counts outlive a worker, whose successor goes on where it ended.
"""

import mmap
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PLACE_BYTES = 1024 * 1024
"""Room for one worker. Of what is never written to, nothing is taken."""

CELL_BYTES = 8
UNDER_WAY = 0
"""The cell of a place that counts requests under way: it means nothing when the worker has ended."""

CALLS_NOTED, CALLS_LOST = 1, 2
"""The cells that count what the log of calls took, and what it lost."""

FIRST_FREE = 3
"""Where the cells of requests begin."""

MEMORY = "FINZBOOKS_TALLY"
"""The environment variable that holds the number of the open file behind the memory."""

PLACE = "FINZBOOKS_TALLY_PLACE"
"""The one that says which place is a worker's own."""


class Tally:
    """The memory: numbers, a cell each; ``own`` is where the cells of this worker begin."""

    def __init__(self, places: int, *, place: int = 0, descriptor: int = -1) -> None:
        self._memory = mmap.mmap(descriptor, places * PLACE_BYTES)
        self.cells = memoryview(self._memory).cast("d")
        self.own = place * (PLACE_BYTES // CELL_BYTES)

    def starts(self) -> range:
        """Return where the cells of each place begin."""
        return range(0, len(self.cells), PLACE_BYTES // CELL_BYTES)

    def end_what_was_under_way(self, place: int) -> None:
        """Note that the worker of a place has ended."""
        self.cells[place * (PLACE_BYTES // CELL_BYTES) + UNDER_WAY] = 0


@contextmanager
def shared_file(places: int) -> Iterator[int]:
    """Open a file without a name, which gives so many places to whoever inherits it; they keep it when we close it."""
    size = places * PLACE_BYTES
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("finzbooks-tally"), "r+b", buffering=0) as memory:
            memory.truncate(size)
            yield memory.fileno()
    else:  # macOS: on a disk, but there at once and whole
        with tempfile.TemporaryFile() as file:
            file.write(bytes(size))
            file.flush()
            yield file.fileno()


def tally_of(environment: Mapping[str, str] = os.environ) -> Tally:
    """Return the memory that a worker has inherited; without any, one of its own."""
    if MEMORY not in environment:
        return Tally(1)
    descriptor = int(environment[MEMORY])
    places = os.fstat(descriptor).st_size // PLACE_BYTES
    return Tally(places, place=int(environment.get(PLACE, "0")), descriptor=descriptor)
