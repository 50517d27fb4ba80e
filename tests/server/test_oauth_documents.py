"""Apps that describe themselves: the document is fetched over real TLS, checked, kept and refreshed; and failures."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.outbound import OutboundClient
from domain.access.oauth import clients
from domain.access.oauth.authorizing import NotOurs
from domain.access.oauth.clients import Client
from domain.errors import RateLimited
from server.exchange import Exchange
from server.jobs.deferring import deferring
from server.jobs.job_queue import job_queue
from server.oauth.documents import Documents
from server.oauth.doorkeeping import Doorkeeper
from server.postgres.database import Database
from server.settings import DatabaseUrl, Settings
from tests.adapters.receivers import PUBLIC, Authority, Conversation, World, answer, receiver
from tests.domain.test_client_documents import ADDRESS, RETURN_TO, a_document
from tests.running import operators_books, rows

HOST = "kirana.example"
AUTHORITY, STRANGER = Authority(), Authority()
MOVED_TO = "https://kirana.example/elsewhere"
JSON = {"Content-Type": "application/json"}
GOOD = answer("200 OK", a_document(), JSON)
DOWN = answer("503 Service Unavailable", b"", {})


@dataclass
class Looking:
    """What looks documents up, in a world whose one host leads to the test's receiver."""

    database: Database
    url: DatabaseUrl
    caller: str = "203.0.113.1"

    async def __call__(self, world: World, *, seconds: float = 5) -> Client | None:
        """Look the document up with a client of its own, and return what is kept of the app then."""
        client = OutboundClient(lookup=world.look_up, connect=world.connect, tls=AUTHORITY.client(), seconds=seconds)
        await self.with_client(client)
        async with operators_books(self.url) as books:
            return await clients.find(books, ADDRESS)

    async def with_client(self, client: OutboundClient, *, times: int = 1) -> None:
        """Look the document up, as often at once as is said."""
        found = Documents(Doorkeeper(self.database, deferring(job_queue(self.url))), lambda: client)
        exchange = [Exchange("req_test", 0.0, self.caller) for _ in range(times)]
        try:
            await asyncio.gather(*(found.look_up(ADDRESS, each) for each in exchange))
        finally:
            await found.close()

    def age(self, by: timedelta) -> None:
        """Let the document that is kept be older."""
        rows(self.url, "update oauth_clients set fresh_until = fresh_until - %s where id = %s", by, ADDRESS)


@pytest.fixture
async def look(database_url: DatabaseUrl) -> AsyncIterator[Looking]:
    database = Database(database_url, Settings())
    await database.open()
    rows(database_url, "delete from oauth_clients")
    rows(database_url, "delete from call_counts")
    yield Looking(database, database_url)
    rows(database_url, "delete from oauth_clients")
    await database.close()


def leading(port: int, *addresses: str) -> World:
    """A world in which the host leads to the receiver, whatever its address is said to be."""
    return World(port, {HOST: [addresses or (PUBLIC,)]})


async def test_a_document_makes_an_app_that_is_asked_for_once(look: Looking) -> None:
    async with receiver(GOOD, tls=AUTHORITY.server(HOST)) as there:
        for _ in range(3):
            client = await look(leading(there.port))

    assert client is not None
    assert (client.name, client.redirect_uris, client.is_public) == ("Kirana POS", [RETURN_TO], True)
    (request,) = there.received
    assert request.line == "GET /oauth/client.json HTTP/1.1"
    assert request.headers["Accept"] == "application/json"
    assert "Cookie" not in request.headers and "Authorization" not in request.headers
    assert request.server_name == HOST


async def test_many_at_once_ask_once(look: Looking) -> None:
    async with receiver(GOOD, tls=AUTHORITY.server(HOST)) as there:
        world = leading(there.port)
        client = OutboundClient(lookup=world.look_up, connect=world.connect, tls=AUTHORITY.client())
        await look.with_client(client, times=8)
    assert len(there.received) == 1


async def test_an_old_document_is_fetched_anew_and_what_it_says_now_counts(look: Looking) -> None:
    moved = answer("200 OK", a_document(redirect_uris=[MOVED_TO], client_name="Kirana 2"), JSON)
    async with receiver(GOOD, moved, tls=AUTHORITY.server(HOST)) as there:
        await look(leading(there.port))
        look.age(timedelta(hours=2))
        client = await look(leading(there.port))

    assert client is not None and client.name == "Kirana 2"
    assert clients.may_return_to(client, MOVED_TO)
    assert not clients.may_return_to(client, RETURN_TO)


async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin, and never end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await asyncio.sleep(60)


REFUSED: dict[str, tuple[bytes | Conversation, str]] = {
    "down": (DOWN, "answers 503"),
    "gone": (answer("404 Not Found", b"", {}), "answers 404"),
    "elsewhere": (answer("302 Found", b"", {"Location": "https://bank.example/client.json"}), "answers 302"),
    "slow": (slow, "no answer within"),
    "too long": (answer("200 OK", a_document(logo_uri="x" * 5200), JSON), "longer than 5120 bytes"),
    "another's": (
        answer("200 OK", a_document(client_id="https://bank.example/a"), JSON),
        "another client_id",
    ),
    "a web page": (answer("200 OK", a_document(), {"Content-Type": "text/html"}), "content type"),
    "no JSON": (answer("200 OK", b"{", JSON), "no JSON"),
    "with a secret": (answer("200 OK", a_document(client_secret="x"), JSON), "prove itself"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_read_lets_nobody_in(look: Looking, case: str) -> None:
    said, why = REFUSED[case]
    async with receiver(said, tls=AUTHORITY.server(HOST)) as there:
        with pytest.raises(NotOurs, match=why) as refused:
            await look(leading(there.port), seconds=1)
    assert HOST in refused.value.message
    assert rows(look.url, "select id from oauth_clients") == []
    assert len(there.received) == 1, "nobody is asked twice, and no redirect is followed"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
async def test_no_document_is_fetched_from_within_a_network(look: Looking, address: str) -> None:
    async with receiver(GOOD, tls=AUTHORITY.server(HOST)) as there:
        for addresses in ((address,), (PUBLIC, address)):
            with pytest.raises(NotOurs, match="address that is not called"):
                await look(leading(there.port, *addresses))
    assert there.connections == 0


async def test_a_certificate_of_nobody_we_trust_is_refused(look: Looking) -> None:
    async with receiver(GOOD, tls=STRANGER.server(HOST)) as there:
        with pytest.raises(NotOurs, match="certificate is not accepted"):
            await look(leading(there.port))


async def test_what_was_said_counts_on_for_a_day_while_its_host_is_silent(look: Looking) -> None:
    async with receiver(GOOD, DOWN, DOWN, tls=AUTHORITY.server(HOST)) as there:
        await look(leading(there.port))
        look.age(timedelta(hours=2))
        assert await look(leading(there.port)) is not None
        look.age(timedelta(days=1))
        with pytest.raises(NotOurs, match="answers 503"):
            await look(leading(there.port))


async def test_what_was_said_counts_no_more_once_its_host_says_otherwise(look: Looking) -> None:
    """A document that is gone or about somebody else is an answer, and not silence."""
    for otherwise in (REFUSED["gone"][0], REFUSED["another's"][0]):
        rows(look.url, "delete from oauth_clients")
        async with receiver(GOOD, otherwise, tls=AUTHORITY.server(HOST)) as there:
            await look(leading(there.port))
            look.age(timedelta(hours=2))
            with pytest.raises(NotOurs):
                await look(leading(there.port))


async def test_an_app_that_the_operator_removed_is_not_even_asked_for(look: Looking) -> None:
    async with receiver(GOOD, tls=AUTHORITY.server(HOST)) as there:
        await look(leading(there.port))
        rows(look.url, "update oauth_clients set is_active = false, fresh_until = fresh_until - interval '1 day'")
        assert await look(leading(there.port)) is None
    assert len(there.received) == 1


async def test_nobody_has_us_ask_without_end(look: Looking) -> None:
    async with receiver(DOWN, tls=AUTHORITY.server(HOST)) as there:
        with pytest.raises(RateLimited):
            for _ in range(41):  # the minute may end in between
                with pytest.raises(NotOurs):
                    await look(leading(there.port))
    assert len(there.received) <= 40


async def test_other_ids_are_not_looked_up(look: Looking) -> None:
    found = Documents(Doorkeeper(look.database, deferring(job_queue(look.url))), _no_client)
    for client_id in ("app_01kar7v3fxe7srq2mv8cx0a1aa", "http://kirana.example/a", "https://kirana.example", ""):
        await found.look_up(client_id, Exchange("req_test", 0.0, "203.0.113.1"))


def _no_client() -> OutboundClient:
    raise AssertionError("nothing is asked for")
