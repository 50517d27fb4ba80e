"""Clients of other people go from our address to the first call, as they are: Authlib's, and the one of ``mcp``."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import httpx2
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from server.settings import DatabaseUrl
from tests.adapters.receivers import Authority, receiver
from tests.adapters.receivers import answer as answer_of
from tests.conftest import NewDatabase
from tests.running import BASE, Firm, found, rows, unforeseen, workers
from tests.server.apps import READ, RETURN_TO, an_app
from tests.server.people import Person, a_person, forms_of

HERE = "http://127.0.0.1:51234/callback"


AUTHORITY = Authority()


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, DatabaseUrl]]:
    """A server that knows its own address, and its database; it trusts the authority of the tests, too."""
    database, trusted = new_database(), tmp_path_factory.mktemp("trusted") / "authority.pem"
    AUTHORITY.ca.cert_pem.write_to_path(str(trusted))
    settings = {"FINZBOOKS_OUTBOUND_CA_FILE": str(trusted), "FINZBOOKS_ALLOW_INSECURE_WEBHOOKS": "1"}
    with workers(database, 1, FINZBOOKS_BASE_URL="http://127.0.0.1:{port}", **settings) as started:
        yield started[0].url, database
        assert unforeseen(started) == ""


@pytest.fixture
async def theirs(place: tuple[str, DatabaseUrl]) -> Firm:
    """A firm whose owner is asked."""
    return await found(place[1])


@pytest.fixture
async def person(place: tuple[str, DatabaseUrl], theirs: Firm) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(timeout=60) as browser:
        yield await a_person(browser, place[0], theirs)


async def consented(person: Person, address: str) -> str:
    """Follow an app's link in the browser, sign in, consent, and return the address that the browser is sent to."""
    page = await person.client.get(address)
    page = await person.led(page)
    if 'name="password"' in page.text:
        page = await person.sign_in(page)
    answer = await person.fill_in(page, organization=forms_of(page).choices[0], decision="allow")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_authlib_goes_from_the_metadata_to_the_books(
    place: tuple[str, DatabaseUrl], theirs: Firm, person: Person, method: str
) -> None:
    app = await an_app(theirs)
    endpoints = (await person.client.get(place[0] + "/.well-known/oauth-authorization-server")).json()
    async with AsyncOAuth2Client(
        app.client.id, app.secret, scope=READ, redirect_uri=RETURN_TO, code_challenge_method="S256",
        token_endpoint_auth_method=method, token_endpoint=endpoints["token_endpoint"], timeout=60,
    ) as client:  # fmt: skip
        address, state = client.create_authorization_url(
            endpoints["authorization_endpoint"], code_verifier=app.verifier
        )
        back = await consented(person, address)
        assert "iss=" in back
        await client.fetch_token(authorization_response=back, state=state, code_verifier=app.verifier)

        assert (await client.get(place[0] + BASE + "/contacts")).status_code == 200

        first = dict(client.token)
        second = await client.refresh_token(endpoints["token_endpoint"])
        assert second["access_token"] != first["access_token"]
        assert (await client.get(place[0] + BASE + "/contacts")).status_code == 200
        told_of = await client.introspect_token(endpoints["introspection_endpoint"], token=second["access_token"])
        assert told_of.json()["active"] is True
        await client.revoke_token(endpoints["revocation_endpoint"], token=second["refresh_token"])
        assert (await client.get(place[0] + BASE + "/contacts")).status_code == 401


class Memory:
    """Where the client of ``mcp`` keeps what it has; it knows the app's id at most, and nothing else."""

    def __init__(self, client_info: OAuthClientInformationFull | None = None) -> None:
        self.client_info = client_info
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        """Tell the tokens."""
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep tokens."""
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Tell who it is."""
        return self.client_info

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep who it is."""
        self.client_info = client_info


def a_provider(url: str, memory: Memory, person: Person, opened: list[str], described_at: str | None = None) -> Any:
    """The client of ``mcp`` as it is, with somebody at a browser who follows it, and notes where it led."""

    async def open_browser(address: str) -> None:
        opened.append(await consented(person, address))

    async def come_back() -> AuthorizationCodeResult:
        query = httpx.URL(opened[-1]).params
        return AuthorizationCodeResult(code=query["code"], state=query["state"], iss=query["iss"])

    return OAuthClientProvider(
        server_url=url + BASE,
        client_metadata=OAuthClientMetadata(redirect_uris=[AnyUrl(HERE)], token_endpoint_auth_method="none"),
        storage=memory,
        redirect_handler=open_browser,
        callback_handler=come_back,
        client_metadata_url=described_at,
    )


async def test_the_client_of_mcp_finds_everything_from_a_refused_call(
    place: tuple[str, DatabaseUrl], theirs: Firm, person: Person
) -> None:
    """It knows the address and the app's id; a call that needs more asks the user once more."""
    app = await an_app(theirs, is_public=True, redirect_uris=("http://127.0.0.1/callback",))
    memory = Memory(
        OAuthClientInformationFull(
            client_id=app.client.id, redirect_uris=[AnyUrl(HERE)], token_endpoint_auth_method="none", issuer=place[0]
        )
    )
    opened: list[str] = []
    provider = a_provider(place[0], memory, person, opened)
    async with httpx2.AsyncClient(auth=provider, timeout=60) as client:
        first = await client.get(place[0] + BASE + "/contacts")
        assert first.status_code == 200, first.text
        assert memory.tokens is not None
        assert memory.tokens.scope == READ
        made = await client.post(place[0] + BASE + "/contacts", json={"contact_name": "Sharma Traders"})

    assert made.status_code == 201, made.text
    assert len(opened) == 2
    assert set((memory.tokens.scope or "").split()) == {READ, "AIBooks.contacts.CREATE"}


async def test_an_agent_goes_from_the_address_to_its_first_tool(
    place: tuple[str, DatabaseUrl], theirs: Firm, person: Person
) -> None:
    """It begins with reading, and asks its user again when a tool needs more."""
    app = await an_app(theirs, is_public=True, redirect_uris=("http://127.0.0.1/callback",))
    memory = Memory(
        OAuthClientInformationFull(
            client_id=app.client.id, redirect_uris=[AnyUrl(HERE)], token_endpoint_auth_method="none", issuer=place[0]
        )
    )
    opened: list[str] = []

    async def open_browser(address: str) -> None:
        opened.append(await consented(person, address))

    async def come_back() -> AuthorizationCodeResult:
        query = httpx.URL(opened[-1]).params
        return AuthorizationCodeResult(code=query["code"], state=query["state"], iss=query["iss"])

    provider = OAuthClientProvider(
        server_url=place[0] + "/mcp",
        client_metadata=OAuthClientMetadata(redirect_uris=[AnyUrl(HERE)], token_endpoint_auth_method="none"),
        storage=memory,
        redirect_handler=open_browser,
        callback_handler=come_back,
    )
    async with (
        httpx2.AsyncClient(auth=provider, timeout=60) as http,
        Client(streamable_http_client(place[0] + "/mcp", http_client=http)) as client,
    ):
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert "find" in listed and "add" not in listed
        arguments = {"kind": "contact", "fields": {"contact_name": "Sharma Traders"}}
        shown = await client.call_tool("add", arguments)

    assert shown.structured_content["done"] is False
    assert len(opened) == 2
    assert memory.tokens is not None and "AIBooks.contacts.CREATE" in (memory.tokens.scope or "").split()


async def test_the_client_of_mcp_needs_no_registration(
    place: tuple[str, DatabaseUrl], theirs: Firm, person: Person
) -> None:
    """It knows our address and its own: the document that is there says who it is."""
    memory, opened = Memory(), list[str]()
    async with receiver(_describe, tls=AUTHORITY.server("localhost")) as there:
        address = f"https://localhost:{there.port}/oauth/client.json"
        provider = a_provider(place[0], memory, person, opened, address)
        async with httpx2.AsyncClient(auth=provider, timeout=60) as client:
            answer = await client.get(place[0] + BASE + "/contacts")

    assert answer.status_code == 200, answer.text
    assert [each.line for each in there.received] == ["GET /oauth/client.json HTTP/1.1"]
    assert memory.client_info is not None and memory.client_info.client_id == address
    assert opened[0].startswith(HERE + "?")
    page = next(each.text for each in person.seen if "Let Ledger agent into your books?" in each.text)
    assert "Nobody has registered this app with us" in page
    assert f"<dd>{address}</dd>" in page
    assert "<dd>127.0.0.1:51234</dd>" in page
    (kept,) = rows(place[1], "select organization_id, fetched_at from oauth_clients where id = %s", address)
    assert kept["organization_id"] is None and kept["fetched_at"] is not None


async def _describe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with a document about the address that was called."""
    port = writer.get_extra_info("sockname")[1]
    document = {
        "client_id": f"https://localhost:{port}/oauth/client.json",
        "client_name": "Ledger agent",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
    writer.write(answer_of("200 OK", json.dumps(document).encode(), {"Content-Type": "application/json"}))
    await writer.drain()
