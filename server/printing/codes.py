"""QR codes and other pictures as ``data:`` addresses, so that a page needs nothing but itself."""

import base64
from functools import lru_cache

import segno

QUIET_ZONE = 4
"""Modules of white around a code, as ISO/IEC 18004 asks."""

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=64)
def qr_code(text: str) -> str:
    """Return a QR code as SVG. Level L: a signed e-invoice has some 1,100 letters, and paper is not torn."""
    code = segno.make(text, error="l", micro=False, boost_error=False)
    return code.svg_data_uri(border=QUIET_ZONE, omitsize=True, xmldecl=False, nl=False, encode_minimal=True)


def png(picture: bytes) -> str:
    """Return a PNG as an address."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"


def fitted(picture: bytes, *, width: int, height: int) -> tuple[int, int]:
    """Return width and height of a PNG scaled into a frame (dots), its proportions kept; (0, 0) for what is no PNG."""
    if not picture.startswith(_PNG_HEAD) or len(picture) < 24:
        return 0, 0
    own_width, own_height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    if not own_width or not own_height:
        return 0, 0
    if own_width * height > own_height * width:
        return width, max(1, own_height * width // own_width)
    return max(1, own_width * height // own_height), height
