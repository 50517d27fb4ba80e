"""A real S3 server for the tests, out of a wheel, that can be stopped and started again with what it keeps."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from adapters.s3_files import Bucket

ACCESS_KEY, SECRET_KEY, BUCKET = "finzbooks", "a-secret-of-the-tests", "books"

_PROGRAM = Path(sys.executable).with_name("weed")
_START_LIMIT_SECONDS = 30
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
    "admin.port", "admin.port.grpc", "s3.port.grpc", "s3.port.iceberg", "s3.port.lance",
)  # fmt: skip


def is_there() -> bool:
    """Whether the wheel is installed; there is none for Intel Macs."""
    return _PROGRAM.exists()


@dataclass
class S3Server:
    """One server with one bucket; its data outlives a stop."""

    directory: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}"

    def bucket(self, *, secret: str = SECRET_KEY, prefix: str = "") -> Bucket:
        """How to reach the bucket; with a secret of one's own, not to reach it."""
        return Bucket(
            name=BUCKET,
            prefix=prefix,
            endpoint=self.url,
            region="us-east-1",
            access_key_id=ACCESS_KEY,
            secret_access_key=secret,
        )

    def start(self) -> None:
        """Start, and wait until it answers."""
        ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        shown = ["ip=127.0.0.1", "ip.bind=127.0.0.1", "webdav=false", "admin.ui=false", "master.telemetry=false",
                 f"dir={self.directory}", f"bucket={BUCKET}", f"s3.port={self.port}"]  # fmt: skip
        shown += [f"{name}={port}" for name, port in ports.items()]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(_PROGRAM), "mini", *(f"-{option}" for option in shown)],
                env={**os.environ, "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY},
                cwd=self.directory,
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + _START_LIMIT_SECONDS
        while not self._has_bucket():
            assert time.monotonic() < limit, (self.directory / "log").read_text()[-2000:]
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server; what it keeps stays."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def _has_bucket(self) -> bool:
        """Whether it answers and the bucket is made: strangers are then refused, and not told that it is not there."""
        try:
            with urlopen(f"{self.url}/{BUCKET}", timeout=2):
                return True
        except HTTPError as answer:
            return answer.code == 403
        except (URLError, TimeoutError, ConnectionError):
            return False


@contextmanager
def s3_server(directory: Path) -> Iterator[S3Server]:
    """Run a server on ports of its own."""
    server = S3Server(directory, _free_ports(1)[0])
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in held]
