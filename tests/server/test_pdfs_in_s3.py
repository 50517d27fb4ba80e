"""PDFs in a bucket of a real S3 server: callers are sent there, and get one all the same while it is away."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.s3_signing import Signer
from server.settings import DatabaseUrl
from tests.conftest import NewDatabase
from tests.running import Caller, Firm, Worker, calling, found, rows, unforeseen, workers
from tests.server import s3
from tests.server.s3 import S3Server, s3_server
from tests.server.test_pdf_routes import an_invoice
from tests.server.trade import count_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not s3.is_there(), reason="the S3 server's wheel does not exist for this system"),
]


@pytest.fixture(scope="module")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


def in_bucket(server: S3Server, secret: str = s3.SECRET_KEY) -> dict[str, str]:
    """The settings of a server that keeps its files in the bucket."""
    return {
        "FINZBOOKS_FILES_URL": f"s3://{s3.BUCKET}/finzbooks",
        "FINZBOOKS_S3_ENDPOINT": server.url,
        "FINZBOOKS_S3_REGION": "us-east-1",
        "FINZBOOKS_S3_ACCESS_KEY_ID": s3.ACCESS_KEY,
        "FINZBOOKS_S3_SECRET_ACCESS_KEY": secret,
        "FINZBOOKS_PDF_RENDERER": "plutoprint",
    }


@pytest.fixture(scope="module")
def place(new_database: NewDatabase, bucket_server: S3Server) -> Iterator[tuple[list[Worker], DatabaseUrl]]:
    """Two servers with one bucket; the second has a wrong secret."""
    url = new_database()
    right, wrong = in_bucket(bucket_server), in_bucket(bucket_server, "a-guess")
    with workers(url, 1, **right) as one, workers(url, 1, **wrong) as other:
        yield [*one, *other], url
        assert unforeseen([*one, *other]) == ""


@pytest.fixture
async def firm(place: tuple[list[Worker], DatabaseUrl]) -> Firm:
    return await found(place[1])


@pytest.fixture
async def calls(place: tuple[list[Worker], DatabaseUrl], firm: Firm) -> AsyncIterator[list[Caller]]:
    """Calls of each server."""
    async with calling(place[0][0].url) as one, calling(place[0][1].url) as other:
        yield [one.with_token(firm.token), other.with_token(firm.token)]


def fetched(link: str) -> httpx.Response:
    return httpx.get(link, timeout=10)


async def test_callers_are_sent_to_the_bucket(calls: list[Caller]) -> None:
    call = calls[0]
    invoice = await an_invoice(call)
    path = f"/invoices/{invoice['invoice_id']}/pdf"

    fresh, cached = await call("GET", path), await call("GET", path, params={"download": True})

    assert [reply.status_code for reply in (fresh, cached)] == [302, 302]
    assert [reply.headers["X-AIBooks-Render"] for reply in (fresh, cached)] == ["fresh", "cached"]
    for reply, way in ((fresh, "inline"), (cached, "attachment")):
        assert reply.content == b""
        assert reply.headers["Cache-Control"] == "private, max-age=900"
        assert reply.headers["X-AIBooks-Version"] == str(invoice["version"])
        assert "X-Amz-Expires=1800" in reply.headers["Location"]
        answer = fetched(reply.headers["Location"])
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'{way}; filename="INV-26-27-0001.pdf"'


async def test_a_link_is_good_for_its_time_its_file_and_its_name_only(
    calls: list[Caller], bucket_server: S3Server
) -> None:
    invoice = await an_invoice(calls[0])
    location = (await calls[0]("GET", f"/invoices/{invoice['invoice_id']}/pdf")).headers["Location"]
    plain = location.partition("?")[0]
    right = Signer("us-east-1", s3.ACCESS_KEY, s3.SECRET_KEY)
    wrong = Signer("us-east-1", s3.ACCESS_KEY, "a-guess")
    now, inline = datetime.now(UTC), "inline"

    def status(link: str) -> int:
        return fetched(link).status_code

    assert status(right.signed(plain, now=now, seconds=60, disposition=inline)) == 200
    assert status(right.signed(plain, now=now - timedelta(minutes=5), seconds=60, disposition=inline)) == 403
    assert status(wrong.signed(plain, now=now, seconds=60, disposition=inline)) == 403
    assert status(location.replace("inline", "attachment")) == 403
    assert status(plain) == 403


async def test_one_that_was_spoiled_is_made_anew_for_who_insists(calls: list[Caller], firm: Firm) -> None:
    invoice, call = await an_invoice(calls[0]), calls[0]
    path = f"/invoices/{invoice['invoice_id']}/pdf"
    await call("GET", path)
    rows(firm.url, "update renders set sha256 = 'x' where organization_id = %s returning id", firm.organization_id)

    trusting = await call("GET", path)
    insisting = await call("GET", path, headers={"Cache-Control": "no-cache"})

    assert [reply.headers["X-AIBooks-Render"] for reply in (trusting, insisting)] == ["cached", "fresh"]
    assert fetched(insisting.headers["Location"]).content[:5] == b"%PDF-"


async def test_while_the_bucket_is_away_a_pdf_is_made_for_this_call(
    calls: list[Caller], firm: Firm, bucket_server: S3Server
) -> None:
    call = calls[0]
    invoice = await an_invoice(call)
    path = f"/invoices/{invoice['invoice_id']}/pdf"
    bucket_server.stop()
    try:
        away = await call("GET", path)
        again = await call("GET", path)
    finally:
        bucket_server.start()

    for reply in (away, again):
        assert (reply.status_code, reply.content[:5]) == (200, b"%PDF-")
        assert reply.headers["X-AIBooks-Render"] == "fresh"
        assert reply.headers["Content-Disposition"] == 'inline; filename="INV-26-27-0001.pdf"'
    assert again.elapsed < timedelta(seconds=4), "it is left alone for a while"
    assert count_of(firm, "renders") == 0


async def test_with_a_wrong_secret_nothing_is_kept_and_yet_printed(calls: list[Caller], firm: Firm) -> None:
    invoice = await an_invoice(calls[1])

    reply = await calls[1]("GET", f"/invoices/{invoice['invoice_id']}/pdf")

    assert (reply.status_code, reply.content[:5]) == (200, b"%PDF-")
    assert count_of(firm, "renders") == 0
