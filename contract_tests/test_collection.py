"""The collection and the ``.http`` file: every operation ready to be sent, the five minutes on a real server."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contract_tests.spec import OPERATIONS, SPEC, Node, assert_valid, inside, needed_query
from openapi.collection import SCHEMA, STORY, http_file, postman, requests_of
from openapi.published import published
from tests.conftest import NewDatabase
from tests.running import BASE, found, workers

PUBLISHED: Node = published(SPEC)
COLLECTION: Node = postman(PUBLISHED)
REQUESTS = [each for each in requests_of(PUBLISHED) if each.folder != STORY]
FOLDERS: dict[str, list[Node]] = {each["name"]: each["item"] for each in COLLECTION["item"]}


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[tuple[str, str]]:
    """A server's API, and a token of a new firm."""
    url = new_database()
    with workers(url) as (worker,):
        yield worker.url + BASE, asyncio.run(found(url)).token


def test_every_operation_is_there_once_and_says_who_calls() -> None:
    items = [item for folder, of_it in FOLDERS.items() if folder != STORY for item in of_it]
    told = {
        (item["request"]["method"], re.sub(r"\{\{(\w+)\}\}", r"{\1}", "/".join(item["request"]["url"]["path"])))
        for item in items
    }

    assert len(items) == len(OPERATIONS)
    assert told == {(method.upper(), path[1:]) for method, path, _ in OPERATIONS.values()}
    assert COLLECTION["auth"]["bearer"][0]["value"] == "{{token}}"
    assert COLLECTION["info"]["schema"] == SCHEMA
    assert {each["key"]: each["value"] for each in COLLECTION["variable"]}["token"] == ""


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.operation_id)
def test_every_body_is_a_sample_that_is_valid(request_: Any) -> None:
    content = OPERATIONS[request_.operation_id][2].get("requestBody", {}).get("content", {})

    assert bool(request_.media) == bool(content)
    if request_.media == "application/json":
        assert_valid(inside(content["application/json"]["schema"]), request_.body)
    elif request_.media:
        assert request_.body
    sent = {name for name, _, is_sent in request_.query if is_sent}
    assert sent == set(needed_query(request_.operation_id))


def test_the_five_minutes_of_the_collection_can_be_run(place: tuple[str, str]) -> None:
    """As Postman runs a folder: one request after the other, each keeping variables for the next."""
    known = {"base_url": place[0], "token": place[1]}
    answers = [_run(item, known) for item in FOLDERS[STORY]]

    assert [each.status_code for each in answers] == [200, 200, 201, 201, 201, 200, 200, 201, 200]
    assert answers[6].content.startswith(b"%PDF-")
    assert (answers[-1].json()["invoice"]["status"], answers[-1].json()["invoice"]["balance"]) == ("PAID", 0)


def _run(item: Node, known: dict[str, str]) -> httpx.Response:
    request = item["request"]
    headers = {each["key"]: _filled(each["value"], known) for each in request["header"] if not each.get("disabled")}
    headers["Authorization"] = _filled("Bearer {{token}}", known)
    body = _filled(request["body"]["raw"], known) if "body" in request else None
    url = _filled(request["url"]["raw"], known)
    answer = httpx.request(request["method"], url, headers=headers, content=body, timeout=60)
    for line in (line for event in item.get("event", []) for line in event["script"]["exec"]):
        kept = re.fullmatch(r'pm\.collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.(.+)\);', line)
        assert kept is not None, line
        known[kept[1]] = _taken(answer.json(), kept[2])
    return answer


def _filled(text: str, known: dict[str, str]) -> str:
    """Put variables in; one that nobody has set is a mistake."""
    return re.sub(r"\{\{(.+?)\}\}", lambda name: str(uuid4()) if name[1] == "$guid" else known[name[1]], text)


def _taken(value: Any, path: str) -> str:
    """Take out of an answer what our few words of JavaScript name."""
    for step in re.findall(r"\w+\.find\(.*?\)|\w+", path):
        wanted = re.fullmatch(r"(\w+)\.find\(each => each\.(\w+) == (\w+)\)", step)
        if wanted is None:
            value = value[step]
        else:
            value = next(each for each in value[wanted[1]] if str(each[wanted[2]]) == wanted[3])
    return str(value)


def test_the_five_minutes_of_the_http_file_can_be_run(place: tuple[str, str]) -> None:
    """As an editor runs it: what an earlier answer held is named by the request's name and a JSONPath."""
    known = {"base_url": place[0], "token": place[1]}
    answers: dict[str, httpx.Response] = {}
    for name, method, url, headers, body in _blocks(http_file(PUBLISHED)):
        if name.startswith("story_"):
            known |= _named_in(url + body, answers)
            sent = {key: _filled(value, known) for key, value in headers.items()}
            answers[name] = httpx.request(
                method, _filled(url, known), headers=sent, content=_filled(body, known) or None, timeout=60
            )

    assert len(answers) == len(FOLDERS[STORY])
    assert [name for name, each in answers.items() if not each.is_success] == []
    assert answers["story_get_invoice"].json()["invoice"]["status"] == "PAID"


def test_the_http_file_has_every_operation_with_a_token() -> None:
    text = http_file(PUBLISHED)
    blocks = [each for each in _blocks(text) if not each[0].startswith("story_")]

    assert sorted(name for name, *_ in blocks) == sorted(OPERATIONS)
    assert {headers["Authorization"] for _, _, _, headers, _ in blocks} == {"Bearer {{token}}"}
    defined = set(re.findall(r"^@(\w+) = ", text, re.MULTILINE))
    assert {name for _, _, url, _, _ in blocks for name in re.findall(r"\{\{(\w+)\}\}", url)} <= defined


def _blocks(text: str) -> Iterator[tuple[str, str, str, dict[str, str], str]]:
    for block in text.split("\n### ")[1:]:
        head, _, body = block.partition("\n\n")
        _, name, first, *lines = head.splitlines()
        method, url = first.split(" ", 1)
        yield name.removeprefix("# @name "), method, url, dict(line.split(": ", 1) for line in lines), body.strip()


def _named_in(text: str, answers: dict[str, httpx.Response]) -> dict[str, str]:
    found: dict[str, str] = {}
    for whole, name, path in re.findall(r"\{\{((\w+)\.response\.body\.\$\.(.+?))\}\}", text):
        value = answers[name].json()
        for member, field, wanted in re.findall(r"(\w+)(?:\[\?\(@\.(\w+)==(\w+)\)\])?", path):
            value = next(e for e in value[member] if str(e[field]) == wanted) if field else value[member]
        found[whole] = str(value)
    return found
