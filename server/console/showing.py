"""How the console's pages are made of templates, and what browsers are told about them: no inline code, no frame."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response
from xxhash import xxh3_64_hexdigest

from server.console.figures import add_filters
from server.console.meanwhile import add_globals
from server.oauth.showing import source_of
from server.pages.look import KEPT_FOR_EVER, STYLE_PATH
from server.pages.public import Page, fixed_page
from server.templates import TEMPLATES, html_environment

_FILES = {"desk.js": "text/javascript", "icon.svg": "image/svg+xml"}
_CONTENTS = {name: (TEMPLATES / "console" / name).read_bytes() for name in _FILES}
_ASSETS = f"/console/assets/{xxh3_64_hexdigest(b''.join(_CONTENTS.values()))}"

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_templates = html_environment("console")
add_filters(_templates)
add_globals(_templates)


def asset_pages() -> dict[str, Page]:
    """Return script and icon, whose path changes with them."""
    return {
        f"{_ASSETS}/{name}": fixed_page(_CONTENTS[name], media_type, KEPT_FOR_EVER)
        for name, media_type in _FILES.items()
    }


def shown(template: str, facts: Mapping[str, Any], *, status: int = 200, leads_to: str | None = None) -> Response:
    """Return a page that nobody keeps."""
    text = _templates.get_template(template).render(assets=_ASSETS, style=STYLE_PATH, **facts)
    return Response(text, status, {**HEADERS, **_allowing(leads_to)}, media_type="text/html")


def away(location: str) -> Response:
    """Send the browser to a page of ours by GET, whatever it came by."""
    assert Path(location).is_absolute() and not location.startswith("//"), "a page of ours"
    return Response(status_code=303, headers={**HEADERS, "Location": location})


def _allowing(leads_to: str | None) -> dict[str, str]:
    """Let a form end at an app, where browsers would hold a redirect against the policy."""
    if leads_to is None:
        return {}
    ends = f"form-action 'self' {source_of(leads_to)}"
    return {"Content-Security-Policy": POLICY.replace("form-action 'self'", ends)}
