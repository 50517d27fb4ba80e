"""What a posting costs at least: pgbench with the least SQL of one, which takes a number and writes rows.

``IN_ONE`` is one statement; ``STEPWISE`` the same rows in a transaction of a statement a table, as a client without
tricks sends them: the number's row stays locked from the first to the commit.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from benches.load import Drive
from server.postgres_place import account_for, find_programs
from server.settings import DatabaseUrl

_HERE = Path(__file__).parent
IN_ONE, STEPWISE = "least.pgbench", "least_stepwise.pgbench"


def prepare(url: DatabaseUrl) -> None:
    """Make the least tables beside those of the book."""
    with psycopg.connect(url) as connection:
        connection.execute((_HERE / "least.sql").read_text(encoding="utf-8"))


def drive(url: DatabaseUrl, script: str, *, clients: int, seconds: int) -> Drive:
    """Let so many clients post for so long, with prepared statements."""
    pgbench = find_programs(account_for(Path("/"))).directory / "pgbench"
    with tempfile.TemporaryDirectory() as place:
        command = [str(pgbench), "--no-vacuum", "--protocol=prepared", f"--file={_HERE / script}"]
        command += [f"--client={clients}", "--jobs=1", f"--time={seconds}", "--log", f"--log-prefix={place}/log", url]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise SystemExit(f"pgbench failed: {ran.stderr}")
        latencies = [
            int(line.split()[2]) / 1e6
            for log in Path(place).glob("log*")
            for line in log.read_text(encoding="ascii").splitlines()
        ]
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    assert found, "pgbench tells its rate"
    return Drive(len(latencies) / float(found[1]), latencies, len(latencies))
