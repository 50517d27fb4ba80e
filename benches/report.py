"""The figures as Markdown: a table for each book and number of clients, and what was aimed at."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median

from benches import machine
from benches.invoices import BARE_LIST, BARE_POSTING, LEAST_POSTING, ORDER, OUR_POSTING, Results
from benches.turns import BULK, DEEP, LIST, ONE_CALL, TWO_CALLS

AIM_CLIENTS = 8
AIM_POSTING = 0.30
AIM_LIST = 0.50
AIM_BULK = 3
AIM_GROWTH = 0.90
"""The larger book's rate over the smaller one's; the rest is the noise of a shared machine."""
AIM_MEGABYTES = 150


def report(results: Results, *, seconds: int, rounds: int) -> str:
    """Return everything that was measured."""
    today = datetime.now(UTC).date()
    lines = [f"Measured on {today} on {machine.described()}.".replace("\n", "; "), ""]
    lines += [
        f"Each figure: {rounds} x {seconds} s; rates are medians of the rounds, latencies those of all turns.",
        "",
    ]
    for invoices in sorted({key[0] for key in results.figures}):
        lines += [f"### A book of {invoices:,} invoices", ""]
        lines += [f"Filled in {results.fill_seconds[invoices]:.0f} s.", ""]
        lines += [*_table(results, invoices), ""]
    lines += ["### Against the aims", "", *_aims(results)]
    return "\n".join(lines) + "\n"


def _table(results: Results, invoices: int) -> Iterator[str]:
    yield "| what | clients | per second | p50 ms | p99 ms | server µs | PostgreSQL µs | CPU µs |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for clients in sorted({key[1] for key in results.figures}):
        for name in ORDER:
            figures = results.figures[invoices, clients, name]
            server, database = (seconds * 1e6 for seconds in figures.cpu())
            p50, p99 = (figures.latency(percent) * 1e3 for percent in (50, 99))
            shown = f"{server:.0f}" if server else "-"
            yield (
                f"| {name} | {clients} | {figures.rate:,.0f} | {p50:.1f} | {p99:.1f} "
                f"| {shown} | {database:.0f} | {server + database:.0f} |"
            )


def _aims(results: Results) -> Iterator[str]:
    yield "| aim | book | measured | |"
    yield "|---|--:|--:|---|"
    sizes = sorted({key[0] for key in results.figures})
    if AIM_CLIENTS in {key[1] for key in results.figures}:
        yield from _ratios(results, sizes)
    for invoices, resident in results.resident.items():
        largest = max(resident)
        yield _aim(f"memory of a worker <= {AIM_MEGABYTES} MB", invoices, f"{largest:.0f} MB", largest <= AIM_MEGABYTES)


def _ratios(results: Results, sizes: Sequence[int]) -> Iterator[str]:
    for invoices in sizes:
        for name, other, aim in (
            (TWO_CALLS, LEAST_POSTING, AIM_POSTING),
            (ONE_CALL, LEAST_POSTING, AIM_POSTING),
            (LIST, BARE_LIST, AIM_LIST),
            (DEEP, BARE_LIST, AIM_LIST),
            (BULK, ONE_CALL, AIM_BULK),
        ):
            ratio = _ratio(results, (invoices, name), (invoices, other))
            yield _aim(f"{name} >= {aim:.0%} of {other}", invoices, f"{ratio:.0%}", ratio >= aim)
        for name, other in ((BARE_POSTING, LEAST_POSTING), (ONE_CALL, OUR_POSTING)):
            ratio = _ratio(results, (invoices, name), (invoices, other))
            yield f"| (for scale) {name}, of {other} | {invoices:,} | {ratio:.0%} | |"
    if len(sizes) > 1:
        for name in (TWO_CALLS, ONE_CALL, LIST, DEEP):
            ratio = _ratio(results, (sizes[-1], name), (sizes[0], name))
            yield _aim(f"{name}: no worse than at {sizes[0]:,}", sizes[-1], f"{ratio:.0%}", ratio >= AIM_GROWTH)


def _ratio(results: Results, one: tuple[int, str], other: tuple[int, str]) -> float:
    """The median of the rounds' ratios: the two of a round were measured within seconds of each other."""
    rates = results.figures[one[0], AIM_CLIENTS, one[1]].rates
    of = results.figures[other[0], AIM_CLIENTS, other[1]].rates
    return median(rate / base for rate, base in zip(rates, of, strict=True))


def _aim(aim: str, invoices: int, measured: str, is_met: bool) -> str:  # noqa: FBT001  # a fact, not a switch
    return f"| {aim} | {invoices:,} | {measured} | {'met' if is_met else '**not met**'} |"
