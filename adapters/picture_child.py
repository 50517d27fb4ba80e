"""The process that reads one uploaded picture and draws it anew: the decoders of images meet what strangers send.

It is run as a file, by ``adapters.pictures`` alone, and imports nothing of ours. Its memory and time are limited, it
writes no file, and a decoder that is made to crash takes nothing with it. What it prints is a PNG; when it refuses,
it ends with the number of the reason. Whatever else decoders raise ends it with another: the file is damaged.
"""

import resource
import sys
import warnings
from contextlib import suppress

from PIL import Image, ImageOps, UnidentifiedImageError

_FORMATS = ("PNG", "JPEG", "WEBP")
_MEMORY_BYTES = 512 * 1024**2
_CPU_SECONDS = 10
_UNKNOWN, _TOO_LARGE, _MOVING = 10, 11, 12


def main(path: str, most_pixels: int, longest_side: int, box: tuple[int, int]) -> int:
    """Print the first of the picture in ``box``, as PNG without anything but its pixels; return 0, or why not."""
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            width, height = picture.size
            if max(width, height) > longest_side or width * height > most_pixels:
                return _TOO_LARGE
            if getattr(picture, "is_animated", False):
                return _MOVING
            drawn = _drawn_anew(picture, box)
    except UnidentifiedImageError:
        return _UNKNOWN
    drawn.save(sys.stdout.buffer, "PNG", optimize=True)
    return 0


def _drawn_anew(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The picture upright, no larger than ``box`` and in red, green, blue and opacity, with nothing else in it."""
    picture.draft("RGB", (box[0] * 2, box[1] * 2))  # a photograph is read no larger than it is needed
    if picture.mode not in ("L", "RGB", "RGBA"):
        picture = picture.convert("RGBA")
    picture.thumbnail((max(box), max(box)), reducing_gap=3.0)
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail(box)
    return Image.frombytes("RGBA", upright.size, upright.tobytes())


def _limit_oneself() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    _limit_oneself()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at before anything is decoded
    source, *numbers = sys.argv[1:]
    pixels, side, box_width, box_height = map(int, numbers)
    sys.exit(main(source, pixels, side, (box_width, box_height)))
