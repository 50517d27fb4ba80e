"""Compressed answers and bodies: gzip for who reads it, the tag still good; bodies are taken as they are only."""

import gzip
from typing import Any

import httpx
import pytest

from server.edge.compression import accepts_gzip
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, calling, found, workers
from tests.server.edge_app import TOKEN, Edge, fifty_rows
from tests.server.edge_spec import BASE

THINGS = f"{BASE}/things"
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


async def raw(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> tuple[httpx.Response, bytes]:
    """Call, and return the answer with its bytes as they came."""
    async with client.stream(method, url, **options) as answer:
        return answer, b"".join([each async for each in answer.aiter_raw()])


async def test_a_long_answer_is_compressed_for_who_reads_gzip() -> None:
    edge = Edge()
    edge.books.rows = fifty_rows()
    async with edge.client() as client:
        _, plain = await raw(client, "GET", THINGS, headers=TOKEN | PLAIN)
        answer, packed = await raw(client, "GET", THINGS, headers=TOKEN | GZIP)

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(packed)
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 5


async def test_a_short_answer_is_not() -> None:
    async with Edge().client() as client:
        answer, _ = await raw(client, "GET", f"{THINGS}/abc", headers=TOKEN | GZIP)

    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"].startswith('"')


async def test_a_very_long_answer_is_the_same_in_gzip() -> None:
    edge = Edge()
    edge.books.rows = fifty_rows() * 40
    async with edge.client() as client:
        _, plain = await raw(client, "GET", THINGS, headers=TOKEN | PLAIN)
        _, packed = await raw(client, "GET", THINGS, headers=TOKEN | GZIP)

    assert len(plain) > 300_000
    assert gzip.decompress(packed) == plain


async def test_a_long_refusal_is_compressed_too() -> None:
    body = {"name": "a", "line_items": [{"unknown": number} for number in range(50)]}
    async with Edge().client() as client:
        answer, packed = await raw(client, "POST", THINGS, headers=TOKEN | GZIP, json=body)

    assert (answer.status_code, answer.headers["content-encoding"]) == (422, "gzip")
    assert gzip.decompress(packed).endswith(b'"}\n')


@pytest.mark.parametrize(
    ("header", "reads"),
    [
        ("gzip", True), ("GZIP", True), ("deflate, gzip;q=1.0, *;q=0.5", True), ("br, gzip;q=0.1", True), ("*", True),
        ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000, *", False), ("*;q=0", False),
        ("gzip;q=0.001", True), ("x-gzip", True), ("identity", False),
    ],
)  # fmt: skip
def test_what_a_caller_says_of_gzip(header: str, reads: bool) -> None:  # noqa: FBT001
    assert accepts_gzip(header.encode()) is reads


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip", "zstd"])
async def test_a_compressed_body_is_refused_with_what_is_taken(coding: str) -> None:
    async with (edge := Edge()).client() as client:
        body = gzip.compress(b'{"name": "a"}')
        headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
        answer = await client.post(THINGS, headers=TOKEN | headers, content=body)

    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")
    assert answer.headers["accept-encoding"] == "identity"
    assert edge.calls == []


async def test_a_body_that_says_it_is_not_compressed_is_taken() -> None:
    async with Edge().client() as client:
        body = {"name": "a", "line_items": [{"item_id": "b"}]}
        answer = await client.post(THINGS, headers=TOKEN | {"Content-Encoding": "identity"}, json=body)

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", THINGS, TOKEN), ("GET", f"{THINGS}/abc", TOKEN), ("GET", THINGS, {}), ("GET", "/nope", {}),
        ("POST", THINGS, TOKEN), ("DELETE", f"{THINGS}/abc", TOKEN), ("GET", "/healthz", {}), ("GET", "/readyz", {}),
        ("GET", f"{BASE}/openapi.json", {}), ("GET", f"{BASE}/openapi-3.1.json", {}),
    ],
)  # fmt: skip
async def test_every_json_answer_ends_its_line(method: str, path: str, headers: dict[str, str]) -> None:
    async with Edge().client() as client:
        answer = await client.request(method, path, headers=headers)

    assert answer.headers["content-type"] == "application/json"
    assert answer.content.endswith(b"}\n")


async def test_the_tag_of_a_compressed_answer_is_good_for_what_tags_are_for(new_database: NewDatabase) -> None:
    """A contact of over 2 kB: 304 for who has it in either form, and a change of exactly the version that was seen."""
    firm = await found(new_database())
    with workers(firm.url) as (worker,):
        async with calling(worker.url) as caller:
            await _walk(caller.with_token(firm.token), firm)


async def _walk(call: Caller, firm: Firm) -> None:
    made = await call.made("/contacts", {"contact_name": "Ravi", "notes": "n" * 1000, "website": "https://ravi.in"})
    persons = [{"first_name": f"Person {number}", "email": f"p{number}@ravi.in"} for number in range(20)]
    path = f"/contacts/{made['contact_id']}"
    await call("PUT", path, {"contact_persons": persons})
    packed, plain = await call("GET", path, headers=GZIP), await call("GET", path, headers=PLAIN)

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in plain.headers["vary"]
    for tag in (packed.headers["etag"], plain.headers["etag"]):
        for encoding in (GZIP, PLAIN):
            again = await call("GET", path, headers={"If-None-Match": tag, **encoding})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == (packed if encoding is GZIP else plain).headers["etag"]
    changed = await call("PUT", path, {"notes": "m"}, headers={"If-Match": packed.headers["etag"], **GZIP})
    assert changed.status_code == 200, changed.text
    late = await call("PUT", path, {"notes": "k"}, headers={"If-Match": packed.headers["etag"], **GZIP})
    assert (late.status_code, late.json()["code"]) == (412, "conflict.version_mismatch")
