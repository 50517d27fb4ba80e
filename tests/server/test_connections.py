"""Connections on a real socket: limits before anybody knows who is calling, and broken HTTP answered as JSON."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network

import pytest

from handlers.replies import Reply
from server.edge.crowd import ConnectionLimits
from server.exchange import Call
from tests.server.edge_app import Edge, fifty_rows, listening
from tests.server.edge_spec import BASE

_LIMITS = ConnectionLimits(head_bytes=8192, head_lines=20, head_seconds=0.4, reading_seconds=0.2)
_GET = f"GET {BASE}/things/a HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\n"
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Slow(Edge):
    """An edge whose answers come in a minute."""

    async def answer(self, call: Call) -> Reply:
        await asyncio.sleep(60)
        return await super().answer(call)


@pytest.fixture(scope="module")
async def edge() -> Edge:
    return Edge()


@pytest.fixture(scope="module")
async def port(edge: Edge) -> AsyncIterator[int]:
    async with listening(edge, _LIMITS) as number:
        yield number


async def told(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Read one answer."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await asyncio.wait_for(reader.readexactly(int(headers.get("content-length", 0))), 10)
    return int(status.split()[1]), headers, body


async def ask(port: int, request: str | bytes, *, source: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    """Send bytes on a new connection, read one answer, and wait until we are hung up on if it says so."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    writer.write(request.encode("latin-1") if isinstance(request, str) else request)
    try:
        answer = await told(reader)
        if answer[1].get("connection") == "close":
            assert await asyncio.wait_for(reader.read(), 5) == b""
        return answer
    finally:
        writer.close()


def assert_refused(answer: tuple[int, dict[str, str], bytes], status: int, code: str) -> None:
    answered, headers, body = answer
    refusal = json.loads(body)

    assert (answered, refusal["code"]) == (status, code)
    assert refusal["request_id"] == headers["x-request-id"]
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"


async def test_more_lines_than_are_read_are_refused_by_number(port: int, edge: Edge) -> None:
    answer = await ask(port, _GET + "X-Request-Id: mine-1\r\n" + "a: b\r\n" * 18 + "\r\n")

    assert_refused(answer, 431, "request.headers_too_large")
    assert "8192 bytes or 20 lines" in json.loads(answer[2])["message"]
    assert answer[1]["x-request-id"] == "mine-1"
    assert edge.lines[-1]["status"] == 431
    assert edge.lines[-1]["path"] == f"{BASE}/things/a"


async def test_as_many_lines_as_are_read_are_taken(port: int) -> None:
    assert (await ask(port, _GET + "a: b\r\n" * 18 + "\r\n"))[0] == 200


@pytest.mark.parametrize("size", [9_000, 60_000, 2_000_000])
async def test_a_head_over_the_limit_is_refused_by_size(port: int, size: int) -> None:
    assert_refused(await ask(port, f"{_GET}Cookie: {'c' * size}\r\n\r\n"), 431, "request.headers_too_large")


async def test_a_long_request_line_belongs_to_the_head(port: int) -> None:
    line = f"GET {BASE}/things?search={'s' * 9_000} HTTP/1.1\r\nHost: edge\r\n\r\n"

    assert_refused(await ask(port, line), 431, "request.headers_too_large")


async def test_a_large_body_in_the_same_packet_is_no_large_head(port: int) -> None:
    body = json.dumps({"name": "n" * 100, "line_items": [{"item_id": "i"}] * 20}).encode()
    head = f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\n"
    request = f"{head}Content-Type: application/json\r\nContent-Length: {len(body) + 9000}\r\n\r\n"

    assert (await ask(port, request.encode() + b" " * 9000 + body))[0] == 201


async def test_four_hundred_thousand_lines_cost_next_to_nothing(port: int) -> None:
    """They once held a worker for 52 seconds."""
    started = time.process_time()
    answer = await ask(port, _GET + "a: b\r\n" * 400_000 + "\r\n")

    assert_refused(answer, 431, "request.headers_too_large")
    assert time.process_time() - started < 2


async def test_lines_after_a_body_are_limited_too(port: int) -> None:
    """Trailers, chunk extensions: whatever is no body."""
    head = f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\n"
    request = f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n"

    for endless in ("0\r\n" + "a: b\r\n" * 100_000, "0\r\na: " + "b" * 600_000, "5;x=" + "b" * 600_000):
        assert_refused(await ask(port, request + endless), 431, "request.headers_too_large")


@pytest.mark.parametrize(
    "request_",
    [
        "this is no http\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        f"GET {BASE}/things HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        f"GET {BASE}/things HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        f"GET {BASE}/things HTTP/1.1\r\na b: c\r\n\r\n",
        f"GET {BASE}/things/\xff HTTP/1.1\r\n\r\n",
        f"GET {BASE}/things HTTP/9.9\r\n\r\n",
        "GET http:// HTTP/1.1\r\n\r\n",
    ],
)
async def test_broken_http_is_refused_as_json(port: int, edge: Edge, request_: str) -> None:
    strangers = edge.door.strangers
    assert_refused(await ask(port, request_), 400, "request.malformed")
    assert edge.door.strangers == strangers + 1


async def test_a_broken_body_is_refused_as_json(port: int, edge: Edge) -> None:
    head = f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    await asyncio.sleep(0.1)
    writer.write(b"no length\r\n")

    assert_refused(await told(reader), 400, "request.malformed")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


@pytest.mark.parametrize("name", ["Upgrade", "upgrade"])
async def test_an_offer_of_another_protocol_is_passed_over(port: int, name: str) -> None:
    """As Java's own client makes it with a POST: the body is still ours to read, and the connection goes on."""
    body = json.dumps({"name": "a", "line_items": [{"item_id": "b"}]})
    head = f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\nContent-Length: {len(body)}\r\n"
    offer = f"Connection: Upgrade, HTTP2-Settings\r\n{name}: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{head}Content-Type: application/json\r\n{offer}\r\n{body}".encode())

    assert (await told(reader))[0] == 201
    writer.write(f"{_GET}\r\n".encode())
    assert (await told(reader))[0] == 200
    writer.close()


async def test_broken_http_behind_a_good_request_is_answered_after_it(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{_GET}\r\nthis is no http\r\n\r\n".encode())

    assert (await told(reader))[0] == 200
    assert_refused(await told(reader), 400, "request.malformed")
    writer.close()


async def test_requests_behind_each_other_are_answered_in_order_up_to_a_number(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{_GET}\r\n".encode() * 200)

    answers = [await told(reader) for _ in range(66)]
    writer.close()

    assert [status for status, _, _ in answers] == [200] * 65 + [400]


async def test_a_silent_connection_is_ended(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.monotonic()

    assert await asyncio.wait_for(reader.read(), 5) == b""
    assert time.monotonic() - started >= 0.4
    writer.close()


@pytest.mark.parametrize("drip", ["X-More: 1\r\n", "\r\n"])
async def test_a_head_that_trickles_in_is_ended(port: int, drip: str) -> None:
    """Also one that never begins: empty lines before it are allowed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_GET.encode() if drip != "\r\n" else b"")
    reading = asyncio.create_task(reader.read())
    started = time.monotonic()
    while not reading.done() and time.monotonic() - started < 5:
        with suppress(ConnectionError):
            writer.write(drip.encode())
            await writer.drain()
        await asyncio.sleep(0.05)
    answer = b""
    with suppress(ConnectionError):  # our last drip met a closed door
        answer = reading.result()
    writer.close()

    assert 0.4 <= time.monotonic() - started < 4
    assert answer.startswith(b"HTTP/1.1 408" if drip != "\r\n" else b"")


async def test_the_second_head_of_a_connection_has_no_more_time_than_the_first(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{_GET}\r\n".encode())
    assert (await told(reader))[0] == 200
    writer.write(_GET.encode())

    assert_refused(await told(reader), 408, "request.timeout")
    writer.close()


async def test_what_is_sent_after_an_answer_keeps_no_connection_open(port: int) -> None:
    """A body whose request was refused before it came, sent byte by byte for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nContent-Length: 100000\r\n\r\n".encode())
    assert (await told(reader))[0] == 401
    reading = asyncio.create_task(reader.read())
    started = time.monotonic()
    while not reading.done() and time.monotonic() - started < 5:
        with suppress(ConnectionError):
            writer.write(b"x")
            await writer.drain()
        await asyncio.sleep(0.05)
    writer.close()

    assert reading.done()
    assert time.monotonic() - started < 4
    reading.exception()


async def test_a_kept_connection_that_is_not_used_is_ended(edge: Edge) -> None:
    async with listening(edge, replace(_LIMITS, head_seconds=9), keep_alive_seconds=1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{_GET}\r\n".encode())
        assert (await told(reader))[0] == 200
        answered = time.monotonic()

        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert 0.9 <= time.monotonic() - answered < 4
        writer.close()


async def test_who_does_not_read_its_answers_is_dropped(edge: Edge) -> None:
    edge.books.rows = fifty_rows() * 20  # 200 KB an answer
    async with listening(edge, _LIMITS) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # it is a socket's
        asked, before = f"GET {BASE}/things HTTP/1.1\r\nHost: e\r\nAuthorization: Bearer good\r\n\r\n", time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - before < 8:
                writer.write(asked.encode())
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
    edge.books.rows = []


async def test_silent_connections_keep_nobody_out(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    """Neither those of one's own address nor those of others."""
    limits = replace(_LIMITS, connections=30, per_address=20, head_seconds=9)
    async with listening(edge, limits) as port:
        held = [await silent(port, "127.0.0.1") for _ in range(40)]
        held += [await silent(port, "127.0.0.2") for _ in range(40)]

        assert (await ask(port, f"{_GET}\r\n"))[0] == 200
        assert (await ask(port, f"{_GET}\r\n", source="127.0.0.3"))[0] == 200
        ended = [await is_ended(reader) for reader, _ in held]
        assert ended.count(False) <= 30
        assert ended[40 + 39] is False, "the last to come are the last to go"
        for _, writer in held:
            writer.close()
    assert [record for record in caplog.records if "at their limit" in record.message]


async def test_connections_at_work_are_not_ended_for_new_ones(edge: Edge) -> None:
    limits = replace(_LIMITS, per_address=2, head_seconds=9)
    head = f"POST {BASE}/things HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer good\r\n"
    body = json.dumps({"name": "a", "line_items": [{"item_id": "b"}]})
    begun = f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body[:9]}".encode()
    async with listening(edge, limits) as port:
        held = [await silent(port, "127.0.0.1") for _ in range(2)]
        for _, writer in held:
            writer.write(begun)
        await asyncio.sleep(0.1)

        refused = await ask(port, b"")
        elsewhere = await ask(port, f"{_GET}\r\n", source="127.0.0.2")
        for reader, writer in held:
            writer.write(body[9:].encode())
            assert (await told(reader))[0] == 201
            writer.close()

    assert_refused(refused, 503, "server.unavailable")
    assert refused[1]["retry-after"] == "1"
    assert elsewhere[0] == 200


async def test_a_trusted_proxy_has_no_limit_of_its_own(edge: Edge) -> None:
    limits = replace(_LIMITS, per_address=2, trusted=(ip_network("127.0.0.0/30"),), head_seconds=9)
    async with listening(edge, limits) as port:
        held = [await silent(port, "127.0.0.2") for _ in range(10)]
        strangers = [await silent(port, "127.0.0.9") for _ in range(10)]
        await asyncio.sleep(0.1)

        assert [await is_ended(reader) for reader, _ in held] == [False] * 10
        assert [await is_ended(reader) for reader, _ in strangers] == [True] * 8 + [False] * 2
        for _, writer in [*held, *strangers]:
            writer.close()


async def test_a_stop_answers_who_is_about_to_ask(edge: Edge) -> None:
    """The caller of a kept connection cannot know of the stop before it is told: so it is told, in an answer."""
    async with listening(edge, _LIMITS) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{_GET}\r\n".encode())
        assert (await told(reader))[1].get("connection") is None
        fresh_reader, fresh = await silent(port, "127.0.0.1")
        stopping = asyncio.create_task(asyncio.sleep(0.3))
    await stopping
    writer.close()
    fresh.close()
    assert await is_ended(fresh_reader)


async def test_what_outlasts_a_stop_is_given_up_in_json() -> None:
    async with listening(Slow(), _LIMITS) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{_GET}\r\n".encode())
        await asyncio.sleep(0.1)
    answer = await told(reader)
    writer.close()

    assert_refused(answer, 503, "server.unavailable")
    assert answer[1]["retry-after"] == "2"


async def silent(port: int, source: str) -> _Streams:
    """Connect, and say nothing."""
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


async def is_ended(reader: asyncio.StreamReader) -> bool:
    """Whether we were hung up on."""
    with suppress(TimeoutError):
        return await asyncio.wait_for(reader.read(1), 0.02) == b""
    return False


def test_nothing_of_it_is_an_error_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
