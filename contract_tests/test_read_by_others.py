"""The published contract as a tool reads it that no one here wrote: openapi-core, on the document and on real answers.

Redocly and Spectral, which need Node.js, read the document in ``make redocly spectral``.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_spec_validator import validate

from contract_tests.spec import OPERATIONS, SPEC, Node, inside, needed_query
from openapi.bundle import resolve
from openapi.published import published
from server.demo import provision
from server.settings import DatabaseUrl, Settings
from tests.running import BASE, Caller, Worker, calling, found, workers
from tests.walking import populate

PUBLISHED = published(SPEC)
GETS = {name: path for name, (method, path, _) in OPERATIONS.items() if method == "get"}
LISTS = {name for name in GETS if name.startswith("list_")}
NEED_NOT_BE = {name for name, path in GETS.items() if path.endswith(("/logo", "/signature"))}
"""What a thing may be without, and then the answer is 404."""

_ROWS = 3
_JSON = "application/json"


@dataclass
class Asked:
    """A request in the words of openapi-core."""

    path: str
    method: str = "get"
    host_url: str = "http://localhost"
    content_type: str = "application/json"
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)


@dataclass
class Answered:
    """An answer in the words of openapi-core."""

    data: bytes
    status_code: int
    headers: httpx.Headers
    content_type: str


@pytest.fixture(scope="module")
def tool() -> OpenAPI:
    """The tool, which has read the document as it is served."""
    return OpenAPI.from_dict(json.loads(json.dumps(PUBLISHED)))


@pytest.fixture(scope="module")
def demo(
    new_database: Callable[[], DatabaseUrl], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Worker, DatabaseUrl, str]]:
    """A server with the demo organization, the database, and the demo's token."""
    settings, url = Settings(data_directory=tmp_path_factory.mktemp("demo")), new_database()
    asyncio.run(provision.provide(settings, url))
    with workers(url) as started:
        yield started[0], url, provision.kept_token(settings)


@pytest.fixture
async def callers(demo: tuple[Worker, DatabaseUrl, str]) -> AsyncIterator[list[Caller]]:
    """Callers for the demo, which has a lot of the usual, and for a firm that has one of everything."""
    worker, url, token = demo
    async with calling(worker.url) as caller:
        firm = await found(url)
        await populate(caller.with_token(firm.token), firm)
        yield [caller.with_token(token), caller.with_token(firm.token)]


def refusal(tool: OpenAPI, path: str, answer: httpx.Response) -> str:
    """What the tool finds wrong with an answer; empty if nothing."""
    try:
        tool.validate_response(
            Asked(path), Answered(answer.content, answer.status_code, answer.headers, _media_type(answer))
        )
    except OpenAPIError as error:
        return f"{path}: {error}: {getattr(error.__cause__, 'schema_errors', error.__cause__)}"[:2000]
    return ""


def test_the_published_document_is_openapi_3_0_3() -> None:
    validate(json.loads(json.dumps(PUBLISHED)))


async def test_real_answers_of_every_list_and_of_what_it_shows_are_as_published(
    tool: OpenAPI, callers: list[Caller]
) -> None:
    found_wrong: list[str] = []
    seen: set[str] = set()
    filled: set[str] = set()
    for call in callers:
        ids: Node = {}
        for name, path in sorted(GETS.items(), key=_turn):
            for where in _filled(path, ids):
                answer = await call("GET", where, params=_query(name, ids))
                found_wrong += filter(None, [refusal(tool, f"{BASE}{where}", answer)])
                if answer.status_code == 404 and name in NEED_NOT_BE:
                    continue
                assert answer.status_code == 200, (where, answer.text)
                seen.add(name)
                rows = _rows(answer)
                filled |= {name} if rows else set()
                _keep_ids(ids, path, rows)
    assert found_wrong == []
    assert set(GETS) - seen == set()
    assert LISTS - filled == set()


async def test_an_answer_that_is_not_as_published_is_noticed(tool: OpenAPI, callers: list[Caller]) -> None:
    """What the tool passes it has read: the same answer with one value spoilt is refused."""
    answer = await callers[0]("GET", "/invoices", params={"per_page": 1})
    path = f"{BASE}/invoices"
    spoilt: Node = {"total": "1180.00", "customer_id": None, "billing_address": [], "date": "21/11/2026", "status": 7}

    plain = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
    assert refusal(tool, path, answer) == ""
    for name, value in spoilt.items():
        page = answer.json()
        page["invoices"][0][name] = value
        assert refusal(tool, path, httpx.Response(200, headers=plain, json=page)), name
    grown = answer.json()
    grown["invoices"][0]["news"] = grown["news"] = 1
    assert refusal(tool, path, httpx.Response(200, headers=plain, json=grown)) == ""


def _turn(named: tuple[str, str]) -> tuple[int, bool]:
    """Lists first, then what is asked with the ids that they show: reports and papers, and at last each thing."""
    _, path = named
    return path.count("{"), path.startswith(("/reports/", "/pdf"))


def _query(name: str, ids: Node) -> Node:
    """All that a list can include, and what a report or a paper needs, with ids that the lists have shown before."""
    operation = OPERATIONS[name][2]
    parameters = {each["name"]: each for each in (resolve(SPEC, each) for each in operation["parameters"])}
    shown = {member: keys[0] for of_list in ids.values() for member, keys in of_list.items()}
    query = {member: shown.get(member, value) for member, value in needed_query(name).items()}
    if "include" in parameters:
        query["include"] = inside(parameters["include"]["schema"])["enum"][0]
    if "gstin" in parameters and "validation.required_field" in operation["x-refusals"]:
        query["gstin"] = shown["gstin"]
    if "documents" in query:
        query["documents"] = f"{shown['invoice_id']},{shown['payment_id']}"
    if name == "list_gst_returns":  # the others have no file yet that could be shown
        query["status"] = "FILED"
    return query


def _filled(path: str, ids: Node) -> list[str]:
    """The path with the ids that its list has shown."""
    parameters = re.findall(r"\{(\w+)\}", path)
    if not parameters:
        return [path]
    (name,) = parameters
    return [path.replace(f"{{{name}}}", key) for key in ids.get(path.split("/")[1], {}).get(name, [])]


def _media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].partition(";")[0]


def _rows(answer: httpx.Response) -> list[Any]:
    """The rows of a page; a paper or a picture has none."""
    page: Node = answer.json() if _media_type(answer) == _JSON else {}
    return next((value for value in page.values() if isinstance(value, list)), [])


def _keep_ids(ids: Node, path: str, rows: list[Any]) -> None:
    of_list = ids.setdefault(path.split("/")[1], {})
    for row in rows[:_ROWS]:
        for name, value in row.items() if isinstance(row, dict) else ():
            if name.endswith(("_id", "gstin")) and isinstance(value, str):
                of_list.setdefault(name, []).append(value)
