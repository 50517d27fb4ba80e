"""Every operation under Schemathesis: examples, the limits of every value, and made-up requests, valid and not."""

import os
from pathlib import Path

import pytest

from contract_tests.fuzzed import run
from contract_tests.shop import Shop
from contract_tests.spec import OPERATIONS
from tests.running import Worker

EXAMPLES = int(os.environ.get("FINZBOOKS_EXAMPLES", "12"))
"""Made-up requests an operation; more are worth their time before a release, and when the contract has grown."""


@pytest.mark.slow
@pytest.mark.thorough
def test_the_server_keeps_the_contract(server: Worker, shop: Shop, tmp_path: Path) -> None:
    done = run(server.url, shop, tmp_path, phases="examples,coverage,fuzzing", examples=EXAMPLES)

    assert done.exit_code == 0, done.output
    assert done.operations("fuzzing") == set(OPERATIONS)
    assert done.operations("coverage") == {name for name in OPERATIONS if not _is_walked_elsewhere(name)}
    assert len(done.operations("examples")) > len(OPERATIONS) * 3 // 4


def _is_walked_elsewhere(name: str) -> bool:
    """Whether schemathesis.toml leaves out an operation's coverage: its body is made of what another one takes."""
    method, path, _ = OPERATIONS[name]
    return method == "put" or path.startswith("/bulk/")
