"""Renderers for tests, and what a PDF says and shows."""

import shutil
from pathlib import Path

import pypdfium2
import pytest

from adapters.pdf import Renderer, renderer_of

RENDERERS = (
    pytest.param(
        "pdfkit",
        marks=pytest.mark.skipif(
            shutil.which("wkhtmltopdf") is None, reason="wkhtmltopdf is not installed: pdfkit is not tested"
        ),
    ),
    "plutoprint",
)
"""The names of both, for ``parametrize``."""


def renderer(name: str, directory: Path, *, seconds: float = 30, wait_seconds: float = 30) -> Renderer:
    """Return a renderer that is patient, as the machine of the tests is busy."""
    return renderer_of(name, directory=directory, seconds=seconds, wait_seconds=wait_seconds)


def page_texts(pdf: bytes) -> list[str]:
    """Return what each page says."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Return width and height of each page in whole millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    return [(round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)) for page in document]
