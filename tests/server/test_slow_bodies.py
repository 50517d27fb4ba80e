"""Bodies that trickle in: they are ended after their time, told of in the log, and nothing of them is left."""

import asyncio
import json
import socket
from contextlib import suppress
from pathlib import Path
from time import monotonic

from tests.conftest import NewDatabase
from tests.running import BASE, Firm, Worker, found, workers
from tests.server.conftest import Site
from tests.server.filing import nothing_is_left

_JSON = "Content-Type: application/json\r\nContent-Length: 1000000"
_FORM = "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked"
_BEGUN = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-' + b"x" * 2 * 1024 * 1024


async def test_a_body_that_never_ends_is_ended(new_database: NewDatabase, tmp_path: Path) -> None:
    firm = await found(new_database())
    with workers(
        firm.url,
        FINZBOOKS_DATA_DIRECTORY=str(tmp_path),
        FINZBOOKS_BODY_TIMEOUT_SECONDS="1",
        FINZBOOKS_UPLOAD_TIMEOUT_SECONDS="2",
    ) as (worker,):
        simple, form = await asyncio.gather(
            trickled(worker, firm, "/contacts", _JSON, begin=b"{", more=b" "),
            trickled(worker, firm, "/attachments", _FORM, begin=chunk(_BEGUN), more=chunk(b"x")),
        )
        logged = worker.log.read_text()

    for (seconds, answer), limit in ((simple, 1), (form, 2)):
        assert limit <= seconds < limit + 5
        assert answer["code"] == "validation.failed"
        assert f"not complete after {limit} seconds" in answer["message"]
        assert any("A caller is too slow" in line and answer["request_id"] in line for line in logged.splitlines())
    assert nothing_is_left(tmp_path, firm)


async def test_a_body_that_is_too_large_is_answered_before_we_are_hung_up_on(site: Site, firm: Firm) -> None:
    """Who sends all before he reads gets the answer all the same, not a broken connection."""
    size, step = 4_000_000, 200_000
    head = (
        f"POST {BASE}/contacts HTTP/1.1\r\nHost: books\r\nAuthorization: Bearer {firm.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.urls[0].rpartition(":")[2]))
    writer.write(head.encode())
    for _ in range(size // step):
        writer.write(b"x" * step)
        await writer.drain()
        await asyncio.sleep(0.01)

    assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


def chunk(content: bytes) -> bytes:
    """A piece of a body without Content-Length."""
    return b"%x\r\n%s\r\n" % (len(content), content)


async def trickled(
    worker: Worker, firm: Firm, path: str, headers: str, *, begin: bytes, more: bytes
) -> tuple[float, dict[str, str]]:
    """Send the beginning of a body and then a bit of it now and then, until there is an answer and we are hung up on.

    Returns the seconds until then, and the error that we were told.
    """
    loop = asyncio.get_running_loop()
    head = f"POST {BASE}{path} HTTP/1.1\r\nHost: books\r\nAuthorization: Bearer {firm.token}\r\n{headers}\r\n\r\n"
    started, answer = monotonic(), b""
    with socket.create_connection(("127.0.0.1", int(worker.url.rpartition(":")[2]))) as connection:
        connection.setblocking(False)
        await loop.sock_sendall(connection, head.encode() + begin)
        with suppress(ConnectionError):  # what we sent last may have met a closed door
            while not answer:
                with suppress(TimeoutError):
                    answer = await asyncio.wait_for(loop.sock_recv(connection, 64 * 1024), 0.1)
                    continue
                await loop.sock_sendall(connection, more)
        with suppress(ConnectionError):
            while piece := await asyncio.wait_for(loop.sock_recv(connection, 64 * 1024), 10):
                answer += piece
    status, _, body = answer.partition(b"\r\n\r\n")
    assert status.startswith(b"HTTP/1.1 422")
    told: dict[str, str] = json.loads(body)
    return monotonic() - started, told
