"""Prometheus metrics of the edge; summed over all workers when PROMETHEUS_MULTIPROC_DIR names a directory."""

import os
from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter("finzbooks_requests", "Requests by operation and status.", ["operation", "status"])
_duration = Histogram("finzbooks_request_seconds", "Time to answer.", ["operation"], buckets=_SECONDS)
in_flight = Gauge("finzbooks_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum")


def observe(operation: str | None, status: int, seconds: float) -> None:
    """Count one answered request. Paths that are no operation share one label, so that strangers add none."""
    count, histogram = _children(operation or "none", status)
    count.inc()
    histogram.observe(seconds)


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client has no types here
    return generate_latest(registry)


@lru_cache(maxsize=8192)
def _children(operation: str, status: int) -> tuple[Counter, Histogram]:
    return _requests.labels(operation, str(status)), _duration.labels(operation)
