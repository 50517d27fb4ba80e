"""What the tests of attached files share: a server that takes a mebibyte, and how files are sent and fetched."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, Worker, calling, found, unforeseen, workers
from tests.server.trade import count_of

PDF = b"%PDF-1.7\n" + b"Delivery note 118, twelve chairs.\n" * 40
BODY_LIMIT = 64 * 1024
LIMIT = 1024 * 1024
ROOM = 3 * 1024 * 1024


Place = tuple[Worker, Path, DatabaseUrl]
"""The server, its data directory and its database."""


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server that takes files of a mebibyte, and its data directory."""
    data, url = tmp_path_factory.mktemp("data"), new_database()
    with workers(
        url,
        FINZBOOKS_DATA_DIRECTORY=str(data),
        FINZBOOKS_BODY_LIMIT_BYTES=str(BODY_LIMIT),
        FINZBOOKS_ATTACHMENT_LIMIT_BYTES=str(LIMIT),
        FINZBOOKS_FILES_ROOM_BYTES=str(ROOM),
    ) as started:
        yield started[0], data, url
        assert unforeseen(started) == ""


@pytest.fixture
async def firm(place: Place) -> Firm:
    return await found(place[2])


@pytest.fixture
async def call(place: Place, firm: Firm) -> AsyncIterator[Caller]:
    async with calling(place[0].url) as caller:
        yield caller.with_token(firm.token)


@pytest.fixture
def data(place: Place) -> Path:
    return place[1]


async def send(
    call: Caller, customer: str, content: bytes = PDF, *, filename: str = "note.pdf", **options: Any
) -> httpx.Response:
    fields = {"entity_type": "CONTACT", "entity_id": customer, **options.pop("fields", {})}
    return await call("POST", "/attachments", data=fields, files={"file": (filename, content)}, **options)


async def attached(call: Caller, customer: str, content: bytes = PDF, **options: Any) -> dict[str, Any]:
    reply = await send(call, customer, content, **options)
    assert reply.status_code == 201, reply.text
    shown: dict[str, Any] = reply.json()["attachment"]
    return shown


async def fetch(call: Caller, attachment: dict[str, Any], **options: Any) -> httpx.Response:
    """Follow the link without a token. The server of the tests listens on a port of its own."""
    path = httpx.URL(attachment["download_url"]).raw_path.decode()
    return await call.client.request(options.pop("method", "GET"), call.urls[0] + path, **options)


def stored(data: Path, firm: Firm) -> list[str]:
    folder = data / "files" / firm.organization_id
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def nothing_is_left(data: Path, firm: Firm) -> bool:
    return not list((data / "spool").glob("*")) and count_of(firm, "attachments") == 0
