"""What a posting costs at least: the least SQL of one, which takes a number and writes rows, in one statement."""

from pathlib import Path

import psycopg

from benches.pgbench import Script
from server.settings import DatabaseUrl

_HERE = Path(__file__).parent


def prepare(url: DatabaseUrl) -> None:
    """Make the least tables beside those of the book."""
    with psycopg.connect(url) as connection:
        connection.execute((_HERE / "least.sql").read_text(encoding="utf-8"))


def script() -> Script:
    """Return what pgbench repeats."""
    return Script((_HERE / "least.pgbench").read_text(encoding="utf-8"))
