"""The pages for people: landing page, try-it-out console (Swagger UI) and reference, all from our own origin.

No page loads anything from elsewhere or runs inline script; the content security policy says so to the browser.
"""

from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xxhash import xxh3_64_hexdigest

from server.pages.landing import landing_view
from server.pages.public import Page, fixed_page, page_on_demand
from server.pages.reference import reference_view
from server.templates import TEMPLATES, html_environment

_SIDECAR = "drf-spectacular-sidecar"
_SWAGGER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "oauth2-redirect.js")
_OWN_FILES = ("console.js", "examples.js", "pages.css", "reference.js")
_HTML = "text/html"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}

# Swagger UI draws its icons from data: URLs, and shows a picture that was answered from a blob: one.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def console_pages(spec: dict[str, Any], *, spec_path: str, public_url: str) -> dict[str, Page]:
    """Return the pages by path. ``public_url`` is the server's own address as callers write it, without a path."""
    assets = {f"/docs/assets/{_swagger_version()}/{name}": _swagger_file(name) for name in _SWAGGER_FILES}
    own = {name: (TEMPLATES / "console" / name).read_bytes() for name in _OWN_FILES}
    api_path = spec_path.rpartition("/")[0]
    facts = {
        "title": spec["info"]["title"],
        "version": spec["info"]["version"],
        "spec_path": spec_path,
        "api_path": api_path,
        "api_url": public_url + api_path,
        "swagger_assets": f"/docs/assets/{_swagger_version()}",
        "stamp": _stamp(own),
    }
    templates = html_environment("console")
    pages = {
        "/": templates.get_template("landing.html").render(facts | landing_view(facts["api_url"])),
        "/docs/console": templates.get_template("console.html").render(facts),
    }

    def reference() -> bytes:
        return templates.get_template("reference.html").render(facts | reference_view(spec)).encode()

    assets |= {f"/docs/assets/{facts['stamp']}/{name}": content for name, content in own.items()}
    return {
        **{path: fixed_page(text.encode(), _HTML, _PAGE_HEADERS) for path, text in pages.items()},
        **{path: fixed_page(each, _MEDIA_TYPES[Path(path).suffix], _ASSET_HEADERS) for path, each in assets.items()},
        "/docs/reference": page_on_demand(reference, _HTML, _PAGE_HEADERS),
    }


def _swagger_version() -> str:
    return version(_SIDECAR)


def _swagger_file(name: str) -> bytes:
    """Read a file of Swagger UI out of the package that carries it (its Django part is not used)."""
    # Not by import: the package's own code needs Django, which is not installed.
    found = find_spec("drf_spectacular_sidecar")
    assert found is not None and found.origin is not None, "it is one of our dependencies"
    package = Path(found.origin).parent
    return (package / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist" / name).read_bytes()


def _stamp(contents: Mapping[str, bytes]) -> str:
    """Return a path segment that changes with our own files, so that browsers may keep them for ever."""
    return xxh3_64_hexdigest(b"".join(contents.values()))
