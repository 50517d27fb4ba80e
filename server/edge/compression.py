"""Answers compressed with gzip (RFC 9110, 8.4.1.3) for callers who read it.

A compressed answer carries the weak tag of the plain one: both say the same, though not in the same bytes.
"""

import asyncio
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache

WORTH_BYTES = 2048
"""A shorter answer fits into two packets either way, and would be compressed for nothing."""

QUICK = 1
"""The level: of a list it leaves a tenth, and the best one hardly less at five times the work."""

GZIP = 31
"""How zlib is told to write gzip's frame."""

_FOR_A_THREAD_BYTES = 256 * 1024
"""A longer answer takes milliseconds, in which other requests shall be answered."""

_NO_WEIGHT = re.compile(rb";\s*q\s*=\s*0(?:\.0*)?\s*$")


def is_compressed_for(headers: Mapping[bytes, bytes], payload: bytes) -> bool:
    """Tell whether an answer goes out compressed to a caller with these headers."""
    return len(payload) > WORTH_BYTES and accepts_gzip(headers.get(b"accept-encoding", b""))


async def compressed(payload: bytes) -> bytes:
    """Return a payload in gzip; the same bytes each time."""
    if len(payload) > _FOR_A_THREAD_BYTES:
        return await asyncio.to_thread(zlib.compress, payload, QUICK, GZIP)
    return zlib.compress(payload, QUICK, GZIP)


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Tell whether a caller reads gzip, by its name or by ``*``; a weight of nought says no."""
    accepted: dict[bytes, bool] = {}
    for each in accept_encoding.lower().split(b","):
        coding = each.partition(b";")[0].strip()
        accepted[coding] = _NO_WEIGHT.search(each) is None
    return next((accepted[name] for name in (b"gzip", b"x-gzip", b"*") if name in accepted), False)
