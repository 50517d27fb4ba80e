"""PDFs over HTTP, by each renderer: one page and twenty made anew, one that is kept, many callers, what others feel."""

import itertools
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import psycopg
import pypdfium2

from benches import machine, processes
from benches.book import Book, make_book
from benches.load import Drive, Turn, ask, drive, request
from benches.processes import Served
from tests.running import BASE

RENDERERS = ("pdfkit", "plutoprint")
INVOICES = 5000
CLIENTS = 32
OTHERS = 4
"""Callers of a list, alone and while PDFs are made."""

_PAGES = 60
_LONG = 12
"""How many invoices of one page, and of many, are made anew one after the other."""

_LINES = 480
_SETTING = "FINZBOOKS_PDF_RENDERER"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one renderer: seconds of each answer, CPU seconds of one, and MB of a worker with what it has started.

    CPU time is that of the workers and of all that they start: on a busy machine it says more than the clock.
    """

    page: list[float]
    page_cpu: float
    long: list[float]
    long_cpu: float
    long_pages: int
    kept: Drive
    crowd: Drive
    alone: Drive
    meanwhile: Drive
    resident: float


def measure(*, seconds: int) -> dict[str, Figures]:
    """Measure both renderers, one after the other, on one book; no PDF of one is kept for the other."""
    figures: dict[str, Figures] = {}
    with processes.folder() as place, processes.postgres(place, 1) as cluster:
        book = make_book(cluster, INVOICES)
        for name in RENDERERS:
            data = place / name
            data.mkdir()
            with _chosen(name), processes.server(book, data) as served:
                figures[name] = _measured(book, served, seconds)
    return figures


def report(figures: dict[str, Figures], *, seconds: int) -> str:
    """Return the figures as a table."""
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("one page, made anew: p50 / p95, ms", lambda each: _both(each.page)),
        ("the same: CPU of one, ms", lambda each: f"{each.page_cpu * 1e3:.0f}"),
        ("many pages, made anew: p50 / p95, ms", lambda each: _both(each.long)),
        ("the same: CPU of one, ms", lambda each: f"{each.long_cpu * 1e3:.0f}"),
        ("how many pages these are", lambda each: str(each.long_pages)),
        ("one that is kept: p50 / p95, ms", lambda each: _both(each.kept.latencies)),
        (f"{CLIENTS} callers, each a new page: p50 / p95, ms", lambda each: _both(each.crowd.latencies)),
        ("of these, PDFs a second", lambda each: f"{len(each.crowd.latencies) / each.crowd.seconds:.1f}"),
        (f"lists of {OTHERS} others, alone: p99, ms", lambda each: _at(each.alone.latencies, 99)),
        (f"lists of {OTHERS} others, meanwhile: p99, ms", lambda each: _at(each.meanwhile.latencies, 99)),
        ("a worker with what it started, MB", lambda each: f"{each.resident:.0f}"),
    ]
    shown = ["| | " + " | ".join(figures) + " |", "|---|" + "--:|" * len(figures)]
    shown += [f"| {title} | " + " | ".join(show(each) for each in figures.values()) + " |" for title, show in rows]
    lines = f"The long invoice has {_LINES} lines. Each drive took {seconds} s."
    return "### PDFs\n\n" + "\n".join(shown) + f"\n\n{lines}\n\n```\n{machine.described()}\n```\n"


@contextmanager
def _chosen(name: str) -> Iterator[None]:
    os.environ[_SETTING] = name
    try:
        yield
    finally:
        del os.environ[_SETTING]


def _measured(book: Book, served: Served, seconds: int) -> Figures:
    new = (_pdf(book, served, each) for each in _invoices(book))
    kept, *pages = itertools.islice(new, _PAGES + 1)
    ask(served.port, kept)
    page, page_cpu = _timed(served, pages)
    resident = max(_resident(worker) for worker in served.workers)
    long = [_pdf(book, served, _long_invoice(book, served)) for _ in range(_LONG)]
    long_times, long_cpu = _timed(served, long)
    lists = request("GET", served.port, f"{BASE}/invoices?per_page=20", book.token)
    others = Turn(lambda: lists)
    alone = drive(served.port, others, clients=OTHERS, seconds=seconds)
    with ThreadPoolExecutor(1) as threads:
        crowd = threads.submit(drive, served.port, Turn(lambda: next(new)), clients=CLIENTS, seconds=seconds)
        meanwhile = drive(served.port, others, clients=OTHERS, seconds=seconds)
        crowded = crowd.result()
    return Figures(
        page=page,
        page_cpu=page_cpu,
        long=long_times,
        long_cpu=long_cpu,
        long_pages=len(pypdfium2.PdfDocument(ask(served.port, long[0]).partition(b"\r\n\r\n")[2])),
        kept=drive(served.port, Turn(lambda: kept), clients=1, seconds=seconds),
        crowd=crowded,
        alone=alone,
        meanwhile=meanwhile,
        resident=resident,
    )


def _invoices(book: Book) -> list[str]:
    with psycopg.connect(book.url) as connection:
        rows = connection.execute("select id from documents where kind = 'INVOICE' order by id limit %s", (INVOICES,))
        return [key for (key,) in rows]


def _pdf(book: Book, served: Served, key: str) -> bytes:
    message = request("GET", served.port, f"{BASE}/invoices/{key}/pdf", book.token)
    return message.replace(b"Accept: application/json", b"Accept: application/pdf")


def _long_invoice(book: Book, served: Served) -> str:
    lines = [{"item_id": each, "quantity": 2} for each in itertools.islice(itertools.cycle(book.item_ids), _LINES)]
    body = json.dumps({"customer_id": book.customer_ids[0], "line_items": lines}).encode()
    answer = ask(served.port, request("POST", served.port, f"{BASE}/invoices", book.token, body))
    key: str = json.loads(answer.partition(b"\r\n\r\n")[2])["invoice"]["invoice_id"]
    return key


def _timed(served: Served, messages: list[bytes]) -> tuple[list[float], float]:
    """Ask one after the other; return the seconds of each answer, and the CPU seconds of one."""
    times = []
    used = machine.cpu_seconds(_all_of(served))
    for message in messages:
        began = perf_counter()
        ask(served.port, message)
        times.append(perf_counter() - began)
    return times, (machine.cpu_seconds(_all_of(served)) - used) / len(messages)


def _all_of(served: Served) -> list[int]:
    return [each for worker in served.workers for each in (worker, *machine.children_of(worker))]


def _resident(worker: int) -> float:
    return sum(map(machine.resident_megabytes, (worker, *machine.children_of(worker))))


def _both(latencies: list[float]) -> str:
    return f"{_at(latencies, 50)} / {_at(latencies, 95)}"


def _at(latencies: list[float], percent: int) -> str:
    ordered = sorted(latencies)
    return f"{ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1e3:.1f}"
