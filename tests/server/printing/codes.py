"""Reads QR codes off the picture of a page, as a telephone does."""

import pypdfium2
import zxingcpp

DOTS_AN_INCH = 300


def codes_on(pdf: bytes, *, dots: int = DOTS_AN_INCH) -> list[str]:
    """What the QR codes say that stand on the pages, from the top down."""
    return [
        code.text
        for page in pypdfium2.PdfDocument(pdf)
        for code in zxingcpp.read_barcodes(page.render(scale=dots / 72).to_pil().convert("L"))
    ]
