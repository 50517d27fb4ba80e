"""What an operator sees: metrics summed over workers, and logs as JSON lines."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import tally
from server.logs import JsonFormatter
from server.metrics import Metrics
from server.processes.nursery import Nursery
from server.processes.supervisor import APP
from tests.conftest import NewDatabase
from tests.running import calling, found, workers_from


@pytest.fixture
def shared() -> Iterator[int]:
    """Memory for two workers."""
    with tally.shared_file(2) as descriptor:
        yield descriptor


def metrics_of(shared: int, place: int) -> Metrics:
    return Metrics(["get_thing"], tally.tally_of({tally.MEMORY: str(shared), tally.PLACE: str(place)}))


def told_by(metrics: Metrics) -> list[str]:
    return metrics.exposition().decode().splitlines()


def test_metrics_are_summed_over_the_workers(shared: int) -> None:
    for place, status, seconds in ((0, 200, 0.01), (1, 200, 0.02), (1, 404, 20.0), (1, 418, 0.02)):
        metrics = metrics_of(shared, place)
        metrics.begin()
        metrics.end("get_thing", status, seconds)
    metrics_of(shared, 0).begin()
    lines = told_by(metrics_of(shared, 1))

    assert 'finzbooks_requests_total{operation="get_thing",status="200"} 2.0' in lines
    assert 'finzbooks_requests_total{operation="get_thing",status="404"} 1.0' in lines
    assert 'finzbooks_requests_total{operation="get_thing",status="other"} 1.0' in lines
    assert 'finzbooks_request_seconds_bucket{le="0.01",operation="get_thing"} 1.0' in lines
    assert 'finzbooks_request_seconds_bucket{le="0.025",operation="get_thing"} 3.0' in lines
    assert 'finzbooks_request_seconds_bucket{le="10.0",operation="get_thing"} 3.0' in lines
    assert 'finzbooks_request_seconds_bucket{le="+Inf",operation="get_thing"} 4.0' in lines
    assert 'finzbooks_request_seconds_count{operation="get_thing"} 4.0' in lines
    assert 'finzbooks_request_seconds_sum{operation="get_thing"} 20.05' in lines
    assert "finzbooks_requests_in_flight 1.0" in lines


def test_what_an_ended_worker_had_under_way_is_forgotten_and_what_it_counted_stays(shared: int) -> None:
    ended = metrics_of(shared, 1)
    ended.begin()
    ended.end(None, 404, 0.01)
    ended.begin()
    tally.tally_of({tally.MEMORY: str(shared)}).end_what_was_under_way(1)
    lines = told_by(metrics_of(shared, 0))

    assert "finzbooks_requests_in_flight 0.0" in lines
    assert 'finzbooks_requests_total{operation="none",status="404"} 1.0' in lines


def test_without_shared_memory_a_worker_counts_for_itself() -> None:
    one, other = (Metrics(["get_thing"], tally.tally_of({})) for _ in range(2))
    one.begin()

    assert "finzbooks_requests_in_flight 1.0" in told_by(one)
    assert "finzbooks_requests_in_flight 0.0" in told_by(other)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["fork", "exec"])
async def test_workers_of_one_nursery_tell_the_same(shared: int, new_database: NewDatabase, way: str) -> None:
    """Whichever is asked, also after one has been killed."""
    environment = {**os.environ, tally.MEMORY: str(shared)}
    nursery = Nursery([APP], environment, way="fork" if way == "fork" else "exec", keeps=[shared])
    firm = await found(new_database())
    try:
        with (
            workers_from(nursery, firm.url, FINZBOOKS_TALLY_PLACE="0") as (one,),
            workers_from(nursery, firm.url, FINZBOOKS_TALLY_PLACE="1") as (other,),
        ):
            async with calling(one.url, other.url) as caller:
                for _ in range(6):
                    await caller.with_token(firm.token)("GET", "/whoami")
                lines = [(await caller.client.get(f"{url}/metrics")).text for url in (one.url, other.url)]
                one.kill()
                lines.append((await caller.client.get(f"{other.url}/metrics")).text)
    finally:
        nursery.close()

    for each in lines:
        assert 'finzbooks_requests_total{operation="whoami",status="200"} 6.0' in each


def test_the_memory_is_on_no_disk(shared: int) -> None:
    if not hasattr(os, "memfd_create"):
        pytest.skip("This system has no memory with a descriptor; a file that is there whole takes its place.")

    assert Path(f"/proc/self/fd/{shared}").readlink().name.startswith("memfd:")


def test_a_traceback_is_one_json_line() -> None:
    try:
        raise ValueError("broken\nin two lines")
    except ValueError:
        record = logging.LogRecord("finzbooks", logging.ERROR, __file__, 1, "Failed: %s", ("x",), sys.exc_info())
    record.request_id = "req_1"

    line = JsonFormatter().format(record)

    shown = json.loads(line)
    assert "\n" not in line
    assert (shown["level"], shown["message"], shown["request_id"]) == ("error", "Failed: x", "req_1")
    assert "ValueError: broken" in shown["traceback"]
