"""Where the bytes of files are kept: a directory of this machine; ``adapters.s3_files`` is the same in an S3 bucket.

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
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

_KEY = re.compile(r"[a-z0-9_]{1,64}(/[a-z0-9_]{1,64})*")


class StorageAway(Exception):
    """The storage cannot be reached, is too slow, or does not have what it said it had kept."""


class Files(Protocol):
    """A storage of files. One that ``is_elsewhere`` sends the bytes itself to whoever has a direct link."""

    is_elsewhere: bool

    async def keep(self, key: str, source: Path, *, filename: str, content_type: str) -> None:
        """Keep the bytes of the file ``source``, which may be taken away by it. Raises StorageAway."""

    async def remove(self, key: str) -> None:
        """Remove bytes; none there is as good. Raises StorageAway."""

    async def fetch(self, key: str) -> bytes | None:
        """Return the bytes, ``None`` if none are there. Raises StorageAway."""

    def link(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return a URL at which the bytes can be fetched for a while from ``now`` (Unix seconds) on."""

    def direct_link(self, key: str, *, disposition: str, now: datetime) -> str:
        """Return a URL at which a storage elsewhere sends the bytes, with this ``Content-Disposition``."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a good link leads to."""

    path: Path
    filename: str
    content_type: str
    expires_at: int


class LocalFiles:
    """Files in a directory; links lead to this server and are signed by ``secret``."""

    is_elsewhere = False

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

    async def fetch(self, key: str) -> bytes | None:
        """Read the file. Raises StorageAway."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageAway(str(error)) from error

    def direct_link(self, key: str, *, disposition: str, now: datetime) -> str:
        """There is none: nobody but this server sends them."""
        raise AssertionError("this storage is not elsewhere")

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


def disposition(filename: str, *, way: str = "attachment") -> str:
    """Return a ``Content-Disposition`` that saves under this name and never shows, or shows ``inline`` (RFC 6266)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", filename)
    other = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'{way}; filename="{plain}"{other}'


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
