"""HTML becomes PDF, by both renderers: every script in our own fonts, true millimetres, the same bytes each time."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import pytest_asyncio
from pypdf import PdfReader
from pypdf.generic import ContentStream

from adapters.fonts import FONT_FAMILY
from adapters.pdf import Page, Renderer
from tests.adapters.paper import RENDERERS, page_sizes, page_texts, renderer

MADE_AT = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)

TEXTS = {
    "NotoSans": "Invoice ₹ 1,23,456.00 – “net” × ÷ é ñ Ł €",
    "NotoSansDevanagari": "शर्मा ट्रेडर्स, पुणे क्षेत्र",
    "NotoSansBengali": "বাংলা ব্যবসা ক্ষেত্র",
    "NotoSansGurmukhi": "ਪੰਜਾਬੀ ਵਪਾਰ ਸ੍ਰੀ",
    "NotoSansGujarati": "ગુજરાતી વેપાર ક્ષેત્ર",
    "NotoSansOriya": "ଓଡ଼ିଆ ବ୍ୟବସାୟ କ୍ଷେତ୍ର",
    "NotoSansTamil": "தமிழ்நாடு வர்த்தகம் ஸ்ரீ",
    "NotoSansTelugu": "తెలుగు వ్యాపారం క్షేత్రం",
    "NotoSansKannada": "ಕನ್ನಡ ವ್ಯಾಪಾರ ಕ್ಷೇತ್ರ",
    "NotoSansMalayalam": "മലയാളം വ്യാപാരം ക്ഷേത്രം",
    "NotoSansArabic": "شركة التجارة العامة ٹھیک ہے",
    "NotoSansHebrew": "חברת מסחר",
    "NotoSansMath": "≤ ≥ ≠",
    "NotoSansSymbols2": "☐ ✗ ➢",
    "NotoEmoji": "🎉 👍🏽 🇮🇳",
}


@pytest_asyncio.fixture(params=RENDERERS, scope="module")
async def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Renderer]:
    made = renderer(request.param, tmp_path_factory.mktemp("paper"))
    yield made
    await made.close()


def document(body: str, css: str = "") -> str:
    style = f"body{{margin:0;font-family:{FONT_FAMILY}}}{css}"
    return f'<!doctype html><html><head><meta charset="utf-8"><style>{style}</style></head><body>{body}</body></html>'


async def printed(press: Renderer, html: str, **other: Any) -> bytes:
    return await press.render(html, **{"title": "Tax invoice", "made_at": MADE_AT, **other})


async def test_every_script_is_printed_with_our_own_fonts_which_the_pdf_carries(press: Renderer) -> None:
    rows = "".join(f"<p>{text}</p><p><b>{text}</b></p>" for text in TEXTS.values())

    pdf = await printed(press, document(rows))

    fonts = {name.removesuffix("-Regular").removesuffix("-Bold") for name in fonts_of(pdf)}
    assert fonts == set(TEXTS)
    assert all(is_carried for is_carried in fonts_of(pdf).values())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_no_letter_of_a_script_is_missing(press: Renderer, text: str) -> None:
    """A letter that no font has is glyph 0, the empty box."""
    assert missing_glyphs(await printed(press, document(f"<p>{text}</p><p><b>{text}</b></p>"))) == 0


async def test_a_letter_that_no_font_has_is_found_by_these_tests(press: Renderer) -> None:
    pdf = await printed(press, document("<p>A \N{CJK UNIFIED IDEOGRAPH-6F22} B</p>"))

    assert missing_glyphs(pdf) == 1 or "\N{CJK UNIFIED IDEOGRAPH-6F22}" not in page_texts(pdf)[0]


async def test_whatever_family_is_asked_for_it_is_noto(press: Renderer) -> None:
    pdf = await printed(press, document("<p style=\"font-family:Arial,'DejaVu Sans',serif\">Total शर्मा</p>"))

    assert set(fonts_of(pdf)) == {"NotoSans-Regular", "NotoSansDevanagari-Regular"}


async def test_a_hundred_millimetres_are_a_hundred_millimetres(press: Renderer) -> None:
    pdf = await printed(press, document('<div class="box"></div>', ".box{width:100mm;height:50mm;background:#000}"))

    assert black_box(pdf) == (100, 50)


@pytest.mark.parametrize(
    ("page", "css", "size"), [(Page.A4, "A4", (210, 297)), (Page.A4_ACROSS, "A4 landscape", (297, 210))]
)
async def test_pages_are_a4_and_as_many_as_were_made(
    press: Renderer, page: Page, css: str, size: tuple[int, int]
) -> None:
    width, height = size
    style = f"@page{{size:{css};margin:0}}.page{{width:{width}mm;height:{height - 1}mm;page-break-after:always}}"
    pages = "".join(f'<div class="page">Page {number} of 3</div>' for number in (1, 2, 3))

    pdf = await printed(press, document(pages, style), page=page)

    assert page_sizes(pdf)[:3] == [size] * 3
    assert [text.strip() for text in page_texts(pdf) if text.strip()] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]


async def test_the_same_page_is_the_same_bytes(press: Renderer) -> None:
    html = document("".join(f"<p>{text} <b>{text}</b></p>" for text in TEXTS.values()))

    assert await printed(press, html) == await printed(press, html)


async def test_title_and_instant_of_making_are_those_that_were_given(press: Renderer) -> None:
    pdf = await printed(press, document("<p>Total</p>"), title="Invoice MUM/26-27/0007 of शर्मा")

    about = PdfReader(BytesIO(pdf), strict=True).metadata
    assert about is not None
    assert about.title == "Invoice MUM/26-27/0007 of शर्मा"
    assert about.creation_date == MADE_AT


async def test_pictures_inside_the_html_are_printed(press: Renderer) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    address = f"data:image/svg+xml;base64,{b64encode(drawing).decode()}"

    pdf = await printed(press, document(f'<img src="{address}" style="width:50mm;height:50mm;display:block">'))

    assert black_box(pdf) == (50, 50)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts that the pages use, and whether the file carries them."""
    found: dict[str, bool] = {}
    for font in _fonts(pdf):
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        name = re.sub(r"^[A-Z]{6}\+", "", str(inner["/BaseFont"]).lstrip("/"))
        found[name] = "/FontFile2" in inner["/FontDescriptor"].get_object()
    return found


def missing_glyphs(pdf: bytes) -> int:
    """How often the pages show glyph 0."""
    missing = 0
    for page in PdfReader(BytesIO(pdf)).pages:
        fonts = _fonts_of_page(page)
        wide = {name for name in fonts if str(fonts[name].get_object()["/Encoding"]) == "/Identity-H"}
        current = ""
        contents = page.get_contents()
        assert contents is not None
        for operands, operator in ContentStream(contents, page.pdf).operations:
            if operator == b"Tf":
                current = str(operands[0])
            elif operator in (b"Tj", b"TJ") and current in wide:
                missing += sum(_zeros(text) for text in (operands[0] if operator == b"TJ" else operands))
    return missing


def _zeros(text: object) -> int:
    shown = getattr(text, "original_bytes", b"")
    return sum(shown[place : place + 2] == b"\0\0" for place in range(0, len(shown), 2))


def _fonts(pdf: bytes) -> Iterator[Any]:
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in _fonts_of_page(page).values():
            yield font.get_object()


def _fonts_of_page(page: Any) -> Any:
    return page["/Resources"]["/Font"]


def black_box(pdf: bytes) -> tuple[int, int]:
    """Width and height in millimetres of what is black on the first page."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=4, grayscale=True)
    pixels = bytes(picture.buffer)
    rows = [pixels[start : start + picture.width] for start in range(0, len(pixels), picture.stride)]
    millimetres = 25.4 / 72 / 4
    height = sum(min(row) < 128 for row in rows)
    width = max(sum(pixel < 128 for pixel in row) for row in rows)
    return round(width * millimetres), round(height * millimetres)
