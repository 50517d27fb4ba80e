"""PostgreSQL alone: a script that pgbench repeats, with prepared statements, without any of our code."""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import make_conninfo

from benches.load import Drive
from domain.values import Struct, field
from server.postgres.place import account_for, find_programs
from server.settings import DatabaseUrl


class Script(Struct, frozen=True):
    """What is repeated: a text in pgbench's language, values of its variables, and options of its sessions."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    options: str = ""


def drive(url: DatabaseUrl, script: Script, *, clients: int, seconds: int) -> Drive:
    """Let so many clients repeat a script for so long."""
    pgbench = find_programs(account_for(Path("/"))).directory / "pgbench"
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "script"
        file.write_text(script.text, encoding="utf-8")
        command = [str(pgbench), "--no-vacuum", "--protocol=prepared", f"--file={file}"]
        command += [f"--define={name}={value}" for name, value in script.values.items()]
        command += [f"--client={clients}", "--jobs=1", f"--time={seconds}", "--log", f"--log-prefix={place}/log"]
        command.append(make_conninfo(url, options=script.options))
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
