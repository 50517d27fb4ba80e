"""Webhooks: how soon what has committed is told, how many a worker sends, and what a dead endpoint costs the others."""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT, Popen

from benches import machine, processes
from domain.ids import new_id
from server.postgres import migrations
from server.settings import DatabaseUrl
from tests.running import Firm, found, hang_up, rows
from tests.server.receiving import KEY, an_endpoint

LIVE = 20
"""Endpoints that take what is sent, beside the dead one."""

WAITING = 100_000
DELIVERIES_A_SECOND = 40
"""At which lags are measured with all endpoints; with one there are ten."""

AT_ONCE = 500
"""Events that commit together where rates are measured."""

AIM_P50, AIM_P99, AIM_RATE, AIM_CHANGE = 0.15, 1.0, 500, 0.10

_LONGEST_SECONDS = 120
_SETTINGS = {"FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1", "FINZBOOKS_SECRETS_KEY": KEY, "FINZBOOKS_LOG_LEVEL": "WARNING"}
_WORKER = "from server.processes.worker import main; main()"

_EVENTS = """
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
select %s, told ->> 'event', 'INVOICE_UPDATED', 'INVOICE', told ->> 'id', told, now()
  from json_array_elements(%s::json) as told
"""
_WAIT = f"""
insert into webhook_deliveries (organization_id, id, endpoint_id, lane, sequence, event_id, event_type, entity_type,
                                entity_id, occurred_at, summary, status, next_at, created_at)
select %s, %s || '_' || number, %s, 'inv_' || number, number, 'evt_' || number, 'INVOICE_UPDATED', 'INVOICE',
       'inv_' || number, now(), '{{}}', 'PENDING', now(), now()
  from generate_series(1, {WAITING}) as number
"""  # noqa: S608 - a number of ours


@dataclass(frozen=True, slots=True)
class Figures:
    """Lags in seconds from commit to first byte; deliveries a second, and CPU seconds of the worker for each."""

    alone: list[float]
    rate: float
    cpu: float
    database_cpu: float
    without_dead: list[float]
    beside_dead: list[float]


@dataclass(frozen=True, slots=True)
class _Bench:
    firm: Firm
    port: int
    file: Path
    worker: int

    def endpoints(self, number: int) -> list[str]:
        """Leave so many endpoints; return their ids."""
        rows(self.firm.url, "delete from webhook_endpoints")
        return [an_endpoint(self.firm, f"http://127.0.0.1:{self.port}/{new_id('wh')}") for _ in range(number)]

    def happen(self, number: int) -> tuple[list[str], float]:
        """Commit so many events of as many things; return their ids, and when that was done."""
        keys = [new_id("evt") for _ in range(number)]
        told = [{"event": key, "id": new_id("inv"), "number": "MUM/26-27/0042", "total": 11800.5} for key in keys]
        rows(self.firm.url, _EVENTS, self.firm.organization_id, json.dumps(told))
        return keys, time.monotonic()

    def received(self, keys: Sequence[str], copies: int) -> list[tuple[str, float]]:
        """Wait until so many copies of all events have come; return each with the moment of its first byte."""
        wanted, limit = set(keys), time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < limit:
            lines = (line.split(" ") for line in self.file.read_text(encoding="ascii").splitlines())
            came = [(event, float(moment)) for path, event, moment in lines if event in wanted and path != "/dead"]
            if len(came) >= len(wanted) * copies:
                return came
            time.sleep(0.5)
        raise SystemExit(f"of {len(wanted) * copies} deliveries {len(came)} came in {_LONGEST_SECONDS} s")

    def lags(self, copies: int, seconds: int) -> list[float]:
        """Have something happen now and then; return how long each delivery took to begin."""
        committed: dict[str, float] = {}
        pause = max(0.1, copies / DELIVERIES_A_SECOND)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            (key,), committed_at = self.happen(1)
            committed[key] = committed_at
            time.sleep(pause)
        return [moment - committed[event] for event, moment in self.received(list(committed), copies)]


def measure(*, seconds: int) -> Figures:
    """Measure one job worker on an empty organization: one endpoint, many, and many beside a dead one."""
    with processes.folder() as place, processes.postgres(place, 1) as cluster:
        migrations.upgrade(cluster)
        with _bench(cluster, place) as bench:
            bench.endpoints(1)
            bench.lags(1, 2)  # the first ones find nothing in memory
            alone = bench.lags(1, seconds)
            bench.endpoints(LIVE)
            rate, cpu, database_cpu = _rate(bench)
            without_dead = bench.lags(LIVE, seconds)
            dead = an_endpoint(bench.firm, f"http://127.0.0.1:{bench.port}/dead")
            rows(cluster, _WAIT, bench.firm.organization_id, dead, dead)
            for settling in ("vacuum analyze webhook_deliveries", "checkpoint"):
                rows(cluster, settling)
            bench.lags(LIVE, 2)
            beside_dead = bench.lags(LIVE, seconds)
            rows(cluster, "delete from webhook_endpoints where id = %s", dead)
            without_dead += bench.lags(LIVE, seconds)  # the machine is not the same from one minute to the next
            return Figures(alone, rate, cpu, database_cpu, without_dead, beside_dead)


def report(figures: Figures, *, seconds: int) -> str:
    """Return the figures as a table, beside what was aimed at."""
    p50, p99 = _at(figures.alone, 50), _at(figures.alone, 99)
    before, beside = _at(figures.without_dead, 99), _at(figures.beside_dead, 99)
    change = beside / before - 1
    table = [
        "| | measured | aim | |",
        "|---|--:|--:|---|",
        _row("commit to first byte, one endpoint: p50", f"{p50 * 1e3:.0f} ms", "150 ms", p50 <= AIM_P50),
        _row("the same: p99", f"{p99 * 1e3:.0f} ms", "1 s", p99 <= AIM_P99),
        _row("deliveries a second, a worker", f"{figures.rate:,.0f}", str(AIM_RATE), figures.rate >= AIM_RATE),
        f"| CPU of the worker for one, ms | {figures.cpu * 1e3:.2f} | | |",
        f"| CPU of PostgreSQL for one, ms | {figures.database_cpu * 1e3:.2f} | | |",
        f"| {LIVE} endpoints: p50 / p99, ms | {_both(figures.without_dead)} | | |",
        f"| beside a dead one with {WAITING:,} waiting: p50 / p99, ms | {_both(figures.beside_dead)} | | |",
        _row("change of that p99", f"{change:+.0%}", "< +10 %", change < AIM_CHANGE),
    ]
    lines = (
        f"Lags at 10 deliveries a second with one endpoint, {DELIVERIES_A_SECOND} with {LIVE}, for {seconds} s each;\n"
        "without the dead one before and after it, which never answers.\n"
        f"Rates with {AT_ONCE} events that commit at once. Receiver, worker and PostgreSQL share the machine."
    )
    return "### Webhooks\n\n" + "\n".join(table) + f"\n\n{lines}\n\n```\n{machine.described()}\n```\n"


def _rate(bench: _Bench) -> tuple[float, float, float]:
    """Deliveries a second from a commit of many events to the last first byte, and CPU seconds of each."""
    database = processes.postgres_processes(bench.firm.url)
    before = machine.cpu_seconds([bench.worker]), machine.cpu_seconds(database)
    keys, committed_at = bench.happen(AT_ONCE)
    received = bench.received(keys, LIVE)
    last = max(moment for _, moment in received)
    after = machine.cpu_seconds([bench.worker]), machine.cpu_seconds(processes.postgres_processes(bench.firm.url))
    worker, postgres = ((late - early) / len(received) for early, late in zip(before, after, strict=True))
    return len(received) / (last - committed_at), worker, postgres


@contextmanager
def _bench(url: DatabaseUrl, place: Path) -> Iterator[_Bench]:
    """A firm, a receiver and one job worker."""
    firm = asyncio.run(found(url))
    with socket.socket() as passing:
        passing.bind(("127.0.0.1", 0))
        port: int = passing.getsockname()[1]
    file = place / "received"
    environment = {**os.environ, **_SETTINGS, "DATABASE_URL": url, "FINZBOOKS_DATA_DIRECTORY": str(place / "data")}
    with (place / "worker.log").open("wb") as log:
        receiver = Popen([sys.executable, "-m", "benches.webhook_receiver", str(port), str(file)])
        worker = Popen([sys.executable, "-c", _WORKER], env=environment, stdout=log, stderr=STDOUT)
    try:
        yield _Bench(firm, port, file, worker.pid)
    finally:
        for process in (worker, receiver):
            process.kill()
            process.wait()
        hang_up(url)


def _row(what: str, measured: str, aim: str, is_met: bool) -> str:  # noqa: FBT001  # a fact, not a switch
    return f"| {what} | {measured} | {aim} | {'met' if is_met else '**not met**'} |"


def _both(lags: list[float]) -> str:
    return f"{_at(lags, 50) * 1e3:.0f} / {_at(lags, 99) * 1e3:.0f}"


def _at(lags: list[float], percent: int) -> float:
    ordered = sorted(lags)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
