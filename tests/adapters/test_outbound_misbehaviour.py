"""Receivers that answer too much, too slowly, not at all, or nonsense; and those whose certificates are no good."""

import asyncio
import resource
import socket
import ssl
import struct
import time

import pytest

from adapters import outbound
from adapters.outbound import MOST_BYTES, OutboundClient, OutboundFailure
from tests.adapters.receivers import (
    LONG_AGO,
    NAME,
    Authority,
    Conversation,
    World,
    answer,
    client_in,
    receiver,
    sent_to,
)

URL = f"https://{NAME}/hook"
AUTHORITY = Authority()


async def failure_of(*answers: bytes | Conversation, seconds: float = 5) -> OutboundFailure:
    began = time.monotonic()
    with pytest.raises(OutboundFailure) as failed:
        await sent_to(*answers, seconds=seconds)
    took = (time.monotonic() - began) * 1000
    assert failed.value.milliseconds <= took < seconds * 1000 + 2000
    return failed.value


def slowly(head: bytes, byte: bytes) -> Conversation:
    """Say a head, and then a byte every 50 ms for ever."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(0.05)

    return converse


def endlessly(head: bytes, piece: bytes, told: list[int]) -> Conversation:
    """Say a head, and then a piece for ever; tell how many bytes could be said until the other side had enough."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        told.append(0)
        while True:
            writer.write(piece)
            await writer.drain()
            told[-1] += len(piece)

    return converse


def reset(said: bytes) -> Conversation:
    """Say something, and then end the connection with a reset."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return converse


def ends(said: bytes) -> Conversation:
    """Say something, and then end the connection in an orderly way."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    return converse


def half_closes(said: bytes) -> Conversation:
    """Say something, and that nothing more comes; but go on listening."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.write_eof()
        await reader.read()

    return converse


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await reader.read()


# Too much

TEN_GIGABYTES = b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (TEN_GIGABYTES, b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 8192),
    ],
)
async def test_of_an_answer_without_end_no_more_than_64_kb_are_read(head: bytes, piece: bytes) -> None:
    told: list[int] = []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got = await sent_to(endlessly(head, piece, told))
    await asyncio.sleep(0.1)
    assert (got.status, got.is_whole) == (200, False)
    assert 0 < len(got.body) <= MOST_BYTES
    assert len(piece) < 65536 or len(got.body) == MOST_BYTES
    assert told[0] < 16 * 1024 * 1024, "more than what both sides' sockets hold was taken"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 64 * 1024


async def test_exactly_64_kb_are_a_whole_answer() -> None:
    got = await sent_to(answer(body=b"x" * MOST_BYTES))
    assert (len(got.body), got.is_whole) == (MOST_BYTES, True)
    got = await sent_to(answer(body=b"x" * (MOST_BYTES + 1)))
    assert (len(got.body), got.is_whole) == (MOST_BYTES, False)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Header: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),
        (b"", b"x" * 1000),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
async def test_a_head_without_end_is_no_answer(head: bytes, piece: bytes) -> None:
    told: list[int] = []
    failure = await failure_of(endlessly(head, piece, told))
    assert failure.kind == "BAD_ANSWER"
    assert failure.milliseconds < 4000


async def test_a_head_of_usual_length_is_read() -> None:
    cookies = {f"Set-Cookie-{number}": "x" * 1000 for number in range(20)}
    assert (await sent_to(answer(headers=cookies))).status == 200
    assert (await failure_of(answer(headers={"X": "x" * 500_000}))).kind == "BAD_ANSWER"


# Too slow


async def test_an_answer_that_does_not_come_is_given_up() -> None:
    failure = await failure_of(silence, seconds=0.3)
    assert failure.kind == "TIMED_OUT"
    assert 250 <= failure.milliseconds < 2000
    assert str(failure) == "There was no answer within 0.3 s; the last step was to answer."


async def test_a_head_that_comes_a_byte_a_moment_is_given_up_when_the_time_is_over() -> None:
    assert (await failure_of(slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x"), seconds=0.5)).kind == "TIMED_OUT"


async def test_a_body_that_comes_a_byte_a_moment_is_cut_when_the_time_is_over() -> None:
    """The head has said that it arrived; what would follow decides nothing."""
    got = await sent_to(slowly(TEN_GIGABYTES, b"x"), seconds=0.5)
    assert (got.status, got.is_whole) == (200, False)
    assert 1 <= len(got.body) <= 20
    assert 450 <= got.milliseconds < 2500


async def test_the_time_covers_looking_up_connecting_and_tls() -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)  # takes the connection, says nothing of TLS
    async with server:
        world = World(server.sockets[0].getsockname()[1])
        async with client_in(world, tls=AUTHORITY.client(), seconds=0.3) as us:
            with pytest.raises(outbound.TimedOut, match="connect"):
                await us.post(URL, body=b"", headers={})
        world.silent = frozenset(["93.184.216.34"])
        async with client_in(world, seconds=0.3) as us:
            with pytest.raises(outbound.TimedOut, match="connect"):
                await us.post(URL, body=b"", headers={})
    slow = OutboundClient(lookup=never, seconds=0.3)  # type: ignore[arg-type] # it answers nothing at all
    with pytest.raises(outbound.TimedOut, match="look up the name"):
        await slow.post(URL, body=b"", headers={})


async def test_who_does_not_read_is_given_up() -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    server = await asyncio.start_server(deaf, "127.0.0.1", 0)
    async with server:
        client = OutboundClient(seconds=0.3)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(outbound.TimedOut):
            await client.post(url, body=b"x" * 50_000_000, headers={}, is_insecure_allowed=True)


async def test_a_call_that_is_given_up_leaves_no_connection() -> None:
    ended = asyncio.Event()

    async def until_it_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async with receiver(until_it_ends) as there:
        client = OutboundClient(seconds=30)
        url = f"http://127.0.0.1:{there.port}/"
        call = asyncio.create_task(client.post(url, body=b"", headers={}, is_insecure_allowed=True))
        await there.hears()
        call.cancel()
        await asyncio.wait_for(ended.wait(), 5)
        with pytest.raises(asyncio.CancelledError):
            await call


# Broken off, and nonsense


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nX: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
@pytest.mark.parametrize("way", [reset, ends, half_closes])
async def test_an_answer_that_breaks_off_in_its_head_is_none(said: bytes, way: object) -> None:
    assert callable(way)
    failure = await failure_of(way(said))
    assert failure.kind == "CONNECTION_LOST"
    assert failure.milliseconds < 4000


@pytest.mark.parametrize("way", [reset, ends, half_closes])
async def test_an_answer_that_breaks_off_in_its_body_is_one(way: object) -> None:
    assert callable(way)
    got = await sent_to(way(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"))
    assert (got.status, got.body, got.is_whole) == (200, b"half of it", False)


async def test_an_old_servers_answer_ends_with_the_connection() -> None:
    got = await sent_to(half_closes(b"HTTP/1.0 200 OK\r\n\r\nall of it"))
    assert (got.status, got.body, got.is_whole) == (200, b"all of it", True)


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"220 mail.example.in ESMTP\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ],
)
async def test_nonsense_is_no_answer(said: bytes) -> None:
    failure = await failure_of(said)
    assert failure.kind == "BAD_ANSWER"
    assert failure.milliseconds < 4000


async def test_chunks_that_are_none_cut_the_answer() -> None:
    got = await sent_to(b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
    assert (got.status, got.body, got.is_whole) == (500, b"abc", False)


async def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(outbound.CannotConnect, match="refused"):
        await OutboundClient().post(f"http://127.0.0.1:{port}/", body=b"", headers={}, is_insecure_allowed=True)


# TLS


async def tls_failure(server: ssl.SSLContext, client: ssl.SSLContext | None = None) -> str:
    async with receiver(answer(), tls=server) as there:
        async with client_in(World(there.port), tls=client or AUTHORITY.client()) as us:
            with pytest.raises(outbound.TlsFailed) as failed:
                await us.post(URL, body=b"secret", headers={})
        assert there.received == []
    return str(failed.value)


async def test_a_certificate_for_another_name_is_not_accepted() -> None:
    assert "not valid for 'hooks.example.in'" in await tls_failure(AUTHORITY.server("other.example.in"))


async def test_an_expired_certificate_is_not_accepted() -> None:
    assert "certificate has expired" in await tls_failure(AUTHORITY.server(NAME, not_after=LONG_AGO))


async def test_a_certificate_of_nobody_known_is_not_accepted() -> None:
    assert "unable to get local issuer" in await tls_failure(Authority().server())
    ours = outbound.OutboundClient()._tls
    assert "unable to get local issuer" in await tls_failure(AUTHORITY.server(), ours)


async def test_tls_before_1_2_is_not_spoken() -> None:
    server, old = AUTHORITY.server(), AUTHORITY.client()
    with pytest.warns(DeprecationWarning):
        server.minimum_version, server.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.minimum_version = ssl.TLSVersion.TLSv1
    for context in (server, old):
        context.set_ciphers("ALL:@SECLEVEL=0")
    async with receiver(answer(), tls=server) as there, client_in(World(there.port), tls=old) as careless:
        assert (await careless.post(URL, body=b"", headers={})).status == 200  # who is less careful would speak it
    assert await tls_failure(server)
    assert outbound.OutboundClient()._tls.minimum_version == ssl.TLSVersion.TLSv1_2


async def test_tls_1_2_is_spoken() -> None:
    server = AUTHORITY.server()
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    async with receiver(answer(), tls=server) as there, client_in(World(there.port), tls=AUTHORITY.client()) as us:
        assert (await us.post(URL, body=b"", headers={})).status == 200


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 This is no TLS\r\n\r\n", b""])
async def test_what_is_not_tls_is_told(said: bytes) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        world = World(server.sockets[0].getsockname()[1])
        async with client_in(world, tls=AUTHORITY.client()) as us:
            with pytest.raises(outbound.TlsFailed):
                await us.post(URL, body=b"", headers={})


# Documents


async def test_a_document_is_got_whole_or_not_at_all() -> None:
    async def fetched(said: bytes | Conversation, seconds: float = 5) -> bytes:
        async with receiver(said, tls=AUTHORITY.server()) as there:
            us = client_in(World(there.port), tls=AUTHORITY.client(), seconds=seconds)
            async with us as client:
                got = await client.get(URL, headers={"Accept": "application/json"})
        assert there.received[0].line == "GET /hook HTTP/1.1"
        assert there.received[0].headers["Accept"] == "application/json"
        return got.body

    assert await fetched(answer(body=b"x" * 5120)) == b"x" * 5120
    for said in (answer(body=b"x" * 5121), ends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")):
        with pytest.raises(outbound.BadAnswer, match="longer than 5120 bytes"):
            await fetched(said)
    with pytest.raises(outbound.BadAnswer):
        await fetched(slowly(TEN_GIGABYTES, b"x"), seconds=0.5)
