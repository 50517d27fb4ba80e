"""A run of Schemathesis against a running server: the command, and what came of it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contract_tests import hooks
from contract_tests.plots import plotted
from contract_tests.shop import Shop, seen_by, without_the_choice
from contract_tests.spec import SPEC
from tests.running import BASE

_ROOT = Path(__file__).parent.parent
_TIME_LIMIT_SECONDS = 3600
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")
"""All that is handed on of the environment: the tool looks it through for proxies at every call."""


@dataclass(frozen=True)
class Run:
    """What a run of Schemathesis said, and how often each operation answered with each status, by phase."""

    exit_code: int
    output: str
    calls: Counter[tuple[str, str, int]]

    def successes(self, phase: str) -> Counter[str]:
        """How many calls of each operation were carried out in a phase."""
        carried_out: Counter[str] = Counter()
        for (where, name, status), number in self.calls.items():
            if where == phase and 200 <= status < 300:
                carried_out[name] += number
        return carried_out

    def operations(self, phase: str) -> set[str]:
        """Return the ids of the operations that were called in a phase."""
        return {name for where, name, _ in self.calls if where == phase}


def run(url: str, shop: Shop, folder: Path, *, phases: str, examples: int, tags: Sequence[str] = ()) -> Run:
    """Run some phases on behalf of a shop, of the operations with one of ``tags`` if there are any.

    ``examples`` are requests an operation, in the stateful phase stories.
    """
    spec, calls = folder / "openapi.json", folder / "calls"
    own = seen_by(shop, SPEC)
    spec.write_text(json.dumps(plotted(own) if phases == "stateful" else without_the_choice(own)))
    calls.touch()
    environment = {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        "PYTHONPATH": str(_ROOT),
        hooks.CALLS_FILE: str(calls),
        hooks.BASE_URL: url + BASE,
        hooks.TOKEN: shop.firm.token,
        hooks.CUSTOMER: shop.known["customer_id"][0],
        hooks.VENDOR: shop.known["vendor_id"][0],
        hooks.PARTNER: shop.known["partner_id"][0],
    }
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(_ROOT / "schemathesis.toml")),
            *("run", str(spec), "--url", url + BASE, "--phases", phases, "--max-examples", str(examples)),
            *(option for tag in tags for option in ("--include-tag", tag)),
            *("--header", f"Authorization: Bearer {shop.firm.token}"),
        ],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIME_LIMIT_SECONDS,
        check=False,
    )
    return Run(done.returncode, done.stdout, Counter(map(_call, calls.read_text().splitlines())))


def _call(line: str) -> tuple[str, str, int]:
    phase, operation_id, status = line.split()
    return phase, operation_id, int(status)
