"""Invoices over HTTP, beside a bare route and a bare posting, measured in turns in one run."""

import itertools
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import fmean, median

import msgspec

from benches import least_posting, machine, pgbench, posting_statement, processes
from benches.book import make_book
from benches.load import Drive, Turn, drive, request
from benches.processes import Served
from benches.turns import BULK, CREATE, DEEP, GET, LIST, ONE_CALL, PAYMENT, TWO_CALLS, turns_on
from server.settings import DatabaseUrl

BARE_LIST, BARE_POSTING = "bare route: list 50", "bare server: our statement"
LEAST_POSTING, OUR_POSTING = "pgbench: least posting", "pgbench: our statement"
ORDER = (
    *(LIST, BARE_LIST, DEEP, GET, CREATE, TWO_CALLS, LEAST_POSTING),
    *(ONE_CALL, BARE_POSTING, OUR_POSTING, BULK, PAYMENT),
)
"""Each reference stands beside what is held against it."""

_WARM_SECONDS = 2
_WARM_CLIENTS = 32

Run = Callable[..., Drive]


@dataclass(slots=True)
class Figures:
    """What was measured of one thing, a value a round: how many a second, CPU seconds of each; and all latencies."""

    rates: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """How many a second, the median of the rounds."""
        return median(self.rates)

    def latency(self, percent: int) -> float:
        """The time in seconds within which so many percent of the turns were done."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

    def cpu(self) -> tuple[float, float]:
        """CPU seconds of each, of the server and of PostgreSQL."""
        return fmean(self.server_cpu), fmean(self.database_cpu)


@dataclass(frozen=True, slots=True)
class Results:
    """All figures by invoices of the book, clients and what was done; by invoices, MB of memory of each worker."""

    figures: dict[tuple[int, int, str], Figures] = field(default_factory=dict)
    resident: dict[int, list[float]] = field(default_factory=dict)
    fill_seconds: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Stand:
    """A book and what can be measured on it: by name, whose CPU time counts as the server's, and how to drive it."""

    invoices: int
    server: Served
    runs: dict[str, tuple[Sequence[int], Run]]


def measure(sizes: Sequence[int], clients: Sequence[int], *, seconds: int, rounds: int) -> Results:
    """Measure everything in turns, so that a slow moment of the machine hits all alike."""
    results = Results()
    with ExitStack() as stack:
        place = stack.enter_context(processes.folder())
        cluster = stack.enter_context(processes.postgres(place, len(sizes)))
        stands = [_stand(stack, place, cluster, invoices, results) for invoices in sizes]
        for number, count, stand in itertools.product(range(rounds), clients, stands):
            _say(f"Round {number + 1} of {rounds}: {count} clients on {stand.invoices} invoices ...")
            for name in ORDER:
                workers, run = stand.runs[name]
                figures = results.figures.setdefault((stand.invoices, count, name), Figures())
                _add(figures, cluster, workers, partial(run, clients=count, seconds=seconds))
        for stand in stands:
            results.resident[stand.invoices] = [machine.resident_megabytes(each) for each in stand.server.workers]
    return results


def _stand(stack: ExitStack, place: Path, cluster: DatabaseUrl, invoices: int, results: Results) -> _Stand:
    """Fill a book and start everything on it, warm."""
    _say(f"Filling a book of {invoices} invoices ...")
    started = time.monotonic()
    book = make_book(cluster, invoices)
    results.fill_seconds[invoices] = time.monotonic() - started
    least_posting.prepare(book.url)
    server = stack.enter_context(processes.server(book, place))
    page = f"/?{book.organization_id}"
    bare = stack.enter_context(processes.bare("bare_route", book, place, page))
    statement = place / f"posting_{book.invoices}.json"
    caught = posting_statement.catch(book)
    statement.write_bytes(msgspec.json.encode(caught))
    poster = stack.enter_context(processes.bare("bare_posting", book, place, "/", POSTING=str(statement)))
    fifty, post = request("GET", bare.port, page), request("POST", poster.port, "/", body=b"")
    runs: dict[str, tuple[Sequence[int], Run]] = {
        name: (server.workers, partial(drive, server.port, turn)) for name, turn in turns_on(book, server.port).items()
    }
    runs[BARE_LIST] = (bare.workers, partial(drive, bare.port, Turn(lambda: fifty)))
    runs[BARE_POSTING] = (poster.workers, partial(drive, poster.port, Turn(lambda: post)))
    runs[LEAST_POSTING] = ((), partial(pgbench.drive, book.url, least_posting.script()))
    runs[OUR_POSTING] = ((), lambda **how: pgbench.drive(book.url, posting_statement.script(caught), **how))
    for _, run in runs.values():
        run(clients=_WARM_CLIENTS, seconds=_WARM_SECONDS)
    return _Stand(invoices, server, runs)


def _add(figures: Figures, cluster: DatabaseUrl, workers: Sequence[int], run: Callable[[], Drive]) -> None:
    """Drive once and add what it came to."""
    server_before, database_before = _cpu(workers), _cpu(processes.postgres_processes(cluster))
    driven = run()
    server_after, database_after = _cpu(workers), _cpu(processes.postgres_processes(cluster))
    figures.rates.append(driven.makes * len(driven.latencies) / driven.seconds)
    figures.server_cpu.append((server_after - server_before) / driven.turns / driven.makes)
    figures.database_cpu.append((database_after - database_before) / driven.turns / driven.makes)
    figures.latencies += driven.latencies


def _cpu(numbers: Sequence[int]) -> float:
    return machine.cpu_seconds(list(numbers))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
