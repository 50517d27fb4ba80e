"""Uploaded pictures are drawn anew; what is none, or is made to do harm, is refused in words and costs little."""

import asyncio
import io
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from adapters.pictures import BOX, NoPicture, PicturesBusy, Redrawing
from tests.adapters.hostile_pictures import REFUSED, SECRET, TAKEN, a_png, with_place_and_script, with_words


async def redrawn(directory: Path, content: bytes, *, by: Redrawing | None = None) -> bytes:
    path = directory / "picture.png"
    path.write_bytes(content)
    return (await (by or Redrawing())(path)).png


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether a point has this colour, as nearly as JPEG keeps it."""
    found = picture.crop((*place, place[0] + 1, place[1] + 1)).tobytes()
    return all(abs(one - other) < 20 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("name", TAKEN)
async def test_a_picture_is_kept_as_pixels_of_a_sane_size_and_nothing_else(tmp_path: Path, name: str) -> None:
    content, size = TAKEN[name]

    png = await redrawn(tmp_path, content)

    with Image.open(io.BytesIO(png)) as kept:
        kept.load()
        assert (kept.format, kept.mode, kept.size, kept.info) == ("PNG", "RGBA", size, {})
    assert kept.width <= BOX[0]
    assert kept.height <= BOX[1]
    assert len(png) < 1_100_000


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_picture_is_refused_in_words(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    began = time.monotonic()

    with pytest.raises(NoPicture, match=words):
        await redrawn(tmp_path, content)

    assert time.monotonic() - began < 10


@pytest.mark.parametrize("content", [with_words(), with_place_and_script()])
async def test_nothing_that_a_picture_carries_beside_its_pixels_survives(tmp_path: Path, content: bytes) -> None:
    assert SECRET in content

    png = await redrawn(tmp_path, content)

    assert b"script" not in png
    assert b"19.0760" not in png
    assert png.endswith(b"IEND\xaeB`\x82")


async def test_a_picture_of_a_turned_camera_stands_upright(tmp_path: Path) -> None:
    """The disc stands on the left of what was stored, so it is on top of what is seen."""
    png = await redrawn(tmp_path, with_place_and_script())

    with Image.open(io.BytesIO(png)) as kept:
        seen = kept.convert("RGB")
    assert near(seen, (50, 50), (192, 0, 0))
    assert near(seen, (50, 150), (255, 255, 255))


async def test_opacity_stays(tmp_path: Path) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (20, 20), (10, 20, 30, 40)).save(clear, "PNG")

    png = await redrawn(tmp_path, clear.getvalue())

    with Image.open(io.BytesIO(png)) as kept:
        assert kept.getpixel((5, 5)) == (10, 20, 30, 40)


async def test_the_same_picture_is_always_the_same_bytes(tmp_path: Path) -> None:
    assert await redrawn(tmp_path, a_png()) == await redrawn(tmp_path, a_png())


async def test_a_decoder_that_crashes_or_fills_its_memory_only_refuses_the_file(tmp_path: Path) -> None:
    for program in ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "raise MemoryError", "print('no png')"):
        with pytest.raises(NoPicture, match="damaged"):
            await redrawn(tmp_path, a_png(), by=Redrawing(command=(sys.executable, "-c", program)))


async def test_what_takes_too_long_is_given_up_and_ended(tmp_path: Path) -> None:
    left = tmp_path / "left"
    program = f"import time, pathlib; time.sleep(2); pathlib.Path({str(left)!r}).touch()"

    with pytest.raises(PicturesBusy):
        await redrawn(tmp_path, a_png(), by=Redrawing(seconds=0.5, command=(sys.executable, "-c", program)))

    await asyncio.sleep(2)
    assert not left.exists()


async def test_the_loop_goes_on_meanwhile(tmp_path: Path) -> None:
    content, _ = TAKEN["a bomb that just fits"]
    longest, is_over = 0.0, asyncio.Event()

    async def tick() -> None:
        nonlocal longest
        while not is_over.is_set():
            began = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - began)

    ticking = asyncio.create_task(tick())
    await redrawn(tmp_path, content)
    is_over.set()
    await ticking

    assert longest < 0.25
