"""The one stylesheet of all pages, at a path that changes with it, so that browsers may keep it for ever."""

from xxhash import xxh3_64_hexdigest

from server.pages.public import Page, fixed_page
from server.templates import TEMPLATES

KEPT_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

_STYLE = (TEMPLATES / "finzbooks.css").read_bytes()
STYLE_PATH = f"/docs/assets/{xxh3_64_hexdigest(_STYLE)}/finzbooks.css"


def style_page() -> Page:
    """Return the stylesheet."""
    return fixed_page(_STYLE, "text/css", KEPT_FOR_EVER)
