"""Bodies: what is not JSON, not an object or not as the contract says never reaches a handler."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.server.edge_app import TOKEN, Edge
from tests.server.edge_spec import BASE

JSON = TOKEN | {"Content-Type": "application/json"}
THING: dict[str, Any] = {"name": "Ravi", "line_items": [{"item_id": "it_1"}]}


async def _post(content: bytes | dict[str, Any], headers: dict[str, str] = JSON) -> tuple[httpx.Response, Edge]:
    edge = Edge()
    async with edge.client() as client:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await client.post(f"{BASE}/things", content=raw, headers=headers), edge


async def test_a_good_body_arrives_with_exact_numbers() -> None:
    answer, edge = await _post(
        b'{"name":"Ravi","count":3.0,"line_items":[{"item_id":"it_1","quantity":0.1,"rate":12345678901.10}]}'
    )

    assert answer.status_code == 201
    (call,) = edge.calls
    assert call.body["line_items"][0]["rate"] == Decimal("12345678901.10")
    assert str(call.body["line_items"][0]["quantity"]) == "0.1"
    assert type(call.body["count"]) is int
    assert call.raw_body.startswith(b'{"name"')


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut short"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b'{"name": "\xff"}', id="invalid UTF-8"),
        pytest.param('{"name": "a"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param(b"[" * 100_000, id="100k deep"),
        pytest.param(b'{"custom_fields":' + b'{"a":' * 33 + b"1" + b"}" * 34, id="33 deep"),
        pytest.param(b'{"name": ' + b"9" * 5000 + b"}", id="5000-digit integer"),
        pytest.param(b'{"name": ' + b"9" * 41 + b"}", id="41-digit integer"),
        pytest.param(b'{"name": NaN}', id="NaN"),
        pytest.param(b'{"name": Infinity}', id="Infinity"),
        pytest.param(b'{"name": 1e999}', id="1e999"),
        pytest.param(b'{"name": 1e-999}', id="1e-999"),
        pytest.param(b'{"name": 1E+999999999999999999999}', id="huge exponent"),
        pytest.param(b'{"name": 0.' + b"1" * 50 + b"}", id="50 places"),
        pytest.param(b'{"name": "a\\u0000b"}', id="NUL"),
        pytest.param(b'{"custom_fields": {"a\\u0000": 1}}', id="NUL in a name"),
        pytest.param(b'{"name": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"name": 01}', id="leading zero"),
        pytest.param(b'{"name": "a"} {"name": "b"}', id="two values"),
        pytest.param(b"{'name': 'a'}", id="single quotes"),
    ],
)
async def test_what_is_no_json_object_fails(content: bytes) -> None:
    answer, edge = await _post(content)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation.failed")
    assert edge.calls == []
    assert len(answer.content) < 600


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": None}, "invalid_value", "name"),
        ({"name": 7}, "invalid_value", "name"),
        ({"name": ""}, "invalid_value", "name"),
        ({"name": "x" * 101}, "invalid_value", "name"),
        ({"kind": "OTHER"}, "invalid_value", "kind"),
        ({"date": "2026-13-45"}, "invalid_value", "date"),
        ({"date": "2026-02-30"}, "invalid_value", "date"),
        ({"date": "0000-01-01"}, "invalid_value", "date"),
        ({"date": "20260401"}, "invalid_value", "date"),
        ({"date": "2026-04-01\n"}, "invalid_value", "date"),
        ({"seen_at": "2026-04-01T09:30:00"}, "invalid_value", "seen_at"),
        ({"seen_at": "2026-04-01T25:30:00Z"}, "invalid_value", "seen_at"),
        ({"seen_at": "0001-01-01T00:00:00+23:59"}, "invalid_value", "seen_at"),
        ({"email": "not an address"}, "invalid_value", "email"),
        ({"website": "no url"}, "invalid_value", "website"),
        ({"count": 1.5}, "invalid_value", "count"),
        ({"count": 201}, "invalid_value", "count"),
        ({"count": 10**30}, "invalid_value", "count"),
        ({"count": True}, "invalid_value", "count"),
        ({"count": "5"}, "invalid_value", "count"),
        ({"is_inclusive": "true"}, "invalid_value", "is_inclusive"),
        ({"address": {"zip": "560050\n"}}, "invalid_value", "address.zip"),
        ({"address": {"zip": "000000"}}, "invalid_value", "address.zip"),
        ({"address": {"city": "Pune"}}, "failed", "address.city"),
        ({"address": []}, "invalid_value", "address"),
        ({"line_items": []}, "invalid_value", "line_items"),
        ({"line_items": [{"item_id": "a"}, {}]}, "required_field", "line_items[1].item_id"),
        ({"line_items": [{"item_id": "a", "rate": 0.295}]}, "invalid_value", "line_items[0].rate"),
        ({"line_items": [{"item_id": "a", "rate": -1}]}, "invalid_value", "line_items[0].rate"),
        ({"line_items": [{"item_id": "a", "rate": 10**13}]}, "invalid_value", "line_items[0].rate"),
        ({"line_items": [{"item_id": "a", "quantity": 0}]}, "invalid_value", "line_items[0].quantity"),
        ({"line_items": [{"item_id": "a", "line_item_id": "li_1"}]}, "failed", "line_items[0].line_item_id"),
        ({"line_items": [{"item_id": "a", "discount": 1, "discount_percent": 1}]}, "invalid_value", "line_items[0]"),
        ({"colour": "red"}, "failed", "colour"),
    ],
)
async def test_a_value_against_the_contract_is_named_by_its_path(change: dict[str, Any], code: str, field: str) -> None:
    answer, edge = await _post({**THING, **change})

    error = answer.json()
    assert (answer.status_code, error["code"]) == (422 if code == "failed" else 400, f"validation.{code}")
    assert error["field"] == field
    assert error["message"].startswith(field)
    assert edge.calls == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": None, "email": None, "address": None},
        {"address": {"zip": None}},
        {"count": 5.0},
        {"seen_at": "2026-04-01T09:30:00.123456+05:30"},
        {"line_items": [{"item_id": "a", "rate": 0.29}, {"item_id": "b", "rate": 0.07}]},
        {"line_items": [{"item_id": "a", "rate": 9999999999999.99, "quantity": 0.000001}]},
        {"custom_fields": {"note": "a", "height": 1.5}},
    ],
)
async def test_a_value_that_the_contract_allows_passes(change: dict[str, Any]) -> None:
    answer, _ = await _post({**THING, **change})

    assert answer.status_code == 201, answer.text


async def test_trailing_zeros_are_no_places() -> None:
    answer, _ = await _post(b'{"name":"a","line_items":[{"item_id":"a","rate":1.1000}]}')

    assert answer.status_code == 201


async def test_the_first_fault_by_document_order_decides_and_all_are_told() -> None:
    answer, _ = await _post(b'{"line_items":[{"colour":1,"rate":"x"}],"date":"soon","kind":3}')

    error = answer.json()
    assert (answer.status_code, error["code"], error["field"]) == (422, "validation.failed", "line_items[0].colour")
    assert [(each["code"], each["field"]) for each in error["details"]["errors"]] == [
        ("validation.failed", "line_items[0].colour"),
        ("validation.invalid_value", "line_items[0].rate"),
        ("validation.required_field", "line_items[0].item_id"),
        ("validation.invalid_value", "date"),
        ("validation.invalid_value", "kind"),
        ("validation.required_field", "name"),
    ]


async def test_messages_say_what_is_expected() -> None:
    answer, _ = await _post(
        {
            "name": "",
            "kind": "X",
            "date": "soon",
            "address": {"zip": "1"},
            "line_items": [{"item_id": "a", "rate": 0.005}],
        }
    )

    assert [each["message"] for each in answer.json()["details"]["errors"]] == [
        "name must have at least 1 characters.",
        "kind must be one of GOODS, SERVICE, null.",
        "date must be a date, YYYY-MM-DD.",
        "address.zip must match ^[1-9][0-9]{5}$, for example 560050.",
        "line_items[0].rate must have at most 2 decimal places.",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"address": 7}, "address must be an object or null."),
        ({"address": {"zip": 7}}, "address.zip must be a text or null."),
        ({"custom_fields": {"note": {}}}, "custom_fields.note must be a text or a number."),
        ({"custom_fields": {"note": "x" * 21}}, "custom_fields.note must have at most 20 characters."),
    ],
)
async def test_a_choice_of_types_is_told_in_words(change: dict[str, Any], message: str) -> None:
    answer, _ = await _post({**THING, **change})

    assert answer.json()["message"] == message


async def test_members_that_exclude_each_other_are_named() -> None:
    answer, _ = await _post({"name": "a", "line_items": [{"item_id": "a", "discount": 1, "discount_percent": 1}]})

    assert answer.json()["message"] == "line_items[0] must not have discount and discount_percent together."


async def test_a_body_full_of_faults_is_answered_quickly_and_briefly() -> None:
    """A million faults would take jsonschema-rs 16 seconds to tell."""
    answer, _ = await _post(b'{"name":"a","line_items":[' + b"0," * 500_000 + b"0]}")
    many, _ = await _post({"name": "a", "line_items": [0] * 200})

    assert answer.status_code == 400
    assert answer.elapsed.total_seconds() < 2
    assert len(many.json()["details"]["errors"]) == 50


async def test_a_long_value_is_never_sent_back() -> None:
    answer, _ = await _post({**THING, "name": "x" * 100_000, "y" * 100_000: 1})

    assert len(answer.content) < 2000


@pytest.mark.parametrize(
    "content_type",
    [
        None, "text/plain", "application/xml", "application/json; charset=utf-16", "application/json;", "json",
        "multipart/form-data; boundary=x", "application/json, application/json",
    ],
)  # fmt: skip
async def test_a_body_that_does_not_say_it_is_json_is_not_read(content_type: str | None) -> None:
    answer, edge = await _post(THING, TOKEN | ({"Content-Type": content_type} if content_type else {}))

    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")
    assert edge.calls == []


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
async def test_json_in_utf_8_is_read(content_type: str) -> None:
    answer, _ = await _post(THING, TOKEN | {"Content-Type": content_type})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 200), (b"{}", 200), (b'{"a":1}', 422), (b"[]", 422), (b"x", 422)]
)
async def test_an_action_without_a_declared_body_takes_none(content: bytes, status: int) -> None:
    edge = Edge()
    async with edge.client() as client:
        answer = await client.post(f"{BASE}/things/abc/approve", content=content, headers=JSON)

    assert answer.status_code == status
    assert all(call.body is None for call in edge.calls)


async def test_an_overlong_body_is_refused_by_its_length() -> None:
    answer, edge = await _post(b" " * (2 * 1024 * 1024) + b"{}")

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert edge.calls == []
