"""Prometheus metrics of the edge, summed over all workers.

What is counted is known beforehand (the contract's operations, the statuses, the spans of time), so each number has its
cell in the memory that the workers share: to count is to add to it, without a lock, a file or a look for labels.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from server.tally import CALLS_LOST, CALLS_NOTED, CELL_BYTES, FIRST_FREE, PLACE_BYTES, UNDER_WAY, Tally

CONTENT_TYPE = CONTENT_TYPE_LATEST

_NO_OPERATION = "none"
"""Paths that are no operation share one label, so that strangers add none."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STATUSES = (
    *(200, 201, 204, 206, 302, 304),
    *(400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 416, 422, 429, 431, 499),
    *(500, 503),
)
_OTHER_STATUS = "other"
_COLUMN_OF = {status: column for column, status in enumerate(_STATUSES)}
_BUCKETS = len(_STATUSES) + 1
_SUM = _BUCKETS + len(_SECONDS) + 1
_ROW = _SUM + 1
"""The cells of an operation: one a status and one for all others, one a span of time, and all its seconds."""


class Metrics(Collector):
    """Counts in a worker's own place, and tells what stands in all places."""

    def __init__(self, operations: Iterable[str], tally: Tally | None = None) -> None:
        self._tally = tally or Tally(1)
        self._rows = {name: FIRST_FREE + row * _ROW for row, name in enumerate([_NO_OPERATION, *sorted(operations)])}
        assert (FIRST_FREE + len(self._rows) * _ROW) * CELL_BYTES <= PLACE_BYTES, (
            "a place is too small for the contract"
        )
        self._cells, self._own = self._tally.cells, self._tally.own
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def begin(self) -> None:
        """Count a request that is under way now."""
        self._cells[self._own + UNDER_WAY] += 1

    def end(self, operation: str | None, status: int, seconds: float) -> None:
        """Count an answered request, which is under way no longer."""
        cells, row = self._cells, self._own + self._rows[operation or _NO_OPERATION]
        cells[self._own + UNDER_WAY] -= 1
        cells[row + _COLUMN_OF.get(status, len(_STATUSES))] += 1
        cells[row + _BUCKETS + bisect_left(_SECONDS, seconds)] += 1
        cells[row + _SUM] += seconds

    def exposition(self, others: Iterable[Metric] = ()) -> bytes:
        """Return all metrics in Prometheus' text format, and ``others`` behind them."""
        return generate_latest(self._registry) + generate_latest(_Ready(others))

    def collect(self) -> Iterator[Metric]:
        """Yield the families; operations that nobody called are left out."""
        requests = CounterMetricFamily(
            "finzbooks_requests", "Requests by operation and status.", labels=["operation", "status"]
        )
        duration = HistogramMetricFamily("finzbooks_request_seconds", "Time to answer.", labels=["operation"])
        statuses = [*map(str, _STATUSES), _OTHER_STATUS]
        for operation, row in self._rows.items():
            cells = self._summed(row, _ROW)
            for status, count in zip(statuses, cells, strict=False):
                if count:
                    requests.add_metric([operation, status], count)
            if any(cells):
                duration.add_metric([operation], _cumulated(cells[_BUCKETS:_SUM]), cells[_SUM])
        (under_way,) = self._summed(UNDER_WAY, 1)
        yield requests
        yield duration
        yield GaugeMetricFamily("finzbooks_requests_in_flight", "Requests being answered.", value=under_way)
        noting = CounterMetricFamily("finzbooks_calls_noted", "Lines of the log of calls.", labels=["outcome"])
        for outcome, cell in (("written", CALLS_NOTED), ("lost", CALLS_LOST)):
            (lines,) = self._summed(cell, 1)
            noting.add_metric([outcome], lines)
        yield noting

    def _summed(self, first: int, number: int) -> list[float]:
        """Return cells of all places, added up."""
        parts = [self._cells[start + first : start + first + number] for start in self._tally.starts()]
        return [sum(each) for each in zip(*parts, strict=True)]


class _Ready(CollectorRegistry):
    """Metrics that were collected already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._metrics


def _cumulated(counts: Sequence[float]) -> list[tuple[str, float]]:
    """Return buckets as Prometheus wants them: each counts all that took so long or less."""
    buckets: list[tuple[str, float]] = []
    total = 0.0
    for limit, count in zip([*map(str, _SECONDS), "+Inf"], counts, strict=True):
        total += count
        buckets.append((limit, total))
    return buckets
