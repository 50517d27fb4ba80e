"""Query strings and headers: converted strictly, by the contract's types."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from server.contract.parameters import ParameterGroups
from tests.server.edge_app import TOKEN, Edge
from tests.server.edge_spec import BASE

_HEADER = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}


async def _list(query: str) -> tuple[httpx.Response, Edge]:
    edge = Edge()
    async with edge.client() as client:
        url = httpx.URL(f"http://edge{BASE}/things").copy_with(query=query.encode("latin-1"))
        return await client.get(url, headers=TOKEN), edge


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("per_page=7", {"per_page": 7}),
        ("status=DRAFT&is_open=false", {"status": "DRAFT", "is_open": False}),
        ("above=10.50", {"above": Decimal("10.50")}),
        ("date_from=2026-04-01", {"date_from": "2026-04-01"}),
        ("search=a+b%26c%3D%E2%82%B9", {"search": "a b&c=₹"}),
        ("search=a=b", {"search": "a=b"}),
        ("include=lines,taxes", {"include": ["lines", "taxes"]}),
        ("include=", {"include": []}),
        ("tag=a&tag=b", {"tag": ["a", "b"]}),
        ("&&per_page=7&", {"per_page": 7}),
    ],
)
async def test_parameters_arrive_converted_with_their_defaults(query: str, values: dict[str, Any]) -> None:
    answer, edge = await _list(query)

    assert answer.status_code == 200, answer.text
    assert edge.calls[0].query == {"per_page": 50} | values


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("per_page=0", "per_page"),
        ("per_page=201", "per_page"),
        ("per_page=1_0", "per_page"),
        ("per_page=%2B5", "per_page"),
        ("per_page=+5", "per_page"),
        ("per_page=5.0", "per_page"),
        ("per_page=05", "per_page"),
        ("per_page=%D9%A5", "per_page"),
        ("per_page=", "per_page"),
        ("per_page", "per_page"),
        ("per_page=" + "9" * 5000, "per_page"),
        ("per_page=5&per_page=5", "per_page"),
        ("status=draft", "status"),
        ("status=", "status"),
        ("is_open=True", "is_open"),
        ("is_open=1", "is_open"),
        ("above=1e5", "above"),
        ("above=NaN", "above"),
        ("above=0.005", "above"),
        ("date_from=2026-13-45", "date_from"),
        ("date_from=2026-04-01%0A", "date_from"),
        ("search=%00", "search"),
        ("search=%zz", "search"),
        ("search=%FF", "search"),
        ("search=100%", "search"),
        ("include=lines,other", "include[1]"),
        ("include=lines&include=taxes", "include"),
        ("tag=a&tag=b&tag=c&tag=d", "tag"),
        ("colour=red", "colour"),
        ("Per_Page=5", "Per_Page"),
        ("per_page[]=5", "per_page[]"),
    ],
)
async def test_a_bad_parameter_is_named(query: str, field: str) -> None:
    answer, edge = await _list(query)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation.invalid_value")
    assert answer.json()["field"] == field
    assert edge.calls == []
    assert len(answer.content) < 1000


async def test_an_overlong_query_string_is_refused() -> None:
    answer, _ = await _list("search=" + "a" * 60_000)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation.invalid_value")


@pytest.mark.parametrize("query", ["%zz=1", "%FF=1", "%00=1"])
async def test_an_unreadable_name_is_refused(query: str) -> None:
    answer, _ = await _list(query)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation.invalid_value")


@pytest.mark.parametrize(
    ("key", "status"), [("abc-1", 200), ('"abc-1"', 200), ("", 400), ("a b", 400), ("x" * 300, 400), ("ä", 400)]
)
async def test_declared_headers_are_checked(key: str, status: int) -> None:
    async with Edge().client() as client:
        headers = {b"Authorization": b"Bearer good", b"Idempotency-Key": key.encode("latin-1")}
        answer = await client.post(f"{BASE}/things/abc/approve", headers=headers)

    assert answer.status_code == status
    if status == 400:
        assert answer.json()["field"] == "Idempotency-Key"


async def test_a_declared_header_sent_twice_is_refused() -> None:
    async with Edge().client() as client:
        twice = [("Authorization", "Bearer good"), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        answer = await client.post(f"{BASE}/things/abc/approve", headers=twice)

    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


async def test_faults_of_all_parameters_are_told_together() -> None:
    answer, _ = await _list("colour=red&per_page=0&status=x")

    assert [each["field"] for each in answer.json()["details"]["errors"]] == ["colour", "per_page", "status"]


def test_operations_that_declare_the_same_parameters_share_their_rules() -> None:
    groups = ParameterGroups({})
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}

    assert groups.of("query", [page, _HEADER]) is groups.of("query", [dict(page)])
    assert groups.of("query", [page]) is not groups.of("query", [page | {"required": True}])
    assert groups.of("path", [page, _HEADER]) is groups.of("query", [_HEADER])
