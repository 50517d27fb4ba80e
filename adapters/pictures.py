"""Pictures that strangers upload, drawn anew in a process of their own, so that none of their bytes is kept.

The event loop is not held, the memory of a hostile file is bounded and given back, and no file is read for long.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST_PIXELS = 24_000_000
"""A telephone's photograph has 12 to 24 million; looked at before anything is decoded."""
LONGEST_SIDE = 12_000
BOX = (720, 360)
"""What is kept is no larger: 60 by 30 mm at 300 dots an inch, more than a head of a document has room for."""
MOST_SECONDS = 15
_AT_ONCE = 2
_CHILD = Path(__file__).with_name("picture_child.py")
_BEGINNING = b"\x89PNG\r\n\x1a\n"
_SIZES = slice(16, 24)

_REASONS = {
    10: "It is no PNG, JPEG or WebP picture.",
    11: f"It has more than {MOST_PIXELS // 1_000_000} million pixels, or a side longer than {LONGEST_SIDE}.",
    12: "It is a moving picture; one that stands still is needed.",
}
_DAMAGED = "It is damaged: its pixels cannot be read."


class NoPicture(Exception):
    """A file that cannot be taken as a picture, and why, in words for the person who sent it."""


class PicturesBusy(Exception):
    """It took too long, because of what is going on besides or of what the file is made of."""


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture as PNG in red, green, blue and opacity, with nothing in it but its pixels."""

    png: bytes
    width: int
    height: int


class Redrawing:
    """Draws pictures anew, at most two at a time in this process."""

    def __init__(
        self, *, seconds: float = MOST_SECONDS, command: Sequence[str] = (sys.executable, "-I", str(_CHILD))
    ) -> None:
        self._seconds = seconds
        self._command = command
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, path: Path) -> Redrawn:
        """Return the picture in a file, no larger than ``BOX``. Raises: NoPicture, PicturesBusy."""
        try:
            async with asyncio.timeout(self._seconds), self._room:
                return await self._drawn(path)
        except TimeoutError:
            raise PicturesBusy from None

    async def _drawn(self, path: Path) -> Redrawn:
        limits = (str(each) for each in (MOST_PIXELS, LONGEST_SIDE, *BOX))
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        process = await asyncio.create_subprocess_exec(
            *self._command, str(path), *limits, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env=environment
        )
        try:
            png, _ = await process.communicate()
        finally:
            await _end(process)
        if process.returncode or not png.startswith(_BEGINNING):
            raise NoPicture(_REASONS.get(process.returncode or 0, _DAMAGED))
        sizes = png[_SIZES]
        return Redrawn(png, int.from_bytes(sizes[:4]), int.from_bytes(sizes[4:]))


async def _end(process: Process) -> None:
    """End a process that was left over, however we go."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
