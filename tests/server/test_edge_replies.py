"""Replies and errors on the wire: envelopes, entity tags, rate limits, request ids, and what callers are not told."""

from decimal import Decimal

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from domain.errors import Duplicate, Invalid
from server.edge.etags import parse_if_match
from tests.server.edge_app import TOKEN, Edge, StubDoor, fifty_rows
from tests.server.edge_spec import BASE

THING = f"{BASE}/things/abc"


async def test_decimals_leave_as_exact_numbers() -> None:
    edge = Edge()
    edge.books.rows = [{"total": Decimal("9999999999999.99"), "rate": Decimal("0.10")}]
    async with edge.client() as client:
        answer = await client.get(f"{BASE}/things", headers=TOKEN)

    assert b'"total":9999999999999.99,"rate":0.10' in answer.content


async def test_a_single_resource_has_a_strong_tag_and_a_list_has_none() -> None:
    edge = Edge()
    edge.books.rows = fifty_rows()
    async with edge.client() as client:
        one = await client.get(THING, headers=TOKEN)
        many = await client.get(f"{BASE}/things", headers=TOKEN)
        gone = await client.delete(THING, headers=TOKEN)

    assert one.headers["etag"].startswith('"3-')
    assert len(one.headers["etag"]) == len('"3-') + 16 + 1
    assert one.headers["cache-control"] == "private, no-cache"
    assert "etag" not in many.headers
    assert many.headers["cache-control"] == "no-store"
    assert "etag" not in gone.headers


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
async def test_what_the_caller_has_already_is_not_sent_again(form: str) -> None:
    async with Edge().client() as client:
        tag = (await client.get(THING, headers=TOKEN)).headers["etag"]
        again = await client.get(THING, headers=TOKEN | {"If-None-Match": form.format(tag)})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


async def test_if_none_match_of_another_version_gets_the_resource() -> None:
    async with Edge().client() as client:
        answer = await client.get(THING, headers=TOKEN | {"If-None-Match": '"2-0123456789abcdef"'})

    assert answer.status_code == 200


async def test_if_none_match_never_turns_an_action_into_304() -> None:
    async with Edge().client() as client:
        answer = await client.post(f"{THING}/approve", headers=TOKEN | {"If-None-Match": "*"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        (None, None),
        (b"*", None),
        (b'"3-0123456789abcdef"', {3}),
        (b'"3"', {3}),
        (b'"3-0123456789abcdef", "4"', {3, 4}),
        (b'W/"3-0123456789abcdef"', {3}),
        (b'W/"3-0123456789abcdef", W/"4"', {3, 4}),
        (b'"not-ours"', set()),
    ],
)
def test_if_match_is_read_as_versions(header: bytes | None, versions: set[int] | None) -> None:
    assert parse_if_match(header) == versions


@pytest.mark.parametrize("header", [b"", b"3", b'"3" "4"', b'"3', b'"3",' * 2000, b"**", b'"a\x00"'])
def test_a_malformed_if_match_is_refused(header: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        parse_if_match(header)
    assert refused.value.field == "If-Match"


async def test_both_families_of_rate_limit_headers_are_sent() -> None:
    async with Edge().client() as client:
        headers = (await client.get(THING, headers=TOKEN)).headers

    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("600", "599")
    assert headers["ratelimit-policy"] == '"default";q=600;w=60'
    assert headers["ratelimit"] in ('"default";r=599;t=42', '"default";r=599;t=41')


async def test_a_sane_request_id_is_kept_and_another_replaced() -> None:
    async with Edge().client() as client:
        kept = await client.get("/healthz", headers={"X-Request-Id": "order-7.b_1"})
        made = await client.get("/healthz", headers={"X-Request-Id": "a b<script>"})
        long = await client.get("/healthz", headers={"X-Request-Id": "a" * 129})

    assert kept.headers["x-request-id"] == "order-7.b_1"
    assert made.headers["x-request-id"].startswith("req_")
    assert long.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("authorization", "code"), [(None, "auth.missing_token"), ("Bearer bad", "auth.invalid_token")]
)
async def test_401_has_a_challenge_and_is_counted_by_address(authorization: str | None, code: str) -> None:
    edge = Edge()
    async with edge.client() as client:
        answer = await client.get(THING, headers={"Authorization": authorization} if authorization else {})

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert edge.door.strangers == 1
    assert answer.headers["x-ratelimit-limit"] == "60"


async def test_two_authorization_headers_are_no_token() -> None:
    async with Edge().client() as client:
        answer = await client.get(THING, headers=[("Authorization", "Bearer good"), ("Authorization", "Bearer good")])

    assert answer.json()["code"] == "auth.invalid_token"


async def test_a_stranger_who_calls_too_often_gets_429() -> None:
    async with Edge(door=StubDoor(strangers_left=0)).client() as client:
        answer = await client.get("/nope")

    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limit.exceeded")
    assert answer.headers["retry-after"] == "42"


async def test_a_counter_out_of_reach_leaves_the_first_answer() -> None:
    async with Edge(door=StubDoor(failure=psycopg.OperationalError("away"))).client() as client:
        answer = await client.get("/nope")

    assert answer.status_code == 404


async def test_scopes_of_the_contract_reach_the_door() -> None:
    edge = Edge()
    async with edge.client() as client:
        await client.delete(THING, headers=TOKEN)

    assert edge.door.scopes == ("AIBooks.things.DELETE",)


async def test_a_refusal_is_the_contracts_flat_error() -> None:
    edge = Edge(failure=Duplicate("Number INV-1 is taken.", field="invoice_number", details={"number": "INV-1"}))
    async with edge.client() as client:
        answer = await client.get(THING, headers=TOKEN)

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "conflict.duplicate",
        "message": "Number INV-1 is taken.",
        "field": "invoice_number",
        "details": {"number": "INV-1"},
        "request_id": answer.headers["x-request-id"],
    }


@pytest.mark.parametrize("failure", [psycopg.OperationalError("secret host"), PoolTimeout("secret host")])
async def test_a_database_that_is_away_is_503_with_retry_after(failure: Exception) -> None:
    async with Edge(failure=failure).client() as client:
        answer = await client.get(THING, headers=TOKEN)

    assert (answer.status_code, answer.json()["code"]) == (503, "server.unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "secret" not in answer.text


async def test_an_unforeseen_error_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    async with Edge(failure=RuntimeError("secret detail")).client() as client:
        answer = await client.get(THING, headers=TOKEN)

    assert (answer.status_code, answer.json()["code"]) == (500, "server.error")
    assert "secret" not in answer.text
    (record,) = [each for each in caplog.records if each.exc_info]
    assert record.__dict__["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("text/html, application/json;q=0.9", 200),
        ("text/html, */*;q=0.1", 200),
        ("APPLICATION/JSON", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0.000, */*", 406),
        ("nonsense", 406),
    ],
)
async def test_callers_who_accept_no_json_get_406(accept: str, status: int) -> None:
    async with Edge().client() as client:
        answer = await client.get(THING, headers=TOKEN | {"Accept": accept})

    assert answer.status_code == status


async def test_one_log_line_a_request_without_secrets() -> None:
    edge = Edge()
    async with edge.client() as client:
        await client.get(f"{BASE}/things?search=confidential", headers=TOKEN)

    (line,) = edge.lines
    assert line["path"] == f"{BASE}/things"
    assert (line["method"], line["status"], line["token_id"]) == ("GET", 200, "tok_1")
    assert line["duration_ms"] > 0
    assert "confidential" not in str(line)
    assert "good" not in str(line)


async def test_health_readiness_and_metrics() -> None:
    edge = Edge()
    async with edge.client() as client:
        await client.get(THING, headers=TOKEN)
        up = await client.get("/healthz")
        ready = await client.get("/readyz")
        edge.is_ready = False
        unready = await client.get("/readyz")
        metrics = await client.get("/metrics")
        refused = await client.post("/healthz")

    assert [up.status_code, ready.status_code, unready.status_code] == [200, 200, 503]
    assert 'finzbooks_requests_total{operation="get_thing",status="200"}' in metrics.text
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
