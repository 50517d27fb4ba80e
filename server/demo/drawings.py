"""The pictures of the demo organization, drawn here: the ridges of the Sahyadri for a logo, and a signature."""

import hashlib
from functools import cache
from io import BytesIO
from math import pi, sin

from PIL import Image, ImageDraw

from domain.pictures import Picture

_FINER = 4
"""Drawn so many times larger, so that edges are smooth."""

_GREEN, _FAR, _SUN, _INK = "#1d5c4a", "#6fa58f", "#e0a030", "#1a2a6c"


@cache
def logo() -> Picture:
    """Two ridges before a low sun."""
    picture, draw = _blank(240, 180)
    _disc(draw, 150, 66, 38, _SUN)
    _polygon(draw, [(20, 160), (78, 70), (112, 112), (150, 58), (226, 160)], _FAR)
    _polygon(draw, [(8, 168), (62, 104), (92, 134), (132, 92), (176, 138), (202, 118), (232, 168)], _GREEN)
    return _finished(picture)


def signature(turns: int = 7) -> Picture:
    """A flourish as of a quick hand; another hand turns more or less often."""
    picture, draw = _blank(300, 110)
    strokes = [
        [(18 + x * 150, 62 - 26 * sin(x * turns * pi) * (1 - x * 0.7)) for x in _steps(120)],
        [(168 + x * 110, 56 + 14 * sin(x * 5 * pi) * (1 - x)) for x in _steps(80)],
        [(30 + x * 250, 88 - 12 * sin(x * pi)) for x in _steps(60)],
    ]
    for stroke in strokes:
        draw.line([(x * _FINER, y * _FINER) for x, y in stroke], fill=_INK, width=3 * _FINER, joint="curve")
    return _finished(picture)


def _blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGBA", (width * _FINER, height * _FINER), (255, 255, 255, 0))
    return picture, ImageDraw.Draw(picture)


def _finished(picture: Image.Image) -> Picture:
    small = picture.reduce(_FINER)
    file = BytesIO()
    small.save(file, "PNG", optimize=True)
    png = file.getvalue()
    return Picture(png, small.width, small.height, hashlib.sha256(png).hexdigest())


def _polygon(draw: ImageDraw.ImageDraw, corners: list[tuple[int, int]], colour: str) -> None:
    draw.polygon([(x * _FINER, y * _FINER) for x, y in corners], fill=colour)


def _disc(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int, colour: str) -> None:
    draw.ellipse([(each + by) * _FINER for by in (-radius, radius) for each in (x, y)], fill=colour)


def _steps(count: int) -> list[float]:
    return [step / count for step in range(count + 1)]
