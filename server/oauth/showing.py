"""The pages on which people sign in and consent: made of templates, without scripts, kept by nobody, in no frame."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from starlette.responses import Response

from server.pages.look import STYLE_PATH
from server.templates import html_environment

_templates = html_environment("console")


def shown(template: str, facts: Mapping[str, Any], *, status: int = 200, leads_to: str | None = None) -> Response:
    """Return a page. ``leads_to`` is where its form may end, as the browser is told, besides with us."""
    text = _templates.get_template(template).render(style=STYLE_PATH, **facts)
    return Response(text, status, _headers(leads_to), media_type="text/html")


def sent_to(uri: str, answer: Mapping[str, str | None]) -> Response:
    """Send the browser to an app with an answer, by GET whatever it came by (RFC 9700, 4.12)."""
    told = urlencode({name: value for name, value in answer.items() if value is not None}, quote_via=quote)
    return away(f"{uri}{'&' if '?' in uri else '?'}{told}")


def away(location: str) -> Response:
    """Send the browser elsewhere by GET."""
    return Response(status_code=303, headers={"Location": location, **_headers(None)})


def _headers(leads_to: str | None) -> dict[str, str]:
    ends = "'self'" if leads_to is None else f"'self' {source_of(leads_to)}"
    policy = f"default-src 'none'; style-src 'self'; form-action {ends}; base-uri 'none'; frame-ancestors 'none'"
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }


def source_of(uri: str) -> str:
    """Return what a policy says for a registered address: its origin, or its scheme where it has none to be said."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc and "[" not in parts.netloc else f"{parts.scheme}:"
