"""Metrics of the state that all processes share: what the database tells of itself, and the room on the disk.

Each server tells the same figures of one database: look at the largest, do not add them up.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from server.postgres.figures import Figures

_GAUGES = {
    "jobs": ("finzbooks_jobs", "Jobs by queue and state.", ("queue", "state")),
    "job_lag": ("finzbooks_job_lag_seconds", "How long the oldest job has waited that is due.", ("queue",)),
    "workers": ("finzbooks_job_workers", "Workers with a heartbeat; a process has one a queue.", ()),
    "feed_lag": (
        "finzbooks_feed_lag_seconds",
        "Age of the oldest event without a place in the feed, where somebody is told of events.",
        (),
    ),
    "webhook_lag": ("finzbooks_webhook_lag_seconds", "How long the oldest delivery has been due.", ()),
    "webhook_endpoints": ("finzbooks_webhook_endpoints", "Endpoints: well, failing or disabled.", ("state",)),
    "mail_lag": ("finzbooks_mail_lag_seconds", "Age of the oldest mail that is not sent yet.", ()),
    "connections": ("finzbooks_database_connections", "Connections to the database's cluster.", ()),
    "connections_limit": ("finzbooks_database_connections_limit", "How many the cluster takes.", ()),
}
_COUNTERS = {
    "outcomes job": ("finzbooks_jobs_ended", "Jobs that were done or failed.", ("task", "outcome")),
    "outcomes mail": ("finzbooks_mail_attempts", "Attempts to send a mail, by what came of them.", ("", "outcome")),
    "outcomes webhook": ("finzbooks_webhook_attempts", "Attempts to deliver, by what came of them.", ("", "outcome")),
}
"""What is counted in ``outcome_counts``, by its kind; where the name says nothing it has no label."""


def state_metrics(figures: Figures, directory: Path) -> Iterator[Metric]:
    """Yield a family for each figure, also where there is none yet, and the room where ``directory`` is."""
    yield GaugeMetricFamily("finzbooks_database_up", "Whether the database answered.", value=float(figures.is_up))
    for key, (name, told, labels) in _GAUGES.items():
        gauge = GaugeMetricFamily(name, told, labels=labels)
        for values, number in figures.samples.get(key, ()):
            gauge.add_metric(values, number)
        yield gauge
    for key, (name, told, labels) in _COUNTERS.items():
        shown = [position for position, label in enumerate(labels) if label]
        counter = CounterMetricFamily(name, told, labels=[labels[position] for position in shown])
        for values, number in figures.samples.get(key, ()):
            counter.add_metric([values[position] for position in shown], number)
        yield counter
    yield from _room(directory)


def _room(directory: Path) -> Iterator[Metric]:
    try:
        room = shutil.disk_usage(directory)
    except OSError:
        return
    yield GaugeMetricFamily("finzbooks_disk_free_bytes", "Room left where the data directory is.", value=room.free)
    yield GaugeMetricFamily("finzbooks_disk_size_bytes", "Room in all there.", value=room.total)
