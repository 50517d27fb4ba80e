"""The workflows beside the contract: they call what there is, and succeed step by step on a real server."""

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.spec import OPERATIONS, SPEC, Node
from contract_tests.workflow_runner import Run
from openapi.bundle import resolve
from openapi.workflows import workflows
from server.settings import DatabaseUrl
from tests.running import BASE, Caller, Worker, calling, found

DOCUMENT: Node = workflows("1.0.0")
WORKFLOWS: list[Node] = DOCUMENT["workflows"]
STEPS = [(workflow, step) for workflow in WORKFLOWS for step in workflow["steps"]]


@pytest.fixture
async def call(server: Worker, contract_database: DatabaseUrl) -> AsyncIterator[Caller]:
    """The owner of a new firm."""
    firm = await found(contract_database)
    async with calling(server.url) as caller:
        yield caller.with_token(firm.token)


def test_the_stories_that_are_promised_are_there() -> None:
    assert [each["workflowId"] for each in WORKFLOWS] == ["five_minutes", "order_to_cash", "month_close"]
    for workflow in WORKFLOWS:
        ids = [step["stepId"] for step in workflow["steps"]]
        assert len(ids) == len(set(ids))
        assert set(workflow["inputs"]["required"]) == set(defaults(workflow))
        outputs = [name for step in workflow["steps"] for name in step.get("outputs", {})]
        assert len(outputs) == len(set(outputs)), "collections and the portal call them by their names alone"


@pytest.mark.parametrize(("workflow", "step"), STEPS, ids=[f"{w['workflowId']}-{s['stepId']}" for w, s in STEPS])
def test_a_step_calls_what_there_is(workflow: Node, step: Node) -> None:
    """An operation with all of its path, parameters that it has, and only expressions of steps before it."""
    _, path, operation = OPERATIONS[step["operationId"]]
    known = {(each["in"], each["name"]) for each in map(partial(resolve, SPEC), operation["parameters"])}
    named = {(each["in"], each["name"]) for each in step.get("parameters", ())}
    assert named <= known
    assert {f"{{{name}}}" for place, name in named if place == "path"} == {
        part for part in path.split("/") if part.startswith("{")
    }
    before = [each["stepId"] for each in workflow["steps"][: workflow["steps"].index(step)]]
    told = {each["stepId"]: each.get("outputs", {}) for each in workflow["steps"] if each["stepId"] in before}
    for expression in expressions({"parameters": step.get("parameters"), "body": step.get("requestBody")}):
        kind, *rest = expression[1:].split(".")
        if kind == "inputs":
            assert rest[0] in workflow["inputs"]["properties"]
        else:
            assert kind == "steps" and rest[2] in told[rest[0]], expression


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each["workflowId"])
async def test_a_workflow_succeeds_step_by_step(call: Caller, workflow: Node) -> None:
    given = await Run(call, defaults(workflow)).carry_out(workflow)
    assert all(value is not None for value in given.values())


async def test_a_step_that_fails_ends_a_workflow(call: Caller) -> None:
    """The runner would be of no use if nothing could fail it."""
    five_minutes = WORKFLOWS[0]
    with pytest.raises(AssertionError, match="add_the_customer"):
        await Run(call, {**defaults(five_minutes), "gst_no": "27VERMA"}).carry_out(five_minutes)
    wrong = {**five_minutes["steps"][0], "successCriteria": [{"condition": "$statusCode == 201"}]}
    with pytest.raises(AssertionError, match="who_am_I"):
        await Run(call, {}).carry_out({"steps": [wrong]})


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each["workflowId"])
async def test_its_commands_on_the_page_do_what_it_says(
    server: Worker, contract_database: DatabaseUrl, tmp_path: Path, workflow: Node
) -> None:
    """As a reader copies them into one shell; each answer is what the step promises."""
    firm = await found(contract_database)
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        page = (await client.get("/docs/workflows.md")).text
    head, *parts = re.split(r"^## ", page, flags=re.MULTILINE)
    [part] = [each for each in parts if each.splitlines()[0] == workflow["workflowId"].replace("_", " ").capitalize()]
    [set_up], commands = _commands(head), _commands(part)
    assert len(commands) == len(workflow["steps"])

    environment = {"PATH": os.environ["PATH"], "AIBOOKS_URL": server.url + BASE, "AIBOOKS_TOKEN": firm.token}
    script = set_up + "".join(f"{command}echo; echo '{_END}'\n" for command in commands)
    ended = await asyncio.to_thread(
        subprocess.run, ["bash", "-u"], input=script, cwd=tmp_path, env=environment, capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip

    assert ended.stderr == ""
    async with calling(server.url) as caller:
        run = Run(caller, defaults(workflow))
        for step, printed in zip(workflow["steps"], ended.stdout.split(f"\n{_END}\n"), strict=False):
            _check(run, step, printed.strip(), tmp_path)
    assert list(run.outputs) == [step["stepId"] for step in workflow["steps"]]


_END = "--- end of step ---"


def _commands(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _check(run: Run, step: Node, printed: str, folder: Path) -> None:
    """Hold what a command printed, or the file that it wrote, to what its step promises of an answer's body."""
    if not printed:
        assert (folder / f"{step['stepId']}.pdf").read_bytes().startswith(b"%PDF-")
    else:
        run.answer = httpx.Response(200, text=printed)
        assert run.answer.json()["code"] == 0, printed
        for condition in (each["condition"] for each in step["successCriteria"]):
            assert not condition.startswith("$response.body") or run.holds(condition), (condition, printed)
    run.outputs[step["stepId"]] = {name: run.value(each) for name, each in step.get("outputs", {}).items()}


async def test_it_is_served_beside_the_contract(call: Caller) -> None:
    reply = await call("GET", "/arazzo.json")
    contract = (await call("GET", "/openapi.json")).json()
    assert reply.json() == workflows(contract["info"]["version"])
    assert BASE + reply.json()["sourceDescriptions"][0]["url"][1:] == BASE + "/openapi.json"


def defaults(workflow: Node) -> dict[str, Any]:
    """What goes into a workflow if nobody says anything else."""
    return {name: each["default"] for name, each in workflow["inputs"]["properties"].items()}


def expressions(value: Any) -> Iterator[str]:
    """All expressions in a value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from expressions(each)
    elif isinstance(value, list):
        for each in value:
            yield from expressions(each)
    elif isinstance(value, str) and value.startswith("$"):
        yield value
