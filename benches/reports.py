"""Every report over HTTP, on books of several sizes: its time, what it costs PostgreSQL, and the memory of workers.

Which reports there are is read out of the contract, so that none is forgotten.
"""

import itertools
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psycopg

from benches import machine, processes
from benches.book import Book, make_book
from benches.load import Turn, ask, drive, request
from benches.processes import Served
from openapi.bundle import bundle, resolve
from server.settings import DatabaseUrl
from tests.running import BASE

STILL_OPEN = 5000
"""Unpaid invoices of each book, as many as a firm of any size has at a time."""


@dataclass(slots=True)
class Figures:
    """Of a question on a book: seconds of each answer, CPU seconds of PostgreSQL for one, and bytes of the answer."""

    latencies: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def milliseconds(self) -> float:
        """How long an answer takes, the median."""
        return median(self.latencies) * 1e3

    @property
    def database_milliseconds(self) -> float:
        """What it costs PostgreSQL, the median of the rounds; CPU time, so that a busy machine does not count."""
        return median(self.database_cpu) * 1e3


@dataclass(frozen=True, slots=True)
class Results:
    """Figures by question and invoices of the book; by invoices, MB of a worker before and after all questions."""

    figures: dict[tuple[str, int], Figures] = field(default_factory=dict)
    resident: dict[int, tuple[float, float]] = field(default_factory=dict)
    fill_seconds: dict[int, float] = field(default_factory=dict)


def measure(sizes: Sequence[int], *, seconds: int, rounds: int) -> Results:
    """Ask everything on every book, one caller at a time, in turns."""
    results = Results()
    with ExitStack() as stack:
        place = stack.enter_context(processes.folder())
        cluster = stack.enter_context(processes.postgres(place, len(sizes)))
        stands = [_stand(stack, place, cluster, invoices, results) for invoices in sizes]
        for book, served, targets in stands:
            before = _resident(served)
            for target in targets.values():
                ask(served.port, request("GET", served.port, target, book.token))
            results.resident[book.invoices] = (before, _resident(served))
        for number, (book, served, targets) in itertools.product(range(rounds), stands):
            _say(f"Round {number + 1} of {rounds}: {book.invoices} invoices ...")
            for name, target in targets.items():
                figures = results.figures.setdefault((name, book.invoices), Figures())
                _drive(figures, cluster, served, request("GET", served.port, target, book.token), seconds)
    return results


def _stand(
    stack: ExitStack, place: Path, cluster: DatabaseUrl, invoices: int, results: Results
) -> tuple[Book, Served, dict[str, str]]:
    _say(f"Filling a book of {invoices} invoices ...")
    started = time.monotonic()
    book = make_book(cluster, invoices, still_open=STILL_OPEN)
    results.fill_seconds[invoices] = time.monotonic() - started
    return book, stack.enter_context(processes.server(book, place)), dict(questions(book, datetime.now(UTC).date()))


def _drive(figures: Figures, cluster: DatabaseUrl, served: Served, message: bytes, seconds: int) -> None:
    before = machine.cpu_seconds(processes.postgres_processes(cluster))
    driven = drive(served.port, Turn(lambda: message), clients=1, seconds=seconds)
    after = machine.cpu_seconds(processes.postgres_processes(cluster))
    asked_at = time.monotonic()
    figures.size = len(ask(served.port, message))
    figures.latencies += driven.latencies or [time.monotonic() - asked_at]
    figures.database_cpu.append((after - before) / driven.turns)


def questions(book: Book, today: date) -> Iterator[tuple[str, str]]:
    """What is asked of a book: each report with its days, and where it is asked for.

    Days are today, the end of last month and the middle of the month before; spans are last month and the financial
    year up to those days; a return is that of last month.
    """
    spec = bundle()
    values = _ids(book)
    for path, operations in spec["paths"].items():
        if not path.startswith("/reports/"):
            continue
        parameters = [resolve(spec, each) for each in operations["get"]["parameters"]]
        named = {each["name"] for each in parameters}
        needed = {each["name"]: values[each["name"]] for each in parameters if each["name"] in values}
        wanted = {name: value for name, value in needed.items() if _is_required(parameters, name)}
        if "part" in named:  # what the portal does not take at once is asked for in parts
            wanted["part"] = "1"
        for days, query in _days(named, today).items():
            yield f"{path.removeprefix('/reports/')}, {days}", f"{BASE}{path}?{urlencode({**query, **wanted})}"


def _is_required(parameters: Sequence[Mapping[str, Any]], name: str) -> bool:
    return any(each["name"] == name and each.get("required", False) for each in parameters)


def _days(named: set[str], today: date) -> dict[str, dict[str, str]]:
    month_end = today.replace(day=1) - timedelta(days=1)
    month, middle = month_end.replace(day=1), (month_end.replace(day=1) - timedelta(days=1)).replace(day=15)
    stops = {"today": today, "month end": month_end, "mid-month": middle}
    if "as_of_date" in named:
        return {name: {"as_of_date": str(day)} for name, day in stops.items()}
    if "period" in named:
        return {"last month": {"period": f"{month:%m%Y}"}}
    if "from_date" not in named:
        return {"now": {}}
    start = {day: date(day.year - (day.month < 4), 4, 1) for day in stops.values()}
    year = {f"year to {name}": {"from_date": str(start[day]), "to_date": str(day)} for name, day in stops.items()}
    return {"last month": {"from_date": str(month), "to_date": str(month_end)}, **year}


def _ids(book: Book) -> dict[str, str]:
    """A value for each parameter that reports ask for: the account of receivables, and a customer."""
    with psycopg.connect(book.url) as connection:
        query = "select id from accounts where organization_id = %s and role = 'accounts_receivable'"
        row = connection.execute(query, (book.organization_id,)).fetchone()
    assert row is not None, "every chart has an account of receivables"
    return {"account_id": row[0], "contact_id": book.customer_ids[0]}


def _resident(served: Served) -> float:
    return max(machine.resident_megabytes(worker) for worker in served.workers)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def report(results: Results, *, seconds: int, rounds: int) -> str:
    """Return the figures as Markdown."""
    sizes = sorted(results.fill_seconds)
    today = datetime.now(UTC).date()
    filled = ", ".join(f"{size:,} in {results.fill_seconds[size]:.0f} s" for size in sizes)
    lines = [
        f"Measured on {today} on {machine.described()}.".replace("\n", "; "),
        "",
        f"Books of {STILL_OPEN:,} unpaid invoices, filled: {filled}. One caller, {rounds} x {seconds} s a question:",
        "the median answer over HTTP in ms, in brackets the CPU time of PostgreSQL in ms; size of the largest answer.",
        "",
        "| report | " + " | ".join(f"{size:,}" for size in sizes) + " | kB |",
        "|---|" + "--:|" * (len(sizes) + 1),
    ]
    for name in dict.fromkeys(name for name, _ in results.figures):
        every = [results.figures[name, size] for size in sizes]
        shown = " | ".join(f"{each.milliseconds:,.1f} ({each.database_milliseconds:,.1f})" for each in every)
        lines.append(f"| {name} | {shown} | {max(each.size for each in every) / 1e3:,.0f} |")
    lines += ["", "Memory of the largest worker before and after every report was asked for once:"]
    lines += [
        f"{size:,} invoices {before:.0f} MB and {after:.0f} MB;" for size, (before, after) in results.resident.items()
    ]
    return "\n".join(lines) + "\n"
