"""Pictures of pages: made of PDFs, kept in the gallery, compared."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat

from adapters.pdf import renderer_of
from domain.documents.printing.sheet import Sheet
from server.printing.markup import TEMPLATES, html_of
from tests.server.printing.papers import PAPERS

GALLERY = Path(__file__).parent.parent.parent.parent / "docs" / "gallery"
"""Where the pictures are kept that people look at, and that tests compare with."""

SHOWN = ("invoice", "cancelled", "receipt", "scripts", "pictures", "bare")
"""The papers of which the first page is in the gallery."""

_MADE_AT = datetime(2026, 11, 12, 6, 30, tzinfo=UTC)
GALLERY_DPI = 90
_COLOURS = 24


def rendered(sheet: Sheet, look: str, renderer: str) -> bytes:
    """Return the PDF of a sheet."""

    async def render() -> bytes:
        with tempfile.TemporaryDirectory() as directory:
            engine = renderer_of(renderer, directory=Path(directory), seconds=60, wait_seconds=60)
            try:
                return await engine.render(html_of(sheet, look), title=sheet.title, made_at=_MADE_AT)
            finally:
                await engine.close()

    return asyncio.run(render())


def pictures(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    """Return a picture of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def unlikeness(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart: 0 to 255, at the place where they differ most, seen from afar.

    Both are blurred and shrunk, so that a letter which stands half a dot further counts for little, and a line, a word
    or a ground that is missing counts for much.
    """
    size = (one.width // 6, one.height // 6)
    far = [
        picture.convert("L").resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
        for picture in (one, other)
    ]
    worst = ImageStat.Stat(ImageChops.difference(*far)).extrema[0][1]
    assert isinstance(worst, int | float)
    return worst


def kept(look: str, paper: str) -> Path:
    """Return where the picture of a paper is kept."""
    return GALLERY / f"{look}-{paper}.png"


def make_gallery() -> None:
    """Draw every paper in every look by PlutoPrint, which is on every machine."""
    GALLERY.mkdir(exist_ok=True)
    for look in TEMPLATES:
        for paper in SHOWN:
            first = pictures(rendered(PAPERS[paper], look, "plutoprint"), dpi=GALLERY_DPI)[0]
            few = first.quantize(_COLOURS, dither=Image.Dither.NONE)
            few.save(kept(look, paper), optimize=True)


if __name__ == "__main__":
    make_gallery()
