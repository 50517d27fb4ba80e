"""Files in an S3 bucket. Apart from the others because its client takes 4 MB in every process that imports it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from adapters.files import StorageAway, disposition
from adapters.s3_signing import Signer

_PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
_DIRECT = timedelta(minutes=30)
"""Twice as long as an answer that leads there may be kept by who got it."""


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

    is_elsewhere = True

    def __init__(self, bucket: Bucket, *, link_seconds: int, patience_seconds: int) -> None:
        patience = timedelta(seconds=patience_seconds)
        self._link_seconds = timedelta(seconds=link_seconds)
        self._signer = Signer(bucket.region, bucket.access_key_id, bucket.secret_access_key)
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

    async def fetch(self, key: str) -> bytes | None:
        """Fetch the object. Raises StorageAway."""
        try:
            got = await obstore.get_async(self._store, key)
            return bytes(await got.bytes_async())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise StorageAway(str(error)) from error

    def direct_link(self, key: str, *, disposition: str, now: datetime) -> str:
        """Return a presigned URL, good for half an hour."""
        plain = obstore.sign(self._store, "GET", key, _DIRECT)
        return self._signer.signed(plain, now=now, seconds=_DIRECT.seconds, disposition=disposition)

    def link(self, key: str, *, filename: str, content_type: str, now: int) -> str:
        """Return a presigned URL; name and type were given to the object when it was kept."""
        return obstore.sign(self._store, "GET", key, self._link_seconds)
