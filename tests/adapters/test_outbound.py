"""The one client for calls to strangers, against receivers that behave, and against those that do not."""

import asyncio
import socket
import subprocess
import sys
import time
from ipaddress import ip_address

import pytest
import uvloop

from adapters import outbound
from adapters.outbound import OutboundClient
from adapters.outbound_wire import Names, OwnAddress, connected
from tests.adapters.receivers import (
    NAME,
    PUBLIC,
    Authority,
    World,
    answer,
    client_in,
    receiver,
    sent_to,
)

URL = f"https://{NAME}/hook?a=1"
AUTHORITY = Authority()


# What is sent, and what comes back


async def test_a_body_arrives_as_it_was_sent_and_the_answer_is_told() -> None:
    said = answer("202 Accepted", b"thanks", {"Retry-After": "7", "X-Other": "1", "Content-Type": "text/plain"})
    async with (
        receiver(said, tls=AUTHORITY.server()) as there,
        client_in(World(there.port), tls=AUTHORITY.client()) as us,
    ):
        got = await us.post(URL, body=b'{"a": 1}', headers={"Content-Type": "application/json", "X-One": "1"})
    assert (got.status, got.body, got.is_whole) == (202, b"thanks", True)
    assert dict(got.headers) == {"content-type": "text/plain", "retry-after": "7"}
    assert 0 <= got.milliseconds < 5000
    [request] = there.received
    assert request.line == "POST /hook?a=1 HTTP/1.1"
    assert request.body == b'{"a": 1}'
    assert request.server_name == NAME
    assert request.headers == {
        "Host": NAME,
        "User-Agent": "FinzBooks",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "X-One": "1",
        "Content-Length": "8",
    }


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    got = await sent_to(answer(status, b"", {"Location": "http://169.254.169.254/"}))
    assert str(got.status) in status
    assert got.headers["location"] == "http://169.254.169.254/"


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "400 No", "410 Gone", "429 Slow", "500 Oh", "503 Away"])
async def test_any_status_is_an_answer(status: str) -> None:
    said = f"HTTP/1.1 {status}\r\n\r\n".encode() if "204" in status else answer(status)
    assert str((await sent_to(said)).status) in status


async def test_a_header_cannot_be_smuggled_in() -> None:
    async with receiver(answer()) as there:
        client = OutboundClient()
        with pytest.raises(Exception, match=r"(?i)illegal header"):
            await client.post(
                f"http://127.0.0.1:{there.port}/", body=b"", headers={"X-A": "1\r\nX-B: 2"}, is_insecure_allowed=True
            )
        assert there.received == []
        await client.aclose()


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await sent_to(answer())).status == 200


def test_it_works_in_the_event_loop_of_the_servers_as_well() -> None:
    async def both() -> list[int]:
        async with receiver(answer(), answer(), breaks_off, tls=AUTHORITY.server()) as there:
            us = client_in(World(there.port), tls=AUTHORITY.client())
            async with us as client:
                return [(await client.post(URL, body=b"x", headers={})).status for _ in range(3)]

    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 Made\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000)
        await writer.drain()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(both()) == [200, 200, 201]


# Connections that are used again


async def test_a_connection_is_used_again_and_looked_up_once() -> None:
    async with receiver(answer(), tls=AUTHORITY.server()) as there:
        world = World(there.port)
        async with client_in(world, tls=AUTHORITY.client()) as us:
            for _ in range(5):
                await us.post(URL, body=b"x", headers={})
    assert (there.connections, world.lookups, world.connected) == (1, [NAME], [PUBLIC])
    assert len(there.received) == 5


async def test_eight_at_once_have_a_connection_each() -> None:
    async with receiver(answer()) as there:
        client, url = OutboundClient(), f"http://127.0.0.1:{there.port}/"
        for _ in range(3):
            await asyncio.gather(*(client.post(url, body=b"x", headers={}, is_insecure_allowed=True) for _ in range(8)))
        assert there.connections == 8
        assert len(there.received) == 24
        await client.aclose()


async def test_a_kept_connection_that_has_ended_is_replaced() -> None:
    async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer())  # and says nothing of closing

    async with receiver(closes) as there:
        client = OutboundClient()
        for pause in (0, 0.05, 0):
            got = await client.post(f"http://127.0.0.1:{there.port}/", body=b"x", headers={}, is_insecure_allowed=True)
            assert got.status == 200
            await asyncio.sleep(pause)
        assert (there.connections, len(there.received)) == (3, 3)
        await client.aclose()


async def test_what_is_said_unasked_is_not_taken_for_the_next_answer() -> None:
    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", b"first") + answer("500 Oh", b"smuggled"))
        await writer.drain()
        await asyncio.sleep(1)

    async with receiver(twice) as there:
        client = OutboundClient()
        for _ in range(2):
            got = await client.post(f"http://127.0.0.1:{there.port}/", body=b"x", headers={}, is_insecure_allowed=True)
            assert (got.status, got.body) == (200, b"first")
        assert there.connections == 2
        await client.aclose()


async def test_connections_are_not_kept_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_IDLE_SECONDS", 0.05)
    async with receiver(answer()) as there:
        client = OutboundClient()
        for _ in range(2):
            await client.post(f"http://127.0.0.1:{there.port}/", body=b"x", headers={}, is_insecure_allowed=True)
            await asyncio.sleep(0.2)
        assert there.connections == 2
        await client.aclose()


async def test_a_connection_made_where_this_machine_is_allowed_serves_nobody_else() -> None:
    async with receiver(answer(), tls=AUTHORITY.server("localhost")) as there:
        client = OutboundClient(tls=AUTHORITY.client())
        url = f"https://localhost:{there.port}/"
        assert (await client.post(url, body=b"x", headers={}, is_insecure_allowed=True)).status == 200
        with pytest.raises(outbound.ForbiddenUrl):
            await client.post(url, body=b"x", headers={})
        assert len(there.received) == 1
        await client.aclose()


# Addresses


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["10.0.0.7"], ["169.254.169.254"], ["::ffff:8.8.8.8"], ["64:ff9b::808:808"], ["fd00::1"]],
)
@pytest.mark.parametrize("place", [0, 1, 5])
async def test_a_name_with_one_forbidden_address_is_not_called(addresses: list[str], place: int) -> None:
    found = ["8.8.8.8"] * place + addresses + ["1.1.1.1"]
    world = World(1, {NAME: [found]})
    async with client_in(world) as us:
        with pytest.raises(outbound.ForbiddenAddress) as failed:
            await us.post(URL, body=b"x", headers={})
    assert world.connected == []
    assert not any(address in str(failed.value) for address in addresses)


async def test_a_name_that_changes_between_check_and_connect_gains_nothing() -> None:
    """The first lookup is public, every later one leads inside: there is one lookup, and the connection goes there."""
    async with receiver(answer("200 OK", b"ok", {"Connection": "close"}), tls=AUTHORITY.server()) as there:
        world = World(there.port, {NAME: [[PUBLIC], ["127.0.0.1"]]})
        async with client_in(world, tls=AUTHORITY.client()) as us:
            assert (await us.post(URL, body=b"x", headers={})).status == 200
            assert (world.lookups, world.connected) == ([NAME], [PUBLIC])
            with pytest.raises(outbound.ForbiddenAddress):
                await us.post(URL, body=b"x", headers={})
    assert (len(world.lookups), world.connected) == (2, [PUBLIC])


async def test_an_address_in_the_url_is_called_without_a_lookup() -> None:
    async with receiver(answer(), tls=AUTHORITY.server("8.8.8.8")) as there:
        world = World(there.port)
        async with client_in(world, tls=AUTHORITY.client()) as us:
            assert (await us.post("https://8.8.8.8:8443/", body=b"", headers={})).status == 200
    assert (world.lookups, world.connected) == ([], ["8.8.8.8"])
    assert there.received[0].headers["Host"] == "8.8.8.8:8443"


async def test_the_next_address_is_tried_where_one_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_SECONDS_OF_AN_ADDRESS", 0.1)
    async with receiver(answer(), tls=AUTHORITY.server()) as there:
        world = World(there.port, {NAME: [["1.1.1.1", "2.2.2.2", PUBLIC]]})
        world.away, world.silent = frozenset(["1.1.1.1"]), frozenset(["2.2.2.2"])
        async with client_in(world, tls=AUTHORITY.client()) as us:
            assert (await us.post(URL, body=b"", headers={})).status == 200
    assert world.connected == ["1.1.1.1", "2.2.2.2", PUBLIC]


async def test_no_more_than_four_addresses_are_tried_but_all_are_checked() -> None:
    many = [f"8.8.4.{number}" for number in range(9)]
    world = World(1, {NAME: [many]}, away=frozenset(many))
    async with client_in(world) as us:
        with pytest.raises(outbound.CannotConnect):
            await us.post(URL, body=b"", headers={})
    assert world.connected == many[:4]


async def test_a_name_that_leads_nowhere_is_told() -> None:
    async with client_in(World(1)) as us:
        with pytest.raises(outbound.NoSuchName):
            await us.post("https://gone.example.in/", body=b"", headers={})
    client = OutboundClient()
    with pytest.raises(outbound.NoSuchName):
        await client.post("https://finzbooks.invalid/", body=b"", headers={})


async def test_the_systems_resolver_is_asked() -> None:
    with pytest.raises(OSError):
        await Names().addresses("finzbooks.invalid")


async def test_a_slow_name_is_asked_for_once_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answered(host: str, *rest: object, **wanted: object) -> list[tuple[object, ...]]:
        asked.append(host)
        time.sleep(0.3 if host.startswith("slow") else 0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    names = Names()
    slow = [asyncio.create_task(names.addresses("slow.example.in")) for _ in range(50)]
    await asyncio.sleep(0.01)
    slow[0].cancel()
    began = time.monotonic()
    assert await names.addresses("fast.example.in") == [ip_address(PUBLIC)]
    assert time.monotonic() - began < 0.2
    assert {tuple(found) for found in await asyncio.gather(*slow[1:])} == {(ip_address(PUBLIC),)}
    assert asked == ["slow.example.in.", "fast.example.in."]


async def test_lookups_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:

    def answered(*_: object, **__: object) -> list[tuple[object, ...]]:
        time.sleep(0.5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    names = Names()
    waiting = [asyncio.create_task(names.addresses(f"n{number}.example.in")) for number in range(64)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="busy"):
        await names.addresses("one.more.example.in")
    assert await asyncio.gather(*waiting) == [[]] * 64
    assert await names.addresses("later.example.in") == []


def test_a_lookup_that_hangs_does_not_keep_the_process() -> None:
    program = (
        "import asyncio, socket, time\n"
        "from adapters.outbound import OutboundClient, TimedOut\n"
        "socket.getaddrinfo = lambda *a, **k: time.sleep(60)\n"
        "async def main():\n"
        "    try: await OutboundClient(seconds=0.2).post('https://a.example.in/', body=b'', headers={})\n"
        "    except TimedOut as late: print(late)\n"
        "asyncio.run(main())\n"
    )
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=True)
    assert ended.stdout == "There was no answer within 0.2 s; the last step was to look up the name.\n"
    assert time.monotonic() - began < 30


def own_address() -> str:
    """The address of this machine on its network, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        try:
            link.connect((PUBLIC, 9))  # sends nothing
        except OSError:
            return "127.0.0.1"
        return str(link.getsockname()[0])


async def test_an_address_of_this_machine_is_not_called_whatever_it_is() -> None:
    """As where a firewall lets in little, and the machine itself everything."""
    address = own_address()
    if address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    server = await asyncio.start_server(lambda *_: None, address, 0)
    async with server:
        with pytest.raises(OwnAddress):
            await connected(ip_address(address), server.sockets[0].getsockname()[1])
