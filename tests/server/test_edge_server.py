"""The edge behind a real uvicorn: what only shows on a socket."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from server.edge.crowd import ConnectionLimits
from tests.server.edge_app import Edge, listening
from tests.server.edge_spec import BASE

_LIMIT = 2 * 1024 * 1024
_TOKEN = "Authorization: Bearer good\r\n"
_JSON = "Content-Type: application/json\r\n"


class Wire:
    """A running server that takes raw bytes."""

    def __init__(self, edge: Edge, port: int) -> None:
        self.edge = edge
        self.port = port

    async def send(self, request: bytes, *, chunks: list[bytes] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Send a raw request, then chunks if given, and return status, headers and body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            for chunk in chunks or []:
                writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                await writer.drain()
            if chunks is not None:
                writer.write(b"0\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            status_line, *lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await asyncio.wait_for(reader.readexactly(int(headers.get("content-length", 0))), 10)
            return int(status_line.split()[1]), headers, body
        finally:
            writer.close()

    async def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """GET a raw path."""
        return await self.send(f"GET {path} HTTP/1.1\r\nHost: edge\r\n{_TOKEN}\r\n".encode("latin-1"))

    async def post(self, headers: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        """POST raw headers and bytes to the list."""
        return await self.send(_head(headers) + body)


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    edge = Edge()
    async with listening(edge, ConnectionLimits()) as port:
        yield Wire(edge, port)


def _head(headers: str, path: str = f"{BASE}/things") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: edge\r\n{_TOKEN}{headers}\r\n".encode("latin-1")


async def test_a_chunked_body_is_read(wire: Wire) -> None:
    body = json.dumps({"name": "a", "line_items": [{"item_id": "b"}]}).encode()

    status, headers, _ = await wire.send(
        _head(f"{_JSON}Transfer-Encoding: chunked\r\n"), chunks=[body[:10], body[10:11], body[11:]]
    )

    assert (status, headers["location"]) == (201, "/things/thi_1")


async def test_a_chunked_body_over_the_limit_is_refused_before_it_ends(wire: Wire) -> None:
    request = _head(f"{_JSON}Transfer-Encoding: chunked\r\n")
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(request + b"%x\r\n" % (_LIMIT * 10) + b" " * (_LIMIT + 70_000))

    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()

    assert b" 413 " in head


async def test_twenty_megabytes_are_refused_by_their_length_alone(wire: Wire) -> None:
    status, headers, body = await wire.post(f"{_JSON}Content-Length: 20000000\r\n")

    assert (status, json.loads(body)["code"]) == (413, "request.too_large")
    assert headers["connection"] == "close"


@pytest.mark.parametrize("length", ["abc", "-1", "1, 2", "9" * 30])
async def test_a_content_length_that_is_no_number_is_refused(wire: Wire, length: str) -> None:
    status, _, _ = await wire.post(f"{_JSON}Content-Length: {length}\r\n")

    assert status in (400, 413)


async def test_a_caller_who_hangs_up_is_no_error(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(_head(f"{_JSON}Content-Length: 100\r\n") + b'{"name"')
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()
    await asyncio.sleep(0.2)

    assert wire.edge.lines[-1]["status"] == 499
    assert wire.edge.lines[-1]["level"] == "info"
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_head_sends_no_body_on_a_kept_connection(wire: Wire) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    request = f"{BASE}/things/a HTTP/1.1\r\nHost: edge\r\n{_TOKEN}\r\n"
    writer.write(f"HEAD {request}GET {request}".encode())

    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    following = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
    writer.close()

    assert b"content-length: 68" in head.lower()
    assert following == b"HTTP/1.1 200 OK\r\n"


async def test_304_leaves_the_connection_in_order(wire: Wire) -> None:
    _, headers, _ = await wire.get(f"{BASE}/things/a")
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    request = f"GET {BASE}/things/a HTTP/1.1\r\nHost: edge\r\n{_TOKEN}If-None-Match: {headers['etag']}\r\n\r\n"
    writer.write(request.encode() * 2)

    for _ in range(2):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert head.startswith(b"HTTP/1.1 304")
    writer.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{BASE}/things/a%2Fb", 200),
        (f"{BASE}/things/%zz", 400),
        (f"{BASE}/things/%FF", 400),
        (f"{BASE}/things/%00", 200),
        (f"{BASE}/things/../things", 404),
        (f"{BASE}/things/..", 200),
        (f"{BASE}/things?search=%zz", 400),
        (f"{BASE}/things?search={'a' * 60_000}", 400),
        (f"{BASE}/things/{'a' * 60_000}", 200),
        ("/%2e%2e/%2e%2e/etc/passwd", 404),
        ("//", 404),
        ("/docs/assets/../../pyproject.toml", 404),
    ],
)
async def test_strange_paths_get_an_answer_of_the_contract(wire: Wire, path: str, status: int) -> None:
    answered, headers, _ = await wire.get(path)

    assert (answered, headers["content-type"]) == (status, "application/json")


async def test_bytes_above_ascii_in_a_path_are_no_server_error(wire: Wire) -> None:
    status, _, _ = await wire.get(f"{BASE}/things/\xff")

    assert status == 400


async def test_huge_headers_are_refused_or_ignored(wire: Wire) -> None:
    status, _, _ = await wire.post(f"{_JSON}Content-Length: 2\r\nX-Junk: {'a' * 300_000}\r\n", b"{}")

    assert status in (400, 413, 431)
