"""A file on its way to the caller: piece by piece, as fast as he reads, compressed where that is worth it."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping

from starlette.types import Send

from handlers.replies import File
from server.edge.compression import GZIP, QUICK, WORTH_BYTES, accepts_gzip

_PIECE_BYTES = 64 * 1024
_PACKED = ("application/vnd.openxmlformats-officedocument", "application/pdf", "application/zip", "image/")
"""How the media types of files begin that are compressed as they are."""


async def send_file(send: Send, file: File, headers: Mapping[bytes, bytes], asked_with: Mapping[bytes, bytes]) -> None:
    """Send a file to a caller with these headers, and close it, whether or not the caller stays to the end."""
    is_worth_it = file.size > WORTH_BYTES and not file.media_type.startswith(_PACKED)
    is_compressed = is_worth_it and accepts_gzip(asked_with.get(b"accept-encoding", b""))
    framed = {b"vary": b"Accept-Encoding", **headers, b"content-type": file.media_type.encode()}
    if is_compressed:
        framed[b"content-encoding"] = b"gzip"
    else:
        framed[b"content-length"] = b"%d" % file.size
    try:
        await send({"type": "http.response.start", "status": 200, "headers": list(framed.items())})
        pieces = _compressed(_pieces(file)) if is_compressed else _pieces(file)
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        file.content.close()


async def _pieces(file: File) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.content.read, _PIECE_BYTES):
        yield piece


async def _compressed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(QUICK, wbits=GZIP)
    async for piece in pieces:
        if packed := await asyncio.to_thread(packer.compress, piece):
            yield packed
    yield packer.flush()
