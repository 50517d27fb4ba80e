"""A disk that takes no more: uploads end in 503 with nothing left, all else goes on, and no process ends of it."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import httpx
import pytest

from server.logs import to_standard_error
from tests.conftest import NewDatabase
from tests.running import Caller, Worker, calling, found, new_nursery, unforeseen, workers, workers_from
from tests.server.filing import PDF, nothing_is_left, send
from tests.server.test_supervisor import free_port
from tests.server.trade import a_customer, an_invoice

pytestmark = pytest.mark.slow

_DISK_BYTES = 2 * 1024 * 1024
_LARGE = b"%PDF-1.7\n" + b"x" * 3 * 1024 * 1024
"""More than the disk has; it is written in pieces of a mebibyte, so a part of it was there."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two mebibytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "finzbooks-test", str(place)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("To mount a small file system one must be root.")
    if (mounted := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"No small file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def assert_no_room(reply: httpx.Response) -> None:
    assert (reply.status_code, reply.json()["code"]) == (503, "server.unavailable"), reply.text
    assert int(reply.headers["Retry-After"]) > 0


def fill(disk: Path) -> Path:
    """Take all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (64 * 1024, 1024, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


async def assert_serves(worker: Worker, call: Caller) -> None:
    """The same process still answers, and counts."""
    assert (await call("GET", "/contacts")).status_code == 200
    assert (await call.client.get(f"{worker.url}/readyz")).status_code == 200
    assert "finzbooks_requests_total" in (await call.client.get(f"{worker.url}/metrics")).text


async def test_an_upload_that_the_disk_has_no_room_for_leaves_nothing(
    new_database: NewDatabase, small_disk: Path
) -> None:
    firm, data = await found(new_database()), small_disk / "data"
    with workers(firm.url, FINZBOOKS_DATA_DIRECTORY=str(data)) as (worker,):
        async with calling(worker.url) as caller:
            call = caller.with_token(firm.token)
            customer = await a_customer(call)
            for reply in await asyncio.gather(*(send(call, customer, _LARGE) for _ in range(3))):
                assert_no_room(reply)
            assert nothing_is_left(data, firm)

            filler = fill(small_disk)
            assert_no_room(await send(call, customer))
            await assert_serves(worker, call)
            assert nothing_is_left(data, firm)

            filler.unlink()
            assert (await send(call, customer)).status_code == 201
        assert "There is no room for files that arrive: [Errno 28]" in worker.log.read_text()
        assert unforeseen([worker]) == ""


async def test_a_worker_starts_and_serves_on_a_full_disk(new_database: NewDatabase, small_disk: Path) -> None:
    """Its metrics are in memory; only the secret of links must have been made before. It prints when there is room."""
    firm, data = await found(new_database()), small_disk / "data"
    data.mkdir()
    (data / "files.secret").write_bytes(b"s" * 32)
    filler = fill(small_disk)
    with workers(firm.url, FINZBOOKS_DATA_DIRECTORY=str(data)) as (worker,):
        async with calling(worker.url) as caller:
            call = caller.with_token(firm.token)
            customer = await a_customer(call)
            assert_no_room(await send(call, customer))
            await assert_serves(worker, call)
            assert nothing_is_left(data, firm)

            invoice = await call.made("/invoices", an_invoice(customer))
            paper = f"/invoices/{invoice['invoice_id']}/pdf"
            refused = await call("GET", paper)
            assert (refused.status_code, refused.json()["code"]) == (503, "server.unavailable"), refused.text
            assert "No space left on device" in refused.json()["message"]
            await assert_serves(worker, call)

            endpoint = {"url": "https://hooks.sharma.example/books", "events": ["*"]}
            refused = await call("POST", "/webhooks/endpoints", endpoint)
            assert (refused.status_code, refused.json()["code"]) == (503, "server.unavailable"), refused.text

            filler.unlink()
            assert (await call("POST", "/webhooks/endpoints", endpoint)).status_code == 201
            assert (await call("GET", paper)).content.startswith(b"%PDF-")


def test_a_whole_server_starts_serves_and_stops_on_a_full_disk(new_database: NewDatabase, small_disk: Path) -> None:
    data, port = small_disk / "data", free_port()
    data.mkdir()
    (data / "files.secret").write_bytes(b"s" * 32)
    fill(small_disk)
    environment = {
        **os.environ, "DATABASE_URL": new_database(), "FINZBOOKS_DATA_DIRECTORY": str(data), "PORT": str(port),
    }  # fmt: skip
    command = [sys.executable, "-c", "from server.command_line import main; main()", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        assert "FinzBooks answers" in server.stdout.readline()
        for page in ("healthz", "readyz", "metrics"):
            with urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5) as reply:
                assert reply.status == 200
        server.terminate()
        assert server.wait(15) == 0
    finally:
        server.kill()
        server.communicate()


async def test_a_file_larger_than_the_system_allows_leaves_nothing(new_database: NewDatabase, tmp_path: Path) -> None:
    """The same without a small disk: the worker may write no file of over a mebibyte and a half."""
    firm = await found(new_database())
    nursery = new_nursery()
    resource.prlimit(nursery._process.pid, resource.RLIMIT_FSIZE, (1536 * 1024, 1536 * 1024))
    try:
        with workers_from(nursery, firm.url, FINZBOOKS_DATA_DIRECTORY=str(tmp_path)) as (worker,):
            async with calling(worker.url) as caller:
                call = caller.with_token(firm.token)
                customer = await a_customer(call)
                assert_no_room(await send(call, customer, _LARGE))
                assert nothing_is_left(tmp_path, firm)
                assert (await send(call, customer, PDF)).status_code == 201
                await assert_serves(worker, call)
    finally:
        nursery.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="This system has no /dev/full.")
def test_a_log_line_that_cannot_be_written_is_lost_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        write = os.write
        monkeypatch.setattr(os, "write", lambda _, line: write(full.fileno(), line))
        to_standard_error(b"{}\n")
        with pytest.raises(OSError, match="No space left"):
            os.write(2, b"{}\n")
