"""The collection and the ``.http`` file: every operation ready to be sent, and the stories on a real server."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contract_tests.spec import OPERATIONS, SPEC, Node, assert_valid, inside, needed_query
from openapi.collection import SCHEMA, http_file, postman, requests_of
from openapi.published import published
from openapi.workflows import Story, stories_of
from tests.conftest import NewDatabase
from tests.running import BASE, found, workers

PUBLISHED: Node = published(SPEC)
COLLECTION: Node = postman(PUBLISHED)
REQUESTS = [each for each in requests_of(PUBLISHED) if each.status is None]
STORIES = {story.id.replace("_", " "): story for story in stories_of(PUBLISHED)}
LAST = {"five_minutes": ("invoice", "status", "PAID"), "order_to_cash": ("invoice", "status", "PAID"),
        "month_close": ("organization", "lock_date", "2026-10-31")}  # fmt: skip
"""What the last answer of each story says."""
FOLDERS: dict[str, list[Node]] = {each["name"]: each["item"] for each in COLLECTION["item"]}


@pytest.fixture(scope="module")
def place(new_database: NewDatabase) -> Iterator[tuple[str, str]]:
    """A server's API, and a token of a new firm."""
    url = new_database()
    with workers(url) as (worker,):
        yield worker.url + BASE, asyncio.run(found(url)).token


def test_every_operation_is_there_once_and_says_who_calls() -> None:
    items = [item for folder, of_it in FOLDERS.items() if folder not in STORIES for item in of_it]
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


def test_the_first_folders_are_the_stories() -> None:
    assert list(FOLDERS)[:3] == list(STORIES) == ["five minutes", "order to cash", "month close"]
    for name, story in STORIES.items():
        assert [item["name"].split(". ")[1] for item in FOLDERS[name]] == [step.title for step in story.steps]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_of_the_collection_can_be_run(place: tuple[str, str], name: str) -> None:
    """As Postman runs a folder: one request after the other, each keeping variables for the next."""
    known = {"base_url": place[0], "token": place[1]}
    answers = [_run(item, known) for item in FOLDERS[name]]

    assert [each.status_code for each in answers] == [step.status for step in STORIES[name].steps]
    _check_last(STORIES[name].id, answers[-1])
    prints = [each.content[:5] for each in answers if each.headers["content-type"] == "application/pdf"]
    assert prints == ([b"%PDF-"] if name == "five minutes" else [])


def _check_last(story: str, answer: httpx.Response) -> None:
    resource, member, expected = LAST[story]
    assert answer.json()[resource][member] == expected, answer.text


def _run(item: Node, known: dict[str, str]) -> httpx.Response:
    request = item["request"]
    headers = {each["key"]: _filled(each["value"], known) for each in request["header"] if not each.get("disabled")}
    headers["Authorization"] = _filled("Bearer {{token}}", known)
    body = _filled(request["body"]["raw"], known) if "body" in request else None
    url = _filled(request["url"]["raw"], known)
    answer = httpx.request(request["method"], url, headers=headers, content=body, timeout=60)
    check, *keeping = item["event"][0]["script"]["exec"]
    status = re.fullmatch(r'pm\.test\("(\d+)", \(\) => pm\.response\.to\.have\.status\((\d+)\)\);', check)
    assert status is not None and status[1] == status[2] == str(answer.status_code), (check, answer.text)
    for line in keeping:
        kept = re.fullmatch(r'pm\.collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.(.+)\);', line)
        assert kept is not None, line
        known[kept[1]] = _taken(answer.json(), kept[2])
    return answer


def _filled(text: str, known: dict[str, str]) -> str:
    """Put variables in; one that nobody has set is a mistake."""
    return re.sub(r"\{\{(.+?)\}\}", lambda name: str(uuid4()) if name[1] == "$guid" else known[name[1]], text)


def _taken(value: Any, path: str) -> str:
    """Take out of an answer what our few words of JavaScript name."""
    for step in re.findall(r"find\(.*?\)|\w+", path):
        wanted = re.fullmatch(r"find\(each => each\.(\w+) == (\d+)\)", step)
        if wanted is None:
            value = value[int(step) if isinstance(value, list) else step]
        else:
            value = next(each for each in value if each[wanted[1]] == int(wanted[2]))
    return str(value)


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.id)
def test_a_story_of_the_http_file_can_be_run(place: tuple[str, str], story: Story) -> None:
    """As an editor runs it: what an earlier answer held is named by the request's name and a JSONPath."""
    known = {"base_url": place[0], "token": place[1]}
    answers: dict[str, httpx.Response] = {}
    names = [f"{story.id}_{step.id}" for step in story.steps]
    for name, method, url, headers, body in _blocks(http_file(PUBLISHED)):
        if name in names:
            known |= _named_in(url + body, answers)
            sent = {key: _filled(value, known) for key, value in headers.items()}
            answers[name] = httpx.request(
                method, _filled(url, known), headers=sent, content=_filled(body, known) or None, timeout=60
            )

    assert list(answers) == names
    assert [each.status_code for each in answers.values()] == [step.status for step in story.steps]
    _check_last(story.id, answers[names[-1]])


def test_the_http_file_has_every_operation_with_a_token() -> None:
    text = http_file(PUBLISHED)
    told = {f"{story.id}_{step.id}" for story in STORIES.values() for step in story.steps}
    blocks = [each for each in _blocks(text) if each[0] not in told]

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
        for field, wanted, member in re.findall(r"\[\?\(@\.(\w+)==(\d+)\)\]|(\w+)", path):
            if field:
                value = next(each for each in value if each[field] == int(wanted))
            else:
                value = value[int(member) if isinstance(value, list) else member]
        found[whole] = str(value)
    return found
