"""Files in a bucket of a real S3 server: kept and fetched, refused with a wrong secret, and while it is away not kept.

A mock would not do: it takes any signature.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.files import StorageAway
from adapters.s3_files import Bucket, S3Files
from server.settings import DatabaseUrl
from server.storage.uploads import remove_unclaimed
from tests.conftest import NewDatabase
from tests.running import Worker, calling, found, unforeseen, workers
from tests.server import s3
from tests.server.filing import PDF, attached, send
from tests.server.s3 import S3Server, s3_server
from tests.server.trade import a_customer, count_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not s3.is_there(), reason="the S3 server's wheel does not exist for this system"),
]


@pytest.fixture(scope="module")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, bucket_server: S3Server) -> Iterator[tuple[Worker, DatabaseUrl]]:
    """A server that keeps its files in the bucket."""
    url = new_database()
    with workers(
        url,
        FINZBOOKS_FILES_URL=f"s3://{s3.BUCKET}/finzbooks",
        FINZBOOKS_S3_ENDPOINT=bucket_server.url,
        FINZBOOKS_S3_REGION="us-east-1",
        FINZBOOKS_S3_ACCESS_KEY_ID=s3.ACCESS_KEY,
        FINZBOOKS_S3_SECRET_ACCESS_KEY=s3.SECRET_KEY,
    ) as started:
        yield started[0], url
        assert unforeseen(started) == ""


def files_of(bucket: Bucket, *, link_seconds: int = 900, patience_seconds: int = 10) -> S3Files:
    return S3Files(bucket, link_seconds=link_seconds, patience_seconds=patience_seconds)


def fetched(link: str) -> httpx.Response:
    return httpx.get(link, timeout=10)


async def keep(files: S3Files, folder: Path, content: bytes = PDF, *, key: str = "org_a/att_b") -> None:
    source = folder / "source"
    source.write_bytes(content)
    await files.keep(key, source, filename='चालान "118".pdf', content_type="application/pdf")


def link_of(files: S3Files, key: str = "org_a/att_b") -> str:
    return files.link(key, filename="", content_type="", now=int(time.time()))


async def test_what_is_kept_can_be_fetched_under_its_name(bucket_server: S3Server, tmp_path: Path) -> None:
    files = files_of(bucket_server.bucket())
    await keep(files, tmp_path)

    answer = fetched(link_of(files))

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''%E0%A4%9A" in answer.headers["Content-Disposition"]


async def test_a_large_file_goes_in_parts(bucket_server: S3Server, tmp_path: Path) -> None:
    files, content = files_of(bucket_server.bucket()), os.urandom(12 * 1024 * 1024 + 7)
    await keep(files, tmp_path, content, key="org_a/att_large")

    assert fetched(link_of(files, "org_a/att_large")).content == content


async def test_a_link_is_good_for_its_time_and_its_file_only(bucket_server: S3Server, tmp_path: Path) -> None:
    files, passing = files_of(bucket_server.bucket()), files_of(bucket_server.bucket(), link_seconds=1)
    await keep(files, tmp_path)
    await keep(files, tmp_path, b"%PDF- of another", key="org_a/att_other")
    link, passing_link = link_of(files), link_of(passing)

    assert fetched(link).status_code == 200
    assert fetched(link.replace("att_b", "att_other")).status_code == 403
    assert fetched(link.partition("?")[0]).status_code == 403
    assert fetched(link[:-4] + "0000").status_code == 403
    await asyncio.sleep(2)
    assert fetched(passing_link).status_code == 403
    assert fetched(link).status_code == 200


async def test_a_wrong_secret_opens_nothing(bucket_server: S3Server, tmp_path: Path) -> None:
    right, wrong = files_of(bucket_server.bucket()), files_of(bucket_server.bucket(secret="a-guess"))
    await keep(right, tmp_path)

    with pytest.raises(StorageAway):
        await keep(wrong, tmp_path, b"%PDF- forged")
    with pytest.raises(StorageAway):
        await wrong.remove("org_a/att_b")
    assert fetched(link_of(wrong)).status_code == 403
    assert fetched(link_of(right)).content == PDF


async def test_removing_twice_is_as_good_as_once(bucket_server: S3Server, tmp_path: Path) -> None:
    files = files_of(bucket_server.bucket())
    await keep(files, tmp_path, key="org_a/att_gone")

    for _ in range(2):
        await files.remove("org_a/att_gone")

    assert fetched(link_of(files, "org_a/att_gone")).status_code == 404


@asynccontextmanager
async def a_stub(answer: bytes) -> AsyncIterator[str]:
    """Something that listens and answers everything in the same way; empty: not at all."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            if answer:
                writer.write(answer)
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def at(endpoint: str) -> Bucket:
    return Bucket(
        name="books", prefix="", endpoint=endpoint, region="us-east-1", access_key_id="a", secret_access_key="b"
    )


async def test_storage_that_says_it_kept_what_it_did_not_is_found_out(tmp_path: Path) -> None:
    lie = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nLast-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n'
    async with a_stub(lie) as endpoint:
        with pytest.raises(StorageAway, match="0 bytes"):
            await keep(files_of(at(endpoint)), tmp_path)


async def test_storage_that_never_answers_is_given_up(tmp_path: Path) -> None:
    started = time.monotonic()
    async with a_stub(b"") as endpoint:
        with pytest.raises(StorageAway):
            await keep(files_of(at(endpoint), patience_seconds=1), tmp_path)

    assert time.monotonic() - started < 10


async def test_an_upload_goes_to_the_bucket_and_back(place: tuple[Worker, DatabaseUrl]) -> None:
    firm = await found(place[1])
    async with calling(place[0].url) as stranger:
        call = stranger.with_token(firm.token)

        attachment = await attached(call, await a_customer(call))

        answer = fetched(attachment["download_url"])
        assert (answer.status_code, answer.content) == (200, PDF)
        assert "X-Amz-Expires=900" in attachment["download_url"]
        assert "finzbooks/org_" in attachment["download_url"]


async def test_while_the_bucket_is_away_nothing_is_half_kept(
    place: tuple[Worker, DatabaseUrl], bucket_server: S3Server
) -> None:
    firm = await found(place[1])
    files = files_of(bucket_server.bucket(prefix="finzbooks"))
    async with calling(place[0].url) as stranger:
        call = stranger.with_token(firm.token)
        customer = await a_customer(call)
        kept = await attached(call, customer)
        bucket_server.stop()
        try:
            reply = await send(call, customer)
            deleted = await call("DELETE", f"/attachments/{kept['attachment_id']}")
            with pytest.raises(StorageAway):
                await remove_unclaimed(place[1], files)
        finally:
            bucket_server.start()

        assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable")
        assert deleted.status_code == 200, "the books do not wait for the storage"
        assert count_of(firm, "attachments") == 0
        assert fetched(kept["download_url"]).status_code == 200, "not removed yet"
        assert await remove_unclaimed(place[1], files) >= 1
        assert fetched(kept["download_url"]).status_code == 404
        assert (await send(call, customer)).status_code == 201
