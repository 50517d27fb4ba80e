"""Where the bytes of files are kept: a directory, an S3 bucket, or, for unit tests, memory.

A key is a path of safe words. Bytes come from a file on this machine; they go out by a link that anyone who has it may
follow for a while.
"""

import asyncio
import base64
import binascii
import hmac
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

_KEY = re.compile(r"[a-z0-9_]{1,64}(/[a-z0-9_]{1,64})*")
_PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2


class StorageAway(Exception):
    """The storage cannot be reached, is too slow, or does not have what it said it had kept."""


class Files(Protocol):
    """A storage of files."""

    async def keep(self, key: str, source: Path, *, filename: str, content_type: str) -> None:
        """Keep the bytes of the file ``source``, which may be taken away by it. Raises StorageAway."""

    async def remove(self, key: str) -> None:
        """Remove bytes; none there is as good. Raises StorageAway."""

    def link(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return a URL at which the bytes can be fetched for a while from ``now`` (Unix seconds) on."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a good link leads to."""

    path: Path
    filename: str
    content_type: str
    expires_at: int


class LocalFiles:
    """Files in a directory; links lead to this server and are signed by ``secret``."""

    def __init__(self, directory: Path, *, url: str, secret: bytes, link_seconds: int) -> None:
        self._directory = directory
        self._url = url
        self._secret = secret
        self._link_seconds = link_seconds

    async def keep(self, key: str, source: Path, *, filename: str, content_type: str) -> None:
        """Move the file into its place; after a crash it is there whole or not at all. Raises StorageAway."""
        try:
            await asyncio.to_thread(_move, source, self._path(key))
        except OSError as error:
            raise StorageAway(str(error)) from error

    async def remove(self, key: str) -> None:
        """Remove the file. Raises StorageAway."""
        try:
            await asyncio.to_thread(self._path(key).unlink, missing_ok=True)
        except OSError as error:
            raise StorageAway(str(error)) from error

    def link(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return a URL that says what it leads to and until when, so that nothing has to be looked up."""
        told = json.dumps([key, filename, content_type, now + self._link_seconds], separators=(",", ":")).encode()
        return f"{self._url}/{_text(told)}.{_text(self._signature(told))}"

    def opened(self, token: str, *, now: int) -> Opened | None:
        """Return what the last part of a link leads to; ``None`` if it is not one of ours, too old, or gone."""
        try:
            told, signature = map(_bytes, token.split("."))
        except (ValueError, binascii.Error):
            return None
        if not hmac.compare_digest(signature, self._signature(told)):
            return None
        key, filename, content_type, expires_at = json.loads(told)
        path = self._path(key)
        return Opened(path, filename, content_type, expires_at) if now < expires_at and path.is_file() else None

    def _path(self, key: str) -> Path:
        assert _KEY.fullmatch(key), "keys are made by us"
        return self._directory / key

    def _signature(self, told: bytes) -> bytes:
        return hmac.digest(self._secret, told, "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """An S3 bucket and how to reach it; ``endpoint`` is empty for Amazon's own, ``prefix`` stands before each key."""

    name: str
    prefix: str
    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str


class S3Files:
    """Files in an S3 bucket; links lead there and are signed by the bucket's own key."""

    def __init__(self, bucket: Bucket, *, link_seconds: int, patience_seconds: int) -> None:
        patience = timedelta(seconds=patience_seconds)
        self._link_seconds = timedelta(seconds=link_seconds)
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            endpoint=bucket.endpoint or None,
            region=bucket.region,
            access_key_id=bucket.access_key_id,
            secret_access_key=bucket.secret_access_key,
            client_options={
                "connect_timeout": timedelta(seconds=2),
                "timeout": patience,
                "allow_http": bucket.endpoint.startswith("http://"),
            },
            retry_config={"max_retries": 2, "retry_timeout": patience},
        )

    async def keep(self, key: str, source: Path, *, filename: str, content_type: str) -> None:
        """Send the file in parts and ask whether it is there as it was sent. Raises StorageAway."""
        headers = {
            "Content-Type": content_type,
            "Content-Disposition": disposition(filename),
            "Cache-Control": "private, max-age=900",
        }
        try:
            await obstore.put_async(
                self._store,
                key,
                source,
                attributes=headers,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )
            kept = await obstore.head_async(self._store, key)
        except (BaseError, OSError) as error:
            raise StorageAway(str(error)) from error
        sent = await asyncio.to_thread(source.stat)
        if kept["size"] != sent.st_size:
            raise StorageAway(f"The storage kept {kept['size']} bytes of {key}, and {sent.st_size} were sent.")

    async def remove(self, key: str) -> None:
        """Remove the object. Raises StorageAway."""
        try:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._store, key)
        except (BaseError, OSError) as error:
            raise StorageAway(str(error)) from error

    def link(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return a presigned URL; name and type were given to the object when it was kept."""
        return obstore.sign(self._store, "GET", key, self._link_seconds)


def disposition(filename: str) -> str:
    """Return a ``Content-Disposition`` that saves under this name and never shows (RFC 6266)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _move(source: Path, target: Path) -> None:
    """Move a file within one file system, so that it outlives a power cut once this returns."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_through(source)
    source.replace(target)
    _write_through(target.parent)


def _write_through(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
