"""The TypeScript SDK against the running server, where Node.js is found: the whole story, and what goes wrong."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.sdk_packages import Node, typescript_package
from contract_tests.spec import OPERATIONS
from domain.webhooks.signatures import signed_headers
from openapi.sdk.snippets import snippet
from tests.conftest import NewDatabase
from tests.running import BASE, found, workers

pytestmark = pytest.mark.thorough

STORY = Path(__file__).with_name("sdk_story.ts")
SCENARIOS = re.findall(r"^  async (\w+)\(\) \{$", STORY.read_text(), re.MULTILINE)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = (
    '{"event_type":"INVOICE_PAID","delivery_id":"whd_1","event_id":"evt_1","occurred_at":"2026-11-21T09:30:00Z",'
    '"org_id":"org_1","data":{"id":"inv_1","number":"श्री/1","total":0.10}}'
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Where programs find the package."""
    return typescript_package(tmp_path_factory.mktemp("sdk"))


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[dict[str, str]]:
    """The environment of a program: a server of a new firm, and a token."""
    url = new_database()
    with workers(url) as (worker,):
        yield {"AIBOOKS_URL": worker.url + BASE, "AIBOOKS_TOKEN": asyncio.run(found(url)).token}


@pytest.fixture(scope="module")
def told(node: Node, place: dict[str, str]) -> dict[str, str]:
    """What became of each scenario."""
    assert node.compiled(story=STORY.read_text(encoding="utf-8")) == ""
    moments = {"SIGNED": int(time.time()), "STALE": int(time.time()) - 400}
    signed = {
        name: json.dumps(signed_headers(BODY.encode(), delivery_id="whd_1", timestamp=moment, secrets=[SECRET]))
        for name, moment in moments.items()
    }
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # a port that is taken, and on which nobody listens
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        printed = node.run("story", BODY=BODY, DEAF=url, **signed, **place)
    return dict(json.loads(line) for line in printed.splitlines())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(told: dict[str, str], scenario: str) -> None:
    assert len(SCENARIOS) > 10
    assert told[scenario] == "ok"


def test_the_five_minutes_of_the_readme_can_be_run(node: Node, place: dict[str, str]) -> None:
    program, receiver = re.findall(r"```ts\n(.*?)```", (node.package / "README.md").read_text(), re.DOTALL)

    assert node.compiled(five_minutes=program, receiver=receiver) == ""
    number, total, status = node.run("five_minutes", **place).split()
    assert (number.count("/"), total, status) == (2, "4425.00", "PAID")
    assert (node.folder / "invoice.pdf").read_bytes().startswith(b"%PDF-")


def test_every_snippet_is_strictly_typed_and_a_wrong_call_is_found(node: Node) -> None:
    assert node.compiled(**{f"snippet_{name}": snippet(name, "typescript") for name in OPERATIONS}) == ""
    wrong = (
        'import { FinzBooks } from "finzbooks-sdk";\nconst books = new FinzBooks();\n'
        'await books.contacts.create({ contact_nam: "x" });\nawait books.invoices.list({ status: "SENDT" });\n'
        'console.log((await books.invoices.get("inv")).invoice.totl);\nawait books.invoices.aprove("inv");\n'
    )
    found_by_line = re.findall(r"wrong\.ts\((\d+),", node.compiled("--noEmit", wrong=wrong))
    assert sorted(set(map(int, found_by_line))) == [3, 4, 5, 6]
    (node.folder / "src" / "wrong.ts").unlink()
