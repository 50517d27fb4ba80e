"""What an operator sees: metrics summed over workers, and logs as JSON lines."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from server.logs import JsonFormatter

_TWO_WORKERS = """
import os, sys
from server import metrics
if os.fork() == 0:
    metrics.observe("get_thing", 200, 0.01)
    os._exit(0)
os.wait()
metrics.observe("get_thing", 200, 0.01)
sys.stdout.write(metrics.exposition().decode())
"""


def test_metrics_are_summed_over_the_workers(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    shown = subprocess.run(
        [sys.executable, "-c", _TWO_WORKERS], env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert 'finzbooks_requests_total{operation="get_thing",status="200"} 2.0' in shown
    assert 'finzbooks_request_seconds_count{operation="get_thing"} 2.0' in shown


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
